"""Adding, removing, restoring, purging. Each function runs inside a transaction of its caller and gives
its result together with the ids of the tasks whose rows changed."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from aimusic_desktop.model import Product, TaskRef, TaskState

PURGE_AFTER_S = 30 * 24 * 3600.0

Result = TypeVar("Result")
Written: TypeAlias = tuple[Result, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed, to be undone by ``Library.restore``.

    ``task_ids`` are the tasks of which no row is left: nobody needs to ask for them any more.
    """

    row_ids: tuple[int, ...]
    task_ids: frozenset[str]
    removed_at: float


def add(db: sqlite3.Connection, refs: Iterable[TaskRef], now: float) -> Written[tuple[list[str], list[str]]]:
    """See ``Library.add``."""
    products: dict[str, Product | None] = {}
    for ref in refs:
        products[ref.task_id] = products.get(ref.task_id) or ref.product
    here = presence(db, products)
    _insert_tasks(db, {task_id: product for task_id, product in products.items() if task_id not in here}, now)
    _bring_back(db, [task_id for task_id, (shown, _) in here.items() if not shown], now)
    learned = [task_id for task_id, (_, product) in here.items() if product is None and products[task_id]]
    db.executemany(
        "UPDATE task SET product = ? WHERE task_id = ?", [(products[each], each) for each in learned]
    )

    known = {task_id for task_id, (shown, _) in here.items() if shown}
    added = [task_id for task_id in products if task_id not in known]
    return (added, [task_id for task_id in products if task_id in known]), frozenset(added).union(learned)


def remove(db: sqlite3.Connection, row_ids: Sequence[int]) -> Written[Removal]:
    """See ``Library.remove``."""
    now = time.time()
    removed = db.execute(
        "UPDATE song SET removed_at = ? WHERE removed_at IS NULL"
        " AND row_id IN (SELECT value FROM json_each(?)) RETURNING row_id, task",
        [now, json.dumps([*row_ids])],
    ).fetchall()
    touched = _task_ids(db, {row["task"] for row in removed})
    gone = frozenset(task_id for task_id, (shown, _) in presence(db, touched).items() if not shown)
    return Removal(tuple(row["row_id"] for row in removed), gone, now), touched


def restore(db: sqlite3.Connection, removal: Removal) -> Written[None]:
    """See ``Library.restore``. Also brings back what an answer added to a removed task meanwhile."""
    restored = db.execute(
        "UPDATE song SET removed_at = NULL WHERE removed_at = ? AND task IN"
        " (SELECT task FROM song WHERE row_id IN (SELECT value FROM json_each(?))) RETURNING task",
        [removal.removed_at, json.dumps(removal.row_ids)],
    ).fetchall()
    touched = _task_ids(db, {row["task"] for row in restored})
    drop_idle_placeholders(db, touched)
    return None, touched


def purge(db: sqlite3.Connection, now: float) -> None:
    """Forgets the tasks whose last row was removed more than thirty days before ``now``.

    A clip removed from a task that stays is kept, or the task's next answer would bring it back.
    """
    gone = db.execute(
        "SELECT task FROM song WHERE task IN (SELECT task FROM song WHERE removed_at < ?) GROUP BY task"
        " HAVING max(coalesce(removed_at, ?)) < ?",
        [now - PURGE_AFTER_S, now, now - PURGE_AFTER_S],
    )
    keys = [(row["task"],) for row in gone.fetchall()]
    db.executemany("DELETE FROM song WHERE task = ?", keys)
    db.executemany("DELETE FROM answer WHERE task = ?", keys)
    db.executemany("DELETE FROM task WHERE id = ?", keys)


def presence(db: sqlite3.Connection, task_ids: Iterable[str]) -> dict[str, tuple[bool, str | None]]:
    """Of those of ``task_ids`` that are in the library: whether a row is shown, and the product."""
    found = db.execute(
        "SELECT task_id, EXISTS (SELECT 1 FROM song WHERE task = task.id AND removed_at IS NULL), product"
        " FROM task WHERE task_id IN (SELECT value FROM json_each(?))",
        [json.dumps([*task_ids])],
    )
    return {task_id: (bool(shown), product) for task_id, shown, product in found}


def drop_idle_placeholders(db: sqlite3.Connection, task_ids: Iterable[str]) -> None:
    """A task that comes back needs one placeholder at most, and none beside a clip."""
    db.execute(
        "DELETE FROM song WHERE clip_id IS NULL AND removed_at IS NULL"
        " AND task IN (SELECT id FROM task WHERE task_id IN (SELECT value FROM json_each(?)))"
        " AND EXISTS (SELECT 1 FROM song AS other WHERE other.task = song.task AND other.removed_at IS NULL"
        " AND (other.clip_id IS NOT NULL OR other.row_id < song.row_id))",
        [json.dumps([*task_ids])],
    )


def _task_ids(db: sqlite3.Connection, keys: Collection[int]) -> frozenset[str]:
    found = db.execute(
        "SELECT task_id FROM task WHERE id IN (SELECT value FROM json_each(?))", [json.dumps([*keys])]
    )
    return frozenset(row["task_id"] for row in found)


def _insert_tasks(db: sqlite3.Connection, products: dict[str, Product | None], now: float) -> None:
    db.executemany(
        "INSERT INTO task (task_id, product, state, added_at, tracked_since) VALUES (?, ?, ?, ?, ?)",
        [(task_id, product, TaskState.PENDING, now, now) for task_id, product in products.items()],
    )
    db.execute(
        "INSERT INTO song (task, added_at) SELECT id, added_at FROM task"
        " WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        [json.dumps([*products])],
    )


def _bring_back(db: sqlite3.Connection, task_ids: Sequence[str], now: float) -> None:
    changes = [(now, task_id) for task_id in task_ids]
    db.executemany("UPDATE task SET added_at = ?1, tracked_since = ?1 WHERE task_id = ?2", changes)
    db.executemany(
        "UPDATE song SET removed_at = NULL, added_at = ?"
        " WHERE task = (SELECT id FROM task WHERE task_id = ?)",
        changes,
    )
    drop_idle_placeholders(db, task_ids)
