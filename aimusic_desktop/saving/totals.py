"""How far all save jobs together are, and how fast. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aimusic_desktop.model import JobState
from aimusic_desktop.saving.job import MOVING, SaveJob


@dataclass(frozen=True, slots=True)
class Totals:
    """``busy`` jobs are being worked on, ``waiting`` ones have yet to come to that, ``paused`` ones are not
    gone on with by themselves, ``asking`` ones need an answer; ``failed`` and ``done`` are those in the list.

    ``received`` of ``total`` bytes is how far the present wave is: all jobs since there was nothing to do,
    what is not known yet reckoned from the others.
    """

    busy: int = 0
    waiting: int = 0
    paused: int = 0
    asking: int = 0
    failed: int = 0
    done: int = 0
    received: int = 0
    total: int = 0
    bytes_per_s: float = 0.0

    @property
    def unsettled(self) -> int:
        """Jobs that have not come to their end."""
        return self.busy + self.waiting + self.paused + self.asking

    @property
    def left_s(self) -> float | None:
        """Seconds until all is there, None while nobody can tell."""
        if not self.busy or self.bytes_per_s <= 0:
            return None
        return max(0, self.total - self.received) / self.bytes_per_s


class Tally:
    """Counts jobs as they change; each costs the same, however many there are."""

    def __init__(self) -> None:
        self._states: dict[SaveJob, JobState] = {}
        self._counts: Counter[JobState] = Counter()
        self._wave: dict[SaveJob, tuple[int, int | None]] = {}
        self._received = self._total = self._sized = 0
        self._unsettled = 0

    def count(self, job: SaveJob) -> None:
        """Take the job as it is now; call it whenever one came or changed."""
        if not job.state.settled and not self._unsettled:
            self._begin_wave()
        counts = not job.state.settled or (job.state is JobState.DONE and job in self._wave)
        self.drop(job)
        self._states[job] = job.state
        self._counts[job.state] += 1
        self._unsettled += not job.state.settled
        if counts:
            self._wave[job] = job.received, job.total
            self._add(job.received, job.total, 1)

    def drop(self, job: SaveJob) -> None:
        """The job left the list."""
        if state := self._states.pop(job, None):
            self._counts[state] -= 1
            self._unsettled -= not state.settled
        if job in self._wave:
            self._add(*self._wave.pop(job), -1)

    def totals(self, moving: Iterable[SaveJob]) -> Totals:
        """All together; ``moving`` are the jobs that run now."""
        counts = self._counts
        reckoned = self._total * len(self._wave) // self._sized if self._sized else 0
        return Totals(
            busy=sum(counts[state] for state in MOVING),
            waiting=counts[JobState.QUEUED],
            paused=counts[JobState.PAUSED],
            asking=counts[JobState.ASKING],
            failed=counts[JobState.FAILED],
            done=counts[JobState.DONE],
            received=self._received,
            total=max(reckoned, self._received),
            bytes_per_s=sum(job.bytes_per_s for job in moving),
        )

    def _begin_wave(self) -> None:
        self._wave.clear()
        self._received = self._total = self._sized = 0

    def _add(self, received: int, total: int | None, sign: int) -> None:
        self._received += sign * received
        if total is not None:
            self._total += sign * total
            self._sized += sign
