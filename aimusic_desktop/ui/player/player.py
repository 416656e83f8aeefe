"""Plays one song at a time, from its first bytes on, and says in one sentence why it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.cache import AudioStore, Song
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.player.sound import Sound
from aimusic_desktop.ui.player.stream import Stream, playable

TICK_MS = 500
ARRIVAL_LIMIT_MS = 60_000
"""Without a byte that is waited for; longer than a fetch takes to give up a silent host and try again."""
SILENCE_LIMIT_MS = 10_000
"""Without a move though the bytes are there."""

NO_DEVICE = "No sound device was found: the song plays unheard. Connect one and it will be heard."
NOT_ARRIVING = "The song has stopped arriving. Check the network, then press Play to go on."
SILENT = "The sound has stopped: the sound device takes no more. Check it, then press Play to go on."
BROKEN = "This song cannot be played: its file is damaged, or of a kind this program does not know."


class PlayState(StrEnum):
    """What the player does with its clip. ``LOADING`` is wanting to sound, and waiting for bytes."""

    IDLE = "idle"
    LOADING = "loading"
    PLAYING = "playing"
    PAUSED = "paused"
    FAILED = "failed"


class Player(QObject):
    """The one player of the window; nothing here blocks.

    ``clip`` is the song chosen, ``position_ms`` and ``duration_ms`` (0 while unknown) say where it stands,
    ``sentence`` is what there is to say about it, or "". ``volume`` is the slider's, 0 to 1.
    """

    changed = Signal()
    """Clip, state, length or sentence."""
    position_changed = Signal(int)
    """Milliseconds."""
    volume_changed = Signal()
    """Volume or mute."""
    failed = Signal(str)
    """The sentence, at the moment it becomes true."""
    finished = Signal()
    """The song was played to its end."""

    def __init__(self, audio: AudioStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clip: Clip | None = None
        self.state = PlayState.IDLE
        self.position_ms = 0
        self.duration_ms = 0
        self.sentence = ""
        self.volume = 0.8
        self.muted = False
        self._audio = audio
        self._song: Song | None = None
        self._sound: Sound | None = None
        self._background = Background(self._fail)
        self._bringing: asyncio.Task[None] | None = None
        self._said_unheard = False
        self._seen = (0, 0)
        self._still_ms = 0
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look)

    def play(self, clip: Clip) -> None:
        """Play ``clip`` from its beginning, in place of any other."""
        self._begin(clip, 0)

    def toggle(self) -> None:
        """Pause or go on; a song that ended begins again, one that failed is tried again where it stood."""
        if self.state in (PlayState.LOADING, PlayState.PLAYING):
            self.pause()
        elif self.state is PlayState.PAUSED:
            self.resume()
        elif self.clip is not None:
            self._begin(self.clip, self.position_ms)

    def pause(self) -> None:
        if self.state in (PlayState.LOADING, PlayState.PLAYING):
            if self._sound is not None:
                self._sound.pause()
            self._enter(PlayState.PAUSED)

    def resume(self) -> None:
        if self.state is not PlayState.PAUSED:
            return
        if self._sound is not None and self._sound.loaded:
            self._sound_out()
        else:
            self._enter(PlayState.LOADING)

    def seek(self, position_ms: int) -> None:
        """Go to a position: what has arrived sounds at once, the rest as soon as its bytes come."""
        if self.state in (PlayState.IDLE, PlayState.FAILED):
            return
        position_ms = max(0, min(position_ms, self.duration_ms or position_ms))
        self._show_position(position_ms)
        if self._sound is not None:
            self._sound.seek(position_ms)

    def set_volume(self, volume: float) -> None:
        """``volume`` is a slider's position, 0 to 1; what is heard follows the ear's scale."""
        self.volume = max(0.0, min(volume, 1.0))
        if self._sound is not None:
            self._sound.set_volume(self.volume)
        self.volume_changed.emit()

    def set_muted(self, muted: bool) -> None:
        self.muted = muted
        if self._sound is not None:
            self._sound.set_muted(muted)
        self.volume_changed.emit()

    def close(self) -> None:
        """Fall silent and let go of everything, at once even when the song stalls."""
        self._leave()
        self.clip = None
        self._enter(PlayState.IDLE)
        if self._sound is not None:
            self._sound.deleteLater()
            self._sound = None

    def _begin(self, clip: Clip, position_ms: int) -> None:
        self._leave()
        self.clip = clip
        self.duration_ms = round((clip.duration_s or 0) * 1000)
        self._enter(PlayState.LOADING)
        self._show_position(position_ms)
        self._bringing = self._background.run(self._bring(clip, playable), f"play {clip.clip_id}")

    def _leave(self) -> None:
        """Drop the song, whatever state it is in."""
        self._watch.stop()
        if self._bringing is not None:
            self._bringing.cancel()
        if self._sound is not None:
            self._sound.drop()
        if self._song is not None:
            self._song.release()
        self._bringing = self._song = None

    async def _bring(self, clip: Clip, find: Callable[[Song], Awaitable[Stream | Path]]) -> None:
        """Get hold of the song and of sound, then load what ``find`` gives."""
        try:
            song = self._song = self._song or self._audio.open(clip)
            sound = await self._opened()
            source = await find(song)
        except AppError as error:
            self._fail(error.sentence)
            return
        sound.load(source, self.position_ms)
        self._seen, self._still_ms = (0, 0), 0
        self._watch.start(TICK_MS)

    async def _opened(self) -> Sound:
        if self._sound is None:
            sound = self._sound = await Sound.open(self)
            sound.set_volume(self.volume)
            sound.set_muted(self.muted)
            sound.ready.connect(self._ready)
            sound.length_changed.connect(self._length_changed)
            sound.moved.connect(self._moved)
            sound.ended.connect(self._ended)
            sound.broken.connect(self._broken)
            sound.devices_changed.connect(self._devices_changed)
        return self._sound

    def _ready(self) -> None:
        if self.state is not PlayState.PAUSED:
            self._sound_out()

    def _sound_out(self) -> None:
        assert self._sound is not None
        self._sound.play()
        self._enter_playing()

    def _enter_playing(self) -> None:
        unheard = self._sound is not None and not self._sound.has_device
        self._enter(PlayState.PLAYING, NO_DEVICE if unheard else "")
        if unheard and not self._said_unheard:
            self.failed.emit(NO_DEVICE)
        self._said_unheard = unheard

    def _devices_changed(self) -> None:
        if self.state is PlayState.PLAYING:
            self._enter_playing()

    def _length_changed(self, length_ms: int) -> None:
        self.duration_ms = length_ms
        self.changed.emit()

    def _moved(self, position_ms: int) -> None:
        if self.state is PlayState.LOADING and position_ms > self.position_ms:
            self._enter_playing()
        self._show_position(position_ms)

    def _ended(self) -> None:
        if self._lost():
            self._broken()
            return
        self._leave()
        self._enter(PlayState.IDLE)
        self._show_position(0)
        self.finished.emit()

    def _lost(self) -> bool:
        """Whether the source came to an end before the song's."""
        return self._sound is not None and isinstance(self._sound.source, Stream) and self._sound.source.lost

    def _broken(self) -> None:
        """What cannot be played while it arrives may be playable when it is whole."""
        assert self._sound is not None
        assert self.clip is not None
        if not isinstance(self._sound.source, Stream):
            self._fail(BROKEN)
            return
        self._watch.stop()
        self._sound.drop()
        if self.state is not PlayState.PAUSED:
            self._enter(PlayState.LOADING)
        self._bringing = self._background.run(self._bring(self.clip, Song.whole), f"play {self.clip.clip_id}")

    def _look(self) -> None:
        """Twice a second: does the song move, or at least arrive? Neither Qt nor ffmpeg tells."""
        if self._song is None or self._sound is None or self.state is PlayState.PAUSED:
            return
        seen = (self.position_ms, self._song.received)
        still = seen[0] == self._seen[0]
        self._still_ms = self._still_ms + TICK_MS if seen == self._seen else 0
        self._seen = seen
        if still and self._lost():
            self._broken()
        elif still and self._sound.waiting and self.state is PlayState.PLAYING:
            self._enter(PlayState.LOADING)
        elif self._still_ms >= (ARRIVAL_LIMIT_MS if self._sound.waiting else SILENCE_LIMIT_MS):
            self._fail(NOT_ARRIVING if self._sound.waiting else SILENT)

    def _show_position(self, position_ms: int) -> None:
        self.position_ms = position_ms
        self.position_changed.emit(position_ms)

    def _fail(self, sentence: str) -> None:
        self._leave()
        self._enter(PlayState.FAILED, sentence)
        self.failed.emit(sentence)

    def _enter(self, state: PlayState, sentence: str = "") -> None:
        self.state, self.sentence = state, sentence
        self.changed.emit()
