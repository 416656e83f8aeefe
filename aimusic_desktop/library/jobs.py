"""Save jobs in the library. What writes runs inside a transaction of its caller and gives what ``writing``
does; it never changes a row of the list, so the ids of changed tasks are always none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import PurePath
from typing import Any, Final

from aimusic_desktop.library.errors import LibraryError
from aimusic_desktop.library.query import known_word
from aimusic_desktop.library.values import (
    Aims,
    count,
    number,
    path_or_none,
    storable,
    storable_path,
    storable_text,
    text,
    text_or_none,
)
from aimusic_desktop.library.writing import Written
from aimusic_desktop.model import JobRecord, JobState, OnTaken, SaveFormat
from aimusic_desktop.names import name_key

NOTHING: Final[frozenset[str]] = frozenset()

_PATHS = ("folder", "target", "part", "path")
_COLUMNS = frozenset(field.name for field in fields(JobRecord)) - {"job_id"}
_SETTLED = "('done', 'failed', 'cancelled')"
_UNDONE = "('failed', 'cancelled')"
_OPEN = f"(state NOT IN {_SETTLED} OR part IS NOT NULL)"
_RELEASED = f"CASE WHEN state NOT IN {_SETTLED} THEN {{0}} END"
_AMONG = "job_id IN (SELECT value FROM json_each(?))"


def add(db: sqlite3.Connection, jobs: Iterable[JobRecord]) -> Written[list[int]]:
    """See ``Library.add_jobs``."""
    return [_insert(db, job) for job in jobs], NOTHING


def check_changes(changes: Iterable[Mapping[str, object]]) -> None:
    """Raises ``TypeError`` for what is no field of a job, or no value that one holds."""
    for values in changes:
        if unknown := values.keys() - _COLUMNS:
            raise TypeError(f"no field of a save job: {', '.join(sorted(unknown))}")
        if odd := [name for name, value in values.items() if not isinstance(value, str | int | float | None)]:
            raise TypeError(f"no value for a save job: {', '.join(odd)}")


def update(
    db: sqlite3.Connection, changes: Mapping[int, Mapping[str, object]], owner: str | None = None
) -> Written[None]:
    """See ``Library.update_jobs``."""
    for job_id, values in changes.items():
        columns = _stored(values)
        settings = [f"{name} = :{name}" for name in columns]
        if "target" not in columns and _goes_on(values):
            settings += [f"{name} = {_RELEASED.format(name)}" for name in ("target", "name_key")]
        if settings:
            where = "job_id = :job_id AND owner = ifnull(:me, owner)"
            statement = f"UPDATE save_job SET {', '.join(settings)} WHERE {where}"  # noqa: S608
            db.execute(statement, columns | {"job_id": job_id, "me": owner})
    return None, NOTHING


def reserve(db: sqlite3.Connection, job_id: int, target: str, alone: bool = False) -> Written[bool]:
    """See ``Library.reserve``."""
    if not db.execute("SELECT 1 FROM save_job WHERE job_id = ?", [job_id]).fetchone():
        raise LibraryError("Another window took this off the list meanwhile. Save the song again.")
    if alone and _has_twin(db, job_id, target):
        return False, NOTHING
    try:
        update(db, {job_id: {"target": target}})
    except sqlite3.IntegrityError:
        return False, NOTHING
    return True, NOTHING


def adopt(
    db: sqlite3.Connection, owner: str, alive: Callable[[str], bool], aims: Aims | None = None
) -> Written[list[JobRecord]]:
    """See ``Library.adopt_jobs``."""
    owners = db.execute(f"SELECT DISTINCT owner FROM save_job WHERE {_OPEN} AND owner <> ?", [owner])  # noqa: S608
    dead = [other for (other,) in owners.fetchall() if not alive(text(other))]
    adopted = [
        job_id
        for other in dead
        for job_id, *aim in db.execute(
            f"SELECT job_id, folder, task_id, clip_id FROM save_job WHERE {_OPEN} AND owner = ?",  # noqa: S608
            [other],
        ).fetchall()
        if aims is None or _is_among(aims, *aim)
    ]
    db.execute(f"UPDATE save_job SET owner = ? WHERE {_AMONG}", [owner, json.dumps(adopted)])  # noqa: S608
    return [*_records(_rows(db, adopted))], NOTHING


def _is_among(aims: Aims, folder: object, task_id: object, clip_id: object) -> bool:
    return path_or_none(folder) == aims.folder and (text(task_id), text(clip_id)) in aims.clips


def claim(
    db: sqlite3.Connection, owner: str, changes: Mapping[int, tuple[str, Mapping[str, object]]]
) -> Written[list[JobRecord]]:
    """See ``Library.claim_jobs``."""
    for job_id, (seen, values) in changes.items():
        claimed = db.execute(
            "UPDATE save_job SET owner = ?1 WHERE job_id = ?2"  # noqa: S608
            f" AND (owner = ?1 OR owner = ?3 AND state IN {_UNDONE})",
            [owner, job_id, seen],
        )
        if claimed.rowcount:
            if "folder" in values:
                _leave_part(db, job_id)
            update(db, {job_id: values})
    return [*_records(_rows(db, [*changes]))], NOTHING


def forget(db: sqlite3.Connection, job_ids: Collection[int]) -> Written[None]:
    """See ``Library.forget_jobs``. A job whose temporary file is not yet gone is forgotten after it."""
    db.execute(
        f"UPDATE save_job SET listed = 0 WHERE state IN {_SETTLED} AND {_AMONG}",  # noqa: S608
        [json.dumps([*job_ids])],
    )
    db.execute(
        f"DELETE FROM save_job WHERE state IN {_SETTLED} AND NOT listed"  # noqa: S608
        f" AND state <> '{JobState.DONE}' AND part IS NULL"
    )
    return None, NOTHING


def listed(db: sqlite3.Connection, owner: str, settled_limit: int) -> list[JobRecord]:
    """See ``Library.jobs``."""
    rows = db.execute(
        f"SELECT * FROM save_job WHERE job_id IN (SELECT job_id FROM save_job WHERE state IN {_SETTLED}"  # noqa: S608
        f" AND listed ORDER BY settled_at DESC, job_id DESC LIMIT ?)"
        f" OR (owner = ? AND state NOT IN {_SETTLED}) ORDER BY job_id",
        [settled_limit, owner],
    )
    return [*_records(rows)]


def saved_paths(db: sqlite3.Connection, task_id: str, clip_id: str) -> list[str]:
    """See ``Library.saved_paths``."""
    rows = db.execute(
        "SELECT path FROM save_job AS job WHERE task_id = ?1 AND clip_id = ?2 AND state = ?3 AND NOT EXISTS ("
        " SELECT * FROM save_job AS later WHERE later.path = job.path AND later.state = ?3"
        " AND later.settled_at > job.settled_at AND (later.task_id, later.clip_id) <> (?1, ?2)"
        ") ORDER BY settled_at DESC, job_id DESC",
        [storable_text(task_id), storable_text(clip_id), JobState.DONE],
    )
    paths = [path_or_none(row["path"]) for row in rows]
    return [*dict.fromkeys(path for path in paths if path)]


def saved_since(db: sqlite3.Connection, since: float, path: str, but: int) -> bool:
    """See ``Library.saved_since``."""
    found = db.execute(
        "SELECT job_id FROM save_job WHERE path = ?1 AND state = ?2 AND settled_at >= ?3 AND job_id <> ?4"  # noqa: S608
        f" UNION ALL SELECT job_id FROM save_job WHERE name_key = ?5 AND state NOT IN {_SETTLED}"
        " AND job_id <> ?4 LIMIT 1",
        [storable_path(path), JobState.DONE, since, but, storable_path(name_key(path))],
    )
    return found.fetchone() is not None


def readable(db: sqlite3.Connection) -> Iterator[JobRecord]:
    """Every job of a file, as far as it can be read."""
    yield from _records(db.execute("SELECT * FROM save_job ORDER BY job_id"))


def _has_twin(db: sqlite3.Connection, job_id: int, target: str) -> bool:
    """Whether the name that another job goes for differs from this one in its suffix only."""
    stem = name_key(str(PurePath(target).with_suffix("")))
    rows = db.execute(
        "SELECT name_key FROM save_job WHERE name_key > ? AND name_key < ? AND job_id <> ?"  # noqa: S608
        f" AND state NOT IN {_SETTLED}",
        [storable_path(f"{stem}."), storable_path(f"{stem}/"), job_id],  # "/" is what follows "."
    )
    keys = [path_or_none(key) for (key,) in rows]
    return any(str(PurePath(key).with_suffix("")) == stem for key in keys if key)


def _rows(db: sqlite3.Connection, job_ids: Collection[int]) -> Iterable[sqlite3.Row]:
    return db.execute(f"SELECT * FROM save_job WHERE {_AMONG} ORDER BY job_id", [json.dumps([*job_ids])])  # noqa: S608


def _leave_part(db: sqlite3.Connection, job_id: int) -> None:
    """The temporary file of a job that goes to another folder gets a row of its own, which nobody lists: a
    later start removes it."""
    for job in _records(_rows(db, [job_id])):
        if job.part is not None:
            left = _insert(db, replace(job, state=JobState.CANCELLED, target=None))
            forget(db, [left])
            update(db, {job_id: {"part": None}})


def _insert(db: sqlite3.Connection, job: JobRecord) -> int:
    if path_or_none(job.folder) is None:
        raise ValueError("the folder of a save job must be an absolute path")
    columns = _stored({name: getattr(job, name) for name in _COLUMNS})
    names, places = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    [(job_id,)] = db.execute(
        f"INSERT INTO save_job ({names}) VALUES ({places}) RETURNING job_id",  # noqa: S608
        columns,
    ).fetchall()
    return int(job_id)


def _stored(values: Mapping[str, object]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        name: storable_path(value) if name in _PATHS and isinstance(value, str) else storable(value)
        for name, value in values.items()
    }
    if "target" in values:
        target = values["target"]
        columns["name_key"] = storable_path(name_key(target)) if isinstance(target, str) else None
    return columns


def _goes_on(values: Mapping[str, object]) -> bool:
    """Whether these changes take a job up, perhaps again: a settled one holds no name any more."""
    state = known_word(JobState, values.get("state"))
    return state is not None and not state.settled


def _records(rows: Iterable[sqlite3.Row]) -> Iterator[JobRecord]:
    """Jobs of rows; one whose folder is no absolute path could only do harm and is left out."""
    for row in rows:
        if folder := path_or_none(row["folder"]):
            yield _record(row, folder)


def _record(row: sqlite3.Row, folder: str) -> JobRecord:
    return JobRecord(
        job_id=row["job_id"],
        task_id=text(row["task_id"]),
        clip_id=text(row["clip_id"]),
        folder=folder,
        name=text_or_none(row["name"]),
        template=text(row["template"]),
        format=known_word(SaveFormat, row["format"]) or SaveFormat.ORIGINAL,
        on_taken=known_word(OnTaken, row["on_taken"]) or OnTaken.NUMBER,
        replaces=text_or_none(row["replaces"]),
        any_length=row["any_length"] == 1,
        wrong_length=row["wrong_length"] == 1,
        state=known_word(JobState, row["state"]) or JobState.QUEUED,
        error=text_or_none(row["error"]),
        received=count(row["received"]) or 0,
        total=count(row["total"]),
        target=path_or_none(row["target"]),
        part=path_or_none(row["part"]),
        filling=row["filling"] == 1,
        path=path_or_none(row["path"]),
        owner=text(row["owner"]),
        added_at=number(row["added_at"]) or 0.0,
        settled_at=number(row["settled_at"]),
    )
