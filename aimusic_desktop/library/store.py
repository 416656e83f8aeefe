"""The library: every task the user gave us and every song of it, in one SQLite file.

The single source of truth: others change it here and hear of changes by ``Library.changed``. All work
is done by one thread of its own, so the loop's thread only hands over questions and answers.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aimusic_desktop.library import absorbing, alignments, conversions, jobs, queue, reading, saving, writing
from aimusic_desktop.library.absorbing import Absorbed
from aimusic_desktop.library.database_thread import Change, DatabaseThread
from aimusic_desktop.library.errors import LibraryError, told_to_people
from aimusic_desktop.library.opening import open_database
from aimusic_desktop.library.query import Query, SortKey
from aimusic_desktop.library.reading import Counts, SongRow
from aimusic_desktop.library.values import Aims
from aimusic_desktop.library.writing import Removal
from aimusic_desktop.model import (
    Alignment,
    Clip,
    Conversion,
    JobRecord,
    MusicTask,
    QueueRecord,
    SaveFormat,
    TaskRef,
)

__all__ = [
    "Absorbed",
    "Change",
    "Counts",
    "Library",
    "LibraryError",
    "Query",
    "Removal",
    "SongRow",
    "SortKey",
]


class Library(DatabaseThread):
    """The library of one file. Made by ``await Library.open(path)``; every method may raise ``LibraryError``.

    What was written is on the disk when a method returns. Another process may use the same file at
    the same time; its changes are seen by the next question, but not signalled.
    """

    def __init__(
        self, path: Path, thread: ThreadPoolExecutor, db: sqlite3.Connection, notice: str | None
    ) -> None:
        self.notice = notice
        """A sentence when a damaged file was set aside at opening."""
        super().__init__(path, thread, db)

    @classmethod
    async def open(cls, path: Path) -> Library:
        """Opens the library at ``path``, making it and its folder if need be.

        A damaged file is set aside and what can be read of it kept: see ``notice``. Raises
        ``LibraryError`` when the file is of a newer version or cannot be opened.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="library")
        try:
            return await asyncio.wrap_future(thread.submit(cls._open, path, thread))
        except BaseException:
            thread.shutdown(wait=False)
            raise

    async def add(self, refs: Sequence[TaskRef], now: float) -> tuple[list[str], list[str]]:
        """Writes down task ids, all or none, at ``now`` (seconds since the epoch).

        Gives those added and those known before, each once and in order. A removed task comes back as
        if added; a known one whose product was not known learns it.
        """
        return await self._write(writing.add, refs, now)

    async def save(self, task: MusicTask, answer: bytes | None = None, seen: MusicTask | None = None) -> bool:
        """Writes down what is known of a task, and the service's ``answer`` as it came; nothing, and gives
        False, where the task is no more as it was ``seen``, for another window has written since.

        Row ids are stable: the first clip takes over the row of its task. The task's clips become these,
        but one that finished is not dropped for being left out, and one that was removed stays removed.
        A product once known is not forgotten.
        """
        return await self._write(saving.save, task, answer, seen)

    async def remove(self, row_ids: Sequence[int]) -> Removal:
        """Takes rows out of sight. They are forgotten thirty days later, a task at a time."""
        return await self._write(writing.remove, row_ids)

    async def restore(self, removal: Removal) -> None:
        """Undoes a removal."""
        await self._write(writing.restore, removal)

    async def task(self, task_id: str) -> MusicTask | None:
        """A task with its whole clips, but those removed; None when it is unknown or removed."""
        return await self._read(reading.task, task_id)

    async def unfinished(self) -> list[MusicTask]:
        """The tasks that are not settled, in the order in which they came."""
        return await self._read(reading.unfinished)

    async def order(self, query: Query) -> list[int]:
        """The ids of the rows that ``query`` shows, in display order."""
        return await self._read(reading.order, query)

    async def rows(self, row_ids: Sequence[int]) -> list[SongRow]:
        """These rows in this order, without those that are gone."""
        return await self._read(reading.rows, row_ids)

    async def rows_of(self, task_ids: Collection[str]) -> list[SongRow]:
        """All rows of these tasks, in the order in which tasks came and clips were answered."""
        return await self._read(reading.rows_of, task_ids)

    async def clip(self, row_id: int) -> Clip | None:
        """The whole clip of a row, with lyrics; None for a task without one or a row that is gone."""
        return await self._read(reading.clip, row_id)

    async def counts(self, text: str = "") -> Counts:
        """How many rows match the search ``text``, by chip."""
        return await self._read(reading.counts, text)

    async def answer(self, task_id: str) -> str | None:
        """The service's last answer for a task as it came; None when there was none."""
        return await self._read(reading.answer, task_id)

    async def clips_of(self, ids: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Clip]:
        """The whole clips of these pairs of task and clip id, also removed ones, without the unknown."""
        return await self._read(reading.clips_of, ids)

    async def everything(self, row_ids: Sequence[int] | None) -> list[MusicTask]:
        """The tasks of these rows with the whole clips of these rows only, as the rows are ordered.

        None: all rows, in the order in which tasks came.
        """
        return await self._read(reading.everything, row_ids)

    async def absorb(
        self,
        tasks: Sequence[MusicTask],
        now: float,
        answers: Mapping[str, str] | None = None,
        conversions: Sequence[Conversion] = (),
        alignments: Sequence[Alignment] = (),
    ) -> Absorbed:
        """Takes in tasks of another library, all or none, at ``now`` (seconds since the epoch).

        What is known is never worsened: it stays, but for tasks and clips that are further there. Removed
        ones come back. ``answers`` holds the service's answers by task id, for tasks without one;
        ``conversions`` and ``alignments`` what was paid for there.
        """
        return await self._write(absorbing.absorb, tasks, now, answers or {}, conversions, alignments)

    async def add_jobs(self, jobs_: Sequence[JobRecord]) -> list[int]:
        """Writes down save jobs, all or none, and gives their ids in order."""
        return await self._write(jobs.add, jobs_)

    async def update_job(self, job_id: int, **changes: object) -> None:
        """Changes a job by the names of ``JobRecord``'s fields; raises ``TypeError`` for others.

        A job that settled and goes on again has no ``target`` any more and must reserve one anew.
        """
        await self.update_jobs({job_id: changes})

    async def update_jobs(
        self, changes: Mapping[int, Mapping[str, object]], owner: str | None = None
    ) -> None:
        """Changes jobs by their ids, all or none, as ``update_job`` does; with an ``owner``, those of
        another one stay as they are."""
        jobs.check_changes(changes.values())
        await self._write(jobs.update, changes, owner)

    async def reserve(self, job_id: int, target: str, *, alone: bool = False) -> bool:
        """Makes ``target`` the job's, unless another job that is not settled, of whatever run, has that name;
        or, if it is to be ``alone``, one with another suffix.

        Names that differ in letter case or composition only are the same. Raises ``LibraryError`` also for
        a job that was forgotten.
        """
        return await self._write(jobs.reserve, job_id, target, alone)

    async def adopt_jobs(
        self, owner: str, alive: Callable[[str], bool], aims: Aims | None = None
    ) -> list[JobRecord]:
        """Makes the jobs of runs that have died ``owner``'s, those with these ``aims`` or all, and gives
        them, oldest first.

        These are the jobs that are not settled, and those whose temporary file was not yet removed. Each
        goes to one run only. ``alive`` is called in the library's thread with the token of a run.
        """
        return await self._write(jobs.adopt, owner, alive, aims)

    async def claim_jobs(
        self, owner: str, changes: Mapping[int, tuple[str, Mapping[str, object]]]
    ) -> list[JobRecord]:
        """Makes failed and cancelled jobs ``owner``'s, unless they are at work, done, or another's than when
        they were seen, and changes those as ``update_jobs`` does. ``changes`` holds the owner that was seen,
        and what to change.

        The temporary file of one that gets another ``folder`` is left to the next ``adopt_jobs``. Gives all
        these jobs as they are then: the claimed are ``owner``'s, the forgotten are missing.
        """
        jobs.check_changes(values for _, values in changes.values())
        return await self._write(jobs.claim, owner, changes)

    async def jobs(self, owner: str, settled_limit: int = 500) -> list[JobRecord]:
        """The jobs of ``owner`` that are not settled and the newest settled ones of anybody, oldest first."""
        return await self._read(jobs.listed, owner, settled_limit)

    async def forget_jobs(self, job_ids: Collection[int]) -> None:
        """Takes settled jobs off the list; where songs were saved to is still known."""
        await self._write(jobs.forget, job_ids)

    async def saved_paths(self, task_id: str, clip_id: str) -> list[str]:
        """Where a clip was saved to, and no other since, newest first. The files may be gone meanwhile."""
        return await self._read(jobs.saved_paths, task_id, clip_id)

    async def saved_since(self, since: float, path: str, but: int) -> bool:
        """Whether a job, ``but`` this one, was done with that file since then (seconds since the epoch), or
        is about to be: its name is another's now."""
        return await self._read(jobs.saved_since, since, path, but)

    async def conversion(self, task_id: str, clip_id: str, format: SaveFormat) -> Conversion | None:  # noqa: A002
        """What is known of making this clip into ``format``; None when it was never asked for."""
        return await self._read(conversions.one, task_id, clip_id, format)

    async def conversions(self) -> list[Conversion]:
        """Every conversion, oldest first."""
        return await self._read(lambda db: [*conversions.readable(db)])

    async def claim_conversion(self, asked: Conversion, seen: Conversion | None) -> bool:
        """Writes down that a conversion is being asked for, unless what is known of it is not what was
        ``seen`` any more: of two windows one asks, and one pays."""
        return await self._write(conversions.claim, asked, seen)

    async def save_conversion(self, conversion: Conversion) -> bool:
        """Writes down how a conversion stands; not over a later asking for it, which is told."""
        return await self._write(conversions.save, conversion)

    async def alignment(self, task_id: str, clip_id: str) -> Alignment | None:
        """What is known of when this clip's words are sung; None when it was never asked."""
        return await self._read(alignments.one, task_id, clip_id)

    async def alignments(self) -> list[Alignment]:
        """Every alignment, oldest first."""
        return await self._read(lambda db: [*alignments.readable(db)])

    async def claim_alignment(self, asked: Alignment, seen: Alignment | None) -> bool:
        """Writes down that an alignment is being asked for, as ``claim_conversion`` does."""
        return await self._write(alignments.claim, asked, seen)

    async def save_alignment(self, alignment: Alignment) -> bool:
        """Writes down how an alignment stands, as ``save_conversion`` does."""
        return await self._write(alignments.save, alignment)

    async def queue(self) -> QueueRecord:
        """What was playing, and what was to play next; empty if nothing was."""
        return await self._read(queue.load)

    async def save_queue(self, record: QueueRecord) -> None:
        """Writes down what plays and what plays next, in place of what was written before."""
        await self._write(queue.save, record)

    @classmethod
    def _open(cls, path: Path, thread: ThreadPoolExecutor) -> Library:
        with told_to_people():
            return cls(path, thread, *open_database(path))
