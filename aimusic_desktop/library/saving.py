"""Keeping what the service answered: one task, its songs, and the answer as it came."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Sequence

from aimusic_desktop.library import reading
from aimusic_desktop.library.query import created_time, title_key
from aimusic_desktop.library.values import storable, storable_text
from aimusic_desktop.model import Clip, ClipState, MusicTask


def save(
    db: sqlite3.Connection, task: MusicTask, answer: bytes | None = None, seen: MusicTask | None = None
) -> tuple[bool, frozenset[str]]:
    """See ``Library.save``. Runs inside a transaction of its caller; gives what ``writing`` does."""
    if seen is not None and reading.task(db, task.task_id) != seen:
        return False, frozenset()
    values = {name: storable(getattr(task, name)) for name in _TASK_FIELDS}
    [(key, added_at)] = db.execute(_WRITE_TASK, values)
    _save_songs(db, key, added_at, task.clips)
    db.execute("UPDATE song SET chip = chip_of(?, state, audio_url) WHERE task = ?", [task.state, key])
    if answer is not None:
        db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?)", [key, zlib.compress(answer)])
    return True, frozenset([task.task_id])


_TASK_FIELDS = ("task_id", "product", "state", "error", "added_at", "tracked_since", "settled_at")
_WRITE_TASK = """
    INSERT INTO task (task_id, product, state, error, added_at, tracked_since, settled_at)
    VALUES (:task_id, :product, :state, :error, :added_at, :tracked_since, :settled_at)
    ON CONFLICT (task_id) DO UPDATE SET
        product = coalesce(excluded.product, product), state = excluded.state, error = excluded.error,
        tracked_since = excluded.tracked_since, settled_at = excluded.settled_at
    RETURNING id, added_at
"""
_CLIP_FIELDS = (
    *("title", "style", "lyrics", "model", "seed", "created_at", "duration_s", "state", "error"),
    *("image_url", "audio_url", "wav_url", "video_url"),
)
_CHANGING = ("clip_id", "clip_index", "title_key", "created_time", *_CLIP_FIELDS)
_ALL = ("row_id", "task", "added_at", "removed_at", *_CHANGING)
_WRITE_SONG = (
    f"INSERT INTO song ({', '.join(_ALL)}) VALUES ({', '.join(f':{name}' for name in _ALL)})"  # noqa: S608
    f" ON CONFLICT (row_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _CHANGING)}"
)


def _save_songs(db: sqlite3.Connection, key: int, added_at: float, clips: Sequence[Clip]) -> None:
    old = db.execute(
        "SELECT row_id, clip_id, state, removed_at FROM song WHERE task = ? ORDER BY clip_index, row_id",
        [key],
    ).fetchall()
    songs: dict[str | None, Clip] = {storable_text(clip.clip_id): clip for clip in clips}
    # What a removed task still brings stays out of sight with it, and comes back with its undo.
    removed_at = max(row["removed_at"] for row in old) if _is_removed(old) else None
    places, surplus = _places(old, songs)
    for clip_id, row_id in places.items():
        fixed = {"row_id": row_id, "task": key, "added_at": added_at, "removed_at": removed_at}
        db.execute(_WRITE_SONG, fixed | _song_values(clip_id, songs.get(clip_id)))
    db.executemany("DELETE FROM song WHERE row_id = ?", [(row_id,) for row_id in surplus])


def _places(
    old: Sequence[sqlite3.Row], clip_ids: Collection[str | None]
) -> tuple[dict[str | None, int | None], list[int]]:
    """Which row each clip gets (a row None: a new one; a clip None: the placeholder), and which rows go.

    A clip keeps its row. A new one takes that of the placeholder, or of an unfinished clip the answer
    no longer speaks of, so that a selection survives. A clip that finished or was removed is never
    dropped, and a task that is shown goes on showing a row.
    """
    removed = _is_removed(old)
    kept = {row["clip_id"]: row for row in old if row["clip_id"] in clip_ids or not _is_spare(row, removed)}
    spare = iter([row["row_id"] for row in old if row["clip_id"] not in clip_ids and _is_spare(row, removed)])
    places: dict[str | None, int | None] = {}
    for clip_id in clip_ids:
        places[clip_id] = kept[clip_id]["row_id"] if clip_id in kept else next(spare, None)
    if removed:
        return places, []  # an undo may need any of them
    shown = any(row["removed_at"] is None for row in kept.values())
    if not shown and kept.keys() >= places.keys():
        places[None] = next(spare, None)
    return places, list(spare)


def _is_spare(row: sqlite3.Row, removed: bool) -> bool:
    """Whether another clip may have the row: in a task that is shown, only a row that is shown."""
    if removed:
        return row["clip_id"] is None
    return row["removed_at"] is None and row["state"] != ClipState.SUCCEEDED


def _is_removed(rows: Sequence[sqlite3.Row]) -> bool:
    return bool(rows) and all(row["removed_at"] is not None for row in rows)


def _song_values(clip_id: str | None, clip: Clip | None) -> dict[str, object]:
    song = clip or Clip(task_id="", clip_id="")
    values = {name: storable(getattr(song, name)) for name in _CLIP_FIELDS}
    values["clip_id"], values["clip_index"] = clip_id, storable(song.index)
    values["title_key"] = storable(title_key(song.title))
    values["created_time"] = created_time(song.created_at)
    return values
