"""The tracker on real parts: what it asks, when, and what it writes down."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from threading import Event

import pytest

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.api.errors import KeyRefused, TaskNotFound
from aimusic_desktop.library.store import Change
from aimusic_desktop.model import ClipState, Product, TaskState
from aimusic_desktop.tracking.connection import ConnectionState
from aimusic_desktop.tracking.tracker import REQUESTS_AT_ONCE, STARTS_PER_S
from tests.support.api import clip, finished
from tests.support.service import Reply, Request, Service, as_json
from tests.support.tracking import (
    NOT_FOUND,
    NOT_READY,
    TROUBLE,
    done,
    id_of,
    refs,
    tracking,
    until,
)

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
    service.on_task("producer", ONE, *[NOT_READY] * 5, done())
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 0.1, starts_per_s=100) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: service.requests)
        await rig.tracker.add(refs(*range(2, 3_000)))
        await until(lambda: rig.settled)
        assert len(service.requests) < 1_500


async def test_no_more_requests_start_than_the_rate_allows(service: Service, tmp_path: Path) -> None:
    service.fallback = done()
    async with tracking(service.api_url, tmp_path, starts_per_s=50) as rig:
        begun = time.monotonic()
        await rig.settle(*refs(*range(20)))
        assert time.monotonic() - begun >= 19 / 50


async def test_a_bare_id_is_tried_on_each_product_and_the_right_one_remembered(
    service: Service, tmp_path: Path
) -> None:
    refusal = as_json({"type": "validation_error", "error": "bad parameter"}, 400)
    service.on_task("producer", ONE, refusal)
    service.on_task("sonic", ONE, NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1, product=None))
        await until(lambda: len(service.requests) >= 4)
        assert (await rig.task(ONE)).product is Product.SONIC
    asked = [path.split("/")[3] for path in service.paths()]
    assert asked == ["producer"] + ["sonic"] * (len(asked) - 1)


async def test_a_task_no_product_knows_is_not_found(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=None))
        assert (task.state, task.product) == (TaskState.NOT_FOUND, None)
        assert task.error
        assert [path.split("/")[3] for path in service.paths()] == ["producer", "sonic", "riffusion"]


async def test_a_bare_id_that_all_products_retired_says_so(service: Service, tmp_path: Path) -> None:
    service.fallback = as_json({"error": "gone"}, 410)
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=None))
        assert (task.state, task.product) == (TaskState.FAILED, None)
        assert "retired" in str(task.error)
        assert len(service.requests) == 3


@pytest.mark.parametrize("trouble", [TROUBLE, Reply(200, b"<html>busy</html>"), Reply(200)])
async def test_a_product_in_trouble_does_not_keep_a_bare_id_from_the_others(
    service: Service, tmp_path: Path, trouble: Reply
) -> None:
    service.on_task("producer", ONE, trouble)
    service.on_task("riffusion", ONE, done("a", "b"))
    service.on_task("producer", id_of(2), trouble, NOT_FOUND)
    async with tracking(service.api_url, tmp_path, starts_per_s=100) as rig:
        found, unknown = await rig.settle(*refs(1, 2, product=None))
        assert (found.state, found.product) == (TaskState.SUCCEEDED, Product.RIFFUSION)
        assert unknown.state is TaskState.NOT_FOUND
    asked = [path.split("/")[3] for path in service.paths() if path.endswith(id_of(2))]
    assert asked == ["producer", "sonic", "riffusion", "producer"]


@pytest.mark.parametrize("status", [402, 403])
async def test_a_refusal_ends_the_search_for_a_bare_id(service: Service, tmp_path: Path, status: int) -> None:
    service.on_task("producer", ONE, as_json({"error": "no way"}, status))
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=None))
        assert task.state is TaskState.FAILED
        assert len(service.requests) == 1


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


async def test_a_tracker_that_resumes_nothing_asks_about_what_it_is_given_only(
    service: Service, tmp_path: Path
) -> None:
    service.fallback = NOT_READY
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1, 2))
    service.requests.clear()
    async with tracking(service.api_url, tmp_path, resume=False) as rig:
        await rig.tracker.add(refs(2, 3))
        await until(lambda: len(service.requests) > 8)
        assert rig.tracker.working == 2
    assert {path.rpartition("/")[2] for path in service.paths()} == {id_of(2), id_of(3)}


def test_a_hundred_requests_start_a_second() -> None:
    assert (STARTS_PER_S, REQUESTS_AT_ONCE) == (100, 8)


async def test_a_link_names_the_one_product_that_is_asked(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=Product.SONIC))
        assert task.state is TaskState.NOT_FOUND
        assert service.paths() == [f"/api/v1/sonic/task/{ONE}"]


async def test_a_waiting_bare_id_learns_its_product_from_a_link_given_later(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("sonic", ONE, done())
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 0.1) as rig:
        service.on_task("producer", ONE, TROUBLE)
        await rig.tracker.add(refs(1, product=None))
        await until(lambda: service.requests)
        _, known = await rig.tracker.add(refs(1, product=Product.SONIC))
        assert known == [ONE]
        await until(lambda: rig.settled)
        assert rig.settled[0].product is Product.SONIC


async def test_nuro_says_that_it_was_retired(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=Product.NURO))
        assert task.state is TaskState.FAILED
        assert task.error is not None
        assert "Nuro was retired" in task.error


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
        answer.wait(5)
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


async def test_a_task_times_out_after_thirty_minutes_of_bad_answers(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY)
    service.on_task("producer", id_of(2), TROUBLE)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1, 2))
        await until(lambda: len(service.requests) >= 6)
        assert rig.settled == []
        rig.ahead_s = 1801
        await until(lambda: len(rig.settled) == 2)
        assert {task.state for task in rig.settled} == {TaskState.TIMED_OUT}
        assert "oops" in str((await rig.task(id_of(2))).error)


async def test_a_task_that_finished_while_nobody_asked_is_finished_however_late(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", ONE, NOT_READY, done())
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 600.0) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: service.requests)
    async with tracking(service.api_url, tmp_path, ahead_s=1801.0) as rig:
        await until(lambda: rig.settled)
        assert rig.settled[0].state is TaskState.SUCCEEDED


async def test_looking_up_again_starts_a_new_thirty_minutes(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1))
        rig.ahead_s = 1801
        await until(lambda: rig.settled)
        await rig.tracker.look_up_again([ONE, id_of(99)])
        assert not (await rig.task(ONE)).state.settled
        asked = len(service.requests)
        await until(lambda: len(service.requests) > asked + 3)
        service.on_task("producer", ONE, done())
        await until(lambda: len(rig.settled) == 2)
        task = await rig.task(ONE)
        assert (task.state, task.error) == (TaskState.SUCCEEDED, None)


@pytest.mark.parametrize("answer", [NOT_FOUND, NOT_READY, as_json({"type": "failed", "error": "no"})])
async def test_looking_up_a_finished_task_again_loses_nothing(
    service: Service, tmp_path: Path, answer: Reply
) -> None:
    service.on_task("producer", ONE, done(), answer)
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1))
        await rig.tracker.look_up_again([ONE])
        await until(lambda: len(rig.settled) == 2)
        again = await rig.task(ONE)
        assert (again.state, again.error, again.clips) == (task.state, None, task.clips)


async def test_a_waiting_task_is_looked_up_at_once_when_wanted_again(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", ONE, NOT_READY, done())
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 600.0) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: (asking := rig.tracker.asking(ONE)) and asking.next_at)
        await rig.tracker.look_up_again([ONE])
        await until(lambda: rig.settled)


async def test_looking_up_now_gives_fresh_links_and_is_shared(service: Service, tmp_path: Path) -> None:
    fresh = as_json(finished(clip(audio_url="https://cdn.example/fresh.m4a")))
    service.on_task("producer", ONE, done(), Reply(200, fresh.body, fresh.headers, stall_s=0.2))
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.settle(*refs(1))
        tasks = await asyncio.gather(*(rig.tracker.look_up_now(ONE) for _ in range(5)))
        assert {task.clips[0].audio_url for task in tasks} == {"https://cdn.example/fresh.m4a"}
        assert await rig.task(ONE) == tasks[0]
        assert len(service.requests) == 2


async def test_one_who_gives_up_waiting_does_not_stop_the_others(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, done(), Reply(200, done().body, stall_s=0.2))
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.settle(*refs(1))
        first, second = (asyncio.create_task(rig.tracker.look_up_now(ONE)) for _ in range(2))
        await until(lambda: len(service.requests) == 2)
        first.cancel()
        assert (await second).task_id == ONE


async def test_looking_up_now_says_what_is_wrong(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.settle(*refs(1))
        with pytest.raises(TaskNotFound):
            await rig.tracker.look_up_now(ONE)
        with pytest.raises(TaskNotFound, match="no longer in the library"):
            await rig.tracker.look_up_now(id_of(2))
        rig.connection.report(KeyRefused())
        with pytest.raises(KeyRefused):
            await rig.tracker.look_up_now(ONE)


async def test_looking_up_now_settles_a_task_that_is_followed(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", ONE, NOT_READY, done())
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 600.0) as rig:
        await rig.tracker.add(refs(1))
        await until(lambda: (asking := rig.tracker.asking(ONE)) and asking.next_at)
        await rig.tracker.look_up_now(ONE)
        assert [task.task_id for task in rig.settled] == [ONE]
        assert rig.tracker.working == 0


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


async def test_closing_does_not_wait_for_requests_that_hang(service: Service, tmp_path: Path) -> None:
    service.fallback = Reply(stall_s=20)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(*range(20)))
        await until(lambda: service.active == 8)
        hanging = asyncio.create_task(rig.tracker.look_up_now(ONE))
        await asyncio.sleep(0)
        begun = time.monotonic()
        await rig.tracker.close()
        assert time.monotonic() - begun < 2
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
