"""What can be done with the entries of the queue."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from aimusic_desktop.listening.queue import PlayQueue, Undo
from aimusic_desktop.ui.actions import ActionSpec, make_actions
from aimusic_desktop.ui.queue import words
from aimusic_desktop.ui.queue.view import QueueView

QUEUE_SPECS = {
    "entry_play": ActionSpec("Play", "play"),
    "entry_next": ActionSpec("Play next", "", ("Shift+Enter", "Shift+Return"), local=True),
    "entry_up": ActionSpec("Move up in the queue", "", ("Alt+Up",), local=True),
    "entry_down": ActionSpec("Move down in the queue", "", ("Alt+Down",), local=True),
    "entry_remove": ActionSpec(
        "Remove from the queue", "remove", (QKeySequence.StandardKey.Delete,), local=True
    ),
    "clear_queue": ActionSpec("Clear"),
}
"""The commands of the queue; local ones listen where its list has the focus."""

_MENU = (("entry_play", "entry_next"), ("entry_up", "entry_down"), ("entry_remove",))


class QueueDeeds(QObject):
    """Does to the queue what its list wants. What is taken out or moved can be brought back."""

    undo_offered = Signal(str, object, object)
    """A sentence, "" where there is nothing to say; what takes it back, giving False if it cannot; and what
    tells whether it can. Where nothing was changed, the sentence says why, and the others are None."""

    def __init__(self, queue: PlayQueue, view: QueueView) -> None:
        super().__init__(view)
        self._queue, self._view = queue, view
        slots: dict[str, Callable[[], object]] = {
            "entry_play": self._play,
            "entry_next": self._play_next,
            "entry_up": self._move_up,
            "entry_down": self._move_down,
            "entry_remove": self._remove,
            "clear_queue": self._clear,
        }
        self.actions = make_actions(view, view, slots, QUEUE_SPECS)
        view.remove_wanted.connect(self.remove)
        view.move_wanted.connect(self._move)
        view.chosen.connect(self.enable)
        view.customContextMenuRequested.connect(self._show_menu)
        self.enable()

    def enable(self) -> None:
        """Let the actions be used that there is something for."""
        current = self._queue.current
        chosen = self._view.selected()
        others = [one for one in chosen if one != current]
        # Those that the present song refuses say so.
        for name in ("entry_play", "entry_up", "entry_down", "entry_remove"):
            self.actions[name].setEnabled(bool(chosen))
        self.actions["entry_next"].setEnabled(bool(others))
        self.actions["clear_queue"].setEnabled(bool(self._queue.upcoming))

    def remove(self, entry_ids: Collection[int]) -> None:
        """Take entries out, but for the present one."""
        if self._is_present(entry_ids):
            self._refuse(words.NOT_REMOVED)
        else:
            self._say_removed(self._queue.remove(entry_ids))

    def _remove(self) -> None:
        """Take out what is selected, and select what follows it."""
        ids = self._selected_ids()
        place = self._place_of(ids)
        self.remove(ids)
        self._view.stand_on(place)

    def _clear(self) -> None:
        self._say_removed(self._queue.clear())

    def _say_removed(self, token: Undo) -> None:
        if token.removed:
            self._offer_undo(words.removed([*token.removed.values()]), token)

    def _offer_undo(self, sentence: str, token: Undo) -> None:
        queue = self._queue
        self.undo_offered.emit(sentence, partial(queue.undo, token), partial(queue.can_undo, token))

    def _refuse(self, sentence: str) -> None:
        self.undo_offered.emit(sentence, None, None)

    def _is_present(self, entry_ids: Collection[int]) -> bool:
        """Whether they are the present one and nothing else."""
        current = self._queue.current
        return current is not None and {*entry_ids} == {current.entry_id}

    def _play(self) -> None:
        self._view.play_wanted.emit(self._selected_ids()[0])

    def _play_next(self) -> None:
        at = self._queue.at
        self._move(self._selected_ids(), 0 if at is None else at + 1)

    def _move_up(self) -> None:
        ids = self._movers()
        self._move(ids, max(0, self._place_of(ids) - 1))

    def _move_down(self) -> None:
        order, ids = [one.entry_id for one in self._queue.entries], {*self._movers()}
        last = max(place for place, one in enumerate(order) if one in ids)
        self._move(ids, min(len(order), last + 2))

    def _move(self, entry_ids: Collection[int], place: int) -> None:
        if self._is_present(entry_ids):
            self._refuse(words.NOT_MOVED)
            return
        entries = self._queue.entries
        token = self._queue.move(entry_ids, entries[place].entry_id if place < len(entries) else None)
        if token.order != tuple(one.entry_id for one in self._queue.entries):
            self._offer_undo("", token)  # seen, so nothing is said
        self._view.scrollTo(self._view.currentIndex())

    def _selected_ids(self) -> list[int]:
        return [one.entry_id for one in self._view.selected()]

    def _movers(self) -> list[int]:
        """What is selected, but for the present one where that is not alone."""
        ids = self._selected_ids()
        return [one for one in ids if not self._is_present([one])] or ids

    def _place_of(self, entry_ids: Collection[int]) -> int:
        wanted = {*entry_ids}
        places = (place for place, one in enumerate(self._queue.entries) if one.entry_id in wanted)
        return next(places, 0)

    def _show_menu(self, pos: QPoint) -> None:
        if not self._view.indexAt(pos).isValid():
            return
        menu = QMenu(self._view)
        for group in _MENU:
            menu.addActions([self.actions[name] for name in group])
            menu.addSeparator()
        menu.addAction(self.actions["clear_queue"])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._view.viewport().mapToGlobal(pos))
