"""What plays next, in the library: one row."""

from __future__ import annotations

import json
import sqlite3

from aimusic_desktop.library.query import known_word
from aimusic_desktop.library.values import count, storable, text
from aimusic_desktop.library.writing import Written
from aimusic_desktop.model import QueuedClip, QueueRecord, Repeat

MOST_CLIPS = 5_000

_WRITE = (
    "INSERT OR REPLACE INTO play_queue (only, clips, unshuffled, at, position_ms, repeat, shuffled)"
    " VALUES (1, ?, ?, ?, ?, ?, ?)"
)


def save(db: sqlite3.Connection, queue: QueueRecord) -> Written[None]:
    """See ``Library.save_queue``."""
    clips = json.dumps([[clip.task_id, clip.clip_id, clip.chosen] for clip in queue.clips])
    unshuffled = json.dumps(queue.unshuffled)
    values = (clips, unshuffled, queue.at, queue.position_ms, queue.repeat, queue.shuffled)
    db.execute(_WRITE, [storable(value) for value in values])
    return None, frozenset()


def load(db: sqlite3.Connection) -> QueueRecord:
    """See ``Library.queue``."""
    row = db.execute("SELECT * FROM play_queue").fetchone()
    clips = tuple(map(_clip, _listed(row["clips"]))) if row is not None else ()
    if row is None or len(clips) > MOST_CLIPS:
        return QueueRecord()
    whole = tuple(clip for clip in clips if clip is not None)
    if len(whole) < len(clips):  # damaged: its places mean nothing any more
        return QueueRecord(clips=whole, unshuffled=tuple(range(len(whole))))
    at, unshuffled = count(row["at"]), _places(row["unshuffled"], len(whole))
    return QueueRecord(
        clips=whole,
        unshuffled=unshuffled or tuple(range(len(whole))),
        at=at if at is not None and at < len(whole) else None,
        position_ms=count(row["position_ms"]) or 0,
        repeat=known_word(Repeat, row["repeat"]) or Repeat.OFF,
        shuffled=row["shuffled"] == 1 and unshuffled is not None,
    )


def _clip(value: object) -> QueuedClip | None:
    if not isinstance(value, list) or len(value) != 3:
        return None
    task_id, clip_id, chosen = value
    if not isinstance(task_id, str) or not isinstance(clip_id, str):
        return None
    return QueuedClip(task_id, clip_id, chosen is True)


def _places(stored: object, number: int) -> tuple[int, ...] | None:
    """Every place below ``number`` once; None when it is anything else."""
    places = tuple(place for place in _listed(stored) if type(place) is int)
    return places if sorted(places) == [*range(number)] else None


def _listed(stored: object) -> list[object]:
    try:
        listed = json.loads(text(stored))
    except (ValueError, RecursionError):
        return []
    return listed if isinstance(listed, list) else []
