"""Brings the library's songs into the list: what changed, in the order wanted, a little at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Change, Counts, Library, Query
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.songs.model import SongsModel

PAGE = 200
"""Rows read at a time around what is shown."""

PAUSE_S = 0.1
"""Changes that come within this time are shown together."""

RETRY_S = 1.0
"""Pause before the library is read again after it could not be."""

KEPT_ROWS = 5_000

log = logging.getLogger(__name__)


class SongFeed(QObject):
    """Keeps a :class:`SongsModel` true to the library under one :class:`Query`."""

    counted = Signal(Counts)
    shown = Signal()
    """The list agrees with the library and the query of this moment."""

    def __init__(self, library: Library, model: SongsModel, background: Background, query: Query) -> None:
        super().__init__()
        self.model = model
        self.query = query
        self._library = library
        self._changed: set[str] | None = set()
        self._pages: set[int] = set()
        self._wake, self._true = asyncio.Event(), asyncio.Event()
        library.changed.connect(self._note)
        model.wanted.connect(self._want)
        self._wake.set()
        self._task = background.run(self._keep_true(), "song feed")

    async def caught_up(self) -> None:
        """Wait until the list shows what the query of this moment asks for."""
        await self._true.wait()

    def look(self, **changes: object) -> None:
        """Change the query: ``text``, ``group``, ``sort``, ``descending``."""
        self.query = replace(self.query, **changes)  # type: ignore[arg-type]
        self._true.clear()
        self._wake.set()

    def close(self) -> None:
        self._library.changed.disconnect(self._note)
        self._task.cancel()

    def _note(self, change: Change) -> None:
        if change.task_ids is None or self._changed is None:
            self._changed = None
        else:
            self._changed |= change.task_ids
        self._wake.set()

    def _want(self, row: int) -> None:
        self._pages.add(row // PAGE)
        self._wake.set()

    async def _keep_true(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._read()
            except AppError as error:
                log.warning("the list could not be read: %s", error)
                self._changed = None
                self._wake.set()
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(PAUSE_S if not self._pages else 0)

    async def _read(self) -> None:
        changed, self._changed = self._changed, set()
        pages, self._pages = self._pages, set()
        try:
            if pages and not changed and changed is not None and self._true.is_set():
                await self._read_pages(pages)
            else:
                await self._read_order(changed, pages)
        except AppError:
            self._pages |= pages  # a row asks for its page only when it is painted
            raise

    async def _read_order(self, changed: Collection[str] | None, pages: set[int]) -> None:
        query = self.query
        order = await self._library.order(query)
        altered = await self._read_changed(changed)
        first = [row_id for row_id in order[:PAGE] if self.model.row(row_id) is None]
        self.model.put(await self._library.rows(first))
        self.model.set_order(order)
        self.model.tell_changed(altered)
        self.model.forget_hidden(KEPT_ROWS)
        await self._read_pages(pages)
        self.counted.emit(await self._library.counts(query.text))
        if query == self.query:
            self._true.set()
            self.shown.emit()

    async def _read_changed(self, changed: Collection[str] | None) -> list[int]:
        """Read again what is loaded of the changed tasks; gives the ids of rows that differ."""
        stale = self.model.loaded_of(changed)
        return self.model.put(await self._library.rows(stale)) if stale else []

    async def _read_pages(self, pages: set[int]) -> None:
        for page in pages:
            row_ids = self.model.missing(page * PAGE, PAGE)
            if row_ids:
                self.model.tell_changed(self.model.put(await self._library.rows(row_ids)))
