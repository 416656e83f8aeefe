"""The library as a table for spreadsheets: a row a clip, every fact a column. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.facts import LISTED_FACTS, ROW_FACTS, rows_of
from aimusic_desktop.exchange.gathering import MAX_ANSWER_CHARACTERS, Gathering
from aimusic_desktop.exchange.lines import lines_of

_NEEDED = {"task_id", "task_state", "clip_id", "state"}
_DELIMITERS = ",;\t"  # spreadsheets of some countries write the others
_FORMULA = tuple("=+-@＝＋－＠\t\r")
_QUOTE = "'"

csv.field_size_limit(MAX_ANSWER_CHARACTERS + len(_QUOTE))  # it is the whole process's


def is_csv(head: str) -> bool:
    """Whether a text that begins like this was written by :func:`to_csv`, or saved again from there."""
    return _delimiter(head) is not None


def to_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """The table, row by row; with a byte order mark, without which Excel takes UTF-8 for something else.

    Text that a spreadsheet would compute is kept from it by an apostrophe, which :func:`from_csv` takes
    away again.
    """
    yield "\ufeff" + _line(ROW_FACTS)
    for entry in entries:
        for row, _ in rows_of(entry):
            yield _line([_cell(row.get(name)) for name in ROW_FACTS])


def from_csv(file: TextIO, gathering: Gathering) -> None:
    """Take in a table; rows and columns may come in any order, and other columns beside them.

    A row that ends before its last column, or within quotes, was cut and is counted as skipped.
    """
    lines = lines_of(file)
    heading = next(lines, "")
    delimiter = _delimiter(heading) or ","
    names = _names(heading, delimiter)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)  # else a quote that never ends is let pass
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:  # the next one begins anew
            gathering.skip()
            continue
        if len(row) >= len(names):
            gathering.take_row(_with_lists(dict(zip(names, map(_plain, row), strict=False))))
        elif any(row):
            gathering.skip()


def _delimiter(text: str) -> str | None:
    heading = text[:4096].partition("\n")[0]
    return next((each for each in _DELIMITERS if set(_names(heading, each)) >= _NEEDED), None)


def _names(heading: str, delimiter: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([heading], delimiter=delimiter), [])]


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    # All in quotes: where another delimiter is usual, a cell must not fall apart into formulas.
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return _QUOTE + text if text.lstrip(" \n").startswith((*_FORMULA, _QUOTE)) else text


def _with_lists(row: dict[str, str]) -> dict[str, Any]:
    """The row with its lists as such, as far as they are any."""
    return row | {name: _listed(row.get(name) or "[]") for name in LISTED_FACTS}


def _listed(cell: str) -> Any:
    try:
        return json.loads(cell, strict=False)
    except (ValueError, RecursionError):
        return cell


def _plain(cell: str) -> str:
    return cell.removeprefix(_QUOTE)
