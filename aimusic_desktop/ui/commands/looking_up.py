"""From a text or a file to tasks in the list, with a verdict for what was given.

Files may be texts that hold ids, exports of this program, or songs that it saved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from aimusic_desktop.errors import AppError
from aimusic_desktop.exchange.facts import task_id_of
from aimusic_desktop.exchange.gathering import Imported
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.media.tags import Origin
from aimusic_desktop.model import TaskRef
from aimusic_desktop.tracking.intake import Found, find_tasks
from aimusic_desktop.ui import words
from aimusic_desktop.ui.commands.exchanging import Exchanging
from aimusic_desktop.ui.commands.sorting import sort_out
from aimusic_desktop.ui.desk import Desk

SHOWN_REJECTED = 3
FILES_AT_ONCE = 1_000

ClipIds = tuple[str, str]
"""A task id and the clip id within it."""


@dataclass(slots=True)
class Given:
    """What several files were: songs that were saved, names of strangers' songs, texts, what the last import
    said, and what could not be read."""

    songs: list[Origin] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    imported: str = ""
    troubles: list[tuple[str, AppError]] = field(default_factory=list)


class LookingUp:
    """``taken`` is given a text whose tasks are written down, so that its field can let go of it;
    ``show_all`` ends every search and filter."""

    def __init__(self, desk: Desk, taken: Callable[[str], None], show_all: Callable[[], None]) -> None:
        self._desk = desk
        self._exchanging = Exchanging(desk)
        self._taken = taken
        self._show_all = show_all
        self._adding: set[str] = set()

    def text(self, text: str) -> None:
        """Look up what the field holds; it stays there until its ids are written down. Asked for once more
        before that, it is looked up once: the second time would say that all of it is here already."""
        if text not in self._adding:
            self._adding.add(text)
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
        """Look up what these files hold: ids, an export, or a song this program saved."""
        if len(paths) > FILES_AT_ONCE:
            self._desk.notice.say(f"Give at most {FILES_AT_ONCE:,} files at a time.")
            return
        self._desk.background.run(self._take_files([*map(Path, paths)]), "look up files")

    def again(self, row: SongRow) -> None:
        """Ask for a row's task once more."""
        self._desk.background.run(self._ask_again([row]), "look up again")

    def chosen_again(self) -> None:
        """Ask for the selected rows' tasks once more."""
        self._desk.background.run(self._ask_chosen_again(), "look up again")

    async def select(self, task_ids: Sequence[str], songs: Collection[ClipIds] = ()) -> None:
        """Select the rows of these tasks; of a task that has some of ``songs``, these alone."""
        rows = await self._desk.core.library.rows_of(task_ids)
        found = [row for row in rows if row.clip and (row.task_id, row.clip.clip_id) in songs]
        told = {row.task_id for row in found}
        row_ids = [row.row_id for row in (*found, *(row for row in rows if row.task_id not in told))]
        if not set(row_ids) & set(self._desk.feed.model.order):
            self._show_all()
            await self._desk.feed.caught_up()
        self._desk.view.select_ids(row_ids)

    async def _ask_chosen_again(self) -> None:
        await self._ask_again(await self._desk.chosen())

    async def _ask_again(self, rows: Sequence[SongRow]) -> None:
        await self._desk.core.tracker.look_up_again(dict.fromkeys(row.task_id for row in rows))

    async def _take_files(self, paths: Sequence[Path]) -> None:
        given = Given()
        for path in paths:
            try:
                await self._sort_in(path, given)
            except AppError as error:  # the others are taken all the same
                given.troubles.append((path.name, error))
        said = [given.imported] if given.imported else []
        if given.songs or given.strangers:
            said.append(await self._take_songs(given.songs, given.strangers))
        if given.texts:
            said.append(await self._take_text("\n".join(given.texts), _nothing))
        if given.troubles:
            said.append(troubles_verdict(given.troubles))
        self._desk.notice.say(" ".join(said))

    async def _sort_in(self, path: Path, given: Given) -> None:
        match await asyncio.to_thread(sort_out, path, self._exchanging.gathering()):
            case Imported() as imported:
                await self._exchanging.absorb(imported)
                given.imported = self._desk.notice.text
            case Origin() as origin:
                given.songs.append(origin)
            case str() as text:
                given.texts.append(text)
            case None:
                given.strangers.append(path.name)

    async def _take_songs(self, songs: Sequence[Origin], strangers: Sequence[str]) -> str:
        """Find these songs or look them up. Gives what to say of it."""
        wanted: dict[ClipIds, TaskRef] = {}
        for song in songs:
            if task_id := task_id_of(song.task_id):
                wanted[task_id, song.clip_id] = TaskRef(task_id=task_id, product=song.product)
        added, known = await self._desk.core.tracker.add([*wanted.values()]) if wanted else ([], [])
        here = [ids for ids in wanted if ids[0] in set(known)]
        if known:
            await self.select(known, wanted)
        return songs_verdict(len(added), len(here), strangers)

    async def _take(self, text: str, taken: Callable[[str], None]) -> None:
        self._desk.notice.say(await self._take_text(text, taken))

    async def _take_text(self, text: str, taken: Callable[[str], None]) -> str:
        """Look up what a text holds. Gives what to say of it."""
        try:
            found = await asyncio.to_thread(find_tasks, text)
            if not found.refs:
                return nothing_found(found)
            added, known = await self._desk.core.tracker.add(found.refs)
        finally:
            self._adding.discard(text)
        taken(text)  # not before: what could not be written down would be in no place
        if known:
            await self.select(known)
        return verdict(len(added), len(known), found.rejected)


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


def songs_verdict(added: int, known: int, strangers: Sequence[str]) -> str:
    """What became of songs that were given back, in a sentence."""
    parts = []
    if known:
        parts.append(f"{words.count(known, 'song')} here, now selected")
    if added:
        parts.append(f"{words.count(added, 'task')} of saved songs looked up")
    if strangers:
        verb = "carries" if len(strangers) == 1 else "carry"
        parts.append(
            f"{_listed(strangers)} {verb} no task id: only songs that this program saved with tags do"
        )
    return "; ".join(parts) + "." if parts else "These songs carry no task id that can be looked up."


def troubles_verdict(troubles: Sequence[tuple[str, AppError]]) -> str:
    """What kept files from being taken, in a sentence: of one the reason, of several their names."""
    if len(troubles) == 1:
        return troubles[0][1].sentence
    return f"{_listed([name for name, _ in troubles])} could not be taken in: look at them one by one."


def nothing_found(found: Found) -> str:
    """Why a text led to nothing, and what would."""
    what = f"; {_rejected(found.rejected)}" if found.rejected else " in this text"
    return f"No task id found{what}. A task id looks like 74dc7bf7-56bf-457c-a4a3-3fa12f05d727."


def _rejected(rejected: Sequence[str]) -> str:
    return f"{_listed(rejected)} {'is not an id' if len(rejected) == 1 else 'are not ids'}"


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(f"“{text}”" for text in texts[:SHOWN_REJECTED])
    more = len(texts) - SHOWN_REJECTED
    return f"{shown} and {more} more" if more > 0 else shown


def _nothing(_text: str) -> None:
    """A paste outside the field leaves the field alone."""
