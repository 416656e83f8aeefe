"""From a text or a file to tasks in the list, with a verdict for what was given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.tracking.intake import Found, find_tasks, read_text_file
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk

SHOWN_REJECTED = 3
FILES_AT_ONCE = 50


class LookingUp:
    """``taken`` is called when a text held something to look up, so that its field can be emptied;
    ``show_all`` ends every search and filter."""

    def __init__(self, desk: Desk, taken: Callable[[], None], show_all: Callable[[], None]) -> None:
        self._desk = desk
        self._taken = taken
        self._show_all = show_all

    def text(self, text: str) -> None:
        """Look up what the field holds; without any id the text stays where it is."""
        self._desk.background.run(self._take(text, self._taken), "look up")

    def paste(self) -> None:
        """Look up what the clipboard holds."""
        self.mime(QGuiApplication.clipboard().mimeData())

    def mime(self, mime: QMimeData) -> None:
        """Look up a drop or a paste: files' contents, else the text."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if files:
            self.files(files)
        elif mime.hasText():
            self._desk.background.run(self._take(mime.text(), _nothing), "look up paste")

    def files(self, paths: Sequence[str]) -> None:
        """Look up what these text files hold."""
        self._desk.background.run(self._take_files(paths[:FILES_AT_ONCE]), "look up files")

    def again(self, row: SongRow) -> None:
        """Ask for a row's task once more."""
        self._desk.background.run(self._ask_again([row]), "look up again")

    def chosen_again(self) -> None:
        """Ask for the selected rows' tasks once more."""
        self._desk.background.run(self._ask_chosen_again(), "look up again")

    async def _ask_chosen_again(self) -> None:
        await self._ask_again(await self._desk.chosen())

    async def _ask_again(self, rows: Sequence[SongRow]) -> None:
        await self._desk.core.tracker.look_up_again(dict.fromkeys(row.task_id for row in rows))

    async def _take_files(self, paths: Sequence[str]) -> None:
        texts = [await asyncio.to_thread(read_text_file, Path(path)) for path in paths]
        await self._take("\n".join(texts), _nothing)

    async def _take(self, text: str, taken: Callable[[], None]) -> None:
        found = await asyncio.to_thread(find_tasks, text)
        if not found.refs:
            self._desk.notice.say(nothing_found(found))
            return
        taken()
        added, known = await self._desk.core.tracker.add(found.refs)
        self._desk.notice.say(verdict(len(added), len(known), found.rejected))
        if known:
            await self._select(known)

    async def _select(self, task_ids: Sequence[str]) -> None:
        row_ids = [row.row_id for row in await self._desk.core.library.rows_of(task_ids)]
        if not set(row_ids) & set(self._desk.feed.model.order):
            self._show_all()
            await self._desk.feed.caught_up()
        self._desk.view.select_ids(row_ids)


def verdict(added: int, known: int, rejected: Sequence[str]) -> str:
    """What became of a paste, in a sentence."""
    parts = []
    if added:
        parts.append(f"{words.count(added, 'task')} added")
    if known:
        parts.append(f"{known:,} here already, now selected")
    if rejected:
        parts.append(_rejected(rejected))
    return "; ".join(parts) + "."


def nothing_found(found: Found) -> str:
    """Why a text led to nothing, and what would."""
    what = f"; {_rejected(found.rejected)}" if found.rejected else " in this text"
    return f"No task id found{what}. A task id looks like 74dc7bf7-56bf-457c-a4a3-3fa12f05d727."


def _rejected(rejected: Sequence[str]) -> str:
    shown = ", ".join(f"“{text}”" for text in rejected[:SHOWN_REJECTED])
    more = len(rejected) - SHOWN_REJECTED
    tail = f" and {more} more" if more > 0 else ""
    return f"{shown}{tail} {'is not an id' if len(rejected) == 1 else 'are not ids'}"


def _nothing() -> None:
    """A paste outside the field leaves the field alone."""
