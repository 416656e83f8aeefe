"""The save jobs that wait for their turn and those that have it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.model import JobState
from aimusic_desktop.saving.holding import Hold, Holding
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.line import Line
from aimusic_desktop.saving.pulse import Pulse
from aimusic_desktop.settings import Settings
from aimusic_desktop.tracking.connection import Connection

_STOPPABLE = (JobState.CONVERTING, JobState.FETCHING)

Work = Callable[[SaveJob], Awaitable[Path | None]]


class AtWork:
    """Gives jobs their turns: as many at a time as the settings say, in turns between hosts, else in order.

    ``work`` is what is done with a job, ``refresh`` takes over how far it is; ``show`` is called when it
    changed, ``beat`` now and then while any is at work. ``ended`` is called with a job, its file or None,
    and its error or None (neither: it was stopped). A job that waiting can help is not told to have ended;
    it waits with a note, for ``waits``.
    """

    held = Signal()

    def __init__(
        self,
        work: Work,
        settings: Callable[[], Settings],
        connection: Connection,
        *,
        refresh: Callable[[SaveJob], None],
        show: Callable[[SaveJob], None],
        beat: Callable[[int], None],
        waits: Callable[[SaveJob, str], None],
        ended: Callable[[SaveJob, Path | None, BaseException | None], None],
    ) -> None:
        self.hold: str | None = None
        """Why nothing moves now; ``held`` is emitted when that changed."""
        self._work = work
        self._settings = settings
        self._show = show
        self._beat = beat
        self._waits = waits
        self._ended = ended
        self._line = Line()
        self._holding = Holding(connection, self.go)
        self._pulse = Pulse(refresh, lambda job: self._holding.reached(job.host), show, self._beats)
        self._tasks: dict[SaveJob, asyncio.Task[Path | None]] = {}
        self._stopped: set[SaveJob] = set()
        self._closed = False

    @property
    def jobs(self) -> Collection[SaveJob]:
        """Those at work now."""
        return self._tasks.keys()

    def put(self, job: SaveJob, *, first: bool = False) -> None:
        """Let the job wait for its turn; ``go`` gives it."""
        self._line.put(job, first=first)

    def go(self) -> None:
        """Begin as many jobs as may be at work now."""
        while not self._closed:
            # A song being converted is waited for without a place: that can take minutes.
            busy = Counter(job.host for job in self._tasks if job.state is not JobState.CONVERTING)
            if busy.total() >= self._settings().saves_at_once:
                break
            job = self._line.next(busy, self._holding.held)
            if job is None:
                break
            self.begin(job)
        # Those that try a host which holds others back are no sign yet that anything moves.
        self._say_hold(self._holding.why({*self._line.hosts, *(job.host for job in self._tasks)}))

    def begin(self, job: SaveJob) -> None:
        """Begin this job now, whoever else is at work."""
        job.state, job.note = _first_state(job), ""
        tries = job.state in _STOPPABLE
        trial = self._holding.trying(job.host) if tries else None
        task: asyncio.Task[Path | None] = asyncio.ensure_future(self._work(job))
        task.set_name(f"save {job.id}")
        self._tasks[job] = task
        task.add_done_callback(partial(self._end, job, job.host, tries, trial))
        self._pulse.begin(job)
        self._show(job)

    def stop(self, job: SaveJob) -> bool:
        """Take the job from the line, or from its work unless it is being written. Gives whether it is out
        already; one at work will be ``ended`` soon, if it could be stopped."""
        if job not in self._tasks:
            self._line.drop(job)
            return True
        if job.state in _STOPPABLE:
            self._stopped.add(job)
            self._tasks[job].cancel()
        return False

    async def close(self, limit_s: float) -> None:
        """Stop what can be stopped and wait for what is being written, ``limit_s`` seconds at most."""
        self._closed = True
        self._holding.close()
        for job, task in self._tasks.items():
            if job.state in _STOPPABLE:
                task.cancel()
        await self._pulse.close()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=limit_s)

    def _end(
        self, job: SaveJob, host: str, tries: bool, trial: Hold | None, task: asyncio.Task[Path | None]
    ) -> None:
        del self._tasks[job]
        self._pulse.end(job)
        stopped = job in self._stopped
        self._stopped.discard(job)
        error = None if task.cancelled() else task.exception()
        why = self._holding.takes(error, host, trial) if error and not stopped else None
        if why is None and tries:
            self._holding.reached(host)
        path = None if error or task.cancelled() else task.result()
        if path is not None:
            self._ended(job, path, None)
        elif stopped or task.cancelled():
            self._ended(job, None, None)
        elif error and why is None:
            self._ended(job, None, error)
        else:  # or its song has been converted, and it waits for its turn to be fetched
            self.put(job, first=True)
            self._waits(job, why or "")
        self.go()

    def _beats(self, beats: int) -> None:
        self._beat(beats)
        self.go()  # the settings may let more be at work by now

    def _say_hold(self, why: str | None) -> None:
        if why != self.hold:
            self.hold = why
            self.held.emit()


def _first_state(job: SaveJob) -> JobState:
    """What is left on the disk comes first; then a song that must be made is waited for."""
    if job.part is not None:
        return JobState.PLACING if job.whole else JobState.WRITING
    return JobState.CONVERTING if job.needs_link else JobState.FETCHING
