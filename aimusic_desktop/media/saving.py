"""Saving songs into the user's folders: a few at a time, each with its progress and its sentence."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.cache import AudioStore, Song
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.errors import MediaError, NotReady
from aimusic_desktop.media.publish import publish
from aimusic_desktop.model import Clip

log = logging.getLogger(__name__)

AT_ONCE = 3
CLOSE_LIMIT_S = 10.0

_UNEXPECTED = "The song could not be saved; the log says more. Try again."


class JobState(StrEnum):
    """Where a save job stands; the last three are settled."""

    QUEUED = "queued"
    FETCHING = "fetching"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False)
class SaveJob:
    """One song on its way into a folder. The saver writes it, everybody else reads it.

    ``name`` is the whole file name the user chose, None for the title's; ``replace`` says that they
    agreed to replace the file of that name. ``received`` and ``total`` are bytes. ``error`` is the
    sentence of a failed job, ``path`` the file of a done one.
    """

    id: int
    clip: Clip
    folder: Path
    name: str | None = None
    replace: bool = False
    state: JobState = JobState.QUEUED
    received: int = 0
    total: int | None = None
    path: Path | None = None
    error: str | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


class Saver:
    """Runs save jobs, ``AT_ONCE`` at a time, in the order they were given.

    ``changed`` is emitted on the loop's thread whenever a job moves on. Clips must be whole ones, with
    their lyrics, for these go into the file.
    """

    changed = Signal(SaveJob)

    def __init__(self, audio: AudioStore, covers: CoverStore) -> None:
        self.jobs: list[SaveJob] = []
        self._audio = audio
        self._covers = covers
        self._ids = itertools.count(1)
        self._queue: deque[SaveJob] = deque()
        self._running: dict[SaveJob, asyncio.Task[Path]] = {}

    def save(self, clip: Clip, folder: Path, name: str | None = None, *, replace: bool = False) -> SaveJob:
        """Begin to save a song into ``folder``; ``SaveJob`` says what the rest means. Raises nothing."""
        job = SaveJob(next(self._ids), clip, folder, name, replace)
        self.jobs.append(job)
        self._enqueue(job)
        return job

    async def wait(self, job: SaveJob) -> Path:
        """The file once the job is done. Raises ``MediaError`` if it fails or is cancelled."""
        await job.settled.wait()
        if job.path is None:
            raise MediaError(job.error or "Saving was cancelled.")
        return job.path

    def cancel(self, job: SaveJob) -> None:
        """Give a job up; one that is being written already is finished within moments instead."""
        if job.state is JobState.QUEUED:
            self._queue.remove(job)
            self._settle(job, JobState.CANCELLED)
        elif job.state is JobState.FETCHING:
            self._running[job].cancel()

    def retry(self, job: SaveJob, folder: Path | None = None) -> None:
        """Begin a failed or cancelled job anew, in another folder if one is given."""
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            job.folder = folder or job.folder
            job.error = None
            job.settled.clear()
            self._enqueue(job)

    async def close(self) -> None:
        """Give up what is not being written, and wait for the rest, ``CLOSE_LIMIT_S`` seconds at most."""
        for job in self.jobs:
            self.cancel(job)
        if self._running:
            await asyncio.wait(self._running.values(), timeout=CLOSE_LIMIT_S)

    def _enqueue(self, job: SaveJob) -> None:
        self._queue.append(job)
        self._show(job, JobState.QUEUED)
        self._start_next()

    def _start_next(self) -> None:
        while self._queue and len(self._running) < AT_ONCE:
            job = self._queue.popleft()
            self._show(job, JobState.FETCHING)
            task = asyncio.create_task(self._save(job), name=f"save {job.id}")
            self._running[job] = task
            task.add_done_callback(partial(self._end, job))

    def _end(self, job: SaveJob, task: asyncio.Task[Path]) -> None:
        del self._running[job]
        if task.cancelled():
            self._settle(job, JobState.CANCELLED)
        elif error := task.exception():
            if not isinstance(error, AppError):
                log.error("saving clip %s failed", job.clip.clip_id, exc_info=error)
            job.error = error.sentence if isinstance(error, AppError) else _UNEXPECTED
            self._settle(job, JobState.FAILED)
        else:
            job.path = task.result()
            self._settle(job, JobState.DONE)
        self._start_next()

    async def _save(self, job: SaveJob) -> Path:
        if not job.clip.ready:
            raise NotReady
        with self._opened(job) as song:
            source = await song.whole()
            cover = await self._covers.bytes_of(job.clip.image_url)
            self._show(job, JobState.WRITING)
            return await asyncio.to_thread(
                publish, source, job.folder, job.clip, cover, name=job.name, replace=job.replace
            )

    @contextmanager
    def _opened(self, job: SaveJob) -> Iterator[Song]:
        """The job's song, its progress shown in the job, released at the end."""
        song = self._audio.open(job.clip)

        def show_progress() -> None:
            job.received, job.total = song.received, song.total
            self.changed.emit(job)

        song.changed.connect(show_progress)
        try:
            show_progress()
            yield song
        finally:
            song.changed.disconnect(show_progress)
            song.release()

    def _show(self, job: SaveJob, state: JobState) -> None:
        job.state = state
        self.changed.emit(job)

    def _settle(self, job: SaveJob, state: JobState) -> None:
        job.settled.set()
        self._show(job, state)
