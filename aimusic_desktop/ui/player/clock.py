"""Where a playing song is at this instant, from positions that are told now and then."""

from __future__ import annotations

import time
from collections import deque

_MOST_GUESSED_S = 0.3  # of playing on since a position was told


class PlayClock:
    """QtMultimedia tells a position some twenty times a second, and then that of a frame's beginning, up to
    64 ms early. The one that lies farthest ahead of all that were told lately is the nearest to the truth."""

    def __init__(self) -> None:
        self._told: deque[tuple[int, float]] = deque(maxlen=10)

    def tell(self, position_ms: int) -> None:
        """The song has played on to this position."""
        self._told.append((position_ms, time.monotonic()))

    def forget(self) -> None:
        """The song jumps, rests or changes its speed: what was told says nothing any more."""
        self._told.clear()

    def now_ms(self, rate: float) -> int | None:
        """The position now, at this speed; None when nothing was told."""
        if not self._told:
            return None
        now = time.monotonic()
        guess = max(told_ms + (now - at) * 1000 * rate for told_ms, at in self._told)
        return min(round(guess), self._told[-1][0] + round(_MOST_GUESSED_S * 1000 * rate))
