"""Connections to the library's file, and the locks between processes that share it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from aimusic_desktop.library.query import chip_of

BUSY_S = 15.0
"""How long one process waits for another's write; the longest, 10,000 new ids, takes about a second."""
OPENING_S = 60.0
"""How long one process waits for another that opens, migrates or replaces the library."""


def connect(path: Path, mode: str = "rwc") -> sqlite3.Connection:
    """A connection whose rows have names and whose text is never refused; nothing is read yet."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    db = sqlite3.connect(uri, timeout=BUSY_S, isolation_level=None, uri=True)
    db.row_factory = sqlite3.Row
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    db.create_function("chip_of", 3, chip_of, deterministic=True)
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All writes inside, or none. Takes the write lock first, so that no other process's write can
    make it fail half way."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Lets one process at a time open, migrate or replace the library at ``path``.

    The lock is SQLite's own on an empty file, so it works on every system and dies with its holder.
    """
    with closing(sqlite3.connect(f"{path}.lock", timeout=OPENING_S, isolation_level=None)) as gate:
        gate.execute("BEGIN EXCLUSIVE")
        yield
