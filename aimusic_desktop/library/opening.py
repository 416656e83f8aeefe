"""Opening the library: making it, bringing it up to date, and replacing a damaged file. That file is
set aside under a new name, never overwritten; what can still be read of it goes into a new library."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from aimusic_desktop.library.connection import connect, one_at_a_time, transaction
from aimusic_desktop.library.errors import primary_code
from aimusic_desktop.library.recovery import read_back
from aimusic_desktop.library.schema import migrate, unused_name, version_of
from aimusic_desktop.library.writing import purge

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_database(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """A connection to the library at ``path``, and a sentence if a damaged one was set aside.

    Raises ``LibraryError`` for a file of a newer version, which stays as it is; ``sqlite3.Error`` and
    ``OSError`` for whatever else is in the way.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(path):
        notice = _replace(path) if _is_damaged(path) else None
        return _prepare(path), notice


def _prepare(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        # What was committed has reached the disk, not only the system, when a call returns.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        migrate(db, path)
        with transaction(db):
            purge(db, time.time())
    except BaseException:
        db.close()
        raise
    return db


def _is_damaged(path: Path) -> bool:
    """Whether the file cannot be trusted, or is not a library at all. Changes nothing."""
    if not _size(path):
        # SQLite never leaves a log beside an empty file; it would throw that log away.
        return _size(f"{path}-wal") > 0
    # A rollback journal is a crash's: only a connection that may write can undo what it left half done.
    mode = "rw" if _size(f"{path}-journal") else "ro"
    with closing(connect(path, mode)) as db:
        try:
            version = version_of(db)
            tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            sound = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.DatabaseError as error:
            if primary_code(error) in _DAMAGE:
                return True
            raise
    return not sound or bool(version) != bool(tables)


def _replace(path: Path) -> str:
    """Puts a new library, with what can be read of the damaged one, in its place. Until the very end
    the damaged file stays where it is, so whatever fails here is simply tried again at the next start."""
    with TemporaryDirectory(prefix="rescue-", dir=path.parent) as folder:
        fresh = Path(folder, path.name)
        with closing(_prepare(fresh)) as db, transaction(db):
            count = read_back(path, db)
        aside = _set_aside(path)
        fresh.replace(path)
    found = f"{count} of its tasks were read back" if count else "nothing in it could be read"
    return f"The library was damaged: {found}, and the damaged file was kept as {aside}."


def _set_aside(path: Path) -> Path:
    aside = unused_name(path, "damaged")
    # The log first: left alone beside a new file, it would be taken for that file's own and thrown away.
    for suffix in ("-wal", "-journal", "-shm", ""):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").replace(f"{aside}{suffix}")
    return aside


def _size(path: Path | str) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0
