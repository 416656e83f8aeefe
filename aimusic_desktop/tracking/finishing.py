"""Looks conversions up that the service is at, until they have come to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.api.errors import ApiError, KeyMissing, KeyRefused, RateLimited, Unreachable
from aimusic_desktop.errors import AppError
from aimusic_desktop.model import Conversion, ConversionState, Product
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.tracking.formats import converted_link
from aimusic_desktop.tracking.schedule import GIVE_UP_S

LOOK_UPS_AT_ONCE = 2

_PAUSED = (KeyMissing, KeyRefused, RateLimited, Unreachable)
"""Troubles that the connection waits out for everybody."""
_TOO_LONG = "The service is still converting this song. Try again later."
_FAILED = "The service could not convert this song."


class ConversionTrouble(AppError):
    """A song that cannot be had in the format asked for."""


class Finisher:
    """Asks about conversions by the schedule ``next_ask``, few at a time, and not before ``start``.

    ``clock`` gives seconds since the epoch.
    """

    def __init__(
        self,
        client: ApiClient,
        connection: Connection,
        clock: Callable[[], float],
        next_ask: Callable[[Product | None, float, int], float],
    ) -> None:
        self._client = client
        self._connection = connection
        self._clock = clock
        self._next_ask = next_ask
        self._gate = asyncio.Semaphore(LOOK_UPS_AT_ONCE)
        self._started = asyncio.Event()

    def start(self) -> None:
        """Begin to ask."""
        self._started.set()

    async def finished(self, conversion: Conversion) -> Conversion:
        """The conversion as it ended. Raises ConversionTrouble when that takes more than half an hour."""
        await self._started.wait()
        since, errors = self._clock(), 0
        await asyncio.sleep(self._first_wait_s(conversion, since))
        while True:
            at_least_s = 0.0
            try:
                outcome = await self._look_up(conversion)
            except _PAUSED:
                continue
            except ApiError as error:
                if not error.retryable:
                    return in_doubt(conversion, error)
                errors, at_least_s = errors + 1, error.retry_after_s or 0.0
            else:
                if outcome.state.settled:
                    return _with_outcome(conversion, outcome)
                errors = 0
            now = self._clock()
            if now - since >= GIVE_UP_S:
                raise ConversionTrouble(_TOO_LONG)
            wait_s = self._next_ask(conversion.product, now - conversion.asked_at, errors)
            await asyncio.sleep(max(wait_s, at_least_s))

    def _first_wait_s(self, conversion: Conversion, now: float) -> float:
        """Nothing is made at once, but what was asked for in an earlier run may long be there."""
        wait_s = self._next_ask(conversion.product, 0.0, 0)
        return min(max(conversion.asked_at + wait_s - now, 0.0), wait_s)

    async def _look_up(self, conversion: Conversion) -> Outcome:
        assert conversion.conversion_id is not None
        async with self._gate:
            await self._connection.wait_open()
            request = self._client.look_up(conversion.product, conversion.conversion_id)
            return await self._connection.watch(request)


def in_doubt(conversion: Conversion, error: ApiError) -> Conversion:
    """The conversion of which nobody knows any more how it stands, and why."""
    return replace(conversion, state=ConversionState.UNKNOWN, error=error.sentence)


def _with_outcome(conversion: Conversion, outcome: Outcome) -> Conversion:
    url = converted_link(outcome, conversion.format)
    if url is not None:
        return replace(conversion, state=ConversionState.DONE, url=url, error=None)
    return replace(conversion, state=ConversionState.FAILED, error=outcome.error or _FAILED)
