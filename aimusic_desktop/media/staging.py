"""Tagged copies made ahead of time: a drag needs real files the moment it begins."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.media import bounded
from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.errors import NotReady
from aimusic_desktop.media.naming import numbered
from aimusic_desktop.media.publish import publish, stem_of
from aimusic_desktop.media.shared import SharedWork
from aimusic_desktop.model import Clip

AT_ONCE = 2
LIMIT_BYTES = 2**30


class Stager:
    """Keeps a folder for each clip, with its tagged song in it under the name that it will have.

    ``changed`` is emitted on the loop's thread with the ``clip_key`` of a clip whose file has come.
    """

    changed = Signal(str)

    def __init__(self, audio: AudioStore, covers: CoverStore, root: Path) -> None:
        self._audio = audio
        self._covers = covers
        self._root = root
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._work: SharedWork[Path] = SharedWork("stage")

    def staged(self, clip: Clip) -> Path | None:
        """The clip's tagged file if it is here. Cheap; the clip needs no lyrics."""
        for audio_type in AudioType:
            path = self._root / clip_key(clip) / numbered(stem_of(clip), 1, audio_type.suffix)
            if path.is_file():
                return path
        return None

    async def stage(self, clip: Clip) -> Path:
        """The clip's tagged file, made if need be; give a whole clip, with lyrics. Raises ``MediaError``."""
        if not clip.ready:
            raise NotReady
        return self.staged(clip) or await self._work.run(clip_key(clip), lambda: self._stage(clip))

    def together(self, clips: Sequence[Clip]) -> list[Path]:
        """The staged files of several clips, to be handed over at once: no two have the same name.

        Twins get a number, by a link beside the file they name. Clips that are not staged are left out.
        """
        taken: set[str] = set()
        files = [path for clip in clips if (path := self.staged(clip))]
        return [_under_free_name(path, taken) for path in files]

    async def close(self) -> None:
        """End all staging and wait for that, a few seconds at most."""
        await self._work.close()

    async def _stage(self, clip: Clip) -> Path:
        async with self._gate:
            song = self._audio.open(clip)
            try:
                source = await song.whole()
                cover = await self._covers.bytes_of(clip.image_url)
                folder = self._root / clip_key(clip)
                path = await asyncio.to_thread(publish, source, folder, clip, cover, replace=True)
            finally:
                song.release()
            self.changed.emit(clip_key(clip))
            await asyncio.to_thread(bounded.trim, self._root, LIMIT_BYTES)
        return path


def _under_free_name(path: Path, taken: set[str]) -> Path:
    """The file itself, or a link to it whose name is not in ``taken`` yet; adds the name there."""
    number = 1
    while (name := numbered(path.stem, number, path.suffix)).casefold() in taken:
        number += 1
    taken.add(name.casefold())
    bounded.touch(path)
    if number == 1:
        return path
    twin = path.with_name(name)
    with suppress(OSError):  # no links here: the receiver then settles it
        if not twin.exists():
            os.link(path, twin)
        return twin
    return path
