"""What is written down of save jobs: in order, many changes in one go."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection

from aimusic_desktop.library.store import Library, LibraryError

CLOSE_LIMIT_S = 5.0


class Ledger:
    """Writes the rows of jobs. A later change of a row never reaches the disk before an earlier one;
    what comes while the disk is busy is written together, in one transaction. A row that is not ``owner``'s
    any more is left as it is.

    ``failed`` is called with the ids of rows that could not be written, and why.
    """

    def __init__(
        self, library: Library, owner: str, failed: Callable[[Collection[int], LibraryError], None]
    ) -> None:
        self._library = library
        self._owner = owner
        self._failed = failed
        self._changes: defaultdict[int, dict[str, object]] = defaultdict(dict)
        self._written: asyncio.Future[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    def put(self, job_id: int, **changes: object) -> asyncio.Future[None]:
        """Have fields of a row changed, soon. Gives what is done when that is on the disk, or failed with
        ``LibraryError``; nobody need wait for it, and who does may give up."""
        self._changes[job_id] |= changes
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
            self._written.add_done_callback(_seen)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="save jobs ledger")
        told = asyncio.shield(self._written)
        told.add_done_callback(_seen)
        return told

    async def write(self, job_id: int, **changes: object) -> None:
        """Change fields of a row; they are on the disk when this returns. Raises ``LibraryError``."""
        await self.put(job_id, **changes)

    async def close(self) -> None:
        """Wait until all is written, ``CLOSE_LIMIT_S`` seconds at most."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=CLOSE_LIMIT_S)

    async def _write_all(self) -> None:
        try:
            while self._written is not None:
                changes, written = dict(self._changes), self._written
                self._changes.clear()
                self._written = None
                await self._write(changes, written)
        finally:
            self._writing = None

    async def _write(self, changes: dict[int, dict[str, object]], written: asyncio.Future[None]) -> None:
        try:
            await self._library.update_jobs(changes, self._owner)
        except LibraryError as error:
            written.set_exception(error)
            self._failed(changes.keys(), error)
        except BaseException:
            written.cancel()
            raise
        else:
            written.set_result(None)


def _seen(written: asyncio.Future[None]) -> None:
    """An error nobody waited for is no news to asyncio: it was told already."""
    if not written.cancelled():
        written.exception()
