"""Searching the library."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aimusic_desktop.library import reading
from aimusic_desktop.library.query import Query
from aimusic_desktop.library.saving import save
from aimusic_desktop.library.store import Counts, Library
from aimusic_desktop.model import Clip, ClipState, Group, TaskState
from tests.support.library import clip_of, id_of, library_at, refs, task_of, throwaway

TASK_ID = id_of(1)
CLIP = clip_of(
    TASK_ID,
    "74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
    title="City Lights, naïve",
    style='"emotional" pop_rock 100%',
    lyrics="[Verse 1]\nDon't stop\n夜の雨が降る หัวใจ",
)


async def found(library: Library, text: str) -> int:
    rows = await library.order(Query(text=text))
    counts = await library.counts(text)
    assert counts.all == len(rows)
    return len(rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("   ", True),
        ("city", True),
        ("CIT", True),
        ("ity", False),
        ("lights cit", True),
        ("lights nights", False),
        ("naive", True),
        ("NAÏVE", True),
        ("emotional verse", True),
        ("pop_rock", True),
        ("don't", True),
        ("lights - naive", True),
        (TASK_ID, True),
        (TASK_ID.upper(), True),
        (TASK_ID[:8], True),
        (TASK_ID[:-3], True),
        ("74dc7bf7", True),
        ("74dc7bf7-", True),
        ("74dc7bf7-56bf-4", True),
        ("74dc7bf7-56bf-457c-a4a3-3fa12f05d727 city", True),
        ("74dc7bf7-56bf-5", False),
        ("雨が", True),
        ("夜の 雨", True),
        ("雪", False),
        ("ใจ", True),
        ("city 雨", True),
        ("town 雨", False),
        ('city "lights', True),
        ("city*", True),
        ("title:city", False),
        ("city OR nothing", False),
        ("city NOT lights", False),
        ("NEAR(city lights)", False),
        ('"', True),
        ("%", True),
        ("雨%", False),
        ("_雨", False),
    ],
)
async def test_finds_by_the_beginnings_of_all_words_and_by_ids(path: Path, text: str, expected: bool) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, CLIP))
        await library.save(task_of(2, clip_of(id_of(2), "other", title="Something else")))
        rows = await library.rows(await library.order(Query(text=text)))
        assert (TASK_ID in {row.task_id for row in rows}) is expected
        assert await found(library, text) == len(rows)


async def test_finds_a_task_without_a_clip_by_its_id(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1, 2), 1.0)
        assert await found(library, id_of(1)[:12]) == 1


async def test_follows_every_change(path: Path) -> None:
    async with library_at(path) as library:
        await library.add(refs(1), 1.0)
        for title in ("First", "Second"):
            await library.save(task_of(1, clip_of(TASK_ID, "a", title=title)))
        assert [await found(library, text) for text in ("first", "second", TASK_ID)] == [0, 1, 1]
        running = clip_of(TASK_ID, "b", index=1, title="Third", state=ClipState.RUNNING)
        await library.save(task_of(1, running, state=TaskState.RUNNING))
        assert await found(library, "third") == 1
        await library.save(task_of(1, state=TaskState.RUNNING))
        assert [await found(library, text) for text in ("second", "third")] == [1, 0]


async def test_does_not_find_what_was_removed_until_it_is_back(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, CLIP))
        removal = await library.remove(await library.order(Query()))
        assert [await found(library, text) for text in ("city", "雨")] == [0, 0]
        await library.restore(removal)
        assert [await found(library, text) for text in ("city", "雨")] == [1, 1]


async def test_counts_what_matches_by_chip(path: Path) -> None:
    async with library_at(path) as library:
        await library.save(task_of(1, CLIP, clip_of(TASK_ID, "b", title="City", audio_url=None, index=1)))
        await library.save(task_of(2, clip_of(id_of(2), title="Town")))
        await library.add(refs(3), 1.0)
        assert await library.counts() == Counts(all=4, working=1, ready=2, failed=1)
        assert await library.counts("city") == Counts(all=2, working=0, ready=1, failed=1)
        assert len(await library.order(Query(text="city", group=Group.READY))) == 1


ANY_TEXT = st.text(st.characters(), max_size=40) | st.text("\"'*()^:+-%_\\ \0ANDORNTE雨a", max_size=40)


@given(st.lists(ANY_TEXT, min_size=1, max_size=20))
@example(
    [
        '"',
        "\0",
        "a\0b",
        "\ud800",
        "a\ud800",
        "雨\ud800",
        "x" * 100_000,
        "a " * 5_000,
        "雨 " * 5_000,
        "(" * 300,
        "a" + "'" * 300,
    ]
)
@settings(max_examples=30, deadline=None)
def test_no_text_is_too_odd_to_search_for(texts: list[str]) -> None:
    with throwaway() as db:
        save(db, task_of(1, CLIP))
        for text in texts:
            assert len(reading.order(db, Query(text=text))) == reading.counts(db, text).all


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], max_codepoint=0x24F), min_size=1))
@settings(max_examples=60, deadline=None)
def test_a_title_is_found_by_itself_and_by_its_beginning(title: str) -> None:
    clip = Clip(task_id=TASK_ID, clip_id="a", title=title)
    with throwaway() as db:
        save(db, task_of(1, clip))
        assert reading.counts(db, title).all == 1
        assert reading.counts(db, title[: len(title) // 2 + 1]).all == 1
