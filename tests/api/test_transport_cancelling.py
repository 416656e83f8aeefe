"""Cancelling in every phase, once and repeatedly, costs neither the transport nor a socket."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from aimusic_desktop.api.transport import AT_ONCE, Transport
from tests.support.api import transport_to
from tests.support.service import Reply, Service, as_json
from tests.support.waiting import LIMIT_S

HERE = "/api/v1/x"


def trickle() -> Iterator[bytes]:
    for _ in range(5):
        yield b" " * 1000
        time.sleep(0.002)


REPLIES = [
    as_json({}),
    Reply(stall_s=0.005),
    Reply(chunks=trickle),
    Reply(chunks=trickle, length=5000),
    as_json({"a": "x" * 300_000}),
]


async def ask_api(transport: Transport) -> None:
    await transport.api_get("/x")


async def fetch_media(transport: Transport) -> None:
    async with transport.media(transport.api_url + "/x") as response:
        async for _chunk in response.chunks():
            pass


@pytest.mark.parametrize("ask", [ask_api, fetch_media])
@pytest.mark.parametrize("times", [1, 3])
async def test_it_stays_usable_and_keeps_no_dead_connection(
    service: Service, ask: Callable[[Transport], Awaitable[None]], times: int
) -> None:
    replies = itertools.cycle(REPLIES)
    service.on(HERE, lambda _request: next(replies))
    chance = random.Random(7)
    async with transport_to(service) as transport:
        await transport.open()
        cancelled = 0
        while cancelled < 250:
            tasks = [asyncio.ensure_future(ask(transport)) for _ in range(12)]
            for task in tasks:
                await asyncio.sleep(chance.random() * 0.003)
                for _ in range(times):
                    task.cancel()
                    await asyncio.sleep(0)
            results = await asyncio.gather(*tasks, return_exceptions=True)
            cancelled += sum(isinstance(result, asyncio.CancelledError) for result in results)
            assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
        service.on(HERE, as_json({}))
        await asyncio.wait_for(asyncio.gather(*(ask(transport) for _ in range(40))), LIMIT_S)
        while service.connections > AT_ONCE:
            await asyncio.sleep(0.01)  # those thrown away are closing


async def test_the_time_limit_frees_the_place(service: Service) -> None:
    service.on(HERE, Reply(stall_s=20))
    async with transport_to(service, time_limit_s=0.05) as transport:
        results = await asyncio.gather(*(transport.api_get("/x") for _ in range(30)), return_exceptions=True)
        assert {type(result).__name__ for result in results} == {"SlowAnswer"}
        service.on(HERE, as_json({}))
        transport._time_limit_s = LIMIT_S
        await transport.api_get("/x")
