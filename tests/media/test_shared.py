from __future__ import annotations

import asyncio

import pytest

from aimusic_desktop.media.shared import SharedWork


class Work:
    """Ends when told to, and counts."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0
        self.end = asyncio.Event()

    async def __call__(self) -> str:
        self.begun += 1
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return "done"


async def test_all_who_ask_share_one_piece_of_work() -> None:
    shared, work = SharedWork[str]("test"), Work()
    asking = [asyncio.create_task(shared.run("key", work)) for _ in range(3)]
    await asyncio.sleep(0)
    asking[0].cancel()
    work.end.set()
    assert await asyncio.gather(*asking[1:]) == ["done", "done"]
    assert (work.begun, work.cancelled) == (1, 0)


async def test_work_that_nobody_waits_for_is_cancelled_and_a_new_asker_begins_anew() -> None:
    shared, work = SharedWork[str]("test"), Work()
    asking = asyncio.create_task(shared.run("key", work))
    await asyncio.sleep(0.001)
    asking.cancel()
    await asyncio.wait([asking])
    again = asyncio.create_task(shared.run("key", work))
    await asyncio.sleep(0)
    work.end.set()
    assert await again == "done"
    assert (work.begun, work.cancelled) == (2, 1)


async def test_an_error_reaches_all_and_is_not_remembered() -> None:
    shared = SharedWork[str]("test")

    async def fail() -> str:
        raise ValueError("no")

    for outcome in await asyncio.gather(shared.run("k", fail), shared.run("k", fail), return_exceptions=True):
        assert isinstance(outcome, ValueError)
    work = Work()
    work.end.set()
    assert await shared.run("k", work) == "done"


async def test_closing_cancels_what_is_under_way() -> None:
    shared, work = SharedWork[str]("test"), Work()
    asking = asyncio.create_task(shared.run("key", work))
    await asyncio.sleep(0.001)
    await shared.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert work.cancelled == 1
