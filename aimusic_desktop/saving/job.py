"""One song on its way into a folder, as everybody sees it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from aimusic_desktop.library.values import Aims
from aimusic_desktop.media.publish import is_part_of
from aimusic_desktop.model import Clip, JobRecord, JobState, OnTaken, SaveFormat
from aimusic_desktop.settings import Settings

MOVING = (JobState.CONVERTING, JobState.FETCHING, JobState.WRITING, JobState.PLACING)
"""The states of a job that is being worked on."""


class Converter(Protocol):
    """Where the link to a song in another format comes from; ``tracking.conversions`` is one."""

    async def link(self, clip: Clip, format: SaveFormat) -> str:  # noqa: A002
        """Wait for the link. Raises AppError."""

    async def fresh_link(self, clip: Clip, format: SaveFormat) -> str:  # noqa: A002
        """Another one, since that has expired. Raises AppError."""


@dataclass(eq=False)
class SaveJob:
    """The saver writes it, everybody else reads it.

    ``clip`` is a whole one. ``name`` is the whole file name the user chose, None for what ``template``
    says. ``replaces`` is ``job_disk.identity_of`` the one file that may be replaced, ``owner`` the token of
    the run whose job it was when it was last seen. ``received`` and ``total`` are bytes. ``error`` is the
    sentence of a failed job (``wrong_length`` tells that it can be saved all the same), ``note`` what a job
    waits for, or what is missing beside the song of a done one. ``target`` is the name reserved for it
    (``filling``: an empty file of that name is its own), ``part`` its temporary file (``whole``: it is
    complete and on the disk), ``path`` the file of a done one. ``link`` is where the song lies in a
    ``format`` that had to be made. Times are seconds since the epoch.
    ``settled`` is set when the job is done, failed or cancelled.
    """

    id: int
    clip: Clip
    folder: Path
    name: str | None = None
    template: str = "{title}"
    format: SaveFormat = SaveFormat.ORIGINAL
    on_taken: OnTaken = OnTaken.NUMBER
    replaces: str | None = None
    any_length: bool = False
    state: JobState = JobState.QUEUED
    received: int = 0
    total: int | None = None
    error: str | None = None
    wrong_length: bool = False
    note: str = ""
    target: Path | None = None
    part: Path | None = None
    whole: bool = False
    filling: bool = False
    path: Path | None = None
    added_at: float = 0.0
    settled_at: float | None = None
    bytes_per_s: float = 0.0
    link: str | None = None
    owner: str = ""
    settled: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def left_s(self) -> float | None:
        """Seconds until everything is there, None while nobody can tell."""
        if self.state is not JobState.FETCHING or self.total is None or self.bytes_per_s <= 0:
            return None
        return max(0, self.total - self.received) / self.bytes_per_s

    @property
    def host(self) -> str:
        """Where its song comes from, "" while that is not known: it must be made first."""
        if self.needs_link:
            return ""
        return urlsplit(self.link or self.clip.audio_url or "").hostname or ""

    @property
    def aim(self) -> tuple[object, ...]:
        """What and where to: the same for jobs of which one is enough."""
        return self.clip.task_id, self.clip.clip_id, self.folder, self.name, self.format

    @property
    def needs_link(self) -> bool:
        """Whether its song must be made into another format first, or asked whether it was."""
        return self.format is not SaveFormat.ORIGINAL and self.link is None

    @property
    def variant(self) -> str:
        """What its song is kept as in the cache, beside the original."""
        return "" if self.format is SaveFormat.ORIGINAL else self.format.value


def aims_of(clips: Iterable[Clip], folder: Path) -> Aims:
    """What jobs that save these clips into ``folder`` have in common."""
    return Aims(str(folder.absolute()), frozenset((clip.task_id, clip.clip_id) for clip in clips))


def rows_for(
    clips: Iterable[Clip],
    folder: Path,
    settings: Settings,
    owner: str,
    *,
    name: str | None,
    replaces: str | None,
    any_length: bool,
    format: SaveFormat,  # noqa: A002
) -> list[JobRecord]:
    """The rows of new jobs: ``Saver.save`` says what the rest means."""
    on_taken = OnTaken.REPLACE if replaces else OnTaken.NUMBER if name else OnTaken(settings.on_taken)
    now = time.time()
    return [
        JobRecord(
            task_id=clip.task_id,
            clip_id=clip.clip_id,
            folder=str(folder.absolute()),
            name=name,
            template=settings.name_template,
            format=format,
            on_taken=on_taken,
            replaces=replaces,
            any_length=any_length,
            owner=owner,
            added_at=now,
        )
        for clip in clips
    ]


def facts_of(job: SaveJob) -> dict[str, object]:
    """What changes in a job's row while it waits or when it settles, but for its state."""
    return {
        "received": job.received,
        "total": job.total,
        "error": job.error,
        "wrong_length": job.wrong_length,
        "settled_at": job.settled_at,
        "part": str(job.part) if job.part else None,
    }


def agreement_of(job: SaveJob) -> dict[str, object]:
    """What a job's row says of a name that is taken."""
    return {"on_taken": job.on_taken, "replaces": job.replaces}


def jobs_of(rows: Iterable[JobRecord], clips: Iterable[Clip]) -> list[SaveJob]:
    """The jobs of these rows. Of a clip that is not among ``clips`` only the id is known."""
    known = {(clip.task_id, clip.clip_id): clip for clip in clips}
    return [_job_of(row, known.get((row.task_id, row.clip_id))) for row in rows]


def part_of(row: JobRecord) -> Path | None:
    """The row's temporary file; None also for what cannot be one."""
    part = _path(row.part)
    return part if part is not None and is_part_of(Path(row.folder), part) else None


def _job_of(row: JobRecord, clip: Clip | None) -> SaveJob:
    job = SaveJob(
        id=row.job_id,
        clip=clip or Clip(task_id=row.task_id, clip_id=row.clip_id),
        folder=Path(row.folder),
        name=row.name,
        template=row.template,
        format=row.format,
        on_taken=row.on_taken,
        replaces=row.replaces,
        any_length=row.any_length,
        wrong_length=row.wrong_length,
        state=row.state,
        received=row.received,
        total=row.total,
        error=row.error,
        target=_path(row.target),
        part=part_of(row),
        whole=row.state is JobState.PLACING,
        filling=row.filling,
        path=_path(row.path),
        added_at=row.added_at,
        settled_at=row.settled_at,
        owner=row.owner,
    )
    if row.state.settled:
        job.settled.set()
    return job


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
