"""Task ids given to the library: written down at once, and never lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.library.store import Change, LibraryError, Query
from aimusic_desktop.model import ClipState, Group, MusicTask, Product, TaskRef, TaskState
from tests.support.library import clip_of, id_of, in_its_thread, library_at, refs, start_process, task_of


async def test_says_what_was_added_and_what_was_known_each_once_and_in_order(path: Path) -> None:
    async with library_at(path) as library:
        assert await library.add(refs(2, 1, 2), 10.0) == ([id_of(2), id_of(1)], [])
        assert await library.add(refs(1, 3, 2), 20.0) == ([id_of(3)], [id_of(1), id_of(2)])


async def test_a_new_task_is_pending_and_has_one_working_row(path: Path) -> None:
    async with library_at(path) as library:
        await library.add([TaskRef(task_id=id_of(1), product=Product.SONIC)], 10.0)
        assert await library.unfinished() == [
            MusicTask(task_id=id_of(1), product=Product.SONIC, added_at=10.0, tracked_since=10.0)
        ]
        [row] = await library.rows_of([id_of(1)])
        assert (row.clip, row.group, row.task_state, row.added_at) == (
            None,
            Group.WORKING,
            TaskState.PENDING,
            10.0,
        )


async def test_a_bare_task_learns_its_product_but_never_changes_it(path: Path) -> None:
    async with library_at(path) as library:
        changes: list[Change] = []
        await library.add(refs(1), 10.0)
        library.changed.connect(changes.append)
        for product in (None, Product.SONIC, Product.RIFFUSION):
            await library.add([TaskRef(task_id=id_of(1), product=product)], 20.0)
        assert [task.product for task in await library.unfinished()] == [Product.SONIC]
        assert changes == [Change(frozenset([id_of(1)]))]


async def test_a_product_named_once_in_a_paste_counts_for_all_of_it(path: Path) -> None:
    async with library_at(path) as library:
        await library.add([*refs(1), TaskRef(task_id=id_of(1), product=Product.SONIC), *refs(1)], 10.0)
        assert [task.product for task in await library.unfinished()] == [Product.SONIC]


async def test_a_removed_task_comes_back_with_its_songs_as_if_added(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1, 2), 10.0)
        await library.save(
            task_of(1, clip_of(id_of(1), "a"), clip_of(id_of(1), "b", index=1), tracked_since=10.0)
        )
        rows = [row.row_id for row in await library.rows_of([id_of(1)])]
        await library.remove(rows)
        assert await library.add(refs(2, 1), 20.0) == ([id_of(1)], [id_of(2)])
        assert [row.row_id for row in await library.rows_of([id_of(1)])] == rows
        task = await library.task(id_of(1))
        assert task is not None
        assert (task.added_at, task.tracked_since, len(task.clips)) == (20.0, 20.0, 2)
        assert (await library.order(Query()))[:2] == rows


async def test_a_task_that_comes_back_has_no_placeholder_beside_its_clip(path: Path) -> None:
    async with library_at(path) as library:
        clips = [clip_of(id_of(1), name, index=index) for index, name in enumerate("ab")]
        running = replace(clips[1], state=ClipState.RUNNING)
        await library.save(task_of(1, clips[0], running, state=TaskState.RUNNING))
        await library.remove((await library.order(Query()))[:1])
        await library.save(task_of(1, state=TaskState.RUNNING))
        await library.remove(await library.order(Query()))
        await library.add(refs(1), 20.0)
        assert [row.clip and row.clip.clip_id for row in await library.rows_of([id_of(1)])] == ["a"]


async def test_what_is_written_is_on_the_disk_when_a_call_returns(path: Path) -> None:
    """A killed process proves less: only a power cut would tell FULL from NORMAL."""
    async with library_at(path) as library:
        for setting, value in (("synchronous", 2), ("journal_mode", "wal")):
            assert (
                await in_its_thread(
                    library, lambda db, name=setting: db.execute(f"PRAGMA {name}").fetchone()[0]
                )
                == value
            )


async def test_a_known_task_keeps_a_clip_removed(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, clip_of(id_of(1), "a"), clip_of(id_of(1), "b", index=1)))
        first, second = await library.order(Query())
        await library.remove([second])
        assert await library.add(refs(1), 20.0) == ([], [id_of(1)])
        assert await library.order(Query()) == [first]


async def test_all_or_nothing_when_the_disk_is_full(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(0), 1.0)
        pages = await in_its_thread(library, lambda db: db.execute("PRAGMA page_count").fetchone()[0])
        await in_its_thread(
            library, lambda db: db.execute(f"PRAGMA max_page_count = {pages + 20}").fetchone()
        )
        with pytest.raises(LibraryError, match="disk is full"):
            await library.add(refs(*range(10_000)), 2.0)
        assert (await library.counts()).all == 1
        assert await library.add(refs(1), 3.0) == ([id_of(1)], [])


async def test_ten_thousand_ids_are_one_change_and_keep_their_order(path: Path) -> None:
    async with library_at(path) as library:
        changes: list[Change] = []
        library.changed.connect(changes.append)
        added, known = await library.add(refs(*range(10_000, 0, -1)), 10.0)
        assert (added, known) == ([id_of(number) for number in range(10_000, 0, -1)], [])
        assert changes == [Change(frozenset(added))]
        assert [row.task_id for row in await library.rows(await library.order(Query()))] == added


async def test_what_was_asked_is_written_and_announced_though_the_asker_is_cancelled(path: Path) -> None:
    async with library_at(path) as library:
        announced = asyncio.Event()
        library.changed.connect(lambda _: announced.set())
        asking = asyncio.create_task(library.add(refs(1), 10.0))
        await asyncio.sleep(0)
        asking.cancel()
        await announced.wait()
        assert asking.cancelled()
        assert (await library.counts()).all == 1


async def test_nothing_new_is_no_change(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1), 10.0)
        changes: list[Change] = []
        library.changed.connect(changes.append)
        await library.add(refs(1), 20.0)
        await library.add([], 20.0)
        assert changes == []


async def test_ids_survive_a_kill_right_after_they_were_added(path: Path) -> None:
    with start_process("add-and-die", path, 0, 100) as process:
        assert await asyncio.to_thread(process.wait) == -9
    async with library_at(path) as library:
        assert library.notice is None
        assert [task.task_id for task in await library.unfinished()] == [
            id_of(number) for number in range(100)
        ]


async def test_every_id_a_killed_process_spoke_of_is_there(path: Path) -> None:
    with start_process("add", path, 0, 10_000) as process:
        assert process.stdout is not None
        spoken = [process.stdout.readline().strip() for _ in range(50)]
        process.kill()
        spoken += process.stdout.read().split()[:-1]  # the last may be cut short
    async with library_at(path) as library:
        assert library.notice is None
        assert {task.task_id for task in await library.unfinished()} >= set(spoken)


async def test_two_processes_make_and_fill_one_library_together(path: Path) -> None:
    processes = [start_process("add", path, first, first + 150) for first in (0, 100, 200)]
    async with library_at(path) as library:
        await library.add(refs(1000), 1.0)
        for process in processes:
            with process:
                await asyncio.to_thread(process.communicate)
                assert process.returncode == 0
        numbers = [*range(350), 1000]
        assert {task.task_id for task in await library.unfinished()} == {id_of(number) for number in numbers}
        assert (await library.counts()).all == len(numbers)
