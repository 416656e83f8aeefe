"""Why jobs wait that could run: a host that cannot be reached, or a key that the service refuses."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from aimusic_desktop.api.errors import KeyMissing, KeyRefused, Unreachable
from aimusic_desktop.errors import AppError
from aimusic_desktop.media.errors import Offline
from aimusic_desktop.tracking.connection import Connection, ConnectionState

FIRST_PAUSE_S = 2.0
LAST_PAUSE_S = 30.0
EARLY_S = 0.05
"""Timers may come so much too soon: Qt's are not exact, and their delays are whole milliseconds."""
OPEN = 0.0

_AGAIN = "Saving goes on by itself."


@dataclass
class Hold:
    """``opens_at`` is on the monotonic clock, infinite while a job tries the host, ``OPEN`` from the pause's
    end on."""

    sentence: str
    pause_s: float
    opens_at: float


class Holding:
    """Holds back the jobs of hosts that are out of reach, and all jobs without a good key.

    After growing pauses one job at a time tries such a host; the first byte lets the others follow. What
    the service's connection learns counts too: connected again, everything is tried at once. ``news`` is
    called when jobs may go on.
    """

    def __init__(self, connection: Connection, news: Callable[[], None]) -> None:
        self._connection = connection
        self._news = news
        self._hosts: dict[str, Hold] = {}
        self._key: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        connection.changed.connect(self._connection_changed)

    def takes(self, error: BaseException, host: str, trial: Hold | None) -> str | None:
        """Why a job of that host that ended in ``error`` shall wait and be tried again; None if waiting
        is no help. ``trial`` is what ``trying`` gave for that job."""
        cause = _cause(error)
        if cause is None:
            return None
        if isinstance(cause, KeyMissing | KeyRefused) and self._connection.needs_key:
            self._key = f"{cause.sentence} {_AGAIN}"
            return self._key
        return self._hold(host, f"{cause.sentence} {_AGAIN}", trial)

    def held(self, host: str) -> bool:
        """Whether no job of that host may begin now."""
        hold = self._hosts.get(host)
        return self._key is not None or (hold is not None and hold.opens_at > OPEN)

    def why(self, hosts: Collection[str]) -> str | None:
        """The sentence why no job of these hosts may begin; None if one may."""
        if not hosts or not all(map(self.held, hosts)):
            return None
        return self._key or self._hosts[next(iter(hosts))].sentence

    def trying(self, host: str) -> Hold | None:
        """A job of that host begins. If the host is held back this is a trial, of the hold that this gives,
        and all others wait for what comes of it."""
        hold = self._hosts.get(host)
        if hold is not None:
            hold.opens_at = math.inf
        return hold

    def reached(self, host: str) -> None:
        """The host answered, or the job that tried it is over."""
        if self._hosts.pop(host, None):
            self._news()

    def close(self) -> None:
        """Wait for nothing any more."""
        self._connection.changed.disconnect(self._connection_changed)
        if self._timer is not None:
            self._timer.cancel()

    def _hold(self, host: str, sentence: str, trial: Hold | None) -> str:
        hold = self._hosts.get(host)
        if hold is None:
            hold = self._hosts[host] = Hold(sentence, FIRST_PAUSE_S, OPEN)
        elif hold is trial and math.isinf(hold.opens_at):  # jobs begun before the hold tell nothing new
            hold.pause_s = min(2 * hold.pause_s, LAST_PAUSE_S)
        else:
            return hold.sentence
        hold.opens_at = time.monotonic() + hold.pause_s
        self._set_timer()
        return hold.sentence

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        pauses = [hold.opens_at for hold in self._hosts.values() if OPEN < hold.opens_at < math.inf]
        if pauses:
            wait_s = max(0.0, min(pauses) - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._opened)

    def _opened(self) -> None:
        """A pause is over, and nobody asks a clock again whether this came a moment too soon."""
        now = time.monotonic() + EARLY_S
        for hold in self._hosts.values():
            if hold.opens_at <= now:
                hold.opens_at = OPEN
        self._set_timer()
        self._news()

    def _connection_changed(self) -> None:
        if not self._connection.needs_key:
            self._key = None
        if self._connection.state is ConnectionState.CONNECTED:
            for hold in self._hosts.values():
                hold.opens_at = OPEN
        self._news()


def _cause(error: BaseException | None) -> AppError | None:
    """What of an error, or of what led to it, waiting can help against."""
    while error is not None:
        if isinstance(error, Offline | KeyMissing | KeyRefused | Unreachable):
            return error
        error = error.__cause__
    return None
