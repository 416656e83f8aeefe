"""The list of the queue: selection, the buttons in its rows, reordering by the mouse."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QItemSelection, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QToolTip, QWidget

from aimusic_desktop.listening.queue import Entry
from aimusic_desktop.ui.queue import words
from aimusic_desktop.ui.queue.delegate import QueueDelegate
from aimusic_desktop.ui.queue.model import QueueModel, RowRole
from aimusic_desktop.ui.queue.reordering import Reordering
from aimusic_desktop.ui.row_list import RowList

BATCH = 2_000
"""Rows that are laid out at a time, in a few milliseconds."""

_TIPS = {"cover": "Play or pause", "remove": "Remove from the queue"}


class QueueView(RowList):
    """Says what is wanted of which entries, by their ids; changes nothing itself."""

    play_wanted = Signal(int)
    remove_wanted = Signal(object)
    move_wanted = Signal(object, int)
    """These ids, before the row of this number."""
    chosen = Signal()
    """The selection changed."""

    def __init__(self, model: QueueModel, delegate: QueueDelegate, parent: QWidget) -> None:
        super().__init__("Up next", BATCH, parent)
        self._model, self._delegate = model, delegate
        self._pressed: tuple[int, str] | None = None
        self._reordering = Reordering(self)
        self._reordering.dropped.connect(self.move_wanted)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setDragEnabled(True)
        self.activated.connect(lambda index: self.play_wanted.emit(index.data(RowRole).entry.entry_id))

    def selected(self) -> list[Entry]:
        """The selected entries, from the top down."""
        entries = self._model.entries
        return [one for top, bottom in self.selected_spans() for one in entries[top : bottom + 1]]

    def stand_on(self, place: int) -> None:
        """Make the row of this number, or the last one, current and selected."""
        last = self._model.rowCount() - 1
        if last >= 0:
            self.setCurrentIndex(self._model.index(min(place, last)))

    def follow(self, place: int) -> None:
        """Bring this row to the top with the one before it, unless the user is busy in the list."""
        busy = self.hasFocus() and self.selectionModel().hasSelection()
        if not busy and not self.underMouse() and not self._reordering.held:
            self.bring_up(place)

    def bring_up(self, place: int) -> None:
        """Bring this row to the top with the one before it."""
        above = self._model.index(max(0, place - 1))
        self.scrollTo(above, QAbstractItemView.ScrollHint.PositionAtTop)

    def _part_at(self, pos: QPoint) -> tuple[int, str] | None:
        """The id of the entry under a point, and the part of its row."""
        index = self.indexAt(pos)
        if not index.isValid():
            return None
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        row = index.data(RowRole)
        return row.entry.entry_id, self._delegate.part_at(option, row, pos)

    def _hover(self, part: tuple[int, str] | None) -> None:
        if part != self._delegate.hovered:
            self._delegate.hovered = part
            self.viewport().update()

    def _tip_at(self, pos: QPoint) -> str:
        """What a button does, or all of the lines that may not have had room."""
        part, index = self._part_at(pos), self.indexAt(pos)
        if part is None:
            return ""
        row = index.data(RowRole)
        lines = (words.title(row.clip), words.line(row))
        return _TIPS.get(part[1]) or f"<p>{'<br>'.join(escape(line) for line in lines if line)}</p>"

    def _refuse_drag(self, present: list[int]) -> None:
        """The present one stays where it is; whoever moves the others says so."""
        if present:
            self._pressed = (present[0], "row")  # or Qt would go on to select what the pointer passes
            self.move_wanted.emit(present, 0)

    def _put_down(self, drop: bool) -> None:
        self._delegate.lifted = frozenset()
        self.viewport().unsetCursor()
        if drop:
            self._reordering.drop()
        else:
            self._reordering.cancel()

    # -- Qt ---------------------------------------------------------------

    def startDrag(self, supported: Qt.DropAction) -> None:
        chosen = [one.entry_id for one in self.selected()]
        ids = [one for one in chosen if one != self._model.present]
        if not ids:
            self._refuse_drag(chosen)
            return
        self._delegate.lifted = frozenset(ids)
        self._hover(None)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._reordering.lift(ids, self._model.highest_gap(ids))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        part = self._part_at(event.position().toPoint()) if plain else None
        self._pressed = part if part and part[1] else None
        if self._pressed is None:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pos = event.position().toPoint()
        if self._reordering.held:
            self._reordering.hover(pos)
            return
        if self._pressed is None:
            super().mouseMoveEvent(event)
        if not self._reordering.held:
            self._hover(self._part_at(pos))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._reordering.held:
            self._put_down(drop=event.button() == Qt.MouseButton.LeftButton)
        elif pressed is None:
            super().mouseReleaseEvent(event)
        elif self._part_at(event.position().toPoint()) == pressed:
            entry_id, part = pressed
            if part == "remove":
                self.remove_wanted.emit([entry_id])
            else:
                self.play_wanted.emit(entry_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        part = self._part_at(event.position().toPoint())
        if part is None or not part[1]:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Letters and Space belong to the shortcuts and the window, Escape to the drawer. To Qt every Enter
        # activates a row; here only the plain one plays it.
        letter = event.text().isprintable() and event.text() and not event.modifiers()
        if event.key() == Qt.Key.Key_Escape and self._reordering.held:
            self._put_down(drop=False)
        elif letter or event.key() == Qt.Key.Key_Escape or _is_modified_enter(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._reordering.held:
            self._reordering.paint(QPainter(self.viewport()))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._put_down(drop=False)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(560, 200)


def _is_modified_enter(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and bool(held)
