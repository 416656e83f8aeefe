"""The gate before every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress

import pytest

from aimusic_desktop.api.errors import (
    ApiError,
    BadAnswer,
    KeyMissing,
    KeyRefused,
    RateLimited,
    ServiceTrouble,
    TaskNotFound,
    Unreachable,
)
from aimusic_desktop.tracking.connection import Connection, ConnectionState
from tests.support.waiting import LIMIT_S

S = ConnectionState


def connection() -> Connection:
    return Connection(first_pause_s=0.05, last_pause_s=0.2)


async def is_open(gate: Connection) -> bool:
    """Whether a request may be sent right now."""
    return await _ends_at_once(gate.wait_open())


async def answer(error: ApiError | None = None) -> str:
    if error:
        raise error
    return "answer"


async def test_it_is_open_before_anything_is_known() -> None:
    gate = connection()
    assert gate.state is S.STARTING
    assert gate.until is None
    assert await is_open(gate)


async def test_an_answer_of_any_kind_means_connected() -> None:
    for error in (None, TaskNotFound("No.", status=404), ServiceTrouble("Oops.", status=500)):
        gate = connection()
        gate.report(Unreachable("No network."))
        await _watched(gate, answer(error))
        assert gate.state is S.CONNECTED


async def test_an_answer_that_never_came_says_nothing() -> None:
    gate = connection()
    gate.report(BadAnswer("Cut."))
    assert gate.state is S.STARTING


async def test_offline_one_probe_at_a_time_gets_through_after_growing_pauses() -> None:
    gate = connection()
    through: list[float] = []

    async def knock() -> None:
        await gate.wait_open()
        through.append(time.monotonic())
        gate.report(Unreachable("Still no network."))

    gate.report(Unreachable("No network."))
    begun = time.monotonic()
    await asyncio.gather(knock(), knock(), knock(), knock())
    pauses = [later - earlier for earlier, later in zip([begun, *through], through, strict=False)]
    for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.2), strict=True):
        assert pause >= least * 0.9


async def test_requests_that_fail_together_make_one_pause() -> None:
    gate = connection()
    for _ in range(8):
        gate.report(Unreachable("No network."))
        gate.report(RateLimited(None))
    assert gate.until is not None
    assert gate.until - time.time() <= 0.11


async def test_the_longest_retry_after_counts() -> None:
    gate = connection()
    for wait_s in (30.0, 60.0, 5.0, 0.0, None):
        gate.report(RateLimited(wait_s))
    assert gate.state is S.SLOWED
    assert gate.until == pytest.approx(time.time() + 60, abs=10)
    assert not await is_open(gate)


async def test_answers_under_way_do_not_end_a_pause_the_service_asked_for() -> None:
    gate = connection()
    gate.report(RateLimited(0.1))
    gate.report_ok()
    assert gate.state is S.SLOWED
    await gate.wait_open()
    assert (gate.state, gate.until) == (S.CONNECTED, None)


async def test_without_a_good_key_all_wait_for_another() -> None:
    for error, state in ((KeyMissing(), S.NO_KEY), (KeyRefused(), S.KEY_REFUSED)):
        gate = connection()
        gate.report(error)
        gate.report(Unreachable("No network."))
        gate.report_ok()
        assert (gate.state, gate.until) == (state, None)
        waiting = asyncio.create_task(gate.wait_open())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        gate.key_changed("new")
        await asyncio.wait_for(waiting, LIMIT_S)
        gate.key_changed(None)
        assert not await is_open(gate)


async def test_a_refusal_of_the_key_before_says_nothing_of_this_one() -> None:
    gate = connection()
    refused = asyncio.Event()

    async def ask() -> None:
        await refused.wait()
        raise KeyRefused

    asking = asyncio.create_task(_watched(gate, ask()))
    await asyncio.sleep(0)
    gate.key_changed("new")
    refused.set()
    await asking
    assert gate.state is S.STARTING


async def test_every_change_is_told_once() -> None:
    gate = connection()
    seen: list[ConnectionState] = []
    gate.changed.connect(lambda: seen.append(gate.state))
    gate.report_ok()
    gate.report_ok()
    gate.report(KeyRefused())
    gate.report(KeyRefused())
    gate.key_changed("new")
    gate.key_changed("newer")
    assert seen == [S.CONNECTED, S.KEY_REFUSED, S.STARTING]


async def test_who_waits_in_person_is_let_in_where_it_has_a_chance() -> None:
    gate = connection()
    gate.report(Unreachable("No network."))
    assert await _ends_at_once(gate.admit())
    gate.report(RateLimited(60.0))
    assert not await _ends_at_once(gate.admit())
    gate = connection()
    gate.report(RateLimited(0.1))
    await gate.admit()
    assert gate.state is S.CONNECTED
    gate.report(KeyRefused())
    with pytest.raises(KeyRefused):
        await gate.admit()


async def _ends_at_once(waiting: Coroutine[None, None, None]) -> bool:
    task = asyncio.create_task(waiting)
    await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    return done


async def _watched(gate: Connection, request: Coroutine[None, None, object]) -> None:
    with suppress(ApiError):
        await gate.watch(request)
