"""Removing rows, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence

from aimusic_desktop.library.store import Removal, SongRow
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk


class Removing:
    """The library forgets nothing at once: what was removed last can be brought back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._removals: list[Removal] = []

    def remove(self) -> None:
        row_ids, rows = self._desk.view.selected_ids(), self._desk.view.selected()
        if row_ids:
            self._desk.background.run(self._remove(row_ids, rows), "remove")

    def undo(self) -> None:
        if self._removals:
            self._desk.background.run(self._restore(self._removals.pop()), "undo remove")
        else:
            self._desk.notice.say("There is nothing to undo.")

    async def _remove(self, row_ids: Sequence[int], rows: Sequence[SongRow]) -> None:
        position = self._desk.view.currentIndex().row()
        removal = await self._desk.core.library.remove(row_ids)
        self._removals.append(removal)
        self._desk.core.tracker.forget(removal.task_ids)
        what = (
            f"“{words.title(rows[0])}”" if len(row_ids) == 1 and rows else words.count(len(row_ids), "song")
        )
        self._desk.notice.say(f"Removed {what} from the list.", action="Undo", do=self.undo)
        self._desk.view.stand_on(position)

    async def _restore(self, removal: Removal) -> None:
        await self._desk.core.library.restore(removal)
        await self._desk.core.tracker.start()  # takes up again what is not finished
        self._desk.view.select_ids(list(removal.row_ids))
