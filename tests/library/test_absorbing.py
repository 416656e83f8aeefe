"""Taking in another library: what is known is never worsened, and everything comes over."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimusic_desktop.library import alignments, reading
from aimusic_desktop.library.absorbing import absorb
from aimusic_desktop.library.store import Absorbed, Change, LibraryError, Query
from aimusic_desktop.model import (
    Alignment,
    Clip,
    ClipState,
    Conversion,
    ConversionState,
    MusicTask,
    Product,
    SaveFormat,
    TaskState,
    TimedWord,
)
from tests.support.library import clip_of, id_of, in_its_thread, library_at, refs, task_of, throwaway

ID = id_of(1)
A = clip_of(ID, "a", title="Mine")
B = clip_of(ID, "b", index=1)
RUNNING_A = replace(A, state=ClipState.RUNNING, audio_url=None)

NUMBERS = st.integers(1, 3)


@st.composite
def tasks(draw: st.DrawFn) -> list[MusicTask]:
    numbers = draw(st.lists(NUMBERS, max_size=3, unique=True))
    return [draw(tasks_of(number)) for number in numbers]


@st.composite
def tasks_of(draw: st.DrawFn, number: int) -> MusicTask:
    product = draw(st.sampled_from(Product))
    names = draw(st.lists(st.sampled_from("abc"), max_size=3, unique=True))
    clips = [
        clip_of(
            id_of(number),
            name,
            index=index,
            product=product,
            title=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=5)),
            duration_s=draw(st.none() | st.floats(0, 900)),
            state=draw(st.sampled_from(ClipState)),
        )
        for index, name in enumerate(names)
    ]
    moments = st.floats(0, 1e10)
    return task_of(
        number,
        *clips,
        product=product,
        state=draw(st.sampled_from(TaskState)),
        added_at=draw(moments),
        tracked_since=draw(moments),
        settled_at=draw(st.none() | moments),
    )


@given(tasks())
@settings(max_examples=40)
def test_an_empty_library_becomes_the_same(theirs: list[MusicTask]) -> None:
    with throwaway() as db:
        result, changed = absorb(db, theirs, 1.0, {})
        assert reading.everything(db, None) == theirs
        assert result == Absorbed(len(theirs), 0)
        assert changed == {task.task_id for task in theirs}
        assert absorb(db, theirs, 2.0, {}) == (Absorbed(0, len(theirs)), frozenset())


@given(tasks(), tasks())
@settings(max_examples=60)
def test_nothing_known_is_lost_or_worsened(mine: list[MusicTask], theirs: list[MusicTask]) -> None:
    with throwaway() as db:
        absorb(db, mine, 1.0, {})
        absorb(db, theirs, 2.0, {})
        after = {task.task_id: task for task in reading.everything(db, None)}
        assert after.keys() == {task.task_id for task in [*mine, *theirs]}
        for task in mine:
            assert after[task.task_id].added_at == task.added_at
            assert not (after[task.task_id].state is TaskState.PENDING and task.state.settled)
            clips = by_id(after[task.task_id])
            for clip in task.clips:
                assert clips[clip.clip_id] == clip or clip.state is not ClipState.SUCCEEDED
                assert clips[clip.clip_id].state.settled or not clip.state.settled
        for task in theirs:
            clips = by_id(after[task.task_id])
            for clip in task.clips:
                ready = clip.state is ClipState.SUCCEEDED
                assert not ready or clips[clip.clip_id].state is ClipState.SUCCEEDED
        again, changed = absorb(db, theirs, 3.0, {})
        assert (again.added, changed) == (0, frozenset())


def by_id(task: MusicTask) -> dict[str, Clip]:
    return {clip.clip_id: clip for clip in task.clips}


async def test_the_window_hears_of_what_changed_only(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A))
        changes: list[Change] = []
        library.changed.connect(changes.append)
        assert await library.absorb([task_of(1, A)], 5.0) == Absorbed(0, 1)
        assert changes == []
        await library.absorb([task_of(1, A), task_of(2)], 5.0)
        assert changes == [Change(frozenset([id_of(2)]))]


async def test_a_task_further_there_is_taken_and_keeps_its_rows(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1), 1.0)
        [row] = await library.order(Query())
        await library.absorb([task_of(1, A, B, product=Product.SONIC, settled_at=3.0)], 5.0)
        task = await library.task(ID)
        assert task is not None
        assert (task.state, task.product, task.added_at, task.settled_at) == (
            TaskState.SUCCEEDED,
            Product.SONIC,
            1.0,
            3.0,
        )
        assert (await library.order(Query()))[0] == row
        assert (await library.counts()).ready == 2


@pytest.mark.parametrize("state", [TaskState.NOT_FOUND, TaskState.TIMED_OUT, TaskState.PENDING])
async def test_a_task_still_made_here_is_not_given_up_for_an_import(path: Path, state: TaskState) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, RUNNING_A, state=TaskState.RUNNING))
        await library.absorb([task_of(1, state=state)], 5.0)
        assert [task.state for task in await library.unfinished()] == [TaskState.RUNNING]


async def test_a_selection_of_a_finished_task_leaves_one_unfinished_here_to_be_asked_about(
    path: Path,
) -> None:
    async with library_at(path) as library:
        running_b = replace(B, state=ClipState.RUNNING)
        await library.save(task_of(1, RUNNING_A, running_b, state=TaskState.RUNNING))
        await library.absorb([task_of(1, A)], 5.0)
        [task] = await library.unfinished()
        assert [clip.state for clip in task.clips] == [ClipState.SUCCEEDED, ClipState.RUNNING]


async def test_removed_songs_come_back_those_that_are_imported(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, A, B, added_at=1.0))
        rows = await library.order(Query())
        await library.remove(rows)
        assert await library.absorb([task_of(1, A)], 5.0) == Absorbed(1, 0)
        assert await library.order(Query()) == rows[:1]
        assert await library.absorb([task_of(1, B)], 5.0) == Absorbed(0, 1)
        assert await library.order(Query()) == rows
        task = await library.task(ID)
        assert task is not None
        assert (task.added_at, task.clips) == (1.0, (A, B))


@pytest.mark.parametrize("clips", [(), (A,)])
async def test_a_removed_task_that_was_never_answered_comes_back_and_is_asked_about_afresh(
    path: Path, clips: tuple[Clip, ...]
) -> None:
    async with library_at(path) as library:
        await library.add(refs(1), 1.0)
        await library.remove(await library.order(Query()))
        await library.absorb([task_of(1, *clips, state=TaskState.RUNNING)], 5.0)
        [task] = await library.unfinished()
        assert (task.tracked_since, task.clips) == (5.0, clips)
        assert len(await library.rows_of([ID])) == 1


async def test_a_removed_task_comes_back_without_the_row_that_stood_for_its_songs(path: Path) -> None:
    async with library_at(path) as library:
        running_b = replace(B, state=ClipState.RUNNING)
        await library.save(task_of(1, RUNNING_A, running_b, state=TaskState.RUNNING))
        await library.remove((await library.order(Query()))[:1])
        await library.save(task_of(1, state=TaskState.RUNNING))
        await library.remove(await library.order(Query()))
        await library.absorb([task_of(1)], 5.0)
        assert [row.clip and row.clip.clip_id for row in await library.rows_of([ID])] == ["a"]


async def test_all_come_or_none(path: Path) -> None:
    when = "BEFORE INSERT ON song WHEN new.title = 'bad'"
    refuse = f"CREATE TRIGGER refuse {when} BEGIN SELECT raise(ABORT, ''); END"
    async with library_at(path) as library:
        await in_its_thread(library, lambda db: db.execute(refuse).fetchall())
        with pytest.raises(LibraryError):
            await library.absorb([task_of(1, A), task_of(2, clip_of(id_of(2), title="bad"))], 5.0)
        assert await library.everything(None) == []


async def test_what_sqlite_cannot_hold_comes_as_far_as_it_can(path: Path) -> None:
    odd = clip_of(ID, "a\ud800", index=10**30, title="\ud800", audio_url=None, duration_s=math.nan)
    async with library_at(path) as library:
        for _ in range(2):
            await library.absorb([task_of(1, odd, added_at=math.nan, tracked_since=math.inf)], 5.0)
        [task] = await library.everything(None)
        assert (task.added_at, task.tracked_since) == (5.0, 5.0)
        assert [(clip.title, clip.duration_s) for clip in task.clips] == [("?", None)]


async def test_answers_come_for_tasks_that_have_none(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1), b'{"mine": 1}')
        answers = {ID: '{"theirs": 1}', id_of(2): '{"theirs": 2}', id_of(3): "nobody's"}
        await library.absorb([task_of(1), task_of(2)], 5.0, answers)
        assert await library.answer(ID) == '{"mine": 1}'
        assert await library.answer(id_of(2)) == '{"theirs": 2}'
        assert await library.answer(id_of(3)) is None


async def test_everything_of_a_selection_is_its_songs_whole_as_they_are_ordered(path: Path) -> None:
    async with library_at(path) as library:
        whole_b = replace(B, lyrics="la la")
        await library.save(task_of(1, A, whole_b))
        await library.save(task_of(2, clip_of(id_of(2), "c")))
        await library.save(task_of(3))
        first, second, third, fourth = await library.order(Query(descending=False))
        chosen = await library.everything([fourth, third, second, 999])
        assert [task.task_id for task in chosen] == [id_of(3), id_of(2), ID]
        assert [task.clips for task in chosen] == [(), (clip_of(id_of(2), "c"),), (whole_b,)]
        await library.remove([first])
        assert [len(task.clips) for task in await library.everything(None)] == [1, 1, 0]
        assert await library.everything([first]) == await library.everything([]) == []


def conversion_of(state: ConversionState, asked_at: float, conversion_id: str) -> Conversion:
    return Conversion(
        task_id=ID,
        clip_id="a",
        format=SaveFormat.WAV,
        product=Product.SONIC,
        state=state,
        conversion_id=conversion_id,
        asked_at=asked_at,
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "taken"),
    [
        *(("failed", "done", True), ("failed", "running", False), ("failed", "failed", False)),
        *(("asked", "running", True), ("unknown", "running", True), ("unknown", "failed", False)),
        *(("running", "done", True), ("running", "unknown", False), ("running", "failed", False)),
        *(("done", state, False) for state in ConversionState),
    ],
)
async def test_what_was_paid_for_here_or_there_is_known(
    path: Path, mine: ConversionState, theirs: ConversionState, taken: bool
) -> None:
    ours = conversion_of(ConversionState(mine), 2.0, "ours")
    other = conversion_of(ConversionState(theirs), 1.0, "other")
    async with library_at(path) as library:
        await library.save_conversion(ours)
        await library.absorb([task_of(1, A)], 5.0, {}, [other, replace(other, clip_id="b")])
        assert await library.conversion(ID, "a", SaveFormat.WAV) == (other if taken else ours)
        assert await library.conversion(ID, "b", SaveFormat.WAV) == replace(other, clip_id="b")


@pytest.mark.parametrize("theirs", ["asked", "running", "unknown"])
async def test_one_that_failed_here_and_was_asked_for_again_there_is_taken(
    path: Path, theirs: ConversionState
) -> None:
    again = conversion_of(ConversionState(theirs), 3.0, "other")
    async with library_at(path) as library:
        await library.save_conversion(conversion_of(ConversionState.FAILED, 2.0, "ours"))
        await library.absorb([task_of(1, A)], 5.0, {}, [again])
        assert await library.conversions() == [again]


@pytest.mark.parametrize(
    ("mine", "theirs", "taken"),
    [
        *(("failed", "done", True), ("asked", "done", True), ("unknown", "done", True)),
        *(("done", "done", False), ("done", "failed", False), ("unknown", "asked", False)),
    ],
)
def test_when_words_are_sung_is_known_from_there(mine: str, theirs: str, taken: bool) -> None:
    words = (TimedWord("Hey", 1.0, 2.0),)
    ours = Alignment(task_id=ID, clip_id="a", state=ConversionState(mine), asked_at=2.0)
    other = Alignment(task_id=ID, clip_id="a", state=ConversionState(theirs), words=words, asked_at=1.0)
    new = replace(other, clip_id="b")
    with throwaway() as db:
        alignments.save(db, ours)
        absorb(db, [task_of(1, A)], 5.0, {}, (), [other, new])
        assert alignments.one(db, ID, "a") == (other if taken else ours)
        assert alignments.one(db, ID, "b") == new
