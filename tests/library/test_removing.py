"""Removing, undoing it, and forgetting for good."""

from __future__ import annotations

import time
from pathlib import Path

from aimusic_desktop.library.store import Change, Counts, Query
from aimusic_desktop.library.writing import PURGE_AFTER_S
from aimusic_desktop.model import TaskState
from tests.support.library import clip_of, id_of, in_its_thread, library_at, refs, task_of

PAIR = task_of(1, clip_of(id_of(1), "a"), clip_of(id_of(1), "b", index=1), state=TaskState.RUNNING)


async def test_a_removed_row_is_gone_everywhere_and_undone_to_the_same_place(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(PAIR)
        await library.add(refs(2), 1.0)
        before = await library.order(Query())
        removal = await library.remove(before)
        assert removal.task_ids == {id_of(1), id_of(2)}
        assert sorted(removal.row_ids) == sorted(before)
        assert await library.order(Query()) == []
        assert await library.counts() == Counts()
        assert await library.unfinished() == []
        assert await library.rows(before) == await library.rows_of([id_of(1)]) == []
        await library.restore(removal)
        assert await library.order(Query()) == before
        assert [task.task_id for task in await library.unfinished()] == [id_of(1), id_of(2)]


async def test_a_task_with_a_row_left_goes_on_without_the_removed_clip(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(PAIR)
        first, second = await library.order(Query())
        removal = await library.remove([first, 99])
        assert (removal.row_ids, removal.task_ids) == ((first,), frozenset())
        assert await library.order(Query()) == [second]
        task = await library.task(id_of(1))
        assert task is not None
        assert task.clips == PAIR.clips[1:]


async def test_undo_brings_back_only_what_it_removed(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(PAIR)
        first, second = await library.order(Query())
        earlier = await library.remove([first])
        later = await library.remove([first, second])
        assert later.row_ids == (second,)
        await library.restore(later)
        await library.restore(later)
        assert await library.order(Query()) == [second]
        await library.restore(earlier)
        assert await library.order(Query()) == [first, second]


async def test_removing_and_restoring_tell_which_tasks_changed(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(PAIR)
        changes: list[Change] = []
        library.changed.connect(changes.append)
        removal = await library.remove(await library.order(Query()))
        await library.restore(removal)
        await library.restore(removal)
        await library.remove([])
        assert changes == [Change(frozenset([id_of(1)]))] * 2


async def test_forgets_a_removed_task_after_thirty_days_but_no_clip_of_one_that_stays(path: Path) -> None:
    async with library_at(path) as library:
        for number in (1, 2, 3):
            clips = [clip_of(id_of(number), name, index=index) for index, name in enumerate("ab")]
            await library.save(task_of(number, *clips), b"{}")
        rows = {
            number: [row.row_id for row in await library.rows_of([id_of(number)])] for number in (1, 2, 3)
        }
        await library.remove([*rows[1], rows[2][0], *rows[3]])
        old, young = time.time() - PURGE_AFTER_S - 60, time.time() - PURGE_AFTER_S + 60
        await in_its_thread(
            library, lambda db: db.execute("UPDATE song SET removed_at = ? WHERE removed_at", [old])
        )
        await in_its_thread(
            library,
            lambda db: db.execute("UPDATE song SET removed_at = ? WHERE row_id = ?", [young, rows[3][1]]),
        )
    async with library_at(path) as library:
        assert await library.add(refs(1), 1.0) == ([id_of(1)], [])
        assert [row.clip for row in await library.rows_of([id_of(1)])] == [None]
        assert await library.answer(id_of(1)) is None
        await library.save(task_of(2, clip_of(id_of(2), "a"), clip_of(id_of(2), "b", index=1)))
        assert [row.row_id for row in await library.rows_of([id_of(2)])] == rows[2][1:]
        await library.add(refs(3), 1.0)
        assert [row.row_id for row in await library.rows_of([id_of(3)])] == rows[3]


async def test_a_row_id_is_never_given_twice(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1, 2), 1.0)
        await in_its_thread(library, lambda db: db.execute("UPDATE song SET removed_at = 1.0 WHERE task = 2"))
        [kept] = await library.order(Query())
    async with library_at(path) as library:
        await library.add(refs(3), 2.0)
        assert await library.order(Query(descending=False)) == [kept, kept + 2]
