"""One song on one sound: from its first bytes on, and in one sentence why it cannot be played."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player import patience
from aimusic_desktop.ui.player.clock import PlayClock
from aimusic_desktop.ui.player.outputs import Outputs
from aimusic_desktop.ui.player.sound import Sound
from aimusic_desktop.ui.player.state import PlayState
from aimusic_desktop.ui.player.stream import Stream
from aimusic_desktop.ui.player.supply import Supply
from aimusic_desktop.ui.player.voice import Voice

HOLLOW_MS = 1_000
"""Qt goes through a song of which nothing can be decoded in an instant, and calls that its end; in so much
of a song it would have moved."""

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
        self.sounded = False
        """Whether any of the song was heard to play since it was opened."""
        self._rate = 1.0
        self._voice = Voice(outputs, self)
        self._supply = Supply(audio, self._voice, self)
        self._clock = PlayClock()
        self._fetched_again = False
        self._from_ms = 0
        self._patience = patience.Patience()
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._look)
        self._listen()

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
        return self._supply.arrived

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
        self._supply.bring(clip)

    def play(self) -> None:
        """Sound from ``position_ms`` on; what failed or was not open is opened anew."""
        if self.clip is None or self.state.sounding:
            return
        if self.loaded:
            self._sound_out()
        elif self._supply.bringing:
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
        self._from_ms = self.position_ms
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
        self._voice.close()

    async def wait_closed(self) -> None:
        """Wait until what it had begun has ended, for a limited time."""
        await self._supply.wait_closed()

    def set_level(self, level: float) -> None:
        """``level`` is what every sample is multiplied by, 0 to 1."""
        self._voice.set_level(level)

    def set_rate(self, rate: float) -> None:
        self._clock.forget()
        self._rate = rate
        self._voice.set_rate(rate)

    @property
    def _sound(self) -> Sound | None:
        return self._voice.sound

    def _listen(self) -> None:
        voice = self._voice
        voice.ready.connect(self._ready)
        voice.length_changed.connect(self._length_changed)
        voice.moved.connect(self._moved)
        voice.ended.connect(self._ended)
        voice.broken.connect(self._broken)
        self._supply.came.connect(self._came)
        self._supply.failed.connect(self._fail)
        self._supply.arrived_changed.connect(self.arrived_changed)

    def _take(self, clip: Clip, position_ms: int) -> None:
        self._leave()
        self.clip = clip
        self.duration_ms = round((clip.duration_s or 0) * 1000)
        self.position_ms = max(0, position_ms)

    def _leave(self) -> None:
        """Drop the song, whatever state it is in."""
        self._watch.stop()
        self._clock.forget()
        self._fetched_again = self.sounded = False
        self._voice.drop()
        self._supply.drop()

    def _came(self, source: Stream | Path) -> None:
        assert self._sound is not None
        self._sound.load(source, self.position_ms)
        if self.state is PlayState.LOADING and not self.position_ms:
            self._sound.play()  # sooner than once it is loaded: some milliseconds until the first sound
        self._patience = patience.Patience()
        self._watch.start(patience.TICK_MS)

    def _ready(self) -> None:
        assert self._sound is not None
        if self._sound.empty:
            self._broken()
        elif self.state is not PlayState.PAUSED:
            self._sound_out()

    def _sound_out(self) -> None:
        assert self._sound is not None
        self._from_ms = self.position_ms
        self._sound.play()
        self._watch.start(patience.TICK_MS)
        self._enter(PlayState.PLAYING)

    def _length_changed(self, length_ms: int) -> None:
        self.duration_ms = length_ms
        self.changed.emit()

    def _moved(self, position_ms: int) -> None:
        if self.state is PlayState.LOADING and position_ms > self.position_ms:
            self._enter(PlayState.PLAYING)
        if self.state is PlayState.PLAYING and self.position_ms < position_ms < self.duration_ms:
            self.sounded = True
        self._clock.tell(position_ms)
        self._show_position(position_ms)

    def _ended(self) -> None:
        if self._hollow():
            self.position_ms = self._from_ms  # where it stands truly
            self._broken()
            return
        if self._lost():
            self._broken()
            return
        self._watch.stop()
        self.state, self.position_ms = PlayState.IDLE, self.duration_ms
        self.ended.emit()

    def _lost(self) -> bool:
        """Whether the source came to an end before the song's, as a reader met it or the store found."""
        source = self._sound.source if self._sound is not None else None
        return isinstance(source, Stream) and (source.lost or self._supply.refused)

    def _hollow(self) -> bool:
        """Whether nothing was heard of the song though it came to its end."""
        return not self.sounded and self.duration_ms - self._from_ms >= HOLLOW_MS

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
            self._supply.release()
        if self.state is not PlayState.PAUSED:
            self._enter(PlayState.LOADING)
        assert self.clip is not None
        self._supply.bring_whole(self.clip)

    def _look(self) -> None:
        """Now and then: does the song move, or at least arrive?"""
        if self._sound is None or self.state is PlayState.PAUSED:
            return
        self._patience.look(self.position_ms, self._supply.received)
        waiting = self._sound.waiting
        if self._patience.still and self._lost():
            self._broken()
        elif self._patience.still and waiting and self.state is PlayState.PLAYING:
            self._enter(PlayState.LOADING)
        elif sentence := self._patience.sentence(waiting=waiting):
            self._fail(sentence, offline=True)

    def _show_position(self, position_ms: int) -> None:
        self.position_ms = position_ms
        self.moved.emit(position_ms)

    def _fail(self, sentence: str, offline: bool = False) -> None:
        self._leave()
        self.offline = offline
        self._enter(PlayState.FAILED, sentence)
        self.failed.emit(sentence)

    def _enter(self, state: PlayState, sentence: str = "") -> None:
        self.state, self.sentence = state, sentence
        self.changed.emit()
