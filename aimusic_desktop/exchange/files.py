"""Exported files on disk. Everything here blocks: call it in a thread."""

from __future__ import annotations

import codecs
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from aimusic_desktop.exchange.as_csv import from_csv, is_csv, to_csv
from aimusic_desktop.exchange.as_json import from_json, is_json, to_json
from aimusic_desktop.exchange.as_m3u8 import from_m3u8, is_m3u8, to_m3u8
from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.errors import ExchangeError, unreadable, unwritable
from aimusic_desktop.exchange.gathering import Gathering, Imported

MAX_FILE_BYTES = 256 * 2**20
"""Some 30,000 tasks with the service's answers."""

_HEAD_BYTES = 4096
_BUFFER_BYTES = 2**18  # see ``lines_of``: many small writes hold up the window's thread too
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS = (codecs.BOM_UTF8, *_UTF16_MARKS)


class ExportFormat(StrEnum):
    """What a library can be written as; the value is the file's suffix without its dot."""

    JSON = "json"
    CSV = "csv"
    M3U8 = "m3u8"


_WRITERS: dict[ExportFormat, Callable[[Iterable[Entry]], Iterator[str]]] = {
    ExportFormat.JSON: to_json,
    ExportFormat.CSV: to_csv,
    ExportFormat.M3U8: to_m3u8,
}
_READERS: tuple[tuple[Callable[[str], bool], Callable[[TextIO, Gathering], None]], ...] = (
    (is_json, from_json),
    (is_csv, from_csv),
    (is_m3u8, from_m3u8),
)


def write_export(path: Path, export_format: ExportFormat, entries: Iterable[Entry]) -> None:
    """Write a file, or none: what is at ``path`` is replaced only by a whole one. Raises ExchangeError."""
    part = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", _BUFFER_BYTES, encoding="utf-8", errors="replace", newline="") as file:
            file.writelines(_WRITERS[export_format](entries))
            file.flush()
            os.fsync(file.fileno())
        if part.stat().st_size > MAX_FILE_BYTES:
            raise ExchangeError("This is more than a file of 256 MB can hold; export it in smaller parts.")
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def read_export(path: Path, gathering: Gathering) -> Imported | None:
    """What an exported file holds, told by its content; None when it is something else.

    Raises ExchangeError when it cannot be read, is larger than 256 MB or holds no task at all.
    """
    try:
        if not path.is_file():  # a pipe or device would block for ever
            return None
        with path.open("rb") as raw:
            head = raw.read(_HEAD_BYTES)
        encoding = "utf-16" if head.startswith(_UTF16_MARKS) else "utf-8-sig"
        text = head.decode(encoding, "replace")
        read = next((reader for fits, reader in _READERS if fits(text)), None)
        if read is None:
            return None
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ExchangeError(f"“{path.name}” is larger than 256 MB; export it again in smaller parts.")
        if read is from_csv and not head.startswith(_MARKS) and not _is_utf8(path):
            encoding = "cp1252"  # what spreadsheets of the West save unless told otherwise
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            read(file, gathering)
    except OSError as error:
        raise unreadable(path, error) from error
    found = gathering.result()
    if found.skipped and not found.tasks:
        raise ExchangeError(f"“{path.name}” is damaged: no task in it can be read. Export it again.")
    return found


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(_BUFFER_BYTES):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
