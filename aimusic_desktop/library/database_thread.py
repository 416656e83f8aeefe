"""One thread for one SQLite file: what is asked of it, and what it tells when something changed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from psygnal import Signal

from aimusic_desktop.library.connection import transaction
from aimusic_desktop.library.errors import LibraryError, told_to_people

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """The tasks whose rows changed, came or went; None stands for everything."""

    task_ids: frozenset[str] | None


class DatabaseThread:
    """Questions and changes go to the thread; ``changed`` is emitted where they were asked."""

    changed = Signal(Change)

    def __init__(self, path: Path, thread: ThreadPoolExecutor, db: sqlite3.Connection) -> None:
        self._path = path
        self._thread = thread
        self._db = db
        self._file = _identity(path)

    async def close(self) -> None:
        """Finishes what was asked, then closes the file."""
        try:
            await asyncio.wrap_future(self._thread.submit(self._db.close))
        finally:
            self._thread.shutdown(wait=False)

    async def _read(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def read() -> T:
            with told_to_people():
                return work(self._db, *args, **kwargs)

        return await asyncio.wrap_future(self._thread.submit(read))

    async def _write(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], tuple[T, frozenset[str]]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def write() -> tuple[T, frozenset[str]]:
            with told_to_people(), transaction(self._db):
                self._check_place()
                return work(self._db, *args, **kwargs)

        writing = asyncio.wrap_future(self._thread.submit(write))
        writing.add_done_callback(self._announce)
        # Shielded: what was asked is written and announced even if the one who asked is cancelled.
        result, _ = await asyncio.shield(writing)
        return result

    def _announce(self, writing: asyncio.Future[tuple[T, frozenset[str]]]) -> None:
        if not writing.cancelled() and writing.exception() is None and (task_ids := writing.result()[1]):
            self.changed.emit(Change(task_ids))

    def _check_place(self) -> None:
        """SQLite goes on writing to a file that was moved or deleted; ids written there would be lost."""
        if _identity(self._path) != self._file:
            raise LibraryError(
                "The library's file was moved or deleted meanwhile. Put it back or start the program again."
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
