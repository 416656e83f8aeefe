"""The tracker over forgetting, restarting, closing and surprises."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.model import Product, TaskState
from aimusic_desktop.tracking import tracker
from aimusic_desktop.tracking.connection import ConnectionState
from tests.support.service import Reply, Service, as_json
from tests.support.tracking import NOT_READY, done, id_of, refs, tracking
from tests.support.waiting import until

ONE = id_of(1)


async def test_a_tracker_that_resumes_nothing_asks_about_what_it_is_given_only(
    service: Service, tmp_path: Path
) -> None:
    service.fallback = NOT_READY
    async with tracking(service.api_url, tmp_path) as rig:
        rig.key = None  # so that no request of this one is still on its way later
        await rig.tracker.add(refs(1, 2))
    async with tracking(service.api_url, tmp_path, resume=False) as rig:
        await rig.tracker.add(refs(2, 3))
        await until(lambda: len(service.requests) > 8)
        assert rig.tracker.working == 2
    assert {path.rpartition("/")[2] for path in service.paths()} == {id_of(2), id_of(3)}


async def test_a_forgotten_task_is_asked_about_no_more(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1, 2))
        await until(lambda: len(service.requests) >= 4)
        rig.tracker.forget([ONE, id_of(99)])
        service.on_task("producer", ONE, done())
        await rig.settle(*refs(3))
        assert ONE not in [task.task_id for task in rig.settled]
        assert rig.tracker.asking(ONE) is None


async def test_a_task_removed_from_the_library_is_dropped(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: service.requests)
        removal = await rig.library.remove([row.row_id for row in await rig.library.rows_of([ONE])])
        await until(lambda: rig.tracker.working == 0)
        await rig.library.restore(removal)
        service.on_task("producer", ONE, done())
        await rig.tracker.start()
        await until(lambda: rig.settled)


async def test_a_restart_goes_on_with_what_was_not_finished(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, done())
    service.on_task("producer", id_of(2), NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.settle(*refs(1))
        await rig.tracker.add(refs(2))
        await until(lambda: len(service.requests) >= 2)
    service.requests.clear()
    service.on_task("producer", id_of(2), done())
    async with tracking(service.api_url, tmp_path) as rig:
        await until(lambda: rig.settled)
        assert {path.rpartition("/")[2] for path in service.paths()} == {id_of(2)}


async def test_a_task_added_again_after_its_removal_is_followed_afresh(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", ONE, as_json({"type": "failed", "error": "no"}), NOT_READY, done())
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.settle(*refs(1))
        await rig.library.remove([row.row_id for row in await rig.library.rows_of([ONE])])
        await rig.tracker.add(refs(1))
        await until(lambda: len(rig.settled) == 2)
        assert (await rig.task(ONE)).state is TaskState.SUCCEEDED


async def test_closing_does_not_wait_for_requests_that_hang(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracker, "CLOSE_LIMIT_S", 60.0)
    service.fallback = Reply(stall_s=20)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(*range(20)))
        await until(lambda: service.active == 8)
        hanging = asyncio.create_task(rig.tracker.look_up_now(ONE))
        await asyncio.sleep(0)
        begun = time.monotonic()
        await rig.tracker.close()
        assert time.monotonic() - begun < 10
        with pytest.raises(asyncio.CancelledError):
            await hanging


class Buggy(ApiClient):
    """A client with a bug that one task meets."""

    bitten = 0

    async def look_up(self, product: Product, task_id: str) -> Outcome:
        if task_id == ONE and Buggy.bitten < 3:
            Buggy.bitten += 1
            raise ZeroDivisionError
        return await super().look_up(product, task_id)


async def test_a_surprise_with_one_task_stops_nobody(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service.fallback = done()
    async with tracking(service.api_url, tmp_path, client=Buggy) as rig:
        await rig.settle(*refs(*range(1, 20)))
        assert {task.state for task in rig.settled} == {TaskState.SUCCEEDED}
        assert Buggy.bitten == 3
    assert "ZeroDivisionError" in caplog.text


async def test_a_listener_that_fails_stops_nobody(service: Service, tmp_path: Path) -> None:
    service.fallback = done()
    async with tracking(service.api_url, tmp_path) as rig:

        def fail(state: object = None) -> None:
            raise ValueError

        rig.connection.changed.connect(fail)
        rig.tracker.settled.connect(fail)
        await rig.settle(*refs(1, 2, 3))
        assert rig.connection.state is ConnectionState.CONNECTED
