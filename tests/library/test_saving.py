"""What the service answered: every clip has its row, and what the user has is not lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.library.store import Change, Query
from aimusic_desktop.model import Clip, ClipState, Group, MusicTask, Product, TaskState
from tests.support.library import clip_of, id_of, in_its_thread, library_at, refs, task_of

ID = id_of(1)
A = clip_of(ID, "a")
B = clip_of(ID, "b", index=1)
RUNNING_B = clip_of(ID, "b", index=1, state=ClipState.RUNNING, audio_url=None)

WHOLE = MusicTask(
    task_id=ID,
    product=Product.PRODUCER,
    state=TaskState.PARTIAL,
    error="One of two clips failed.",
    added_at=1.5,
    tracked_since=2.5,
    settled_at=3.5,
    clips=(
        Clip(
            task_id=ID,
            clip_id="74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
            product=Product.PRODUCER,
            title="City Lights",
            style="emotional pop with gentle piano",
            lyrics="[Verse 1]\nI've been running in circles...",
            model="FUZZ-2.0 Pro",
            seed="3966900172",
            created_at="2025-10-01T08:49:47.934443Z",
            duration_s=185.02,
            image_url="https://media.example/cover.jpg",
            audio_url="https://media.example/song.m4a",
            wav_url="https://media.example/song.wav",
            video_url="https://media.example/song.mp4",
            state=ClipState.SUCCEEDED,
        ),
        Clip(
            task_id=ID,
            clip_id="b",
            index=1,
            product=Product.PRODUCER,
            state=ClipState.FAILED,
            error="Refused.",
        ),
    ),
)


async def test_gives_back_every_fact_of_a_task_also_after_opening_again(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(WHOLE)
        assert await library.task(ID) == WHOLE
    async with library_at(path) as library:
        assert await library.task(ID) == WHOLE


async def test_rows_leave_the_lyrics_out_and_a_clip_has_them(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(WHOLE)
        first, second = await library.rows_of([ID])
        assert first.clip == replace(WHOLE.clips[0], lyrics="")
        assert (first.group, second.group) == (Group.READY, Group.FAILED)
        assert (first.task_state, first.task_error) == (WHOLE.state, WHOLE.error)
        assert await library.clip(first.row_id) == WHOLE.clips[0]


async def test_the_first_clip_takes_the_row_of_its_task_and_all_keep_theirs(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1), 1.0)
        [placeholder] = await library.order(Query())
        assert await library.clip(placeholder) is None
        await library.save(
            task_of(1, replace(A, state=ClipState.RUNNING), RUNNING_B, state=TaskState.RUNNING)
        )
        first, second = await library.order(Query())
        assert first == placeholder
        await library.save(task_of(1, replace(B, index=0), replace(A, index=1)))
        assert await library.order(Query()) == [second, first]
        clip = await library.clip(first)
        assert clip is not None
        assert clip.clip_id == "a"


async def test_a_clip_under_a_new_id_takes_the_row_of_an_unfinished_one_that_is_gone(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, RUNNING_B, state=TaskState.RUNNING))
        rows = await library.order(Query())
        await library.save(task_of(1, A, clip_of(ID, "c", index=1)))
        assert await library.order(Query()) == rows
        assert [row.clip and row.clip.clip_id for row in await library.rows(rows)] == ["a", "c"]


async def test_a_finished_clip_left_out_of_an_answer_is_kept(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, B))
        await library.save(task_of(1, clip_of(ID, "c", index=2)))
        task = await library.task(ID)
        assert task is not None
        assert [clip.clip_id for clip in task.clips] == ["a", "b", "c"]


@pytest.mark.parametrize("state", [TaskState.RUNNING, TaskState.NOT_FOUND])
async def test_a_task_whose_unfinished_clips_are_gone_still_has_a_row(path: Path, state: TaskState) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, RUNNING_B, state=TaskState.RUNNING))
        first, second = await library.order(Query())
        await library.remove([first])
        await library.save(task_of(1, state=state))
        [row] = await library.rows_of([ID])
        assert (row.row_id, row.clip) == (second, None)
        assert row.group is (Group.FAILED if state.settled else Group.WORKING)


async def test_a_removed_clip_stays_removed_when_it_is_answered_again(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, B))
        first, second = await library.order(Query())
        await library.remove([first])
        await library.save(task_of(1, A, B, clip_of(ID, "c", index=2)))
        task = await library.task(ID)
        assert task is not None
        assert [clip.clip_id for clip in task.clips] == ["b", "c"]
        assert await library.clip(first) is None
        assert (await library.order(Query()))[0] == second


async def test_what_a_removed_task_still_brings_comes_back_only_with_its_undo(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1), 1.0)
        removal = await library.remove(await library.order(Query()))
        await library.save(task_of(1, A, B))
        assert await library.order(Query()) == []
        assert await library.task(ID) is None
        await library.restore(removal)
        assert [row.clip and row.clip.clip_id for row in await library.rows_of([ID])] == ["a", "b"]


async def test_an_undo_brings_a_task_back_whatever_was_answered_meanwhile(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, RUNNING_B, state=TaskState.RUNNING))
        first = await library.remove((await library.order(Query()))[:1])
        await library.save(task_of(1, state=TaskState.RUNNING))
        second = await library.remove(await library.order(Query()))
        await library.save(task_of(1, state=TaskState.RUNNING))
        await library.restore(second)
        assert [row.clip for row in await library.rows_of([ID])] == [None]
        await library.restore(first)
        assert [row.clip and row.clip.clip_id for row in await library.rows_of([ID])] == ["a"]


async def test_a_task_in_sight_stays_so_beside_a_placeholder_that_was_removed(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(
            task_of(1, replace(A, state=ClipState.RUNNING), RUNNING_B, state=TaskState.RUNNING)
        )
        first = await library.remove((await library.order(Query()))[1:])
        await library.save(task_of(1, state=TaskState.RUNNING))
        second = await library.remove(await library.order(Query()))
        await library.restore(first)
        await library.save(task_of(1, state=TaskState.RUNNING))
        assert len(await library.rows_of([ID])) == 1
        await library.restore(second)
        assert len(await library.rows_of([ID])) == 1


async def test_a_product_once_known_is_not_forgotten(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, product=Product.SONIC))
        await library.save(task_of(1, A))
        task = await library.task(ID)
        assert task is not None
        assert task.product is task.clips[0].product is Product.SONIC


async def test_a_row_counts_under_the_chip_its_facts_say(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, RUNNING_B, state=TaskState.RUNNING))
        for group, number in ((Group.READY, 1), (Group.WORKING, 1), (Group.FAILED, 0)):
            rows = await library.rows(await library.order(Query(group=group)))
            assert [row.group for row in rows] == [group] * number
        await library.save(task_of(1, A, RUNNING_B, state=TaskState.TIMED_OUT))
        counts = await library.counts()
        assert (counts.all, counts.working, counts.ready, counts.failed) == (2, 0, 1, 1)


async def test_keeps_the_last_answer_as_it_came(path: Path) -> None:
    async with library_at(path) as library:
        assert await library.answer(ID) is None
        await library.save(task_of(1), '{"title": "Straße"}'.encode())
        await library.save(task_of(1))
        assert await library.answer(ID) == '{"title": "Straße"}'
        await library.save(task_of(1), b"<html>\xff")
        assert await library.answer(ID) == "<html>�"
        await in_its_thread(library, lambda db: db.execute("UPDATE answer SET body = x'00ff'"))
        assert await library.answer(ID) is None


async def test_saving_tells_which_task_changed(path: Path) -> None:
    async with library_at(path) as library:
        changes: list[Change] = []
        library.changed.connect(changes.append)
        await library.save(task_of(1))
        assert changes == [Change(frozenset([ID]))]


async def test_text_that_is_no_unicode_is_saved_all_the_same(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, clip_of(ID, "a\ud800", title="x\ud800\0y"), error="\udfff"))
        await library.save(task_of(1, clip_of(ID, "a\ud800", title="x\ud800\0y"), error="\udfff"))
        task = await library.task(ID)
        assert task is not None
        assert (task.error, [clip.title for clip in task.clips]) == ("?", ["x?\0y"])
