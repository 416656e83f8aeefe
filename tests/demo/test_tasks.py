"""The demo's tasks, as the program's own decoder and intake understand them."""

from __future__ import annotations

import json

import pytest

from aimusic_desktop.api.decode import Outcome, decode_task
from aimusic_desktop.api.errors import ProductRetired
from aimusic_desktop.demo.server import DemoService
from aimusic_desktop.demo.songs import load_songs
from aimusic_desktop.demo.tasks import REFUND, DemoTask, demo_tasks
from aimusic_desktop.model import ClipState, Product, TaskState
from aimusic_desktop.tracking.intake import find_tasks

TASKS = demo_tasks(load_songs(), "http://127.0.0.1:8000/media")
LONG_AFTER_S = 1e6


def outcome(task: DemoTask, age_s: float) -> Outcome:
    reply = task.reply(age_s)
    return decode_task(
        task.task_id, task.product, reply.status, {}, json.dumps(reply.body).encode(), api_is_loopback=True
    )


def states(age_s: float) -> list[TaskState]:
    return [outcome(task, age_s).state for task in TASKS if task.product is not Product.NURO]


def test_there_is_one_of_each_kind_when_all_have_settled() -> None:
    settled = states(LONG_AFTER_S)
    assert settled.count(TaskState.FAILED) == 1
    assert settled.count(TaskState.PARTIAL) == 1
    assert settled.count(TaskState.SUCCEEDED) == len(settled) - 2


def test_some_are_ready_at_once_and_some_take_their_time() -> None:
    assert states(0).count(TaskState.RUNNING) == 5
    assert states(20) == states(LONG_AFTER_S)


def test_every_song_belongs_to_one_clip() -> None:
    clips = [clip for task in TASKS[:-1] for clip in outcome(task, LONG_AFTER_S).clips if clip.ready]
    assert sorted(clip.clip_id for clip in clips) == sorted(song.clip_id for song in load_songs().values())
    assert len({clip.clip_id for clip in clips}) == len(clips)
    songs = {song.clip_id: song for song in load_songs().values()}
    for clip in clips:
        song = songs[clip.clip_id]
        assert (clip.title, clip.style, clip.lyrics) == (song.title, song.style, song.lyrics)
        assert (clip.model, clip.seed, clip.duration_s) == (song.model, song.seed, song.duration_s)


def test_a_half_finished_task_has_one_song_ready_and_one_running() -> None:
    half = next(
        task
        for task in TASKS
        if task.product is Product.SONIC and len(task.stages) == 2 and task.reply(0).status == 200
    )
    assert [clip.state for clip in outcome(half, 14.9).clips] == [ClipState.SUCCEEDED, ClipState.RUNNING]
    assert [clip.ready for clip in outcome(half, 15).clips] == [True, True]


def test_a_task_fails_with_the_refund_in_its_sentence() -> None:
    assert REFUND in [outcome(task, LONG_AFTER_S).error for task in TASKS[:-1]]


def test_the_last_one_is_retired() -> None:
    with pytest.raises(ProductRetired):
        outcome(TASKS[-1], 0)


def test_the_paste_holds_every_task_in_order() -> None:
    demo = DemoService()
    demo.stop()
    found = find_tasks(demo.intake_text)
    assert tuple(ref.task_id for ref in found.refs) == demo.task_ids
    assert found.rejected == ()
    named = [ref.product for ref in found.refs if ref.product]
    assert named == [Product.SONIC, Product.NURO]
