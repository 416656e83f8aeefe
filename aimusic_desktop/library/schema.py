"""The library's tables, and how an older file is brought up to date.

``task`` is what the user gave us; ``song`` is a row of the list: a clip, or (``clip_id`` null) the
placeholder of a task that has none yet. A removed song stays, with ``removed_at``, until it is purged.
``save_job`` is a song being saved, or the fact that one was: rows of done jobs stay when the user clears
the list (``listed`` 0). ``conversion`` is a song being made into another format, ``alignment`` when its
words are sung. They name their clip by its ids, so they outlive a task that is purged. ``play_queue`` is
what plays next.
``chip``, ``title_key`` and ``created_time`` follow from other values; they are stored so that
the list is filtered and sorted by an index alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from aimusic_desktop.library.connection import transaction
from aimusic_desktop.library.errors import LibraryError

Migration = Sequence[str]

_VERSION_1: Migration = (
    """
    CREATE TABLE task (
        id INTEGER PRIMARY KEY,  -- grows in the order in which tasks came
        task_id TEXT NOT NULL UNIQUE,
        product TEXT,
        state TEXT NOT NULL,
        error TEXT,
        added_at REAL NOT NULL,
        tracked_since REAL NOT NULL,
        settled_at REAL
    )
    """,
    # AUTOINCREMENT: an id the window or an undo still holds never comes to mean another song.
    # Lyrics come last: SQLite reads a row from its front, and lists never need them.
    """
    CREATE TABLE song (
        row_id INTEGER PRIMARY KEY AUTOINCREMENT,
        task INTEGER NOT NULL REFERENCES task (id),
        clip_id TEXT,
        clip_index INTEGER NOT NULL DEFAULT 0,
        added_at REAL NOT NULL,
        chip TEXT NOT NULL DEFAULT 'working',
        removed_at REAL,
        title_key TEXT,
        created_time REAL,
        duration_s REAL,
        state TEXT,
        error TEXT,
        title TEXT NOT NULL DEFAULT '',
        style TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        seed TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL DEFAULT '',
        image_url TEXT,
        audio_url TEXT,
        wav_url TEXT,
        video_url TEXT,
        lyrics TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE UNIQUE INDEX song_clip ON song (task, clip_id)",
    "CREATE INDEX song_chip ON song (chip) WHERE removed_at IS NULL",
    "CREATE INDEX song_added ON song (added_at, task, clip_index, chip) WHERE removed_at IS NULL",
    "CREATE INDEX song_created ON song (created_time, task, clip_index, chip) WHERE removed_at IS NULL",
    "CREATE INDEX song_title ON song (title_key, task, clip_index, chip) WHERE removed_at IS NULL",
    "CREATE INDEX song_length ON song (duration_s, task, clip_index, chip) WHERE removed_at IS NULL",
    "CREATE INDEX song_removed ON song (removed_at) WHERE removed_at IS NOT NULL",
    # The service's answer as it came, zlib-compressed.
    "CREATE TABLE answer (task INTEGER PRIMARY KEY REFERENCES task (id), body BLOB NOT NULL)",
    """
    CREATE VIEW searched AS
    SELECT song.row_id, song.title, song.style, song.lyrics, task.task_id, song.clip_id
    FROM song JOIN task ON task.id = song.task
    """,
    # No prefix index: it doubled the file and helped only words of one letter (measured at 100,000 songs).
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        title, style, lyrics, task_id, clip_id,
        content='searched', content_rowid='row_id', tokenize='unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER search_added AFTER INSERT ON song BEGIN
        INSERT INTO search (rowid, title, style, lyrics, task_id, clip_id)
        SELECT * FROM searched WHERE row_id = new.row_id;
    END
    """,
    """
    CREATE TRIGGER search_changed AFTER UPDATE OF title, style, lyrics, clip_id ON song
    WHEN (old.title, old.style, old.lyrics, old.clip_id)
        IS NOT (new.title, new.style, new.lyrics, new.clip_id)
    BEGIN
        INSERT INTO search (search, rowid, title, style, lyrics, task_id, clip_id)
        SELECT 'delete', old.row_id, old.title, old.style, old.lyrics, task_id, old.clip_id
        FROM task WHERE id = old.task;
        INSERT INTO search (rowid, title, style, lyrics, task_id, clip_id)
        SELECT * FROM searched WHERE row_id = new.row_id;
    END
    """,
    """
    CREATE TRIGGER search_deleted AFTER DELETE ON song BEGIN
        INSERT INTO search (search, rowid, title, style, lyrics, task_id, clip_id)
        SELECT 'delete', old.row_id, old.title, old.style, old.lyrics, task_id, old.clip_id
        FROM task WHERE id = old.task;
    END
    """,
)

_SETTLED = "('done', 'failed', 'cancelled')"
_VERSION_2: Migration = (
    # Paths whose names on the disk are no text are blobs. ``name_key`` is ``target`` without letter case.
    """
    CREATE TABLE save_job (
        job_id INTEGER PRIMARY KEY AUTOINCREMENT,
        task_id TEXT NOT NULL,
        clip_id TEXT NOT NULL,
        folder TEXT NOT NULL,
        name TEXT,
        template TEXT NOT NULL,
        format TEXT NOT NULL,
        on_taken TEXT NOT NULL,
        replaces TEXT,
        any_length INTEGER NOT NULL,
        wrong_length INTEGER NOT NULL,
        state TEXT NOT NULL,
        error TEXT,
        received INTEGER NOT NULL,
        total INTEGER,
        target TEXT,
        name_key TEXT,
        part TEXT,
        filling INTEGER NOT NULL,
        path TEXT,
        owner TEXT NOT NULL,
        added_at REAL NOT NULL,
        settled_at REAL,
        listed INTEGER NOT NULL DEFAULT 1
    )
    """,
    # Two jobs at work never have one name: the file itself sees to it.
    f"CREATE UNIQUE INDEX save_job_name ON save_job (name_key) WHERE state NOT IN {_SETTLED}",
    f"CREATE INDEX save_job_open ON save_job (owner) WHERE state NOT IN {_SETTLED} OR part IS NOT NULL",
    f"CREATE INDEX save_job_settled ON save_job (settled_at) WHERE state IN {_SETTLED} AND listed",
    "CREATE INDEX save_job_clip ON save_job (task_id, clip_id)",
    "CREATE INDEX save_job_path ON save_job (path) WHERE path IS NOT NULL",
    """
    CREATE TABLE conversion (
        task_id TEXT NOT NULL,
        clip_id TEXT NOT NULL,
        format TEXT NOT NULL,
        product TEXT NOT NULL,
        state TEXT NOT NULL,
        conversion_id TEXT,
        url TEXT,
        error TEXT,
        asked_at REAL NOT NULL,
        owner TEXT NOT NULL,
        PRIMARY KEY (task_id, clip_id, format)
    )
    """,
)

_VERSION_3: Migration = (
    # Words are a JSON list of [text, start, end], seconds.
    """
    CREATE TABLE alignment (
        task_id TEXT NOT NULL,
        clip_id TEXT NOT NULL,
        state TEXT NOT NULL,
        words TEXT NOT NULL,
        error TEXT,
        asked_at REAL NOT NULL,
        owner TEXT NOT NULL,
        PRIMARY KEY (task_id, clip_id)
    )
    """,
    # One row. Clips are a JSON list of [task id, clip id, chosen], unshuffled one of their places.
    """
    CREATE TABLE play_queue (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        clips TEXT NOT NULL,
        unshuffled TEXT NOT NULL,
        at INTEGER,
        position_ms INTEGER NOT NULL,
        repeat TEXT NOT NULL,
        shuffled INTEGER NOT NULL
    )
    """,
)

MIGRATIONS: Sequence[Migration] = (_VERSION_1, _VERSION_2, _VERSION_3)
"""What leads from each ``user_version`` to the next: statements, run in one transaction."""


def version_of(db: sqlite3.Connection, newest: int = len(MIGRATIONS)) -> int:
    """The version of an open file; 0 for a new one. Raises ``LibraryError`` when it is beyond ``newest``."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > newest:
        raise LibraryError(
            "The library was written by a newer version of AI Music Desktop. Update this program to open it."
        )
    return version


def migrate(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Brings the file at ``path``, open as ``db``, up to date; an older one is copied before each step.

    A step happens wholly or not at all. Raises ``LibraryError`` for a file newer than ``migrations``.
    """
    version = version_of(db, len(migrations))
    for number, statements in enumerate(migrations[version:], version + 1):
        with transaction(db):
            if version:
                _back_up(path, unused_name(path, f"before-version-{number}"))
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")


def unused_name(path: Path, word: str) -> Path:
    """A name beside ``path`` holding ``word`` and the time, reserved by an empty file."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    number = 1
    while True:
        twin = f"-{number}" if number > 1 else ""
        name = path.with_name(f"{path.stem}.{word}-{stamp}{twin}{path.suffix}")
        try:
            name.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return name


def _back_up(path: Path, copy: Path) -> None:
    # A second connection: it sees the file as it was before the transaction that is under way.
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
