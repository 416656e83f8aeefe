"""Timed lyrics in the library: what was asked of the service, and paid for, is never asked twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

from aimusic_desktop.library.query import known_word
from aimusic_desktop.library.values import number, storable, storable_text, text, text_or_none
from aimusic_desktop.library.writing import Written
from aimusic_desktop.lyrics.pieces import MOST_WORDS
from aimusic_desktop.model import Alignment, ConversionState, TimedWord

_COLUMNS = ("task_id", "clip_id", "state", "words", "error", "asked_at", "owner")
_WRITE = (
    f"INSERT INTO alignment ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
    " ON CONFLICT (task_id, clip_id)"
    f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
)
_SAME_ASKING = " WHERE (asked_at, owner) = (excluded.asked_at, excluded.owner)"
_ALL = "SELECT * FROM alignment"


def save(db: sqlite3.Connection, alignment: Alignment) -> Written[bool]:
    """See ``Library.save_alignment``."""
    written = db.execute(_WRITE + _SAME_ASKING, _values(alignment)).rowcount
    return written > 0, frozenset()


def claim(db: sqlite3.Connection, asked: Alignment, seen: Alignment | None) -> Written[bool]:
    """See ``Library.claim_alignment``."""
    if one(db, asked.task_id, asked.clip_id) != seen:
        return False, frozenset()
    db.execute(_WRITE, _values(asked))
    return True, frozenset()


def one(db: sqlite3.Connection, task_id: str, clip_id: str) -> Alignment | None:
    """See ``Library.alignment``."""
    ids = [storable_text(task_id), storable_text(clip_id)]
    return next(_alignments(db.execute(f"{_ALL} WHERE task_id = ? AND clip_id = ?", ids)), None)


def readable(db: sqlite3.Connection) -> Iterator[Alignment]:
    """Every alignment of a file, as far as it can be read."""
    yield from _alignments(db.execute(f"{_ALL} ORDER BY asked_at, rowid"))


def _values(alignment: Alignment) -> list[object]:
    words = json.dumps([[word.text, word.start_s, word.end_s] for word in alignment.words])
    values = (words if name == "words" else getattr(alignment, name) for name in _COLUMNS)
    return [storable(value) for value in values]


def _alignments(rows: Iterable[sqlite3.Row]) -> Iterator[Alignment]:
    for row in rows:
        state, words = known_word(ConversionState, row["state"]), _words(row["words"])
        yield Alignment(
            task_id=text(row["task_id"]),
            clip_id=text(row["clip_id"]),
            # Whatever makes no sense is for the user to decide: asking again costs credits.
            state=state if state is not None and words is not None else ConversionState.UNKNOWN,
            words=words or (),
            error=text_or_none(row["error"]),
            asked_at=number(row["asked_at"]) or 0.0,
            owner=text(row["owner"]),
        )


def _words(stored: object) -> tuple[TimedWord, ...] | None:
    """The words; None when they are damaged."""
    try:
        listed = json.loads(text(stored))
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list):
        return None
    return tuple(word for each in listed[:MOST_WORDS] if (word := _word(each)) is not None)


def _word(value: object) -> TimedWord | None:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        return None
    start_s, end_s = number(value[1]), number(value[2])
    return TimedWord(value[0], start_s, end_s) if start_s is not None and end_s is not None else None
