"""Where a deck gets its song from: the store, as soon as there is something of it to play."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.cache import AudioStore, Song
from aimusic_desktop.media.errors import DiskTrouble, MediaError, Offline, Stopped
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.player.stream import Stream, playable
from aimusic_desktop.ui.player.voice import Voice


class Supply(QObject):
    """Holds one song of the store at a time, and has the voice ready when something of it can be played."""

    came = Signal(object)
    """A ``Stream`` or ``Path`` that can be played."""
    failed = Signal(str, bool)
    """The song cannot be had: the sentence, and whether other songs would fail alike."""
    arrived_changed = Signal()

    def __init__(self, audio: AudioStore, voice: Voice, parent: QObject) -> None:
        super().__init__(parent)
        self._audio, self._voice = audio, voice
        self._song: Song | None = None
        self._background = Background(lambda sentence: self.failed.emit(sentence, False))
        self._bringing: asyncio.Task[None] | None = None

    @property
    def bringing(self) -> bool:
        """Whether something was asked for since the last ``drop``: it comes, or has come."""
        return self._bringing is not None

    @property
    def received(self) -> int:
        """How many bytes of the song are here."""
        return self._song.received if self._song is not None else 0

    @property
    def refused(self) -> bool:
        """Whether the song was found to be none, or not whole, though some of it could be played."""
        return self._song is not None and self._song.error is not None

    @property
    def arrived(self) -> float:
        """The share of the song's bytes that is here, 0 to 1."""
        song = self._song
        if song is None:
            return 0.0
        if song.path is not None:
            return 1.0
        return min(1.0, song.received / song.total) if song.total else 0.0

    def bring(self, clip: Clip) -> None:
        """Get what can be played first."""
        self._run(clip, playable)

    def bring_whole(self, clip: Clip) -> None:
        """Get the whole file."""
        self._run(clip, Song.whole)

    def drop(self) -> None:
        """Want nothing any more."""
        if self._bringing is not None:
            self._bringing.cancel()
            self._bringing = None
        self.release()

    def release(self) -> None:
        """Let go of the song; the next is asked of the store anew."""
        if self._song is not None:
            self._song.changed.disconnect(self._progress)
            self._song.release()
            self._song = None

    async def wait_closed(self) -> None:
        """After ``drop``: wait until what it had begun has ended, for a limited time."""
        await self._background.close()

    def _run(self, clip: Clip, find: Callable[[Song], Awaitable[Stream | Path]]) -> None:
        self._bringing = self._background.run(self._bring(clip, find), f"play {clip.clip_id}")

    async def _bring(self, clip: Clip, find: Callable[[Song], Awaitable[Stream | Path]]) -> None:
        try:
            song = self._hold(clip)
            await self._voice.open()
            source = await find(song)
        except AppError as error:
            its_own = isinstance(error, MediaError) and not isinstance(error, Offline | DiskTrouble | Stopped)
            self.failed.emit(error.sentence, not its_own)
            return
        self.came.emit(source)
        self.arrived_changed.emit()

    def _hold(self, clip: Clip) -> Song:
        if self._song is None:
            self._song = self._audio.open(clip)
            self._song.changed.connect(self._progress)
        return self._song

    def _progress(self) -> None:
        self.arrived_changed.emit()
