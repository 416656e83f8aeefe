"""The save list: selection, the buttons in its rows, keys."""

from __future__ import annotations

from collections.abc import Set
from html import escape

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QToolTip, QWidget

from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.ui.row_list import RowList
from aimusic_desktop.ui.saves import words
from aimusic_desktop.ui.saves.deeds import Deed
from aimusic_desktop.ui.saves.delegate import SaveDelegate
from aimusic_desktop.ui.saves.model import JobRole, SavesModel

BATCH = 2_000
"""Rows that are laid out at a time, in a few milliseconds."""


class SavesView(RowList):
    """``tips`` says what each button of a row does."""

    deed_wanted = Signal(SaveJob, Deed)
    """A row's button was pressed."""
    activated_job = Signal(SaveJob)
    """Return or a double click: do what lies nearest."""
    chosen = Signal()
    """The selection changed."""

    def __init__(
        self, model: SavesModel, delegate: SaveDelegate, tips: dict[Deed, str], parent: QWidget
    ) -> None:
        super().__init__("Saves", BATCH, parent)
        self._model, self._delegate, self._tips = model, delegate, tips
        self._pressed: tuple[SaveJob, Deed] | None = None
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.activated.connect(lambda index: self.activated_job.emit(index.data(JobRole)))
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def selected(self) -> list[SaveJob]:
        """The selected jobs, from the top down."""
        jobs = self._model.jobs
        return [job for top, bottom in self.selected_spans() for job in jobs[top : bottom + 1]]

    def repaint_jobs(self, jobs: Set[SaveJob]) -> None:
        """Show the rows of these jobs as they are now, as far as they are in view; no new layout."""
        for row in self._visible_rows():
            if self._model.jobs[row] in jobs:
                self.update(self._model.index(row))
                self._tell_screen_reader(row)

    def follow(self) -> None:
        """Keep in view what is under way, unless the user is busy in the list."""
        if self.underMouse() or (self.hasFocus() and self.selectionModel().hasSelection()):
            return
        under_way = (number for number, job in enumerate(self._model.jobs) if not job.state.settled)
        number = next(under_way, len(self._model.jobs))
        self.scrollTo(self._model.index(max(0, number - 1)), QAbstractItemView.ScrollHint.PositionAtTop)

    def _visible_rows(self) -> range:
        area = self.viewport().rect()
        first = self.indexAt(area.topLeft())
        last = self.indexAt(area.bottomLeft())
        end = last.row() if last.isValid() else len(self._model.jobs) - 1
        return range(first.row(), end + 1) if first.isValid() else range(0)

    def _tell_screen_reader(self, row: int) -> None:
        if QAccessible.isActive():
            event = QAccessibleEvent(self, QAccessible.Event.NameChanged)
            event.setChild(row)
            QAccessible.updateAccessibility(event)

    def _button_at(self, pos: QPoint) -> tuple[SaveJob, Deed] | None:
        index = self.indexAt(pos)
        if not index.isValid():
            return None
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        job: SaveJob = index.data(JobRole)
        deed = self._delegate.deed_at(option, job, pos)
        return (job, deed) if deed else None

    def _tip_at(self, pos: QPoint) -> str:
        """What a button does, or all of a line that may not have had room."""
        button, index = self._button_at(pos), self.indexAt(pos)
        if button:
            return self._tips[button[1]]
        return f"<p>{escape(words.line(index.data(JobRole)))}</p>" if index.isValid() else ""

    def _hover(self, button: tuple[SaveJob, Deed] | None) -> None:
        before = self._delegate.hovered
        if button != before:
            self._delegate.hovered = button
            self.repaint_jobs({hovered[0] for hovered in (before, button) if hovered})

    # -- Qt ---------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        self._pressed = self._button_at(event.position().toPoint()) if plain else None
        if self._pressed is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif self._button_at(event.position().toPoint()) == pressed:
            self.deed_wanted.emit(*pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._button_at(event.position().toPoint()) is None:
            super().mouseDoubleClickEvent(event)
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
        self._hover(self._button_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Letters belong to the shortcuts (Qt's own type-ahead would jump about), Escape to the drawer.
        letter = event.text().isprintable() and event.text() and not event.modifiers()
        if letter or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(560, 200)
