"""The order of the list."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimusic_desktop.library import reading
from aimusic_desktop.library.query import Query, SortKey, created_time, title_key
from aimusic_desktop.library.saving import save
from aimusic_desktop.model import Clip, MusicTask
from tests.support.library import clip_of, id_of, library_at, refs, task_of, throwaway


async def test_sorts_by_each_key_with_what_lacks_it_last_either_way(path: Path) -> None:
    async with library_at(path) as library:
        facts = (
            {"title": "beta", "duration_s": 90, "created_at": "2025-10-01T10:00:00Z"},
            {"title": "Alpha", "duration_s": 200.5, "created_at": "2025-10-01T10:30:00+02:00"},
            {"title": "Éclair", "duration_s": 9.25, "created_at": "2025-10-01T09:00:00.5Z"},
            {"title": "  ", "created_at": "yesterday"},
        )
        for number, fact in enumerate(facts, 1):
            await library.save(task_of(number, clip_of(id_of(number), **fact), added_at=10.0 - number))
        expected = {
            SortKey.ADDED: ("4321", "1234"),
            SortKey.CREATED: ("2314", "1324"),
            SortKey.TITLE: ("2134", "3124"),
            SortKey.LENGTH: ("3124", "2134"),
        }
        for sort, orders in expected.items():
            for descending, order in zip((False, True), orders, strict=True):
                rows = await library.rows(await library.order(Query(sort=sort, descending=descending)))
                assert [row.task_id for row in rows] == [id_of(int(each)) for each in order], (
                    sort,
                    descending,
                )


@pytest.mark.parametrize("sort", SortKey)
@pytest.mark.parametrize("descending", [False, True])
async def test_ties_keep_the_order_of_tasks_and_clips(path: Path, sort: SortKey, descending: bool) -> None:
    async with library_at(path) as library:
        await library.add(refs(2, 1), 5.0)
        for number in (1, 2):
            clips = [clip_of(id_of(number), f"{index}", index=index, title="Twin") for index in (1, 0)]
            await library.save(task_of(number, *clips))
        rows = await library.rows(await library.order(Query(sort=sort, descending=descending)))
        places = [(row.task_id, row.clip and row.clip.index) for row in rows]
        assert places == [(id_of(2), 0), (id_of(2), 1), (id_of(1), 0), (id_of(1), 1)]


async def test_rows_come_as_asked_without_those_that_are_gone(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1, 2, 3), 1.0)
        first, second, third = await library.order(Query())
        await library.remove([second])
        assert [row.row_id for row in await library.rows([third, 99, second, first])] == [third, first]
        assert await library.rows([]) == []
        assert await library.rows_of([]) == []
        assert [row.row_id for row in await library.rows_of({id_of(3), id_of(1)})] == [first, third]


CLIPS = st.builds(
    Clip,
    task_id=st.just(id_of(1)),
    clip_id=st.text(max_size=3),
    index=st.integers(0, 3),
    title=st.text(max_size=5),
    created_at=st.datetimes().map(lambda moment: moment.isoformat()) | st.text(max_size=5),
    duration_s=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
TASKS = st.builds(
    MusicTask,
    task_id=st.integers(1, 50).map(id_of),
    clips=st.lists(CLIPS, max_size=3, unique_by=lambda clip: clip.clip_id).map(tuple),
    added_at=st.floats(0, 100),
)
KEYS = {
    SortKey.ADDED: lambda row: row.added_at,
    SortKey.CREATED: lambda row: row.clip and created_time(row.clip.created_at),
    SortKey.TITLE: lambda row: row.clip and title_key(row.clip.title),
    SortKey.LENGTH: lambda row: row.clip and row.clip.duration_s,
}


@given(tasks=st.lists(TASKS, max_size=8, unique_by=lambda task: task.task_id))
@settings(max_examples=40, deadline=None)
def test_every_order_holds_every_row_once_and_is_sorted(tasks: list[MusicTask]) -> None:
    with throwaway() as db:
        for task in tasks:
            save(db, task)
        everything = sorted(row[0] for row in db.execute("SELECT row_id FROM song"))
        assert len(everything) == sum(max(1, len(task.clips)) for task in tasks)
        for sort, key in KEYS.items():
            for descending in (False, True):
                row_ids = reading.order(db, Query(sort=sort, descending=descending))
                assert sorted(row_ids) == everything
                values = [key(row) for row in reading.rows(db, row_ids)]
                known = [value for value in values if value is not None]
                assert values == sorted(known, reverse=descending) + [None] * (len(values) - len(known))


@given(st.text())
def test_any_text_has_a_time_or_none(text: str) -> None:
    assert isinstance(created_time(text), float | None)


@pytest.mark.parametrize(
    ("created_at", "expected"),
    [
        ("2025-10-01T08:49:47.934443Z", 1759308587.934443),
        ("2025-10-01T10:49:47+02:00", 1759308587.0),
        ("2025-10-01 08:49:47", 1759308587.0),
        ("0001-01-01T00:00:00+14:00", -62135647200.0),
        ("", None),
        ("1759308587", None),
    ],
)
def test_times_are_read_in_their_zone_wherever_the_machine_is(
    monkeypatch: pytest.MonkeyPatch, created_at: str, expected: float | None
) -> None:
    try:
        with monkeypatch.context() as there:
            there.setenv("TZ", "XYZ-5")
            time.tzset()
            assert created_time(created_at) == expected
    finally:
        time.tzset()
