"""Tagged copies made ahead of time: a drag needs real files the moment it begins."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.bounded import Bound, touch, unlink, unlink_settled
from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.errors import NotReady, disk_trouble
from aimusic_desktop.media.naming import numbered
from aimusic_desktop.media.pins import Pins
from aimusic_desktop.media.publish import part_for, place_over, write_part
from aimusic_desktop.media.shared import SharedWork
from aimusic_desktop.media.style import SaveStyle, TagStyle
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import Settings

AT_ONCE = 2


class Stager:
    """Keeps a folder for each clip, with its tagged song in it under the name that saving would give it.

    The folder's name tells the facts and the tag settings the file was made of: where one changes, another
    file is made. ``changed`` is emitted on the loop's thread with the ``clip_key`` of a clip whose file has
    come.
    """

    changed = Signal(str)

    def __init__(
        self,
        audio: AudioStore,
        covers: CoverStore,
        root: Path,
        bound: Bound,
        settings: Callable[[], Settings],
    ) -> None:
        self._audio = audio
        self._covers = covers
        self._root = root
        self._bound = bound
        self._settings = settings
        self._pins = Pins()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._work: SharedWork[Path] = SharedWork("stage")
        bound.add(root, self._evict)

    def staged(self, clip: Clip) -> Path | None:
        """The clip's tagged file if it is here. Cheap; the clip needs no lyrics."""
        return _existing(self._place(clip, SaveStyle.of(self._settings())))

    async def stage(self, clip: Clip) -> Path:
        """The clip's tagged file, made if need be; give a whole clip, with lyrics. Raises ``MediaError``."""
        if not clip.ready:
            raise NotReady
        style = SaveStyle.of(self._settings())
        place = self._place(clip, style)
        return _existing(place) or await self._work.run(
            str(place), lambda: self._stage(clip, place, style.tags)
        )

    def together(self, clips: Sequence[Clip]) -> list[Path]:
        """The staged files of several clips, to be handed over at once: no two have the same name.

        Twins get a number, by a link beside the file they name. Clips that are not staged are left out. The
        files stay for ten minutes at least; see also ``hold``.
        """
        taken: dict[str, int] = {}
        found = [path for clip in clips if (path := self.staged(clip))]
        self._pins.keep(found)
        files = [_under_free_name(path, taken) for path in found if path.is_file()]
        self._pins.keep(files)
        return files

    def hold(self, paths: Sequence[Path]) -> Callable[[], None]:
        """Keep files while they are on their way; call what this gives, once, when that is over."""
        return self._pins.hold(paths)

    async def close(self) -> None:
        """End all staging and wait for that, a few seconds at most."""
        await self._work.close()

    async def _stage(self, clip: Clip, place: Path, tags: TagStyle) -> Path:
        async with self._gate:
            song = self._audio.open(clip)
            try:
                source = await song.whole()
                cover = await self._covers.bytes_of(clip.image_url) if tags.on else None
                target = place.with_name(place.name + source.suffix)
                await asyncio.to_thread(_make, source, target, clip, cover, tags)
            finally:
                song.release()
            self.changed.emit(clip_key(clip))
            await asyncio.to_thread(self._bound.trim)
        return target

    def _place(self, clip: Clip, style: SaveStyle) -> Path:
        """Where the clip's file lies, but for the suffix."""
        return self._root.joinpath(*_names(clip, style.template, style.tags))

    def _evict(self, path: Path) -> bool:
        return self._pins.remove(path, unlink_settled)


@lru_cache(maxsize=1024)  # asked of all chosen rows whenever one more is chosen
def _names(clip: Clip, template: str, tags: TagStyle) -> tuple[str, str]:
    """The folder of a clip's file, and the file's name without suffix.

    The folder's tells apart what files of one clip can differ in; links are renewed, and rows have no lyrics.
    """
    facts = replace(clip, lyrics="", image_url=None, audio_url=None, wav_url=None, video_url=None)
    digest = hashlib.sha256(repr((facts, tags)).encode()).hexdigest()[:16]
    return f"{clip_key(clip)}-{digest}", Template.or_default(template).parts(clip)[-1]


def _existing(place: Path) -> Path | None:
    paths = (place.with_name(place.name + audio_type.suffix) for audio_type in AudioType)
    return next((path for path in paths if path.is_file()), None)


def _make(source: Path, target: Path, clip: Clip, cover: bytes | None, tags: TagStyle) -> None:
    part = part_for(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_part(source, part, clip, cover, tags)
        place_over(part, target)
    except OSError as error:
        raise disk_trouble(error, target.parent) from error
    finally:
        unlink(part)


def _under_free_name(path: Path, taken: dict[str, int]) -> Path:
    """The file itself, or a link to it whose name is not in ``taken`` yet; adds the name there.

    ``taken`` holds with each name the last number given to one like it.
    """
    first = path.name.casefold()
    number = taken.get(first, 0) + 1
    while (name := numbered(path.stem, number, path.suffix)).casefold() in taken:
        number += 1
    taken.setdefault(name.casefold(), 1)
    taken[first] = number
    touch(path)
    return path if number == 1 else _linked(path, name)


def _linked(path: Path, name: str) -> Path:
    twin = path.with_name(name)
    try:
        if not twin.exists():
            os.link(path, twin)
    except OSError:  # no links here: the receiver then settles it
        return path
    return twin
