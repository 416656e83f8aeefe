"""One song on one sound: from its first bytes on, and in one sentence why it cannot be played."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.cache import AudioStore, Song, clip_key
from aimusic_desktop.media.errors import DiskTrouble, MediaError, Offline, Stopped
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.player.clock import PlayClock
from aimusic_desktop.ui.player.outputs import Outputs
from aimusic_desktop.ui.player.sound import Sound
from aimusic_desktop.ui.player.state import PlayState
from aimusic_desktop.ui.player.stream import Stream, playable

TICK_MS = 500
ARRIVAL_LIMIT_MS = 60_000
"""Without a byte that is waited for; longer than a fetch takes to give up a silent host and try again."""
SILENCE_LIMIT_MS = 10_000
"""Without a move though the bytes are there."""

NOT_ARRIVING = "The song has stopped arriving. Check the network, then press Play to go on."
SILENT = "The sound has stopped: the sound device takes no more. Check it, then press Play to go on."
BROKEN = "This song cannot be played: its file is damaged, or of a kind this program does not know."
GONE = "The file of this song was removed from this disk. Press Play to fetch it again."
EMPTY = "This song cannot be played: there is no sound in its file."


class Deck(QObject):
    """Holds one clip and plays it; nothing here blocks. What is public of it, the player tells on."""

    changed = Signal()
    """Clip, state, length or sentence."""
    moved = Signal(int)
    """Milliseconds."""
    arrived_changed = Signal()
    ended = Signal()
    """The song was played to its end. It is idle there, still open: ``stop`` it, or play on elsewhere."""
    failed = Signal(str)
    """The sentence, at the moment it becomes true."""

    def __init__(self, audio: AudioStore, outputs: Outputs, parent: QObject) -> None:
        super().__init__(parent)
        self.clip: Clip | None = None
        self.state = PlayState.IDLE
        self.position_ms = 0
        self.duration_ms = 0
        self.sentence = ""
        self.offline = False
        """Whether it failed for want of a network, a disk or a device: another song would fail alike."""
        self._audio = audio
        self._outputs = outputs
        self._level = 1.0
        self._rate = 1.0
        self._song: Song | None = None
        self._sound: Sound | None = None
        self._background = Background(self._fail)
        self._bringing: asyncio.Task[None] | None = None
        self._clock = PlayClock()
        self._fetched_again = False
        self._seen = (0, 0)
        self._still_ms = 0
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look)

    @property
    def loaded(self) -> bool:
        """Whether ``play`` would be heard at once."""
        return self._sound is not None and self._sound.loaded

    @property
    def now_ms(self) -> int:
        """The position at this instant; ``position_ms`` is up to 50 ms old, and the beginning of a frame."""
        now_ms = self._clock.now_ms(self._rate) if self.state is PlayState.PLAYING else None
        return self.position_ms if now_ms is None else now_ms

    @property
    def arrived(self) -> float:
        """The share of the song's bytes that is here, 0 to 1."""
        song = self._song
        if song is None:
            return 0.0
        if song.path is not None:
            return 1.0
        return min(1.0, song.received / song.total) if song.total else 0.0

    @property
    def keeps_pitch(self) -> bool:
        """Whether other speeds leave the pitch; True until a sound was made that cannot."""
        return self._sound is None or self._sound.keeps_pitch

    def holds(self, clip: Clip | None) -> bool:
        """Whether this is its clip, by the newest link to it."""
        own = self.clip
        if own is None or clip is None:
            return False
        return clip_key(own) == clip_key(clip) and own.audio_url == clip.audio_url

    def cue(self, clip: Clip, position_ms: int) -> None:
        """Show ``clip`` where it would begin; nothing of it is fetched or opened."""
        self._take(clip, position_ms)
        self._enter(PlayState.IDLE)
        self.moved.emit(self.position_ms)

    def load(self, clip: Clip, position_ms: int, *, sounding: bool) -> None:
        """Open ``clip`` in place of any other; it sounds as soon as it can, or stays paused."""
        self._take(clip, position_ms)
        self._enter(PlayState.LOADING if sounding else PlayState.PAUSED)
        self.moved.emit(self.position_ms)
        self._bring_by(playable)

    def play(self) -> None:
        """Sound from ``position_ms`` on; what failed or was not open is opened anew."""
        if self.clip is None or self.state.sounding:
            return
        if self.loaded:
            self._sound_out()
        elif self._bringing is not None:
            self._enter(PlayState.LOADING)
        else:
            self.load(self.clip, self.position_ms, sounding=True)

    def pause(self) -> None:
        if self.state.sounding:
            if self._sound is not None:
                self._sound.pause()
            self._clock.forget()
            self._enter(PlayState.PAUSED)

    def seek(self, position_ms: int) -> None:
        """Go to a position: what has arrived sounds at once, the rest as soon as its bytes come."""
        if self.clip is None:
            return
        self._show_position(max(0, min(position_ms, self.duration_ms or position_ms)))
        if self._sound is not None:
            self._sound.seek(self.position_ms)
        self._clock.forget()  # what was told at once was a wish; it takes a moment to be heard

    def stop(self) -> None:
        """Fall silent and let go of the song; its clip stays, to be played from its beginning."""
        self._leave()
        self._enter(PlayState.IDLE)
        self._show_position(0)

    def unload(self) -> None:
        """Hold nothing any more, at once even when the song stalls."""
        self._leave()
        self.clip, self.position_ms, self.duration_ms = None, 0, 0
        self._enter(PlayState.IDLE)

    def close(self) -> None:
        self.unload()
        if self._sound is not None:
            self._outputs.changed.disconnect(self._route)
            self._sound.deleteLater()
            self._sound = None

    def set_level(self, level: float) -> None:
        """``level`` is what every sample is multiplied by, 0 to 1."""
        self._level = level
        if self._sound is not None:
            self._sound.set_level(level)

    def set_rate(self, rate: float) -> None:
        self._clock.forget()
        self._rate = rate
        if self._sound is not None:
            self._sound.set_rate(rate)

    def _take(self, clip: Clip, position_ms: int) -> None:
        self._leave()
        self.clip = clip
        self.duration_ms = round((clip.duration_s or 0) * 1000)
        self.position_ms = max(0, position_ms)

    def _leave(self) -> None:
        """Drop the song, whatever state it is in."""
        self._watch.stop()
        self._clock.forget()
        self._fetched_again = False
        if self._bringing is not None:
            self._bringing.cancel()
        if self._sound is not None and self._sound.stuck:
            self._put_aside(self._sound)
        elif self._sound is not None:
            self._sound.drop()
        self._release()
        self._bringing = None

    def _put_aside(self, sound: Sound) -> None:
        """Dropped while its device takes nothing, a sound would hold up the window until that does again."""
        self._outputs.changed.disconnect(self._route)
        sound.disconnect(self)
        sound.leave()
        self._sound = None

    def _release(self) -> None:
        if self._song is not None:
            self._song.changed.disconnect(self._progress)
            self._song.release()
            self._song = None

    def _bring_by(self, find: Callable[[Song], Awaitable[Stream | Path]]) -> None:
        assert self.clip is not None
        work = self._bring(self.clip, find)
        self._bringing = self._background.run(work, f"play {self.clip.clip_id}")

    async def _bring(self, clip: Clip, find: Callable[[Song], Awaitable[Stream | Path]]) -> None:
        """Get hold of the song and of sound, then load what ``find`` gives."""
        try:
            song = self._hold(clip)
            sound = await self._opened()
            source = await find(song)
        except AppError as error:
            its_own = isinstance(error, MediaError) and not isinstance(error, Offline | DiskTrouble | Stopped)
            self._fail(error.sentence, offline=not its_own)
            return
        sound.load(source, self.position_ms)
        self._seen, self._still_ms = (0, 0), 0
        self._watch.start(TICK_MS)
        self.arrived_changed.emit()

    def _hold(self, clip: Clip) -> Song:
        if self._song is None:
            self._song = self._audio.open(clip)
            self._song.changed.connect(self._progress)
        return self._song

    def _progress(self) -> None:
        self.arrived_changed.emit()

    async def _opened(self) -> Sound:
        await self._outputs.open()
        if self._sound is None:
            sound = await Sound.open(self)
            sound.ready.connect(self._ready)
            sound.length_changed.connect(self._length_changed)
            sound.moved.connect(self._moved)
            sound.ended.connect(self._ended)
            sound.broken.connect(self._broken)
            self._outputs.changed.connect(self._route)
            self._sound = sound
            sound.set_level(self._level)
            sound.set_rate(self._rate)
        self._route()
        return self._sound

    def _route(self) -> None:
        if self._sound is not None:
            self._sound.set_device(self._outputs.device())

    def _ready(self) -> None:
        assert self._sound is not None
        if self._sound.empty:
            self._broken()
        elif self.state is not PlayState.PAUSED:
            self._sound_out()

    def _sound_out(self) -> None:
        assert self._sound is not None
        self._sound.play()
        self._watch.start(TICK_MS)
        self._enter(PlayState.PLAYING)

    def _length_changed(self, length_ms: int) -> None:
        self.duration_ms = length_ms
        self.changed.emit()

    def _moved(self, position_ms: int) -> None:
        if self.state is PlayState.LOADING and position_ms > self.position_ms:
            self._enter(PlayState.PLAYING)
        self._clock.tell(position_ms)
        self._show_position(position_ms)

    def _ended(self) -> None:
        if self._lost():
            self._broken()
            return
        self._watch.stop()
        self.state, self.position_ms = PlayState.IDLE, self.duration_ms
        self.ended.emit()

    def _lost(self) -> bool:
        """Whether the source came to an end before the song's."""
        return self._sound is not None and isinstance(self._sound.source, Stream) and self._sound.source.lost

    def _broken(self) -> None:
        """What cannot be played while it arrives may be playable when it is whole."""
        assert self._sound is not None
        source, empty = self._sound.source, self._sound.empty
        if isinstance(source, Path) and source.exists():
            self._fail(EMPTY if empty else BROKEN)
            return
        if isinstance(source, Path) and self._fetched_again:
            self._fail(GONE)
            return
        self._watch.stop()
        self._sound.drop()
        if isinstance(source, Path):  # somebody cleared the cache
            self._fetched_again = True
            self._release()
        if self.state is not PlayState.PAUSED:
            self._enter(PlayState.LOADING)
        self._bring_by(Song.whole)

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
            self._fail(NOT_ARRIVING if self._sound.waiting else SILENT, offline=True)

    def _show_position(self, position_ms: int) -> None:
        self.position_ms = position_ms
        self.moved.emit(position_ms)

    def _fail(self, sentence: str, *, offline: bool = False) -> None:
        self._leave()
        self.offline = offline
        self._enter(PlayState.FAILED, sentence)
        self.failed.emit(sentence)

    def _enter(self, state: PlayState, sentence: str = "") -> None:
        self.state, self.sentence = state, sentence
        self.changed.emit()
