"""The name a save job's file gets: reserved in the library, so that no two jobs ever go for one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library
from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.naming import numbered
from aimusic_desktop.media.publish import candidates, holders, is_free, same_song, split_name
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, OnTaken, SaveFormat
from aimusic_desktop.names import name_key
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.job_disk import identity_of, is_agreed

_SUFFIXES = frozenset(audio_type.suffix for audio_type in AudioType)


class NameTaken(AppError):
    """The user is to say what happens with a file that is there already. ``fresh``: it was saved, by whatever
    window, since the job came."""

    def __init__(self, path: Path, fresh: bool) -> None:
        super().__init__(f"“{path.name}” is in the folder already.")
        self.fresh = fresh


def likely_suffix(job: SaveJob) -> str:
    """The suffix its file will have, as far as one can tell before its first byte."""
    if job.format is not SaveFormat.ORIGINAL:
        return f".{job.format}"
    suffix = PurePosixPath(urlsplit(job.clip.audio_url or "").path).suffix.lower()
    return suffix if suffix in _SUFFIXES else AudioType.M4A.suffix


async def reserve(library: Library, job: SaveJob, suffix: str, *, alone: bool) -> Path | None:
    """Reserve a name for the job and set its ``target``; or give the file that makes it needless.

    A job whose name is not that of the file it may replace replaces nothing from then on.
    ``alone``: of a stem that nothing else there has, for what is to lie beside the song is found by it.
    Makes the folders the name needs. Raises ``NameTaken``, ``MediaError`` and ``LibraryError``.
    """
    parts, suffix = _parts(job, suffix)
    taken = await asyncio.to_thread(holders, job.folder, parts, suffix, alone=alone)
    if job.on_taken is OnTaken.SKIP and (there := await _saved_there(library, job.clip, taken)):
        return there
    if taken and name_key(taken[0].name) == name_key(numbered(parts[-1], 1, suffix)):
        if job.on_taken is OnTaken.ASK:
            job.target = taken[0]  # what the user is asked about
            job.replaces = await asyncio.to_thread(identity_of, taken[0])
            # Only now: a job that has put the very file there is in the library since before it did.
            raise NameTaken(taken[0], await library.saved_since(job.added_at, str(taken[0]), job.id))
        agreed = await asyncio.to_thread(is_agreed, job, taken[0])
        if agreed and await _reserved(library, job, taken[0]):
            return None
    replace_nothing(job)
    for free in await asyncio.to_thread(candidates, job.folder, parts, suffix, alone=alone):
        # Whoever had the name reserved until now may have put a song there.
        reserved = await _reserved(library, job, free, alone=alone)
        if reserved and await asyncio.to_thread(is_free, free, alone=alone):
            break
    return None


def replace_nothing(job: SaveJob) -> None:
    """What has the name now is not what the user agreed to replace: both are kept."""
    job.replaces = None
    if job.on_taken is OnTaken.REPLACE:
        job.on_taken = OnTaken.NUMBER


async def _reserved(library: Library, job: SaveJob, target: Path, *, alone: bool = False) -> bool:
    if not await library.reserve(job.id, str(target), alone=alone):
        return False
    job.target = target
    return True


async def _saved_there(library: Library, clip: Clip, taken: Sequence[Path]) -> Path | None:
    """Which of the files is this very clip, told by its tags or, for it may have none, by the library."""
    saved = await library.saved_paths(clip.task_id, clip.clip_id) if taken else []
    return await asyncio.to_thread(_same, taken, clip, saved)


def _same(taken: Sequence[Path], clip: Clip, saved: Sequence[str]) -> Path | None:
    return next((path for path in taken if str(path) in saved or same_song(path, clip)), None)


def _parts(job: SaveJob, suffix: str) -> tuple[tuple[str, ...], str]:
    """Folders and stem, and the suffix as the user wrote it, if they did."""
    if job.name is None:
        return Template.or_default(job.template).parts(job.clip), suffix
    stem, suffix = split_name(job.name, suffix)
    return (stem,), suffix
