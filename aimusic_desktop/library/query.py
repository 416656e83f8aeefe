"""What the list asks for, the SQL that answers it, and what songs are filtered and sorted by. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from aimusic_desktop.model import ClipState, Group, TaskState, group_of

MAX_SEARCH_LENGTH = 256
"""Characters of a search text that count; SQLite bounds how long an expression may be."""

Word = TypeVar("Word", bound=StrEnum)
Statement = tuple[str, list[str]]


class SortKey(StrEnum):
    """What the list can be sorted by; songs without the value come last either way."""

    ADDED = "added"
    CREATED = "created"
    TITLE = "title"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Query:
    """What the list shows: the songs matching ``text`` and ``group`` (None: all), and in which order."""

    text: str = ""
    group: Group | None = None
    sort: SortKey = SortKey.ADDED
    descending: bool = True


def order_statement(query: Query) -> Statement:
    """Gives the row ids as one JSON array.

    Ties keep the order in which tasks came and clips were answered, whatever the direction. One
    value, not a row each: stepping through 100,000 rows would take the interpreter's lock each time.
    """
    where, values = _condition(query.text, query.group)
    column = _COLUMNS[query.sort]
    direction = "DESC" if query.descending else "ASC"
    rows = f"SELECT row_id FROM song WHERE {where}"  # noqa: S608 - text is bound, never pasted in
    ties = f"{column} {direction} NULLS LAST, task, clip_index, row_id"
    return f"SELECT json_group_array(row_id) FROM ({rows} ORDER BY {ties})", values  # noqa: S608


def counts_statement(text: str) -> Statement:
    """Gives pairs of chip and number of songs."""
    where, values = _condition(text, None)
    return f"SELECT chip, count(*) FROM song WHERE {where} GROUP BY chip", values  # noqa: S608


def chip_of(task_state: object, clip_state: object, audio_url: object) -> str:
    """The chip a stored song counts under; words that make no sense count as not yet answered."""
    task = known_word(TaskState, task_state) or TaskState.PENDING
    return group_of(task, known_word(ClipState, clip_state), audio_url is not None).value


def known_word(kind: type[Word], value: object) -> Word | None:
    """``value`` as a word of ``kind``; None if it is none."""
    return next((word for word in kind if word == value), None)


def title_key(title: str) -> str | None:
    """What a title is sorted by: without letter case, accented letters beside their plain ones."""
    return unicodedata.normalize("NFKD", title.strip()).casefold() or None


def created_time(created_at: str) -> float | None:
    """An ISO 8601 time as seconds since the epoch; None for anything else. UTC where no zone is named."""
    try:
        moment = datetime.fromisoformat(created_at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        return None


_COLUMNS = {
    SortKey.ADDED: "added_at",
    SortKey.CREATED: "created_time",
    SortKey.TITLE: "title_key",
    SortKey.LENGTH: "duration_s",
}


def _condition(text: str, group: Group | None) -> Statement:
    conditions, values = ["removed_at IS NULL"], []
    if group is not None:
        conditions.append("+chip = ?")  # the plus: filter while walking the sorted index, not by song_chip
        values.append(group.value)
    words = _words(text)
    beginnings = [word for word in words if not _is_unspaced(word)]
    if beginnings:
        conditions.append("row_id IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(" ".join(_beginning(word) for word in beginnings))
    for word in words:
        if _is_unspaced(word):
            conditions.append(r"title || char(10) || style || char(10) || lyrics LIKE ? ESCAPE '\'")
            values.append(_anywhere(word))
    return " AND ".join(conditions), values


def _words(text: str) -> list[str]:
    """The words of a search text; punctuation alone is none. Lone surrogates cannot go to SQLite."""
    clean = text[:MAX_SEARCH_LENGTH].replace("\0", " ").encode("utf-8", "replace").decode()
    return [word for word in clean.split() if any(map(str.isalnum, word))]


def _is_unspaced(word: str) -> bool:
    """Whether a script without letter case is in it. Most of those write without blanks between words
    (or join small words to the next), so the index, which splits at blanks, would miss them."""
    return any(unicodedata.category(char) == "Lo" for char in word)


def _beginning(word: str) -> str:
    """Matches where a word, or an id up to anywhere behind a hyphen, begins so. Quoted: no operators."""
    return '"' + word.replace('"', '""') + '"*'


def _anywhere(word: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"
