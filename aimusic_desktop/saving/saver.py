"""Saving songs into the user's folders: written down first, a few at a time, gone on with after a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.library.store import Library, LibraryError
from aimusic_desktop.media.cache import AudioStore
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.errors import MediaError
from aimusic_desktop.model import Clip, JobState, OnTaken, SaveFormat
from aimusic_desktop.runs import Runs
from aimusic_desktop.saving.answers import Answers
from aimusic_desktop.saving.at_work import AtWork
from aimusic_desktop.saving.book import Book
from aimusic_desktop.saving.chores import Chores
from aimusic_desktop.saving.claims import Claims
from aimusic_desktop.saving.job import Converter, SaveJob, agreement_of, aims_of, rows_for
from aimusic_desktop.saving.job_names import NameTaken
from aimusic_desktop.saving.job_run import JobRunner
from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.settings import Settings
from aimusic_desktop.tracking.connection import Connection

__all__ = ["Converter", "JobState", "SaveJob", "Saver", "Totals"]

CLOSE_LIMIT_S = 10.0
NOTED_EVERY = 10  # beats: how often progress is written down, for the next start to show

_SKIPPED = "Skipped: a file of this name is in the folder."
_TAKEN_UP = "Another window took this up, or off its list, meanwhile."
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
        self._library = library
        self._settings = settings
        self._owner = runs.token
        self._book = book = Book(library, runs)
        self._runner = JobRunner(library, book.ledger, audio, covers, converter, settings, book.show)
        self._at_work = AtWork(
            self._runner.work,
            settings,
            connection,
            refresh=self._runner.refresh,
            show=book.show,
            beat=self._beat,
            waits=partial(book.enter, JobState.QUEUED),
            ended=self._ended,
        )
        book.changed.connect(self.changed.emit)
        book.listed.connect(self.listed.emit)
        book.held.connect(self.held.emit)
        self._at_work.held.connect(self.held.emit)
        self._answers = Answers(self._answer)
        self._claims = Claims(library, book.ledger, runs.token)
        self._claiming: set[SaveJob] = set()
        self._wishes: dict[SaveJob, JobState] = {}
        self._chores = Chores()
        self._closed = False

    @property
    def jobs(self) -> Sequence[SaveJob]:
        return self._book.jobs

    @property
    def hold(self) -> str | None:
        """The sentence why nothing moves now, or None."""
        return self._book.unread or self._at_work.hold

    @property
    def totals(self) -> Totals:
        """How far everything is. Cheap."""
        return self._book.tally.totals(self._at_work.jobs)

    async def resume(self, clips: Sequence[Clip] = (), folder: Path | None = None) -> list[SaveJob]:
        """List the jobs of this run and the last settled ones, and go on with those that runs before this
        one left unfinished; with a ``folder``, only those that save one of the ``clips`` into it. Gives the
        unfinished ones, of which some may be paused.

        While they cannot be read, ``hold`` says so, and it is tried again.
        """
        aims = aims_of(clips, folder) if folder is not None else None
        jobs, ended = await self._book.read(aims)
        for job in ended:
            self._tidy(job)
        unfinished = [job for job in jobs if not job.state.settled]
        for job in jobs:
            self._resume(job)
        self._at_work.go()
        return unfinished

    async def save(
        self,
        clips: Sequence[Clip],
        folder: Path,
        *,
        name: str | None = None,
        replaces: str | None = None,
        any_length: bool = False,
        format: SaveFormat = SaveFormat.ORIGINAL,  # noqa: A002
    ) -> list[SaveJob]:
        """Begin to save songs into ``folder``; they are written down when this returns.

        ``name`` is the whole file name if the user chose one, ``replaces`` the ``job_disk.identity_of`` the
        file of that name if they agreed to replace it. ``any_length``: they want songs of another length
        than the service says. The clips must be whole ones. Gives the job of each; where the same is under
        way already, that one, which goes on if it was paused. Raises ``LibraryError``.
        """
        make_rows = partial(
            rows_for,
            clips,
            folder,
            self._settings(),
            self._owner,
            name=name,
            replaces=replaces,
            any_length=any_length,
            format=format,
        )
        jobs, added = await self._book.add(make_rows, clips)
        for job in added:
            self._at_work.put(job)
        self.go_on(*jobs)
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
        failed = [job for job in jobs if job.state is JobState.FAILED]
        for job in jobs:
            self._stop(job, JobState.CANCELLED)
        for job in failed:
            self._book.show_in(JobState.CANCELLED, job)
        if failed:
            self._chores.begin(self._give_up(failed), "cancel failed saves")
        self._at_work.go()

    def retry(self, *jobs: SaveJob, folder: Path | None = None, any_length: bool = False) -> None:
        """Begin failed or cancelled jobs anew, into another ``folder`` if one is given; with ``any_length``
        whatever the song's length."""
        again = [job for job in jobs if job.state in (JobState.FAILED, JobState.CANCELLED)]
        for job in again:
            job.any_length = job.any_length or any_length
            job.error = job.settled_at = job.link = None
            job.settled.clear()
            self._book.show_in(JobState.QUEUED, job)
        if again:
            self._claiming.update(again)
            self._chores.begin(self._begin_anew(again, folder), "try saves again")

    def answer(self, job: SaveJob, choice: OnTaken, for_all: bool = False) -> None:
        """Say what happens with a name that is taken: NUMBER keeps both, SKIP gives the job up, REPLACE
        replaces the file. ``for_all``: so for all present jobs that ask now or later."""
        self._answers.answer(job, choice, self.jobs if for_all else ())
        self._at_work.go()

    def clear_done(self) -> None:
        """Take the jobs that are done or cancelled off the list, for good."""
        gone = self._book.take_off((JobState.DONE, JobState.CANCELLED))
        self._chores.begin(self._book.forget(gone), "forget save jobs")

    async def close(self) -> None:
        """Let what is being written be finished, ``CLOSE_LIMIT_S`` seconds at most. All else is gone on with
        at the next start."""
        self._closed = True
        await self._at_work.close(CLOSE_LIMIT_S)
        await self._chores.close(CLOSE_LIMIT_S)
        await self._book.ledger.close()
        for job in self.jobs:
            job.settled.set()

    def _resume(self, job: SaveJob) -> None:
        """Put a job of the library where it belongs; what it left on the disk is seen to at once."""
        if job.state.settled or job.state is JobState.PAUSED:
            return
        if job.state is JobState.ASKING:
            self.asking.emit(job)
        elif job.part is not None:
            self._at_work.begin(job)
        else:
            job.state = JobState.QUEUED
            self._at_work.put(job)
            self._book.show(job)

    def _enqueue(self, jobs: Iterable[SaveJob]) -> None:
        for job in jobs:
            self._at_work.put(job)
            self._book.enter(JobState.QUEUED, job)
        self._at_work.go()

    async def _begin_anew(self, jobs: Sequence[SaveJob], folder: Path | None) -> None:
        """Put those jobs in the line that no other window has taken up."""
        try:
            claimed = await self._claims.again(jobs, folder)
        except LibraryError as error:
            for job in jobs:
                job.error = error.sentence
                self._book.show_in(JobState.FAILED, job)
            self.cancel(*(job for job in jobs if self._wishes.pop(job, None) is JobState.CANCELLED))
            return
        finally:
            self._claiming.difference_update(jobs)
        for job in jobs:
            if job not in claimed:
                self._lose(job)
            elif wish := self._wishes.pop(job, None):
                self._book.enter(wish, job)
            else:
                self._enqueue([job])

    async def _give_up(self, jobs: Sequence[SaveJob]) -> None:
        """Have it written down that these are cancelled, unless another window took them up."""
        claimed = await self._claims.given_up(jobs)
        for job in jobs:
            if job.state is not JobState.CANCELLED:
                continue  # tried again already
            if job in claimed:
                self._tidy(job)
            else:
                self._lose(job)

    def _lose(self, job: SaveJob) -> None:
        """The job is no longer this window's to say anything of."""
        self._wishes.pop(job, None)
        self._book.show_in(JobState.CANCELLED, job, _TAKEN_UP)

    def _tidy(self, job: SaveJob) -> None:
        if job.part is not None:
            self._chores.begin(self._runner.tidy(job), f"tidy up after save {job.id}")

    def _ended(self, job: SaveJob, path: Path | None, error: BaseException | None) -> None:
        """A job came to its end, or was stopped."""
        wish = self._wishes.pop(job, None)
        if path is not None:
            job.path = path
            self._book.show_in(JobState.DONE, job, job.note)
        elif isinstance(error, NameTaken):
            self._ask(job, error.fresh)
        elif error is not None:
            self._book.fail(job, error)
        elif wish is not None:
            self._book.enter(wish, job)

    def _ask(self, job: SaveJob, fresh: bool) -> None:
        self._book.enter(JobState.ASKING, job)
        choice = self._answers.asked(job, fresh)
        if choice is None:
            self._book.ledger.put(job.id, **agreement_of(job))
            self.asking.emit(job)
        else:
            self._answer(job, choice)

    def _answer(self, job: SaveJob, choice: OnTaken) -> None:
        if choice is OnTaken.SKIP:
            self._book.enter(JobState.CANCELLED, job, _SKIPPED)
            return
        job.on_taken = choice
        if choice is not OnTaken.REPLACE:
            job.replaces = None
        self._book.ledger.put(job.id, **agreement_of(job))
        self._enqueue([job])

    def _stop(self, job: SaveJob, wish: JobState) -> None:
        """Have a job that is not settled paused or cancelled, if it can be stopped now."""
        if job.state.settled or job.state is wish:
            return
        self._wishes[job] = wish
        if job not in self._claiming and self._at_work.stop(job):
            self._book.enter(self._wishes.pop(job), job)
            if wish is JobState.CANCELLED:
                self._tidy(job)

    def _beat(self, beats: int) -> None:
        if beats % NOTED_EVERY == 0:
            for job in self._at_work.jobs:
                self._book.ledger.put(job.id, received=job.received, total=job.total)
