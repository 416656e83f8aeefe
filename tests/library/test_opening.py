"""Opening whatever lies where the library should be."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.library.errors import LibraryError
from aimusic_desktop.library.store import Library, Query
from aimusic_desktop.model import Conversion, ConversionState, JobState, Product, SaveFormat, TaskRef
from tests.support.library import (
    clip_of,
    id_of,
    in_its_thread,
    job_of,
    library_at,
    opened,
    refs,
    start_process,
    task_of,
)

COUNT = 300
IDS = {id_of(number) for number in range(COUNT)}


@pytest.fixture
def filled(path: Path) -> Path:
    """A closed library of many pages."""

    async def fill() -> None:
        async with library_at(path) as library:
            await library.add(
                [TaskRef(task_id=each.task_id, product=Product.SONIC) for each in refs(*range(COUNT))], 1.0
            )
            for number in range(0, COUNT, 10):
                await library.save(task_of(number, clip_of(id_of(number), title="Kept", lyrics="la " * 3000)))

    asyncio.run(fill())
    return path


def overwrite(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3)


def rot_in_songs(path: Path) -> None:
    """Spoils one page of songs."""
    overwrite(path, path.read_bytes().rindex(b"Kept") // 4096 * 4096, b"\xa5" * 4096)


def put_another(path: Path, statement: str) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)


DAMAGE: dict[str, tuple[Callable[[Path], object], bool]] = {
    "a picture": (lambda path: path.write_bytes(b"\xff\xd8 no library " * 500), False),
    "a few bytes": (lambda path: path.write_bytes(b"SQLite f"), False),
    "someone else's database": (lambda path: put_another(path, "CREATE TABLE t (a)"), False),
    "tables gone": (lambda path: put_another(path, "PRAGMA user_version = 1"), False),
    "zeroed head": (lambda path: overwrite(path, 0, bytes(4096)), True),
    "cut short": (cut, True),
    "rot in songs": (rot_in_songs, True),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_set_aside_untouched_and_read_back(filled: Path, kind: str) -> None:
    damage, readable = DAMAGE[kind]
    damage(filled)
    damaged = filled.read_bytes()

    async def use() -> None:
        async with library_at(filled) as library:
            [aside] = filled.parent.glob("library.damaged-*.sqlite3")
            assert aside.read_bytes() == damaged
            assert library.notice is not None
            assert str(aside) in library.notice
            assert (f"{COUNT} of its tasks were read back" in library.notice) is readable
            tasks = {
                task.task_id: task for number in range(COUNT) if (task := await library.task(id_of(number)))
            }
            assert tasks.keys() == (IDS if readable else set())
            assert all(task.product is Product.SONIC for task in tasks.values())
            await library.add(refs(9999), 2.0)
        async with library_at(filled) as library:
            assert library.notice is None
            assert (await library.counts()).all == len(tasks) + 1

    asyncio.run(use())
    assert not list(filled.parent.glob("rescue-*"))


def test_songs_that_can_be_read_are_kept_with_their_tasks(filled: Path) -> None:
    rot_in_songs(filled)

    async def use() -> None:
        async with library_at(filled) as library:
            counts = await library.counts()
            assert (counts.all, 0 < counts.ready < COUNT // 10) == (COUNT, True)
            assert len(await library.unfinished()) == counts.working == COUNT - counts.ready

    asyncio.run(use())


async def test_save_jobs_and_conversions_that_can_be_read_are_kept(filled: Path) -> None:
    wav = Conversion(
        task_id=id_of(1),
        clip_id="a",
        format=SaveFormat.WAV,
        product=Product.SONIC,
        state=ConversionState.RUNNING,
    )
    async with library_at(filled) as library:
        jobs = [job_of(filled.parent, owner="me", target=str(filled.parent / name)) for name in ("1", "2")]
        await library.add_jobs([*jobs, job_of(filled.parent, state=JobState.DONE, path=str(filled))])
        await library.save_conversion(wav)
    rot_in_songs(filled)
    async with library_at(filled) as library:
        assert library.notice is not None
        assert [replace(job, job_id=0) for job in await library.jobs("me", settled_limit=0)] == jobs
        assert await library.saved_paths(id_of(1), "a") == [str(filled)]
        assert await library.conversions() == [wav]


async def test_logs_without_their_file_are_set_aside_too(path: Path) -> None:
    path.parent.mkdir()
    log = path.with_name(path.name + "-wal")
    log.write_bytes(b"what a lost file left" * 100)
    path.touch()
    async with library_at(path) as library:
        assert library.notice is not None
    [aside] = path.parent.glob("library.damaged-*-wal")
    assert aside.read_bytes() == b"what a lost file left" * 100


async def test_twice_damaged_is_twice_set_aside(path: Path) -> None:
    path.parent.mkdir()
    for text in ("one", "two"):
        path.write_text(text * 1000)
        async with library_at(path):
            pass
    asides = path.parent.glob("library.damaged-*.sqlite3")
    assert {aside.read_text() for aside in asides} == {"one" * 1000, "two" * 1000}


def test_of_processes_that_open_a_damaged_file_at_once_one_sets_it_aside(filled: Path) -> None:
    DAMAGE["zeroed head"][0](filled)
    processes = [start_process("open", filled) for _ in range(3)]
    notices = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(notices)[:2] == ["None", "None"]
    assert len(list(filled.parent.glob("library.damaged-*.sqlite3"))) == 1


def test_a_file_of_a_newer_version_is_left_as_it_is(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("PRAGMA journal_mode = DELETE")
    before = filled.read_bytes()
    with pytest.raises(LibraryError, match="Update this program"):
        asyncio.run(Library.open(filled))
    assert filled.read_bytes() == before
    assert [each.name for each in filled.parent.iterdir() if "lock" not in each.name] == [filled.name]


def test_what_a_crash_left_half_done_is_undone(filled: Path) -> None:
    """A rollback journal, as a crash at the very first opening leaves it."""
    crash = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = DELETE").fetchone()
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN")
db.execute("DELETE FROM song")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", crash, filled], check=False)
    assert Path(f"{filled}-journal").stat().st_size
    with opened(filled) as db:
        assert db.execute("SELECT count(*) FROM song").fetchone()[0] == COUNT


async def test_another_process_holding_the_library_is_waited_for_then_said(path: Path) -> None:
    async with library_at(path) as library:
        await in_its_thread(library, lambda db: db.execute("PRAGMA busy_timeout = 50").fetchone())
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await library.order(Query()) == []
            with pytest.raises(LibraryError, match="Another program"):
                await library.add(refs(1), 1.0)
        assert await library.add(refs(1), 1.0) == ([id_of(1)], [])


async def test_ids_are_not_written_into_a_file_that_was_moved_away(path: Path) -> None:
    async with library_at(path) as library:
        path.rename(path.with_name("elsewhere.sqlite3"))
        with pytest.raises(LibraryError, match="moved or deleted"):
            await library.add(refs(1), 1.0)
        path.with_name("elsewhere.sqlite3").rename(path)
        assert await library.add(refs(1), 1.0) == ([id_of(1)], [])


async def test_damage_met_later_is_said_and_repaired_at_the_next_start(filled: Path) -> None:
    async with library_at(filled) as library:
        overwrite(filled, 4096, b"\xa5" * (filled.stat().st_size - 4096))
        with pytest.raises(LibraryError, match="Start the program again"):
            await library.order(Query(text="kept"))
    async with library_at(filled) as library:
        assert library.notice is not None


@pytest.mark.parametrize("obstacle", ["a file for a folder", "a folder for a file"])
async def test_a_place_that_cannot_hold_a_library_is_said(path: Path, obstacle: str) -> None:
    if obstacle == "a file for a folder":
        path.parent.touch()
    else:
        path.mkdir(parents=True)
    with pytest.raises(LibraryError, match=r"folder|disk"):
        await Library.open(path)
