"""Looking up again and at once, on real parts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aimusic_desktop.api.errors import KeyRefused, TaskNotFound
from aimusic_desktop.model import TaskState
from tests.support.api import clip, finished
from tests.support.service import Reply, Service, as_json
from tests.support.tracking import NOT_FOUND, NOT_READY, TROUBLE, done, id_of, refs, tracking
from tests.support.waiting import until

ONE = id_of(1)


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
