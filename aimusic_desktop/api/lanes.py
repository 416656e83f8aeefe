"""Who may ask now, and over which client: a bound on what runs at a time that survives every cancelling."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar

_CLOSE_LIMIT_S = 2.0


class Client(Protocol):
    """What a lane leads over; httpx.AsyncClient in truth."""

    async def aclose(self) -> None: ...


C = TypeVar("C", bound=Client)


class Lanes(Generic[C]):
    """At most ``at_once`` requests at a time, each alone on a client of its own.

    httpx's pool loses a connection now and then when a request on it is cancelled, and itself when
    one that queues in it is. So nothing ever queues there, and a client whose request did not come
    to its end is thrown away, pool and all; the others are used again.
    """

    def __init__(self, make: Callable[[str], C], at_once: int) -> None:
        self._make = make
        self._gate = asyncio.Semaphore(at_once)
        self._idle: defaultdict[str, list[C]] = defaultdict(list)
        self._busy: set[C] = set()
        self._closing: set[asyncio.Task[None]] = set()

    def turn(self) -> asyncio.Semaphore:
        """``async with`` this to be one of those who run; then ask for a client."""
        return self._gate

    @asynccontextmanager
    async def client(self, proxy: str, *, fresh: bool = False) -> AsyncIterator[C]:
        """A client for one request through ``proxy`` (empty for none); ``fresh``: one never used before."""
        client = self._idle[proxy].pop() if self._idle[proxy] else None
        if client is not None and fresh:
            self._throw_away(client)
            client = None
        client = client or self._make(proxy)
        self._busy.add(client)
        try:
            yield client
        except BaseException:
            self._throw_away(client)
            raise
        else:
            self._idle[proxy].append(client)
        finally:
            self._busy.discard(client)

    async def close(self) -> None:
        """Close every connection; what still runs over them fails."""
        for client in (*self._busy, *(client for idle in self._idle.values() for client in idle)):
            self._throw_away(client)
        self._idle.clear()
        if self._closing:
            await asyncio.wait(self._closing, timeout=_CLOSE_LIMIT_S)

    def _throw_away(self, client: C) -> None:
        # In a task of its own, so that nobody's cancelling stops it half-way.
        closing = asyncio.create_task(client.aclose(), name="close a connection")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
