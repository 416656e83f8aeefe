"""What the user said is to happen with names that are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from aimusic_desktop.model import JobState, OnTaken
from aimusic_desktop.saving.job import SaveJob


class Answers:
    """Holds an answer for all until its jobs ask. ``give`` is called with a job that asks and its answer."""

    def __init__(self, give: Callable[[SaveJob, OnTaken], None]) -> None:
        self._give = give
        self._held: dict[SaveJob, OnTaken] = {}
        self._saved_at: dict[Path, float] = {}

    def answer(self, job: SaveJob, choice: OnTaken, others: Iterable[SaveJob] = ()) -> None:
        """Give the job its answer, and ``others`` that ask, or may ask later, the same one."""
        self._held |= {
            other: choice for other in others if other.on_taken is OnTaken.ASK and not other.state.settled
        }
        self._held[job] = choice
        for other in [other for other in self._held if other.state is JobState.ASKING]:
            self._give(other, self._held.pop(other))
        self._held.pop(job, None)

    def pop(self, job: SaveJob) -> OnTaken | None:
        """The answer that was given for a job which asks only now.

        Nobody agreed to replace what was saved since the job came: of songs with one title all are kept.
        """
        choice = self._held.pop(job, None)
        if choice is OnTaken.REPLACE and job.target and self._saved_at.get(job.target, 0.0) >= job.added_at:
            return OnTaken.NUMBER
        return choice

    def saved(self, job: SaveJob) -> None:
        """The job is done: its file is no older one."""
        if job.path is not None and job.settled_at is not None:
            self._saved_at[job.path] = job.settled_at
