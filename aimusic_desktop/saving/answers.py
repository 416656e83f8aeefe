"""What the user said is to happen with names that are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aimusic_desktop.model import JobState, OnTaken
from aimusic_desktop.saving.job import SaveJob


class Answers:
    """Holds an answer for all until its jobs ask. ``give`` is called with a job that asks and its answer."""

    def __init__(self, give: Callable[[SaveJob, OnTaken], None]) -> None:
        self._give = give
        self._held: dict[SaveJob, OnTaken] = {}
        self._fresh: set[SaveJob] = set()

    def answer(self, job: SaveJob, choice: OnTaken, others: Iterable[SaveJob] = ()) -> None:
        """Give the job its answer, and ``others`` that ask, or may ask later, the same one."""
        self._held |= {
            other: choice for other in others if other.on_taken is OnTaken.ASK and not other.state.settled
        }
        self._held[job] = choice
        self._fresh.discard(job)  # it is this very file that they were asked about
        for other in [other for other in self._held if other.state is JobState.ASKING]:
            self._give(other, self._agreed(other, self._held.pop(other)))
        self._held.pop(job, None)

    def asked(self, job: SaveJob, fresh: bool) -> OnTaken | None:
        """The answer that was given before for a job which asks only now; ``fresh`` as in ``NameTaken``."""
        (self._fresh.add if fresh else self._fresh.discard)(job)
        choice = self._held.pop(job, None)
        return choice and self._agreed(job, choice)

    def _agreed(self, job: SaveJob, choice: OnTaken) -> OnTaken:
        """Nobody agrees for all to replace what was saved since: of songs with one title all are kept."""
        fresh = job in self._fresh
        self._fresh.discard(job)
        return OnTaken.NUMBER if choice is OnTaken.REPLACE and fresh else choice
