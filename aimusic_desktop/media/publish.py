"""A tagged copy of a song into a folder: whole or not at all, and never over a file that is there.

Blocks: call it in a thread.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
from pathlib import Path

from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.bounded import PART, unlink
from aimusic_desktop.media.errors import MediaError, disk_trouble
from aimusic_desktop.media.naming import numbered, safe_stem
from aimusic_desktop.media.tags import NotTaggable, write_tags
from aimusic_desktop.model import Clip

log = logging.getLogger(__name__)

_AUDIO_SUFFIXES = {audio_type.suffix for audio_type in AudioType}


def stem_of(clip: Clip) -> str:
    """The file name, without suffix, that a clip's song gets."""
    return safe_stem(clip.title, f"Song {clip.clip_id[:8]}")


def publish(
    source: Path,
    folder: Path,
    clip: Clip,
    cover: bytes | None,
    *,
    name: str | None = None,
    replace: bool = False,
) -> Path:
    """Put a tagged copy of ``source`` into ``folder``, which is made if need be; gives where it lies.

    It is named after the clip's title, or ``name`` if the user chose one; a name that is taken gets a
    number. ``replace`` says that the user agreed to replace the file of that very name. The suffix is
    always that of ``source``. Raises ``MediaError``.
    """
    stem, suffix = _split(name, source.suffix) if name else (stem_of(clip), source.suffix)
    part = folder / f".{stem[:40]}.{secrets.token_hex(4)}{PART}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _copy_tagged(source, part, clip, cover)
            if replace and name in (None, stem + suffix):
                return part.replace(folder / (stem + suffix))
            return _place(part, folder, stem, suffix)
        finally:
            unlink(part)
    except OSError as error:
        raise disk_trouble(error, folder) from error


def _split(name: str, suffix: str) -> tuple[str, str]:
    """Stem and suffix of a name the user chose; another audio suffix than the song's is set right."""
    if re.search(r"[/\\\0]", name) or name in (".", ".."):
        raise MediaError(f"“{name}” is not a file name. Choose another one.")
    path = Path(name)
    if path.suffix.lower() == suffix:
        return path.stem, path.suffix
    return (path.stem if path.suffix.lower() in _AUDIO_SUFFIXES else name), suffix


def _copy_tagged(source: Path, part: Path, clip: Clip, cover: bytes | None) -> None:
    shutil.copyfile(source, part)
    try:
        write_tags(part, clip, cover)
    except NotTaggable as error:
        log.warning("clip %s is kept without tags: %r", clip.clip_id, error.__cause__)
        shutil.copyfile(source, part)
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _place(part: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Give the finished file the first name that is free, atomically."""
    number = 1
    while True:
        target = folder / numbered(stem, number, suffix)
        try:
            _take_name(part, target)
        except FileExistsError:
            number += 1
        else:
            return target


def _take_name(part: Path, target: Path) -> None:
    """Raises ``FileExistsError`` when the name is taken, by whomever and however shortly before."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # no links here (FAT, some network folders): reserve the name, then fill it
        target.open("xb").close()
        try:
            part.replace(target)
        except OSError:
            unlink(target)
            raise
