"""The tracker on real parts: what it asks, when, and what it writes down."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from threading import Event

import pytest

from aimusic_desktop.library.store import Change
from aimusic_desktop.model import ClipState, Product, TaskState
from aimusic_desktop.tracking.tracker import REQUESTS_AT_ONCE, STARTS_PER_S
from tests.support.api import clip, finished
from tests.support.service import Reply, Request, Service, as_json
from tests.support.tracking import NOT_READY, TROUBLE, done, id_of, refs, tracking
from tests.support.waiting import LIMIT_S, until

ONE = id_of(1)


async def test_a_task_is_followed_until_it_is_finished(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY, NOT_READY, done("song"))
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1))
        assert task.state is TaskState.SUCCEEDED
        assert [clip.clip_id for clip in task.clips] == ["song"]
        assert task.settled_at is not None
        assert len(service.requests) == 3
        assert rig.tracker.working == 0
        assert rig.tracker.asking(ONE) is None


async def test_a_task_is_on_disk_before_its_first_request(service: Service, tmp_path: Path) -> None:
    seen: list[str] = []

    def look(request: Request) -> Reply:
        with sqlite3.connect(tmp_path / "library.sqlite3") as other:
            seen.extend(task_id for (task_id,) in other.execute("SELECT task_id FROM task"))
        other.close()
        return done()

    service.on_task("producer", ONE, look)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.settle(*refs(1))
    assert seen == [ONE]


async def test_ten_thousand_tasks_are_asked_about_in_order_and_eight_at_a_time(
    service: Service, tmp_path: Path
) -> None:
    service.fallback = Reply(202, b'{"type":"not_ready"}', stall_s=0.02)
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 60.0) as rig:
        asked: list[str] = []
        rig.tracker.asked.connect(asked.append)
        added, known = await rig.tracker.add(refs(*range(10_000)))
        assert (len(added), known) == (10_000, [])
        assert rig.tracker.working == 10_000
        await until(lambda: len(service.requests) >= 200)
        assert list(dict.fromkeys(asked))[:200] == added[:200]
        assert 2 <= service.most_active <= 8


async def test_many_new_tasks_leave_room_for_one_that_is_followed(service: Service, tmp_path: Path) -> None:
    service.fallback = NOT_READY
    service.on_task("sonic", ONE, *[NOT_READY] * 3, done())

    def next_ask(product: Product | None, age_s: float, errors: int) -> float:
        return 0.5 if product is Product.SONIC else 60.0

    async with tracking(service.api_url, tmp_path, next_ask=next_ask, starts_per_s=20) as rig:
        await rig.tracker.add(refs(1, product=Product.SONIC))
        await until(lambda: service.requests)
        await rig.tracker.add(refs(*range(2, 300)))
        await until(lambda: rig.settled)
        assert len(service.requests) < 150


async def test_no_more_requests_start_than_the_rate_allows(service: Service, tmp_path: Path) -> None:
    service.fallback = done()
    async with tracking(service.api_url, tmp_path, starts_per_s=50) as rig:
        begun = time.monotonic()
        await rig.settle(*refs(*range(20)))
        assert time.monotonic() - begun >= 19 / 50


async def test_a_service_that_says_when_to_come_back_is_not_asked_before(
    service: Service, tmp_path: Path
) -> None:
    busy = as_json({"error": "busy"}, 503, **{"Retry-After": "60"})
    service.on_task("producer", ONE, busy)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: (asking := rig.tracker.asking(ONE)) and asking.next_at)
        asking = rig.tracker.asking(ONE)
        assert asking is not None
        assert asking.next_at is not None
        assert asking.next_at - time.time() > 50


def test_a_hundred_requests_start_a_second() -> None:
    assert (STARTS_PER_S, REQUESTS_AT_ONCE) == (100, 8)


@pytest.mark.parametrize("status", [400, 402, 403, 410])
async def test_a_refusal_ends_a_task_with_its_sentence(service: Service, tmp_path: Path, status: int) -> None:
    service.on_task("producer", ONE, as_json({"error": "no way"}, status))
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1))
        assert task.state is TaskState.FAILED
        assert task.error
        assert len(service.requests) == 1


async def test_a_clip_shows_at_once_and_stays_when_the_task_fails(service: Service, tmp_path: Path) -> None:
    half = as_json(finished(clip(clip_id="good"), clip(clip_id="late", state="running", audio_url=None)))
    failed = as_json({"type": "failed", "error": "it broke"})
    service.on_task("sonic", ONE, half, failed)
    async with tracking(service.api_url, tmp_path) as rig:
        seen: list[list[ClipState]] = []
        rig.library.changed.connect(lambda _: seen.append([]))
        [task] = await rig.settle(*refs(1, product=Product.SONIC))
        assert len(seen) >= 3  # added, half, failed
        assert task.state is TaskState.PARTIAL
        assert task.error
        assert "good" in [clip.clip_id for clip in task.clips if clip.ready]


async def test_the_library_is_written_only_when_something_changed(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        changes: list[Change] = []
        rig.library.changed.connect(changes.append)
        await rig.tracker.add(refs(1))
        await until(lambda: len(service.requests) >= 8)
        assert len(changes) == 2  # added, and that it runs


async def test_errors_in_a_row_are_counted_until_an_answer(service: Service, tmp_path: Path) -> None:
    counted: list[int] = []

    def next_ask(product: Product | None, age_s: float, errors: int) -> float:
        counted.append(errors)
        return 0.01

    page = Reply(200, b"<html>busy</html>")
    service.on_task("producer", ONE, TROUBLE, page, Reply(200, b"{"), NOT_READY, TROUBLE, done())
    async with tracking(service.api_url, tmp_path, next_ask=next_ask) as rig:
        await rig.settle(*refs(1))
    assert counted == [1, 2, 3, 0, 1]


async def test_what_is_being_done_is_told(service: Service, tmp_path: Path) -> None:
    answer = Event()

    def wait(request: Request) -> Reply:
        answer.wait(LIMIT_S)
        return TROUBLE

    service.on_task("producer", ONE, wait)
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 30.0) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: service.requests)
        asking = rig.tracker.asking(ONE)
        assert asking is not None
        assert asking.asking
        assert asking.next_at is None
        answer.set()
        await until(lambda: (asking := rig.tracker.asking(ONE)) and asking.note)
        asking = rig.tracker.asking(ONE)
        assert asking is not None
        assert asking.asked_at is not None
        assert asking.next_at is not None
        assert not asking.asking
        assert "oops" in asking.note
        assert 25 < asking.next_at - asking.asked_at < 35
