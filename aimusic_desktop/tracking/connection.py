"""Whether the service can be asked now: one state that all who ask share and learn by."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable
from contextlib import suppress
from enum import StrEnum
from typing import TypeVar

from psygnal import Signal

from aimusic_desktop.api.errors import ApiError, KeyMissing, KeyRefused, RateLimited, Unreachable

FIRST_PAUSE_S = 2.0
LAST_PAUSE_S = 30.0

T = TypeVar("T")


class ConnectionState(StrEnum):
    """How things stand with the service. Requests wait in the last four."""

    STARTING = "starting"
    CONNECTED = "connected"
    OFFLINE = "offline"
    SLOWED = "slowed"
    NO_KEY = "no_key"
    KEY_REFUSED = "key_refused"


class Connection:
    """The gate before every request to the API.

    Offline, one request at a time is let through as a probe, after growing pauses from
    ``first_pause_s`` to ``last_pause_s`` seconds. Slowed, all wait for what the service asked, or
    for such a pause where it did not say. Without a good key, all wait for ``key_changed`` or
    ``key_accepted``.
    ``changed`` is emitted when ``state`` or ``until`` changes.
    """

    changed = Signal()

    def __init__(self, *, first_pause_s: float = FIRST_PAUSE_S, last_pause_s: float = LAST_PAUSE_S) -> None:
        self.state = ConnectionState.STARTING
        self._first_pause_s = self._pause_s = first_pause_s
        self._last_pause_s = last_pause_s
        self._opens_at = -math.inf  # on the monotonic clock
        self._key_turn = 0
        self._news = asyncio.Event()

    @property
    def until(self) -> float | None:
        """When requests go on by themselves, in seconds since the epoch; None when nothing is waited for,
        or only a key."""
        if self.state in (ConnectionState.OFFLINE, ConnectionState.SLOWED):
            return time.time() + self._opens_at - time.monotonic()
        return None

    @property
    def needs_key(self) -> bool:
        """Whether nothing is asked before another key is entered."""
        return self.state in (ConnectionState.NO_KEY, ConnectionState.KEY_REFUSED)

    async def wait_open(self) -> None:
        """Return when a request may be sent."""
        while (wait_s := self._wait_s()) > 0:
            self._news.clear()
            await wait_at_most(self._news, wait_s)
        if self.state is ConnectionState.OFFLINE:
            self._pause(ConnectionState.OFFLINE, self._growing_pause_s())
        elif self.state is ConnectionState.SLOWED:
            self._set(ConnectionState.CONNECTED)

    async def admit(self) -> None:
        """For a request that someone waits for: at once where it has a chance, else as ``wait_open``.

        Raises KeyRefused where only another key can help.
        """
        if self.state is ConnectionState.KEY_REFUSED:
            raise KeyRefused
        if self.state is ConnectionState.SLOWED:
            await self.wait_open()

    async def watch(self, request: Awaitable[T]) -> T:
        """Await a request to the API and learn from how it ends; its error goes on."""
        key_turn = self._key_turn
        try:
            answer = await request
        except ApiError as error:
            # A refusal that was under way while the key was replaced says nothing of the new one.
            if key_turn == self._key_turn or not isinstance(error, KeyMissing | KeyRefused):
                self.report(error)
            raise
        self.report_ok()
        return answer

    def report_ok(self) -> None:
        """The service answered."""
        self._pause_s = self._first_pause_s
        if self.state in (ConnectionState.STARTING, ConnectionState.OFFLINE):
            self._set(ConnectionState.CONNECTED)

    def report(self, error: ApiError) -> None:
        """A request ended in this error."""
        if isinstance(error, KeyMissing | KeyRefused):
            missing = isinstance(error, KeyMissing)
            self._set(ConnectionState.NO_KEY if missing else ConnectionState.KEY_REFUSED)
        elif self.needs_key:
            return
        elif isinstance(error, RateLimited):
            self._slow_down(error.retry_after_s)
        elif isinstance(error, Unreachable):
            if self.state in (ConnectionState.STARTING, ConnectionState.CONNECTED):
                self._pause(ConnectionState.OFFLINE, self._growing_pause_s())
        elif error.status is not None:
            self.report_ok()

    def key_changed(self, key: str | None) -> None:
        """The key was entered, replaced or (None) forgotten."""
        self._key_turn += 1
        if key is None:
            self._set(ConnectionState.NO_KEY)
        elif self.needs_key:
            self._set(ConnectionState.STARTING)

    def key_accepted(self) -> None:
        """The service takes the key after all: a refusal was trouble of its own."""
        if self.state is ConnectionState.KEY_REFUSED:
            self._set(ConnectionState.CONNECTED)

    def _slow_down(self, retry_after_s: float | None) -> None:
        slowed = self.state is ConnectionState.SLOWED
        if not retry_after_s:  # at once would be as before
            # Requests that were under way together are refused together: that is one refusal.
            retry_after_s = 0.0 if slowed else self._growing_pause_s()
        left_s = self._opens_at - time.monotonic() if slowed else 0.0
        if retry_after_s >= left_s:
            self._pause(ConnectionState.SLOWED, retry_after_s)

    def _growing_pause_s(self) -> float:
        pause_s = self._pause_s
        self._pause_s = min(2 * pause_s, self._last_pause_s)
        return pause_s

    def _wait_s(self) -> float:
        if self.needs_key:
            return math.inf
        if self.state in (ConnectionState.OFFLINE, ConnectionState.SLOWED):
            return self._opens_at - time.monotonic()
        return 0.0

    def _pause(self, state: ConnectionState, pause_s: float) -> None:
        self._opens_at = time.monotonic() + pause_s
        self._tell(state)

    def _set(self, state: ConnectionState) -> None:
        if state is not self.state:
            self._tell(state)

    def _tell(self, state: ConnectionState) -> None:
        self.state = state
        self._news.set()
        self.changed.emit()


async def wait_at_most(event: asyncio.Event, limit_s: float) -> None:
    """Return when ``event`` is set or the time, which may be infinite, is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if math.isinf(limit_s) else limit_s):
            await event.wait()
