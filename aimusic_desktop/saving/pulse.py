"""How fast jobs go, told by looking again and again while any of them runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from aimusic_desktop.model import JobState
from aimusic_desktop.saving.job import SaveJob

BEAT_S = 0.5

_OLD_SHARE = 0.6  # of a speed in the next one, lest the figures dance


class Pulse:
    """Sets the speed of running jobs, looking at each every ``BEAT_S`` seconds.

    ``refresh`` brings a job up to date before. ``moved`` is called with each that bytes came for since the
    last look, ``changed`` with each that is not as it was, ``beat`` with the number of looks, after each.
    """

    def __init__(
        self,
        refresh: Callable[[SaveJob], None],
        moved: Callable[[SaveJob], None],
        changed: Callable[[SaveJob], None],
        beat: Callable[[int], None],
    ) -> None:
        self._refresh = refresh
        self._moved = moved
        self._changed = changed
        self._beat = beat
        self._paces: dict[SaveJob, _Pace] = {}
        self._task: asyncio.Task[None] | None = None

    def begin(self, job: SaveJob) -> None:
        """Look after the job from now on."""
        self._paces[job] = _Pace()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="pulse of saving")

    def end(self, job: SaveJob) -> None:
        """The job does not run any more."""
        del self._paces[job]
        job.bytes_per_s = 0.0

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        beats = 0
        while self._paces:
            await asyncio.sleep(BEAT_S)
            beats += 1
            for job, pace in list(self._paces.items()):
                if job.state is JobState.FETCHING:
                    self._look_at(job, pace)
            self._beat(beats)
        self._task = None

    def _look_at(self, job: SaveJob, pace: _Pace) -> None:
        before = job.bytes_per_s, job.received
        self._refresh(job)
        if pace.measure(job, time.monotonic()):
            self._moved(job)
        if (job.bytes_per_s, job.received) != before:
            self._changed(job)


class _Pace:
    """One job's speed, smoothed."""

    def __init__(self) -> None:
        self._last: tuple[float, int] | None = None

    def measure(self, job: SaveJob, now: float) -> bool:
        """Set the job's speed at ``now``, in seconds. Gives whether bytes came. The first call only looks:
        what was there already did not come just now."""
        came = 0
        if self._last is not None and now > self._last[0]:
            came = max(0, job.received - self._last[1])
            speed, old = came / (now - self._last[0]), job.bytes_per_s
            job.bytes_per_s = _OLD_SHARE * old + (1 - _OLD_SHARE) * speed if old else speed
        self._last = now, job.received
        return came > 0
