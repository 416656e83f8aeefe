"""Removing rows, and the one stack of what can be undone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from aimusic_desktop.library.store import Removal, SongRow
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk

MOST_UNDOS = 50


class Removing:
    """The library forgets nothing at once: what was removed can be brought back, the newest first, and so can
    what was changed elsewhere and offered here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._undos: deque[Callable[[], object]] = deque(maxlen=MOST_UNDOS)

    def remove(self) -> None:
        row_ids, rows = self._desk.view.selected_ids(), self._desk.view.selected()
        if row_ids:
            self._desk.background.run(self._remove(row_ids, rows), "remove")

    def undo(self) -> None:
        """Take back the newest change that can still be taken back."""
        while self._undos:
            undone = self._undos.pop()() is not False
            self._desk.notice.look_again()  # it may offer just that
            if undone:
                return
        self._desk.notice.say("There is nothing to undo.")

    def offer_undo(
        self, sentence: str, undo: Callable[[], object] | None, can: Callable[[], bool] | None = None
    ) -> None:
        """Something was changed that ``undo`` takes back; it gives False if it cannot any more, which ``can``
        tells before. A sentence is said with a button that undoes just this, for "" nothing is. Where nothing
        was changed, ``undo`` is None and the sentence says why."""
        if undo is None:
            self._desk.notice.say(sentence)
            return
        self._undos.append(undo)
        if sentence:
            self._desk.notice.say(
                sentence,
                action="Undo",
                do=lambda: self._take_back(undo),
                can=lambda: undo in self._undos and (can is None or can()),
            )

    async def _remove(self, row_ids: Sequence[int], rows: Sequence[SongRow]) -> None:
        position = self._desk.view.currentIndex().row()
        removal = await self._desk.core.library.remove(row_ids)
        self._desk.core.tracker.forget(removal.task_ids)
        what = (
            f"“{words.title(rows[0])}”" if len(row_ids) == 1 and rows else words.count(len(row_ids), "song")
        )
        self.offer_undo(f"Removed {what} from the list.", lambda: self._bring_back(removal))
        self._desk.view.stand_on(position)

    def _take_back(self, undo: Callable[[], object]) -> None:
        if undo in self._undos:
            self._undos.remove(undo)
            undo()

    def _bring_back(self, removal: Removal) -> None:
        self._desk.background.run(self._restore(removal), "undo remove")

    async def _restore(self, removal: Removal) -> None:
        await self._desk.core.library.restore(removal)
        await self._desk.core.tracker.start()  # takes up again what is not finished
        self._desk.view.select_ids(list(removal.row_ids))
