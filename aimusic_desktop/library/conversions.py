"""Conversions in the library: what was asked of the service, and paid for, is never asked twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import fields

from aimusic_desktop.library.query import known_word
from aimusic_desktop.library.values import number, storable, storable_text, text, text_or_none
from aimusic_desktop.library.writing import Written
from aimusic_desktop.model import Conversion, ConversionState, Product, SaveFormat

_COLUMNS = tuple(field.name for field in fields(Conversion))
_WRITE = (
    f"INSERT INTO conversion ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608
    " ON CONFLICT (task_id, clip_id, format)"
    f" DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
)
_SAME_ASKING = " WHERE (asked_at, owner) = (excluded.asked_at, excluded.owner)"
_ALL = "SELECT * FROM conversion"


def save(db: sqlite3.Connection, conversion: Conversion) -> Written[bool]:
    """See ``Library.save_conversion``."""
    written = db.execute(_WRITE + _SAME_ASKING, _values(conversion)).rowcount
    return written > 0, frozenset()


def claim(db: sqlite3.Connection, asked: Conversion, seen: Conversion | None) -> Written[bool]:
    """See ``Library.claim_conversion``."""
    if one(db, asked.task_id, asked.clip_id, asked.format) != seen:
        return False, frozenset()
    db.execute(_WRITE, _values(asked))
    return True, frozenset()


def one(db: sqlite3.Connection, task_id: str, clip_id: str, format_: SaveFormat) -> Conversion | None:
    """See ``Library.conversion``."""
    rows = db.execute(
        f"{_ALL} WHERE task_id = ? AND clip_id = ? AND format = ?",
        [storable_text(task_id), storable_text(clip_id), format_],
    )
    return next(_conversions(rows), None)


def readable(db: sqlite3.Connection) -> Iterator[Conversion]:
    """Every conversion of a file, as far as it can be read."""
    yield from _conversions(db.execute(f"{_ALL} ORDER BY asked_at, rowid"))


def _values(conversion: Conversion) -> dict[str, object]:
    return {name: storable(getattr(conversion, name)) for name in _COLUMNS}


def _conversions(rows: Iterable[sqlite3.Row]) -> Iterator[Conversion]:
    for row in rows:
        if format_ := known_word(SaveFormat, row["format"]):
            yield _conversion(row, format_)


def _conversion(row: sqlite3.Row, format_: SaveFormat) -> Conversion:
    product = known_word(Product, row["product"])
    state = known_word(ConversionState, row["state"])
    return Conversion(
        task_id=text(row["task_id"]),
        clip_id=text(row["clip_id"]),
        format=format_,
        # Whatever makes no sense is for the user to decide: asking again costs credits.
        product=product or Product.PRODUCER,
        state=state if product and state else ConversionState.UNKNOWN,
        conversion_id=text_or_none(row["conversion_id"]),
        url=text_or_none(row["url"]),
        error=text_or_none(row["error"]),
        asked_at=number(row["asked_at"]) or 0.0,
        owner=text(row["owner"]),
    )
