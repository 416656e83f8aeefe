"""Any text or file to task ids."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from aimusic_desktop.errors import AppError
from aimusic_desktop.model import TaskRef
from aimusic_desktop.tracking.near_misses import near_misses
from aimusic_desktop.tracking.search import Search

MAX_FILE_BYTES = 16 * 2**20
MAX_HEADING_LENGTH = 4096
MAX_REJECTED = 20
MAX_SHOWN_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Found:
    """The tasks of a text in order of appearance, each once, and what looked meant as an id and is none."""

    refs: tuple[TaskRef, ...]
    rejected: tuple[str, ...]


def find_tasks(text: str) -> Found:
    """Find the task ids in any text: bare UUIDs, links ending in ``/task/<id>``, JSON, CSV, logs.

    Where a text names its task ids (``task_id``), other UUIDs count only on lines of nothing but
    UUIDs. UUIDs inside other links, or named something else, are never taken. Pure and linear, but
    8 MiB take some tenths of a second: call it in a thread.
    """
    search = Search(_task_column(text) or text)
    rejected = search.rejected + ([] if search.names_ids else near_misses(search.data))
    shown = (_shortened(each) for each in dict.fromkeys(rejected[:MAX_REJECTED]))
    return Found(search.refs, tuple(shown))


def read_text_file(path: Path) -> str:
    """Read a text file of at most 16 MiB: UTF-8 or nearly so, or UTF-16 with its byte order mark.

    Blocks; raises AppError when it cannot be read, is too large or is not text.
    """
    try:
        if not path.is_file():  # a pipe or device would block for ever
            raise AppError(f"“{path.name}” is not a file that can be read.")
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise AppError(f"“{path.name}” could not be read: {error.strerror}.") from error
    if len(data) > MAX_FILE_BYTES:
        raise AppError(f"“{path.name}” is larger than 16 MB; paste the part that holds task ids.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = data.decode(encoding, "replace")
    if "\0" in text:
        raise AppError(f"“{path.name}” is not a text file; choose one that holds task ids.")
    return text


def _task_column(text: str) -> str | None:
    """The cells below a ``task_id`` heading, each named as one; None when the text is no such table."""
    text = text.lstrip("\ufeff\r\n\t ")
    heading = text[:MAX_HEADING_LENGTH].partition("\n")[0]
    for delimiter in ",;\t|":
        names = [_plain_name(name) for name in heading.split(delimiter)]
        if len(names) > 1 and "taskid" in names:
            return _column(text, delimiter, names.index("taskid"))
    return None


def _plain_name(name: str) -> str:
    return name.strip(" \r\"'").lower().translate({ord(sign): None for sign in " _-"})


def _column(text: str, delimiter: str, index: int) -> str | None:
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        next(rows)
        return "\n".join(f"task_id={row[index].strip()}" for row in rows if len(row) > index)
    except csv.Error:
        return None


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:24]}…{text[-12:]}"
