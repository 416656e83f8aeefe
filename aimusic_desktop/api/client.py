"""One method per endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from aimusic_desktop.api.alignment import decode_alignment
from aimusic_desktop.api.decode import (
    Credits,
    Outcome,
    Submitted,
    decode_credits,
    decode_submitted,
    decode_task,
)
from aimusic_desktop.api.errors import BadAnswer, ProductRetired, ServiceTrouble, Unsure
from aimusic_desktop.api.products import PRODUCTS, alignment_request, conversion_request, task_path
from aimusic_desktop.api.transport import Answer, Transport
from aimusic_desktop.model import Product, SaveFormat, TimedWord

__all__ = ["ApiClient", "Credits", "Submitted"]

_LARGE_BYTES = 64 * 1024

_T = TypeVar("_T")


class ApiClient:
    """Asks the service and understands its answers. Cheap to make; holds no state."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def look_up(self, product: Product, task_id: str) -> Outcome:
        """Where a task stands. Raises an ApiError; a retired product is not even asked."""
        if PRODUCTS[product].retired:
            raise ProductRetired(product)
        answer = await self._transport.api_get(task_path(product, task_id))
        local = self._transport.api_is_loopback
        decode = partial(decode_task, task_id, product, api_is_loopback=local)
        return await _decoded(decode, answer)

    async def credits(self) -> Credits:
        """What is left on the account; free, and the cheapest way to test a key. Raises an ApiError."""
        return await _decoded(decode_credits, await self._transport.api_get("/get-credits"))

    async def convert(self, product: Product, clip_id: str, wanted: SaveFormat) -> Submitted:
        """Ask once for a clip in a format that its product offers; that costs credits.

        Raises Unsure when the service may have taken it all the same, another ApiError when not.
        """
        decode = partial(decode_submitted, api_is_loopback=self._transport.api_is_loopback)
        return await self._bought(conversion_request(product, clip_id, wanted), decode)

    async def align(self, clip_id: str) -> tuple[TimedWord, ...]:
        """Ask once when the words of a sonic clip are sung; that costs credits, and raises as ``convert``."""
        return await self._bought(alignment_request(clip_id), decode_alignment)

    async def _bought(
        self,
        request: tuple[str, Mapping[str, object]],
        decode: Callable[[int, Mapping[str, str], bytes], _T],
    ) -> _T:
        answer = await self._transport.api_post(*request)
        try:
            return await _decoded(decode, answer)
        except (BadAnswer, ServiceTrouble) as error:
            raise Unsure(status=error.status, request_id=error.request_id) from error


async def _decoded(decode: Callable[[int, Mapping[str, str], bytes], _T], answer: Answer) -> _T:
    if len(answer.body) > _LARGE_BYTES:  # would be felt on the window's thread
        return await asyncio.to_thread(decode, answer.status, answer.headers, answer.body)
    return decode(answer.status, answer.headers, answer.body)
