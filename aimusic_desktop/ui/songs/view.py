"""The list of songs: selection, hover, the play button on a cover, and the source of drags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QDrag, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from aimusic_desktop.desktop import x11
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Group
from aimusic_desktop.ui.row_list import RowList
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.model import RowRole, SongsModel, runs

SPIN_INTERVAL_MS = 80
BATCH = 200

Carry = Callable[[Sequence[SongRow]], tuple[QMimeData, QPixmap] | None]
"""Makes what a drag of these rows carries and its picture, or None when nothing can be dragged yet."""


class SongsView(RowList):
    """Shows a :class:`SongsModel`. ``carry`` is asked when a drag begins."""

    play_wanted = Signal(SongRow)
    """The button on a cover: play, or pause."""
    begin_wanted = Signal(SongRow)
    """Play a row from its beginning."""
    again_wanted = Signal(SongRow)
    chosen = Signal()
    """The selection or the current row changed."""

    def __init__(self, model: SongsModel, carry: Carry, parent: QWidget | None = None) -> None:
        super().__init__("Songs", BATCH, parent)
        self._carry = carry
        self._delegate: SongDelegate | None = None
        self._pressed = QPoint()
        self.setModel(model)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.activated.connect(self._play_index)
        self._spin = QTimer(self, interval=SPIN_INTERVAL_MS)
        self._spin.timeout.connect(self._turn_working)
        self._spin.start()

    def set_delegate(self, delegate: SongDelegate) -> None:
        self._delegate = delegate
        self.setItemDelegate(delegate)

    def songs_model(self) -> SongsModel:
        model = self.model()
        assert isinstance(model, SongsModel)
        return model

    def selected(self) -> list[SongRow]:
        """The selected rows that are loaded, from the top down; in a long list that need not be all."""
        rows = map(self.songs_model().row, self.selected_ids())
        return [row for row in rows if row is not None]

    def selected_ids(self) -> list[int]:
        """The row ids of the whole selection, loaded or not, from the top down."""
        order = self.songs_model().order
        return [row_id for top, bottom in self.selected_spans() for row_id in order[top : bottom + 1]]

    def current(self) -> SongRow | None:
        row = self.currentIndex().data(RowRole)
        return row if isinstance(row, SongRow) else None

    def select_ids(self, row_ids: Sequence[int]) -> None:
        """Select these rows and show the first of them."""
        model = self.songs_model()
        spans = list(runs(model.order, set(row_ids)))
        if not spans:
            return
        selection = QItemSelection()
        for top, bottom in spans:
            selection.select(model.index(top), model.index(bottom))
        first = model.index(spans[0][0])
        self.setCurrentIndex(first)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(first, QAbstractItemView.ScrollHint.EnsureVisible)

    def stand_on(self, position: int) -> None:
        """Make the row at this number, or the last one, current and selected."""
        last = self.model().rowCount() - 1
        if last >= 0:
            self.setCurrentIndex(self.model().index(min(max(0, position), last), 0))

    def visible_rows(self) -> range:
        """The row numbers in view."""
        area = self.viewport().rect()
        first, last = (
            self.indexAt(area.topLeft() + QPoint(1, 1)),
            self.indexAt(area.bottomLeft() + QPoint(1, -1)),
        )
        end = last.row() if last.isValid() else self.model().rowCount() - 1
        return range(max(0, first.row()), end + 1) if first.isValid() else range(0)

    def repaint_rows(self, wanted: Callable[[SongRow], bool]) -> None:
        """Paint again the visible rows for which ``wanted``; no new layout."""
        for number in self.visible_rows():
            index = self.model().index(number, 0)
            row = index.data(RowRole)
            if row is not None and wanted(row):
                self.update(index)

    def _turn_working(self) -> None:
        if self.isVisible():
            self.repaint_rows(lambda row: row.group is Group.WORKING)

    def _play_index(self, index: QModelIndex) -> None:
        if (row := index.data(RowRole)) is not None:
            self.begin_wanted.emit(row)

    def _part_at(self, index: QModelIndex, pos: QPoint) -> str:
        if self._delegate is None or not index.isValid():
            return ""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        return self._delegate.part_at(option, pos)

    def _press_part(self, index: QModelIndex, pos: QPoint) -> None:
        row, part = index.data(RowRole), self._part_at(index, pos)
        if row is None or not part:
            return
        if part == "cover" and row.clip is not None and row.clip.playable:
            self.play_wanted.emit(row)
        elif part == "again" and row.group is Group.FAILED:
            self.again_wanted.emit(row)

    def _hover(self, index: QModelIndex, pos: QPoint) -> None:
        if self._delegate is None:
            return
        row = index.data(RowRole) if index.isValid() else None
        hovered = row.row_id if row is not None else None
        if hovered != self._delegate.hovered:
            self._delegate.hovered = hovered
            self.viewport().update()
        hand = row is not None and (
            (row.group is Group.FAILED and self._part_at(index, pos) == "again")
            or (row.clip is not None and row.clip.playable and self._part_at(index, pos) == "cover")
        )
        shape = Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    # -- Qt ---------------------------------------------------------------

    def startDrag(self, supported: Qt.DropAction) -> None:
        carried = self._carry(self.selected())
        if carried is None:
            return
        mime, picture = carried
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(12, 12))
        drag.exec(Qt.DropAction.CopyAction, Qt.DropAction.CopyAction)
        x11.set_qt_clock()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pos = event.position().toPoint()
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if (
            plain
            and event.button() == Qt.MouseButton.LeftButton
            and (pos - self._pressed).manhattanLength() < 5
        ):
            self._press_part(self.indexAt(pos), pos)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        pos = event.position().toPoint()
        # The cover's button already took the first click; a second one there is not "play" once more.
        if self._part_at(self.indexAt(pos), pos) != "cover":
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        pos = event.position().toPoint()
        self._hover(self.indexAt(pos), pos)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex(), QPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Letters belong to the shortcuts and the fields; Qt's own type-ahead would read every row.
        if event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
            return
        super().keyPressEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    def sizeHint(self) -> QSize:
        return QSize(560, 480)
