"""The save jobs that are to be seen, and what is written down of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress

from psygnal import Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library, LibraryError
from aimusic_desktop.library.values import Aims
from aimusic_desktop.model import Clip, JobRecord, JobState
from aimusic_desktop.runs import Runs
from aimusic_desktop.saving.job import SaveJob, facts_of, jobs_of
from aimusic_desktop.saving.ledger import Ledger
from aimusic_desktop.saving.totals import Tally

log = logging.getLogger(__name__)

READ_AGAIN_S = 5.0

_UNREAD = "What was not finished is gone on with as soon as the list of saves can be read."
_UNEXPECTED = "The song could not be saved; the log says more. Try again."


class Book:
    """Lists jobs, the oldest first, and moves them from state to state.

    ``changed`` is emitted whenever a job moves on, ``listed`` when jobs came or went, ``held`` when
    ``unread`` changed: why what earlier runs have left cannot be listed now, or None.
    """

    changed = Signal(SaveJob)
    listed = Signal()
    held = Signal()

    def __init__(self, library: Library, runs: Runs) -> None:
        self.jobs: list[SaveJob] = []
        self.unread: str | None = None
        self.ledger = Ledger(library, runs.token, self._unwritten)
        self.tally = Tally()
        self._library = library
        self._runs = runs
        self._listing = asyncio.Lock()

    async def read(self, aims: Aims | None) -> tuple[list[SaveJob], list[SaveJob]]:
        """List what is written down and not listed yet, and take over what dead runs have left, or only
        those jobs that have one of these ``aims``.

        Gives the jobs that are new in the list, and those of dead runs that are settled. What is taken over
        is this run's for good, so while it cannot be read, that is tried again.
        """
        left: list[JobRecord] = []
        while True:
            try:
                left += await self._library.adopt_jobs(self._runs.token, self._runs.alive, aims)
                jobs = await self._read_new()
            except LibraryError as error:
                self._say_unread(f"{error.sentence} {_UNREAD}")
                await asyncio.sleep(READ_AGAIN_S)
            else:
                self._say_unread(None)
                return jobs, jobs_of([row for row in left if row.state.settled], [])

    async def add(
        self, make_rows: Callable[[], list[JobRecord]], clips: Sequence[Clip]
    ) -> tuple[list[SaveJob], list[SaveJob]]:
        """Write down and list new jobs. ``make_rows`` is called in a thread, for there may be thousands.

        Gives the job of each row, which may be one that is under way already, and those that are new.
        Raises ``LibraryError``.
        """
        async with self._listing:
            rows = await asyncio.to_thread(make_rows)
            wanted = await asyncio.to_thread(jobs_of, rows, clips)
            jobs = self._once_each(wanted)
            new = set(wanted) & set(jobs)
            ids = await self._library.add_jobs(
                [row for row, job in zip(rows, wanted, strict=True) if job in new]
            )
            added = [job for job in wanted if job in new]
            for job, job_id in zip(added, ids, strict=True):
                job.id = job_id
            self._list(added)
        return jobs, added

    def take_off(self, states: Collection[JobState]) -> list[int]:
        """Take jobs in these states off the list; gives their ids."""
        gone = {job for job in self.jobs if job.state in states}
        self.jobs = [job for job in self.jobs if job not in gone]
        for job in gone:
            self.tally.drop(job)
        self.listed.emit()
        return [job.id for job in gone]

    async def forget(self, job_ids: Sequence[int]) -> None:
        """Forget jobs that were taken off the list; what is still to be written of them comes first."""
        with suppress(LibraryError):  # that was told already
            for job_id in job_ids[:1]:  # it waits for whatever is to be written
                await self.ledger.write(job_id)
        await self._library.forget_jobs(job_ids)

    def enter(self, state: JobState, job: SaveJob, note: str = "") -> None:
        """Put the job into a state in which nothing is done for it, and have that written down."""
        self.show_in(state, job, note)
        if job.whole and state is not JobState.CANCELLED:
            # PLACING stays in the row, for a next start to go on from.
            self.ledger.put(job.id, **facts_of(job))
        else:
            self.ledger.put(job.id, state=state, **facts_of(job))

    def show_in(self, state: JobState, job: SaveJob, note: str = "") -> None:
        """Put the job into such a state here only: its row is another's, or written already."""
        job.state, job.note = state, note
        if state.settled:
            job.settled_at = time.time()
            job.settled.set()
        self.show(job)

    def fail(self, job: SaveJob, error: BaseException) -> None:
        """The job ended in that."""
        if not isinstance(error, AppError):
            log.error("saving clip %s failed", job.clip.clip_id, exc_info=error)
        job.error = error.sentence if isinstance(error, AppError) else _UNEXPECTED
        self.enter(JobState.FAILED, job)

    def show(self, job: SaveJob) -> None:
        """The job changed."""
        self.tally.count(job)
        self.changed.emit(job)

    async def _read_new(self) -> list[SaveJob]:
        async with self._listing:  # what is written down is listed once
            rows = {row.job_id: row for row in await self._library.jobs(self._runs.token)}
            for job in self.jobs:
                rows.pop(job.id, None)
            ids = [(row.task_id, row.clip_id) for row in rows.values()]
            clips = await self._library.clips_of(ids)
            jobs = await asyncio.to_thread(jobs_of, [*rows.values()], clips.values())
            self._list(jobs)
            return jobs

    def _say_unread(self, why: str | None) -> None:
        if why != self.unread:
            self.unread = why
            self.held.emit()

    def _list(self, jobs: Iterable[SaveJob]) -> None:
        for job in jobs:
            self.jobs.append(job)
            self.tally.count(job)
        self.jobs.sort(key=lambda job: job.id)
        self.listed.emit()

    def _once_each(self, jobs: list[SaveJob]) -> list[SaveJob]:
        """The jobs, each replaced by one that is saving the same clip to the same place already."""
        under_way = {job.aim: job for job in self.jobs if not job.state.settled}
        return [under_way.setdefault(job.aim, job) for job in jobs]

    def _unwritten(self, job_ids: Collection[int], error: LibraryError) -> None:
        """Say so on the jobs whose changes could not be written down."""
        for job in self.jobs:
            if job.id in job_ids:
                job.note = error.sentence
                self.show(job)
