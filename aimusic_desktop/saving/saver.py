"""Saving songs into the user's folders: written down first, a few at a time, gone on with after a crash."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from functools import partial
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library, LibraryError
from aimusic_desktop.media.cache import AudioStore
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.errors import MediaError
from aimusic_desktop.model import Clip, JobState, OnTaken, SaveFormat
from aimusic_desktop.runs import Runs
from aimusic_desktop.saving.at_work import AtWork
from aimusic_desktop.saving.job import Converter, SaveJob, facts_of, jobs_of, rows_for
from aimusic_desktop.saving.job_names import NameTaken
from aimusic_desktop.saving.job_run import JobRunner
from aimusic_desktop.saving.ledger import Ledger
from aimusic_desktop.saving.totals import Tally, Totals
from aimusic_desktop.settings import Settings
from aimusic_desktop.tracking.connection import Connection

__all__ = ["Converter", "JobState", "SaveJob", "Saver", "Totals"]

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 10.0
NOTED_EVERY = 10  # beats: how often progress is written down, for the next start to show

_UNEXPECTED = "The song could not be saved; the log says more. Try again."
_SKIPPED = "Skipped: a file of this name is in the folder."
_LATER = "Saving was not finished; it goes on when the program is started again."


class Saver:
    """Saves songs: jobs that are written down, run a few at a time, paused, cancelled, tried again.

    ``jobs`` are all that are to be seen, the oldest first. All signals are emitted on the loop's thread:
    ``changed`` whenever a job moves on, ``listed`` when jobs came or went, ``held`` when ``hold`` changed,
    ``asking`` when a job needs an ``answer``, for its file's name is taken.
    """

    changed = Signal(SaveJob)
    listed = Signal()
    held = Signal()
    asking = Signal(SaveJob)

    def __init__(
        self,
        library: Library,
        audio: AudioStore,
        covers: CoverStore,
        converter: Converter,
        settings: Callable[[], Settings],
        runs: Runs,
        connection: Connection,
    ) -> None:
        self.jobs: list[SaveJob] = []
        self._library = library
        self._settings = settings
        self._runs = runs
        self._ledger = Ledger(library, self._unwritten)
        self._runner = JobRunner(library, self._ledger, audio, covers, converter, settings, self._show)
        self._at_work = AtWork(
            self._runner.work,
            settings,
            connection,
            refresh=self._runner.refresh,
            show=self._show,
            beat=self._beat,
            waits=partial(self._enter, JobState.QUEUED),
            ended=self._ended,
        )
        self._at_work.held.connect(self.held.emit)
        self._tally = Tally()
        self._wishes: dict[SaveJob, JobState] = {}
        self._answers: dict[SaveJob, OnTaken] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listing = asyncio.Lock()
        self._closed = False

    @property
    def hold(self) -> str | None:
        """The sentence why nothing moves now, or None."""
        return self._at_work.hold

    @property
    def totals(self) -> Totals:
        """How far everything is. Cheap."""
        return self._tally.totals(self._at_work.jobs)

    async def resume(self) -> None:
        """List the jobs of this run and the last settled ones, and go on with those that runs before this
        one left unfinished. Raises ``LibraryError``."""
        async with self._listing:  # what is written down is listed once
            adopted = await self._library.adopt_jobs(self._runs.token, self._runs.alive)
            rows = {row.job_id: row for row in (*adopted, *await self._library.jobs(self._runs.token))}
            for job in self.jobs:
                rows.pop(job.id, None)
            ids = [(row.task_id, row.clip_id) for row in rows.values()]
            clips = await self._library.clips_of(ids)
            jobs = await asyncio.to_thread(jobs_of, [*rows.values()], clips.values())
            self._list(jobs)
        left = {row.job_id for row in adopted}
        for job in jobs:
            self._resume(job, adopted=job.id in left)
        self._at_work.go()

    async def save(
        self,
        clips: Sequence[Clip],
        folder: Path,
        *,
        name: str | None = None,
        replace: bool = False,
        any_length: bool = False,
        format: SaveFormat = SaveFormat.ORIGINAL,  # noqa: A002
    ) -> list[SaveJob]:
        """Begin to save songs into ``folder``; they are written down when this returns.

        ``name`` is the whole file name if the user chose one; ``replace`` says that they agreed to replace
        the file of that name, ``any_length`` that they want songs of another length than the service says.
        The clips must be whole ones. Gives the job of each; one that is under way
        already where the same clip is skipped. Raises ``LibraryError``.
        """
        make_rows = partial(rows_for, name=name, replace=replace, any_length=any_length, format=format)
        async with self._listing:
            # In a thread, for there may be thousands.
            rows = await asyncio.to_thread(make_rows, clips, folder, self._settings(), self._runs.token)
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
        for job in added:
            self._at_work.put(job)
        self._at_work.go()
        return jobs

    async def wait(self, job: SaveJob) -> Path:
        """The file once the job is done. Raises ``MediaError`` if it fails, is cancelled, or not finished
        when the saver closes."""
        await job.settled.wait()
        if job.path is None:
            raise MediaError(job.error or (_LATER if self._closed else "Saving was cancelled."))
        return job.path

    def pause(self, *jobs: SaveJob) -> None:
        """Let jobs rest that have not begun to be written."""
        for job in jobs:
            if job.state is not JobState.ASKING:
                self._stop(job, JobState.PAUSED)
        self._at_work.go()

    def go_on(self, *jobs: SaveJob) -> None:
        """Go on with those that are paused."""
        self._enqueue(job for job in jobs if job.state is JobState.PAUSED)

    def cancel(self, *jobs: SaveJob) -> None:
        """Give jobs up, failed ones too. One that is being written already is finished within moments."""
        for job in jobs:
            self._stop(job, JobState.CANCELLED)
        self._at_work.go()

    def retry(self, *jobs: SaveJob, folder: Path | None = None, any_length: bool = False) -> None:
        """Begin failed or cancelled jobs anew, into another ``folder`` if one is given; with ``any_length``
        whatever the song's length."""
        again = [job for job in jobs if job.state in (JobState.FAILED, JobState.CANCELLED)]
        for job in again:
            if folder is not None:
                job.folder, job.part, job.whole = folder.absolute(), None, False
            job.any_length = job.any_length or any_length
            job.error = job.settled_at = job.link = None
            job.settled.clear()
            self._ledger.put(
                job.id, owner=self._runs.token, folder=str(job.folder), any_length=job.any_length
            )
        self._enqueue(again)

    def answer(self, job: SaveJob, choice: OnTaken, for_all: bool = False) -> None:
        """Say what happens with a name that is taken: NUMBER keeps both, SKIP gives the job up, REPLACE
        replaces the file. ``for_all``: so for all present jobs that ask now or later."""
        if for_all:
            self._answers |= {
                other: choice
                for other in self.jobs
                if other.on_taken is OnTaken.ASK and not other.state.settled and other is not job
            }
        asking = [other for other in self._answers if other.state is JobState.ASKING]
        for other in (job, *asking):
            self._answers.pop(other, None)
            self._answer(other, choice)
        self._at_work.go()

    def clear_done(self) -> None:
        """Take the jobs that are done or cancelled off the list, for good."""
        gone = {job for job in self.jobs if job.state in (JobState.DONE, JobState.CANCELLED)}
        self.jobs = [job for job in self.jobs if job not in gone]
        for job in gone:
            self._tally.drop(job)
        self._spawn(self._library.forget_jobs([job.id for job in gone]), "forget save jobs")
        self.listed.emit()

    async def close(self) -> None:
        """Let what is being written be finished, ``CLOSE_LIMIT_S`` seconds at most. All else is gone on with
        at the next start."""
        self._closed = True
        await self._at_work.close(CLOSE_LIMIT_S)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_LIMIT_S)
        await self._ledger.close()
        for job in self.jobs:
            job.settled.set()

    def _resume(self, job: SaveJob, *, adopted: bool) -> None:
        """Put a job of the library where it belongs; what it left on the disk is seen to at once."""
        if job.state.settled:
            if adopted and job.part is not None:
                self._spawn(self._runner.tidy(job), f"tidy up after save {job.id}")
        elif job.state is JobState.ASKING:
            self.asking.emit(job)
        elif job.part is not None and job.state is not JobState.PAUSED:
            self._at_work.begin(job)
        elif job.state is not JobState.PAUSED:
            job.state = JobState.QUEUED
            self._at_work.put(job)
            self._show(job)

    def _list(self, jobs: Iterable[SaveJob]) -> None:
        for job in jobs:
            self.jobs.append(job)
            self._tally.count(job)
        self.jobs.sort(key=lambda job: job.id)
        self.listed.emit()

    def _enqueue(self, jobs: Iterable[SaveJob]) -> None:
        for job in jobs:
            self._at_work.put(job)
            self._enter(JobState.QUEUED, job)
        self._at_work.go()

    def _once_each(self, jobs: list[SaveJob]) -> list[SaveJob]:
        """The jobs, each that is to skip its own clip replaced by the one that is saving it already."""
        under_way = {job.aim: job for job in self.jobs if not job.state.settled}
        return [under_way.setdefault(job.aim, job) if job.on_taken is OnTaken.SKIP else job for job in jobs]

    def _ended(self, job: SaveJob, path: Path | None, error: BaseException | None) -> None:
        """A job came to its end, or was stopped."""
        wish = self._wishes.pop(job, None)
        if path is not None:
            job.path = path
            job.settled.set()
            self._move(job, JobState.DONE)
        elif isinstance(error, NameTaken):
            self._ask(job)
        elif error is not None:
            self._fail(job, error)
        elif wish is not None:
            self._enter(wish, job)

    def _fail(self, job: SaveJob, error: BaseException) -> None:
        if not isinstance(error, AppError):
            log.error("saving clip %s failed", job.clip.clip_id, exc_info=error)
        job.error = error.sentence if isinstance(error, AppError) else _UNEXPECTED
        self._enter(JobState.FAILED, job)

    def _ask(self, job: SaveJob) -> None:
        self._enter(JobState.ASKING, job)
        choice = self._answers.pop(job, None)
        if choice is None:
            self.asking.emit(job)
        else:
            self._answer(job, choice)

    def _answer(self, job: SaveJob, choice: OnTaken) -> None:
        if job.state is not JobState.ASKING:
            return
        if choice is OnTaken.SKIP:
            self._enter(JobState.CANCELLED, job, _SKIPPED)
            return
        job.on_taken = choice
        self._ledger.put(job.id, on_taken=choice)
        self._at_work.put(job)
        self._enter(JobState.QUEUED, job)

    def _stop(self, job: SaveJob, wish: JobState) -> None:
        """Have a job paused or cancelled, if it can be stopped now."""
        if job.state is JobState.FAILED and wish is JobState.CANCELLED:
            self._enter(wish, job)
            return
        if job.state.settled or job.state is wish:
            return
        self._wishes[job] = wish
        if self._at_work.stop(job):
            self._enter(self._wishes.pop(job), job)

    def _enter(self, state: JobState, job: SaveJob, note: str = "") -> None:
        """Put the job into a state in which nothing is done for it, and have that written down."""
        job.note = note
        if state.settled:
            job.settled_at = time.time()
            job.settled.set()
        if job.whole and state is not JobState.CANCELLED:
            self._ledger.put(
                job.id, **facts_of(job)
            )  # PLACING stays in the row, for a next start to go on from
        else:
            self._ledger.put(job.id, state=state, **facts_of(job))
        self._move(job, state)

    def _move(self, job: SaveJob, state: JobState) -> None:
        job.state = state
        self._show(job)

    def _show(self, job: SaveJob) -> None:
        self._tally.count(job)
        self.changed.emit(job)

    def _beat(self, beats: int) -> None:
        if beats % NOTED_EVERY == 0:
            for job in self._at_work.jobs:
                self._ledger.put(job.id, received=job.received, total=job.total)

    def _unwritten(self, job_ids: Collection[int], error: LibraryError) -> None:
        """Say so on the jobs whose changes could not be written down."""
        for job in self.jobs:
            if job.id in job_ids:
                job.note = error.sentence
                self._show(job)

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._spawned_ended)

    def _spawned_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)
