"""What can go wrong with the library's file, each with its sentence for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from aimusic_desktop.errors import AppError

_DAMAGED = "The library is damaged. Start the program again to have it repaired as far as possible."
_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk is full, so nothing was written. Free some space and try again.",
    sqlite3.SQLITE_BUSY: "Another program is holding the library. Close it or try again in a moment.",
    sqlite3.SQLITE_READONLY: "The library is read-only. Make its folder writable and start again.",
    sqlite3.SQLITE_PERM: "The library may not be opened. Check the permissions of its folder.",
    sqlite3.SQLITE_CANTOPEN: "The library could not be opened. Check the permissions of its folder.",
    sqlite3.SQLITE_IOERR: "The disk reported an error, so the library could not be used. Check the disk.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
_OTHERWISE = "The library could not be used. Start the program again; its log says more."


class LibraryError(AppError):
    """The library could not be opened, read or written; what was asked has not happened."""


@contextmanager
def told_to_people() -> Iterator[None]:
    """Turns what SQLite and the file system raise inside into a ``LibraryError``."""
    try:
        yield
    except sqlite3.Error as error:
        raise LibraryError(_SENTENCES.get(primary_code(error), _OTHERWISE)) from error
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise LibraryError(
            f"The library's folder could not be used: {reason}. Check it and try again."
        ) from error


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code of ``error``; 0 if SQLite itself gave none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
