"""What was asked of the service for credits, and what became of it: in the library before it is in memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Generic, TypeVar

from psygnal import Signal

from aimusic_desktop.api.errors import ApiError, Unsure
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.model import Alignment, Conversion, ConversionState
from aimusic_desktop.runs import Runs
from aimusic_desktop.tracking.merge import without_promise

_Key = TypeVar("_Key", bound=tuple[str, ...])
_Row = TypeVar("_Row", bound=Alignment | Conversion)

log = logging.getLogger(__name__)


class Outdated(AppError):
    """What the user agreed to is not how it stands any more: nothing was sent, the user is asked anew."""

    def __init__(self) -> None:
        super().__init__("More became known of this song since you were asked, so nothing was sent.")


class Ledger(Generic[_Key, _Row]):
    """Rows of the library, each of one request.

    A row is claimed before the request is sent and names a run of ``runs``: as long as that lives, nobody
    else doubts what became of it. ``key_of`` tells which request a row is of; ``read``, ``claim`` and
    ``save`` are the library's. ``changed`` is emitted with the key when more is known.
    """

    changed = Signal(object)

    def __init__(
        self,
        runs: Runs,
        key_of: Callable[[_Row], _Key],
        *,
        read: Callable[..., Awaitable[_Row | None]],
        claim: Callable[[_Row, _Row | None], Awaitable[bool]],
        save: Callable[[_Row], Awaitable[bool]],
    ) -> None:
        self._runs = runs
        self._key_of = key_of
        self._row, self._claim_row, self._save_row = read, claim, save
        self._known: dict[_Key, _Row] = {}
        self._unwritten: dict[_Key, _Row] = {}  # what is being written among them

    def known(self, key: _Key) -> _Row | None:
        """What is known without asking the library."""
        return self._known.get(key)

    async def read(self, key: _Key) -> _Row | None:
        """What the library says, what a dead run was asking for being in doubt. Raises LibraryError.

        What could not be written down before is written first.
        """
        if unwritten := self._unwritten.get(key):
            await self._save(unwritten)
        found = await self._row(*key)
        if found is None or found.state is not ConversionState.ASKED:
            return found
        if await asyncio.to_thread(self._runs.alive, found.owner):
            return found
        doubted = _in_doubt(found)
        try:
            if await self._claim_row(doubted, found):
                return doubted
        except LibraryError as error:
            log.warning("a doubt was not written down: %s", error.sentence)
            return doubted
        return await self._row(*key)  # another window was quicker, and may be asking by now

    def learn(self, key: _Key, written: _Row | None) -> _Row | None:
        """What is known now that the library said this."""
        known = self._known.get(key)
        if written is None or (known is not None and _is_behind(written, known)):
            return known
        self._tell(written)
        return written

    async def claim(self, asked: _Row, seen: _Row | None) -> bool:
        """Write down that this is asked for, unless the library says other than what was ``seen``.

        Raises LibraryError.
        """
        if not await self._claim_row(asked, seen):
            return False
        self._unwritten.pop(self._key_of(asked), None)
        self._tell(asked)
        return True

    async def keep(self, row: _Row) -> _Row:
        """Remember it, written down now or later: what was paid for must not be lost over the disk."""
        await self._save(row)
        self._tell(row)
        return row

    async def fail(self, asked: _Row, error: Exception) -> None:
        """Keep how a request ended by this error; only the service can say that it did not take it."""
        if isinstance(error, ApiError) and not isinstance(error, Unsure):
            failed = replace(asked, state=ConversionState.FAILED, error=without_promise(error.sentence))
            await self.keep(failed)
        else:
            await self.keep(_in_doubt(asked))

    async def close(self) -> None:
        """Write down what could not be before, if that can be done by now."""
        for row in [*self._unwritten.values()]:
            if not await self._save(row):
                break  # the next would fare no better

    async def _save(self, row: _Row) -> bool:
        """Whether nothing is left to be written of it."""
        key = self._key_of(row)
        self._unwritten[key] = row
        try:
            if not await self._save_row(row):
                log.warning("%s was asked for again since", key)
        except LibraryError as error:
            log.warning("what was paid for was not written down: %s", error.sentence)
            return False
        if self._unwritten.get(key) is row:
            del self._unwritten[key]
        return True

    def _tell(self, row: _Row) -> None:
        key = self._key_of(row)
        if self._known.get(key) != row:
            self._known[key] = row
            self.changed.emit(key)


def _in_doubt(row: _Row) -> _Row:
    """The request of which nobody knows any more whether the service took it."""
    return replace(row, state=ConversionState.UNKNOWN, error=Unsure().sentence)


def _is_behind(written: _Row, known: _Row) -> bool:
    """Whether it was read before how the request ended could be written down."""
    same = (written.asked_at, written.owner) == (known.asked_at, known.owner)
    return same and written.state is ConversionState.ASKED and known.state is not ConversionState.ASKED
