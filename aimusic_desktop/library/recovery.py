"""Reading back what a damaged library still holds. Nothing here writes to the damaged file."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from aimusic_desktop.library import alignments, conversions, jobs, reading
from aimusic_desktop.library.connection import connect
from aimusic_desktop.library.query import known_word
from aimusic_desktop.library.saving import save
from aimusic_desktop.model import MusicTask, Product, TaskState

T = TypeVar("T")

# In a task's record its id, product and state stand side by side, wherever in the file it lies.
_RECORD = re.compile(
    rf"([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})({'|'.join(Product)})?(?:{'|'.join(TaskState)})".encode()
)


def read_back(path: Path, db: sqlite3.Connection) -> int:
    """Saves in ``db`` every task that can be read from the damaged file, and gives their number.

    Of a task whose songs cannot be read its id is saved, as new: the service is asked for it again. Save
    jobs, conversions and timed lyrics come too, as far as they can be read.
    """
    count = 0
    with _copy(path) as damaged:
        for job in _as_far_as_readable(jobs.readable(damaged)):
            with suppress(sqlite3.IntegrityError):  # damage may give two jobs one name
                jobs.add(db, [job])
        for conversion in _as_far_as_readable(conversions.readable(damaged)):
            conversions.save(db, conversion)
        for alignment in _as_far_as_readable(alignments.readable(damaged)):
            alignments.save(db, alignment)
        for task in _readable_tasks(path, damaged):
            save(db, task)
            count += 1
    return count


def _as_far_as_readable(values: Iterator[T]) -> Iterator[T]:
    with suppress(sqlite3.DatabaseError):
        yield from values


@contextmanager
def _copy(path: Path) -> Iterator[sqlite3.Connection]:
    """SQLite repairs what it opens, so it gets a copy."""
    with TemporaryDirectory(prefix="rescue-", dir=path.parent) as folder:
        copy = Path(folder, path.name)
        for suffix in ("", "-wal", "-journal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
        with closing(connect(copy)) as damaged:
            yield damaged


def _readable_tasks(path: Path, damaged: sqlite3.Connection) -> Iterator[MusicTask]:
    now = time.time()
    for task_id, product in _readable_ids(path, damaged).items():
        task: MusicTask | None = MusicTask(task_id=task_id, product=product, added_at=now, tracked_since=now)
        with suppress(sqlite3.DatabaseError):
            task = reading.task(damaged, task_id)
        if task is not None:
            yield task


def _readable_ids(path: Path, damaged: sqlite3.Connection) -> dict[str, Product | None]:
    try:
        rows = damaged.execute("SELECT task_id, product FROM task ORDER BY id").fetchall()
    except sqlite3.DatabaseError:
        return _ids_in_bytes(path) | _ids_in_bytes(Path(f"{path}-wal"))
    return {task_id: known_word(Product, product) for task_id, product in rows if isinstance(task_id, str)}


def _ids_in_bytes(path: Path) -> dict[str, Product | None]:
    if not path.exists():
        return {}
    records = _RECORD.finditer(path.read_bytes())
    return {record[1].decode(): known_word(Product, (record[2] or b"").decode()) for record in records}
