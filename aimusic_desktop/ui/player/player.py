"""The player of the window: what is heard, how loud, how fast, out of what, and what goes wrong with that."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import FASTEST, SLOWEST
from aimusic_desktop.ui.player.decks import Decks
from aimusic_desktop.ui.player.device_word import NO_DEVICE, DeviceWord
from aimusic_desktop.ui.player.loop import Loop, LoopWatch
from aimusic_desktop.ui.player.outputs import SERVER_LOST, Outputs
from aimusic_desktop.ui.player.state import PlayState

__all__ = ["NO_DEVICE", "Loop", "PlayState", "Player"]

TOO_SHORT = "{other} ends before this place: you still hear {heard}."
ENDS_BEFORE = "{heard} ends before this place; change to {other} to hear it."


class Player(QObject):
    """The one player of the window; nothing here blocks.

    ``volume`` is the slider's, 0 to 1, of which the ear hears the cube; ``rate`` is the speed; ``loop`` the
    span that repeats.
    """

    changed = Signal()
    """Clip, state, length, sentence, loop or twin."""
    position_changed = Signal(int)
    """Milliseconds."""
    seeked = Signal(int)
    """The position was changed by a jump, to so many milliseconds."""
    arrived_changed = Signal()
    volume_changed = Signal()
    """Volume or mute."""
    rate_changed = Signal(float)
    failed = Signal(str)
    """The song cannot be played, or not on: the sentence, at the moment it becomes true."""
    silenced = Signal()
    """Silence is wanted: by a pause, whoever asks for it, also while nothing sounds."""
    unheard = Signal(str)
    """Something else keeps it from being heard as wanted: a device, the other of a comparison. A sentence."""
    finished = Signal()
    """The song was played to its end. Not in a comparison, which waits there to be played again."""

    def __init__(self, audio: AudioStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.volume = 0.8
        self.muted = False
        self.rate = 1.0
        self.loop = Loop()
        self.outputs = Outputs(self)
        self._decks = Decks(audio, self.outputs, self)
        self._loop_watch = LoopWatch(self)
        self._fade = 1.0
        self._gains: Mapping[str, float] = {}
        self._names: Mapping[str, str] = {}
        self._device_word = DeviceWord()
        self._tie()
        self._set_levels()

    @property
    def clip(self) -> Clip | None:
        """The song chosen."""
        return self._decks.heard.clip

    @property
    def twin(self) -> Clip | None:
        """The other song of a comparison."""
        return self._decks.twin

    @property
    def state(self) -> PlayState:
        return self._decks.heard.state

    @property
    def position_ms(self) -> int:
        return self._decks.heard.position_ms

    @property
    def duration_ms(self) -> int:
        """0 while unknown."""
        return self._decks.heard.duration_ms

    @property
    def sentence(self) -> str:
        """What there is to say about the song or its sound, or ""."""
        return self._decks.heard.sentence or self._device_word.sentence

    @property
    def offline(self) -> bool:
        """Whether a ``FAILED`` song failed for want of a network, disk or device: others would fail alike."""
        return self._decks.heard.offline

    @property
    def sounded(self) -> bool:
        """Whether any of the song was heard to play since it was opened."""
        return self._decks.heard.sounded

    @property
    def arrived(self) -> float:
        """The share of the song's bytes that is here, 0 to 1."""
        return self._decks.heard.arrived

    @property
    def keeps_pitch(self) -> bool:
        """Whether other speeds leave the pitch as it is."""
        return self._decks.heard.keeps_pitch

    def play(self, clip: Clip, position_ms: int = 0) -> None:
        """Play ``clip`` in place of any other; at once if it was prepared. Ends a comparison."""
        self._forget_marks(clip)
        self._decks.play(clip, position_ms)

    def cue(self, clip: Clip, position_ms: int = 0) -> None:
        """Show ``clip`` as the song to be played, from that position; nothing is opened until ``toggle``."""
        self._forget_marks(clip)
        self._decks.cue(clip, position_ms)

    def toggle(self) -> None:
        """Pause or go on; a song that ended begins again, one that failed is tried again where it stood."""
        if self.state.sounding:
            self.pause()
        else:
            self._decks.heard.play()

    def pause(self) -> None:
        """Fall silent and stay where it is; in the pause after a song that failed, let no other follow."""
        self._loop_watch.rest(self.position_ms)
        self._decks.heard.pause()
        self.silenced.emit()

    def resume(self) -> None:
        """Go on if it is paused."""
        if self.state is PlayState.PAUSED:
            self._decks.heard.play()

    def stop(self) -> None:
        """Fall silent; the song stays, to be played from its beginning."""
        self._loop_watch.rest(0)
        self._decks.stop()

    def seek(self, position_ms: int) -> None:
        """Go to a position; in a song that is not open, or has failed, Play will begin there."""
        if self.clip is None:
            return
        if self.twin is not None and 0 < self.duration_ms <= position_ms:
            self.unheard.emit(self._of_both(ENDS_BEFORE))
            return
        self._loop_watch.rest(position_ms)
        self._decks.seek(position_ms)
        self.seeked.emit(self.position_ms)

    def step(self, by_ms: int) -> None:
        """Go on or back by so many milliseconds."""
        self.seek(self._decks.heard.now_ms + by_ms)

    def set_volume(self, volume: float) -> None:
        """``volume`` is a slider's position, 0 to 1."""
        self.volume = max(0.0, min(volume, 1.0))
        self._set_levels()
        self.volume_changed.emit()

    def set_muted(self, muted: bool) -> None:
        self.muted = muted
        self._set_levels()
        self.volume_changed.emit()

    def set_fade(self, fade: float) -> None:
        """A further factor on what is heard, 0 to 1, which no slider shows."""
        self._fade = max(0.0, min(fade, 1.0))
        self._set_levels()

    def set_gains(self, gains: Mapping[str, float]) -> None:
        """For comparisons: by what factor, at most 1, each clip is turned down, by its key in the cache."""
        self._gains = dict(gains)
        self._set_levels()

    def set_names(self, names: Mapping[str, str]) -> None:
        """For comparisons: what sentences call each clip, by its key in the cache."""
        self._names = dict(names)

    def set_rate(self, rate: float) -> None:
        """How fast songs play, held between ``SLOWEST`` and ``FASTEST``; 1 is as they were made."""
        self.rate = max(SLOWEST, min(rate, FASTEST))
        self._loop_watch.rest(self.position_ms)
        self._decks.set_rate(self.rate)
        self.rate_changed.emit(self.rate)

    def mark_start(self) -> None:
        """The loop begins here."""
        self.set_loop(Loop(self._decks.heard.now_ms, self.loop.end_ms))

    def mark_end(self) -> None:
        """The loop ends here."""
        self.set_loop(Loop(self.loop.start_ms, self._decks.heard.now_ms))

    def set_loop(self, loop: Loop) -> None:
        """Repeat that span; ends in the wrong order change places, a span too short changes nothing."""
        within = loop.within(self.duration_ms)
        if self.clip is not None and within is not None:
            self._loop_watch.rest(self.position_ms)
            self.loop = within
            self.changed.emit()
            if within.start_ms is not None and within.end_ms is not None and self.position_ms > within.end_ms:
                self.seek(within.start_ms)

    def clear_loop(self) -> None:
        self.set_loop(Loop())

    def prepare(self, clip: Clip | None) -> None:
        """``clip`` will follow, as far as is known now; it is opened ahead, so that no pause is heard."""
        self._decks.prepare(clip)

    def pair(self, clip: Clip | None) -> None:
        """Compare the song with ``clip``, which plays along unheard; None ends that."""
        if clip is None or self.clip is None or self._decks.heard.holds(clip):
            self._decks.end_pair()
        else:
            self._decks.pair(clip)

    def swap(self) -> None:
        """Hear the other one of a comparison, at the same instant; a sentence says so if it has ended."""
        if not self._decks.can_swap:
            return
        if self._decks.swap():
            self._fit_loop()
        else:
            self.unheard.emit(self._of_both(TOO_SHORT))

    def close(self) -> None:
        """Fall silent and let go of everything, at once even when the song stalls."""
        self._loop_watch.rest(0)
        self._decks.close()
        self.outputs.close()

    async def wait_closed(self) -> None:
        """After ``close``: wait until what was begun has ended, for a limited time."""
        await self._decks.wait_closed()

    def _tie(self) -> None:
        decks = self._decks
        decks.changed.connect(self._song_changed)
        decks.moved.connect(self._moved)
        decks.arrived_changed.connect(self.arrived_changed)
        decks.ended.connect(self._ended)
        decks.failed.connect(self.failed)
        decks.twin_failed.connect(self.unheard)
        self._loop_watch.over.connect(self.seek)
        self.outputs.vanished.connect(self._device_vanished)
        self.outputs.changed.connect(self._devices_changed)
        self.outputs.returned.connect(self._device_returned)

    def _forget_marks(self, clip: Clip) -> None:
        self._loop_watch.rest(0)
        if not self._decks.heard.holds(clip):
            self.loop = Loop()

    def _fit_loop(self) -> None:
        """Another song is heard: what of the loop lies in it repeats on; nothing, if that is too short."""
        within = self.loop.within(self.duration_ms) or Loop()
        if within != self.loop:
            self.loop = within
            self.changed.emit()

    def _of_both(self, sentence: str) -> str:
        return sentence.format(heard=self._called(self.clip), other=self._called(self.twin))

    def _called(self, clip: Clip | None) -> str:
        assert clip is not None
        return self._names.get(clip_key(clip), f"“{clip.title}”")

    def _set_levels(self) -> None:
        self._decks.set_levels(0.0 if self.muted else self.volume**3 * self._fade, self._gains)

    def _song_changed(self) -> None:
        news = self._device_word.look(self.state, missing=not self.outputs.devices)
        if news:
            self.unheard.emit(news)
        self.changed.emit()

    def _moved(self, position_ms: int) -> None:
        if self.state is PlayState.PLAYING:
            self._loop_watch.look(self.loop, position_ms, self.rate)
        self.position_changed.emit(position_ms)

    def _ended(self) -> None:
        heard = self._decks.heard
        start_ms = self._loop_watch.back_at_end(self.loop, heard.position_ms)
        if start_ms is not None:
            self.seek(start_ms)
            heard.play()
            return
        if self.twin is None:
            self.finished.emit()  # while it is still open: the next song begins before this one is let go
        if heard is self._decks.heard and heard.state is PlayState.IDLE:
            heard.stop()

    # -- devices ----------------------------------------------------------

    def _devices_changed(self) -> None:
        if self.state is PlayState.PLAYING:
            self._song_changed()

    def _device_vanished(self, sentence: str) -> None:
        concerned = self.state.sounding or self._device_word.sentence  # paused by the device that went before
        if self.outputs.pauses:
            self.pause()
        if not concerned:
            return
        if self.outputs.pauses:
            self._device_word.sentence = sentence
            self.changed.emit()
        self.unheard.emit(sentence)

    def _device_returned(self) -> None:
        if self._device_word.sentence == SERVER_LOST:  # paused by that alone, and not played since
            self.resume()
