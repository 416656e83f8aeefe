"""Two decks: the one that is heard, and beside it the next song, or the other of two that are compared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player.deck import Deck
from aimusic_desktop.ui.player.outputs import Outputs
from aimusic_desktop.ui.player.state import PlayState
from aimusic_desktop.ui.player.step import APART_MS, Step

AHEAD_MS = 20_000
"""So long before its end the next song is opened, should the present one still arrive."""


class Decks(QObject):
    """``heard`` is what is heard. The spare deck opens the next song ahead, so that no pause is heard
    between them, or plays along unheard as the twin of a comparison."""

    changed = Signal()
    """Clip, state, length or sentence of what is heard; or the twin."""
    moved = Signal(int)
    """The position of what is heard, in milliseconds."""
    arrived_changed = Signal()
    ended = Signal()
    """What is heard was played to its end; it is idle there and still open."""
    failed = Signal(str)
    twin_failed = Signal(str)
    """The comparison is over: the sentence says why."""

    def __init__(self, audio: AudioStore, outputs: Outputs, parent: QObject) -> None:
        super().__init__(parent)
        self.heard, self._spare = self._deck(audio, outputs), self._deck(audio, outputs)
        self._next: Clip | None = None
        self._step: Step | None = None
        self._level = 1.0
        self._gains: Mapping[str, float] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._open_ahead)

    @property
    def twin(self) -> Clip | None:
        """The other song of a comparison."""
        return self._spare.clip if self._step is not None else None

    def play(self, clip: Clip, position_ms: int) -> None:
        """Play ``clip`` in place of any other; at once if it was opened ahead. Ends a comparison."""
        ahead = self._step is None and self._spare.holds(clip) and self._spare.state is PlayState.PAUSED
        self._leave_pair()
        if ahead:
            self._take_spare(position_ms)
        else:
            self._spare.unload()
            self.heard.load(clip, position_ms, sounding=True)

    def cue(self, clip: Clip, position_ms: int) -> None:
        """Show ``clip`` in place of any other; nothing of it is opened. Ends a comparison."""
        self._leave_pair()
        self._spare.unload()
        self.heard.cue(clip, position_ms)

    def stop(self) -> None:
        if self._step is None:
            self._spare.unload()
        self.heard.stop()

    def seek(self, position_ms: int) -> None:
        self.heard.seek(position_ms)
        if self._step is not None:
            self._spare.seek(self.heard.position_ms)

    def set_rate(self, rate: float) -> None:
        for deck in (self.heard, self._spare):
            deck.set_rate(rate)

    def set_levels(self, level: float, gains: Mapping[str, float]) -> None:
        """What samples are multiplied by; in comparisons also by what ``gains`` says of the clip's key."""
        self._level, self._gains = level, gains
        compared = self._step is not None
        self.heard.set_level(level * self._gain() if compared else level)
        self._spare.set_level(0.0 if compared else level)

    def prepare(self, clip: Clip | None) -> None:
        """``clip`` will follow: it is opened ahead when the present song has arrived, or nears its end.

        Not before the next turn of the loop: told of the next but one, the player may be asked to play the
        next in the same breath.
        """
        self._next = clip
        self._soon.start()

    def pair(self, clip: Clip) -> None:
        """Let ``clip`` play along unheard, as the twin of what is heard."""
        self._step = Step()
        self._spare.load(clip, self.heard.now_ms, sounding=False)
        self._pair_changed()

    def end_pair(self) -> None:
        if self._step is not None:
            self._leave_pair()
            self._spare.unload()
            self._pair_changed()
            self._soon.start()

    def swap(self) -> bool:
        """Hear the twin from where the heard one is, which becomes the twin, unless it has failed; False if
        the twin is not that long."""
        here_ms, sounding = self.heard.now_ms, self.heard.state.sounding
        if here_ms >= self._spare.duration_ms:
            return False
        if abs(self._spare.now_ms - here_ms) > APART_MS:
            self._spare.seek(here_ms)
        self.heard, self._spare = self._spare, self.heard
        if sounding:
            self.heard.play()
        self._pair_changed()
        if self._spare.state is PlayState.FAILED:
            self._lose_twin(self._spare.sentence)
        return True

    @property
    def can_swap(self) -> bool:
        """Whether there is a twin that would be heard at once."""
        return self._step is not None and self._spare.loaded

    def close(self) -> None:
        self._step = self._next = None
        self._soon.stop()
        for deck in (self.heard, self._spare):
            deck.close()

    async def wait_closed(self) -> None:
        """After ``close``: wait until what was begun has ended, for a limited time."""
        for deck in (self.heard, self._spare):
            await deck.wait_closed()

    def _deck(self, audio: AudioStore, outputs: Outputs) -> Deck:
        deck = Deck(audio, outputs, self)
        deck.changed.connect(partial(self._deck_changed, deck))
        deck.moved.connect(partial(self._deck_moved, deck))
        deck.arrived_changed.connect(partial(self._deck_arrived, deck))
        deck.ended.connect(partial(self._deck_ended, deck))
        deck.failed.connect(partial(self._deck_failed, deck))
        return deck

    def _take_spare(self, position_ms: int) -> None:
        """The song that was opened ahead is heard, before the one that was is let go."""
        old, self.heard = self.heard, self._spare
        self._spare = old
        if position_ms:
            self.heard.seek(position_ms)
        self.heard.play()
        old.unload()
        self.moved.emit(self.heard.position_ms)
        self.arrived_changed.emit()

    def _open_ahead(self) -> None:
        """Open the next song when that takes nothing from this one."""
        heard, spare = self.heard, self._spare
        if self._step is not None or heard.state not in (PlayState.PLAYING, PlayState.PAUSED):
            return
        if spare.clip is not None and not spare.holds(self._next):
            spare.unload()
        near_end = 0 < heard.duration_ms <= heard.position_ms + AHEAD_MS
        if self._next is not None and spare.clip is None and (heard.arrived == 1 or near_end):
            spare.load(self._next, 0, sounding=False)

    def _leave_pair(self) -> None:
        self._step = None
        self.set_levels(self._level, self._gains)

    def _pair_changed(self) -> None:
        self.set_levels(self._level, self._gains)
        self.changed.emit()
        self.moved.emit(self.heard.position_ms)
        self.arrived_changed.emit()

    def _gain(self) -> float:
        clip = self.heard.clip
        return min(1.0, self._gains.get(clip_key(clip), 1.0)) if clip is not None else 1.0

    # -- what the decks tell ----------------------------------------------

    def _deck_changed(self, deck: Deck) -> None:
        if deck is self.heard:
            self._keep_step()
            self.changed.emit()

    def _deck_moved(self, deck: Deck, position_ms: int) -> None:
        if deck is self.heard:
            self._keep_step()
            self.moved.emit(position_ms)
            self._open_ahead()

    def _deck_arrived(self, deck: Deck) -> None:
        if deck is self.heard:
            self.arrived_changed.emit()
            self._open_ahead()

    def _deck_ended(self, deck: Deck) -> None:
        if deck is self.heard:
            self.ended.emit()

    def _deck_failed(self, deck: Deck, sentence: str) -> None:
        if deck is self.heard:
            self.failed.emit(sentence)
        elif self._step is not None:
            self._lose_twin(sentence)

    def _lose_twin(self, sentence: str) -> None:
        self.end_pair()
        self.twin_failed.emit(sentence)

    def _keep_step(self) -> None:
        if self._step is not None:
            self._step.keep(self.heard, self._spare)
