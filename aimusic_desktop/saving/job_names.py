"""The name a save job's file gets: reserved in the library, so that no two jobs ever go for one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library
from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.naming import name_key, numbered
from aimusic_desktop.media.publish import candidates, holders, same_song, split_name
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, OnTaken, SaveFormat
from aimusic_desktop.saving.job import SaveJob

_SUFFIXES = frozenset(audio_type.suffix for audio_type in AudioType)


class NameTaken(AppError):
    """The user is to say what happens with a file that is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"“{path.name}” is in the folder already.")


def likely_suffix(job: SaveJob) -> str:
    """The suffix its file will have, as far as one can tell before its first byte."""
    if job.format is not SaveFormat.ORIGINAL:
        return f".{job.format}"
    suffix = PurePosixPath(urlsplit(job.clip.audio_url or "").path).suffix.lower()
    return suffix if suffix in _SUFFIXES else AudioType.M4A.suffix


async def reserve(library: Library, job: SaveJob, suffix: str) -> Path | None:
    """Reserve a name for the job and set its ``target``; or give the file that makes it needless.

    Makes the folders the name needs. Raises ``NameTaken``, ``MediaError`` and ``LibraryError``.
    """
    parts, suffix = _parts(job, suffix)
    taken = await asyncio.to_thread(holders, job.folder, parts, suffix)
    if taken:
        if job.on_taken is OnTaken.ASK:
            job.target = taken[0]  # what the user is asked about
            raise NameTaken(taken[0])
        if job.on_taken is OnTaken.SKIP and (there := await asyncio.to_thread(_same, taken, job.clip)):
            return there
        if may_replace(job, taken[0]) and await _reserved(library, job, taken[0]):
            return None
    for free in await asyncio.to_thread(candidates, job.folder, parts, suffix):
        if await _reserved(library, job, free):
            break
    return None


def may_replace(job: SaveJob, target: Path) -> bool:
    """Whether the user agreed that what lies at ``target`` is replaced: the file they chose by its name, or
    else the one they were asked about; never one of a number."""
    if job.on_taken is not OnTaken.REPLACE:
        return False
    if job.name is not None:
        return job.name == target.name
    parts, suffix = _parts(job, target.suffix)
    return name_key(target.name) == name_key(numbered(parts[-1], 1, suffix))


async def _reserved(library: Library, job: SaveJob, target: Path) -> bool:
    if not await library.reserve(job.id, str(target)):
        return False
    job.target = target
    return True


def _same(taken: Sequence[Path], clip: Clip) -> Path | None:
    return next((path for path in taken if same_song(path, clip)), None)


def _parts(job: SaveJob, suffix: str) -> tuple[tuple[str, ...], str]:
    """Folders and stem, and the suffix as the user wrote it, if they did."""
    if job.name is None:
        return Template.or_default(job.template).parts(job.clip), suffix
    stem, suffix = split_name(job.name, suffix)
    return (stem,), suffix
