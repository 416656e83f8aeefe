"""When to ask a host again that failed, and when it is enough."""

from __future__ import annotations

import time

from aimusic_desktop.media.errors import HostTrouble, MediaError, Offline, TooSlow

WAITS_S = (0.5, 1.5, 4.0)  # before each further try; they count anew when something came, and not slowly
PATIENCE_S = 60.0  # for a host that says when it can be asked again
OFFLINE_S = 3.0  # of trying to reach a host; whoever waits for the network should know soon
PROGRESS_BYTES = 64 * 2**10  # so much between two failures is something


class Busy(HostTrouble):
    """The host asks to be left alone for ``wait_s`` seconds."""

    def __init__(self, sentence: str, wait_s: float) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class Tries:
    """How long to wait before the next try, and when it is enough."""

    def __init__(self, received: int) -> None:
        self._most = received
        self._failures = 0
        self._offline_since: float | None = None

    def after(self, error: MediaError, received: int) -> float:
        """Seconds to wait after ``error``, ``received`` bytes being there; raises it when it is enough."""
        if not isinstance(error, TooSlow) and received >= self._most + PROGRESS_BYTES:
            self._failures, self._most = 0, received
        if self._failures == len(WAITS_S):
            raise error
        wait_s = WAITS_S[self._failures]
        if isinstance(error, Busy):
            wait_s = max(wait_s, min(error.wait_s, PATIENCE_S))
        self._failures += 1
        if not isinstance(error, Offline):
            self._offline_since = None
            return wait_s
        self._offline_since = self._offline_since or time.monotonic()
        if time.monotonic() + wait_s > self._offline_since + OFFLINE_S:
            raise error
        return wait_s
