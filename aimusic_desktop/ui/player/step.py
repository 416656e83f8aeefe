"""Keeps the unheard one of two compared songs at the same instant as the heard one."""

from __future__ import annotations

import time

from aimusic_desktop.ui.player.deck import Deck
from aimusic_desktop.ui.player.state import PlayState

APART_MS = 40
"""What two songs may be apart; an ear that changes between them notices more."""
_EVERY_S = 0.5  # one correction has to show before the next


class Step:
    """One pair of songs in step; ``keep`` is told whenever the heard one moved, or changed."""

    def __init__(self) -> None:
        self._corrected_at = 0.0

    def keep(self, heard: Deck, twin: Deck) -> None:
        """Let ``twin`` do what ``heard`` does, where that is; behind its own end it rests."""
        if heard.state is PlayState.PLAYING:
            self._follow(heard, twin)
        elif twin.state.sounding:
            twin.pause()
        elif twin.state is PlayState.PAUSED:
            self._go_to(heard.position_ms, twin)

    def _follow(self, heard: Deck, twin: Deck) -> None:
        now_ms = heard.now_ms
        if twin.state in (PlayState.LOADING, PlayState.FAILED):
            return
        if twin.duration_ms and now_ms >= twin.duration_ms:
            twin.pause()
        elif twin.state is PlayState.PLAYING:
            self._go_to(now_ms, twin)
        else:
            twin.seek(now_ms)
            twin.play()

    def _go_to(self, position_ms: int, twin: Deck) -> None:
        if abs(twin.now_ms - position_ms) <= APART_MS or time.monotonic() - self._corrected_at < _EVERY_S:
            return
        self._corrected_at = time.monotonic()
        twin.seek(position_ms)
