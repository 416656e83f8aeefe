"""Songs put into folders, step by step as the saver does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aimusic_desktop.media.publish import candidates, part_for, place, place_slowly, remove_parts, write_part
from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import Settings
from tests.support.media import song_clip

STYLE = SaveStyle.of(Settings())
BARE = replace(STYLE, tags=replace(STYLE.tags, on=False))


def written(source: Path, target: Path, cover: bytes | None = None, clip: Clip | None = None) -> Path:
    """The finished part of a song that is to become ``target``."""
    part = part_for(target)
    write_part(source, part, clip or song_clip(), cover, STYLE.tags)
    return part


def placed(part: Path, target: Path) -> None:
    """Give the part its name, whatever steps the disk knows for that."""
    if not place(part, target):
        place_slowly(part, target)


def published(source: Path, folder: Path, *parts: str) -> Path:
    """Where a song lands that is called ``City Lights`` if no ``parts`` say otherwise."""
    for target in candidates(folder, parts or ("City Lights",), source.suffix):
        part = written(source, target)
        try:
            placed(part, target)
        except FileExistsError:
            continue
        finally:
            remove_parts(part)
        return target
    raise AssertionError("names have no end")


def publish_many(source: Path, folder: Path, times: int) -> list[str]:
    """The names that so many songs of one title get."""
    return [published(source, folder).name for _ in range(times)]


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())
