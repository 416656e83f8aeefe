"""Bringing a library of an older version up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from aimusic_desktop.library.connection import connect
from aimusic_desktop.library.errors import LibraryError
from aimusic_desktop.library.saving import save
from aimusic_desktop.library.schema import MIGRATIONS, Migration, migrate, version_of
from tests.support.library import clip_of, id_of, job_of, library_at, task_of

FIRST: Migration = ("CREATE TABLE note (text TEXT)", "INSERT INTO note VALUES ('one')")
SECOND: Migration = ("ALTER TABLE note ADD COLUMN mood TEXT", "UPDATE note SET text = 'two'")
THIRD: Migration = ("UPDATE note SET text = 'three'", "DROP TABLE note")
BROKEN: Migration = ("UPDATE note SET text = 'never'", "INSERT INTO nowhere VALUES (1)")


def run(path: Path, *migrations: Migration) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        migrate(db, path, migrations)


def look(path: Path) -> tuple[int, Sequence[str]]:
    with closing(sqlite3.connect(path)) as db:
        return version_of(db, 99), [text for (text, *_) in db.execute("SELECT * FROM note")]


def backups(path: Path) -> dict[str, tuple[int, Sequence[str]]]:
    return {each.name.rsplit("-", 2)[0]: look(each) for each in path.parent.glob("*.before-*")}


def test_a_new_file_goes_through_every_step_without_a_copy_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    run(path, FIRST, SECOND)
    assert look(path) == (2, ["two"])
    assert backups(path) == {}


def test_each_step_is_run_once_with_a_copy_from_before_it(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    run(path, FIRST)
    for _ in range(2):
        run(path, FIRST, SECOND, THIRD)
    assert backups(path) == {
        "library.before-version-2": (1, ["one"]),
        "library.before-version-3": (2, ["two"]),
    }


def test_a_copy_holds_what_was_still_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    run(path, FIRST)
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO note VALUES ('in the log')")
        other.commit()
        run(path, FIRST, SECOND)
    assert backups(path) == {"library.before-version-2": (1, ["one", "in the log"])}


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    run(path, FIRST)
    with pytest.raises(sqlite3.OperationalError):
        run(path, FIRST, BROKEN)
    assert look(path) == (1, ["one"])
    run(path, FIRST, SECOND)
    assert look(path) == (2, ["two"])
    assert len(list(tmp_path.glob("*.before-version-2-*.sqlite3"))) == 2


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    run(path, FIRST, SECOND)
    with pytest.raises(LibraryError, match="Update this program"):
        run(path, FIRST)
    assert look(path) == (2, ["two"])


async def test_a_library_of_the_first_version_keeps_its_songs_and_takes_save_jobs(path: Path) -> None:
    path.parent.mkdir()
    task = task_of(1, clip_of(id_of(1), title="Old"))
    with closing(connect(path)) as db:
        migrate(db, path, MIGRATIONS[:1])
        save(db, task)
    async with library_at(path) as library:
        assert await library.task(task.task_id) == task
        await library.add_jobs([job_of(path.parent)])
        assert len(await library.jobs("")) == 1
    [copy] = path.parent.glob("library.before-version-2-*.sqlite3")
    with closing(sqlite3.connect(copy)) as old:
        assert version_of(old, 1) == 1
        assert old.execute("SELECT title FROM song").fetchall() == [("Old",)]
