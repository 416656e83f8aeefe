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

_AGAIN = "Saving goes on by itself."


@dataclass
class _Hold:
    """``opens_at`` is on the monotonic clock; infinite while a job tries the host."""

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
        self._hosts: dict[str, _Hold] = {}
        self._key: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        connection.changed.connect(self._connection_changed)

    def takes(self, error: BaseException, host: str, *, trial: bool) -> str | None:
        """Why a job of that host that ended in ``error`` shall wait and be tried again; None if waiting
        is no help. ``trial`` is what ``trying`` said of that job."""
        cause = _cause(error)
        if cause is None:
            return None
        if isinstance(cause, KeyMissing | KeyRefused) and self._connection.needs_key:
            self._key = f"{cause.sentence} {_AGAIN}"
            return self._key
        return self._hold(host, f"{cause.sentence} {_AGAIN}", trial=trial)

    def held(self, host: str, now: float) -> bool:
        """Whether no job of that host may begin ``now``, a moment on the monotonic clock."""
        hold = self._hosts.get(host)
        return self._key is not None or (hold is not None and now < hold.opens_at)

    def why(self, hosts: Collection[str], now: float) -> str | None:
        """The sentence why no job of these hosts may begin; None if one may."""
        if not hosts or not all(self.held(host, now) for host in hosts):
            return None
        return self._key or self._hosts[next(iter(hosts))].sentence

    def trying(self, host: str) -> bool:
        """A job of that host begins. Gives whether it is a trial: the host is held back, and all others
        wait for what comes of it."""
        hold = self._hosts.get(host)
        if hold is None:
            return False
        hold.opens_at = math.inf
        return True

    def reached(self, host: str) -> None:
        """The host answered, or the job that tried it is over."""
        if self._hosts.pop(host, None):
            self._news()

    def close(self) -> None:
        """Wait for nothing any more."""
        self._connection.changed.disconnect(self._connection_changed)
        if self._timer is not None:
            self._timer.cancel()

    def _hold(self, host: str, sentence: str, *, trial: bool) -> str:
        hold = self._hosts.get(host)
        if hold is None:
            hold = self._hosts[host] = _Hold(sentence, FIRST_PAUSE_S, 0.0)
        elif trial and math.isinf(hold.opens_at):  # jobs begun before the hold tell nothing new
            hold.pause_s = min(2 * hold.pause_s, LAST_PAUSE_S)
        else:
            return hold.sentence
        hold.opens_at = time.monotonic() + hold.pause_s
        self._set_timer()
        return hold.sentence

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        opens_at = min((hold.opens_at for hold in self._hosts.values()), default=math.inf)
        if not math.isinf(opens_at):
            wait_s = max(0.0, opens_at - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._opened)

    def _opened(self) -> None:
        self._timer = None
        self._news()
        self._set_timer_for_later()

    def _set_timer_for_later(self) -> None:
        """For the hosts whose time has not come yet."""
        now = time.monotonic()
        if any(now < hold.opens_at < math.inf for hold in self._hosts.values()):
            self._set_timer()

    def _connection_changed(self) -> None:
        if not self._connection.needs_key:
            self._key = None
        if self._connection.state is ConnectionState.CONNECTED:
            for hold in self._hosts.values():
                hold.opens_at = min(hold.opens_at, 0.0)
        self._news()


def _cause(error: BaseException | None) -> AppError | None:
    """What of an error, or of what led to it, waiting can help against."""
    while error is not None:
        if isinstance(error, Offline | KeyMissing | KeyRefused | Unreachable):
            return error
        error = error.__cause__
    return None
