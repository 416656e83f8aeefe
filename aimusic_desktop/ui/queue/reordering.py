"""Rows held by the mouse, and where they would be put down."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QListView

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.songs.layout import SIDE
from aimusic_desktop.ui.theme import GRID

EDGE = 3 * GRID
"""As near as this to the upper or lower edge, the list scrolls under the pointer; the nearer the faster."""

_STEP_MS = 16
_RING = 3.0


class Reordering(QObject):
    """Moves no row itself. No drag of the system's, whose loop would run inside this one's."""

    dropped = Signal(object, int)
    """The ids that were held, and the number of the row they are put before, or the number of rows."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self.held: frozenset[int] = frozenset()
        self._gap: int | None = None
        self._highest = 0
        self._pos = QPoint()
        self._scrolling = QTimer(self, interval=_STEP_MS)
        self._scrolling.timeout.connect(self._scroll)

    def lift(self, ids: Collection[int], highest: int = 0) -> None:
        """Take rows up, to be put before the row of the number ``highest`` or a later one."""
        self.held, self._highest = frozenset(ids), highest
        self._scrolling.start()

    def hover(self, pos: QPoint) -> None:
        """The rows are held over this point of the viewport, or beyond its edge."""
        self._pos = pos
        self._gap = max(self._highest, self._gap_at(pos))
        self._view.viewport().update()

    def drop(self) -> None:
        """Put the rows down where they are held."""
        held, gap = self.held, self._gap
        self.cancel()
        if held and gap is not None:
            self.dropped.emit(held, gap)

    def cancel(self) -> None:
        """Leave the rows where they were."""
        self.held, self._gap = frozenset(), None
        self._scrolling.stop()
        self._view.viewport().update()

    def paint(self, painter: QPainter) -> None:
        """A line where the rows would come, beginning with a ring."""
        if self._gap is None:
            return
        area = self._view.viewport().rect()
        y = min(max(self._line_y(self._gap), _RING + 1), area.height() - _RING - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.accent(self._view.palette()), 2))
        begin, end = QPointF(SIDE, y), QPointF(area.width() - SIDE, y)
        painter.drawLine(begin + QPointF(_RING, 0), end)
        painter.drawEllipse(begin, _RING, _RING)

    def _gap_at(self, pos: QPoint) -> int:
        area = self._view.viewport().rect()
        y = min(max(pos.y(), area.top()), area.bottom())
        index = self._view.indexAt(QPoint(area.center().x(), y))
        if not index.isValid():  # below the last row
            return self._view.model().rowCount()
        return index.row() + (y > self._view.visualRect(index).center().y())

    def _line_y(self, gap: int) -> float:
        model = self._view.model()
        if gap < model.rowCount():
            return self._view.visualRect(model.index(gap, 0)).top()
        return self._view.visualRect(model.index(gap - 1, 0)).bottom() + 1

    def _scroll(self) -> None:
        area, y = self._view.viewport().rect(), self._pos.y()
        beyond = min(0, y - EDGE) + max(0, y - (area.height() - EDGE))
        bar = self._view.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + max(-EDGE, min(beyond, EDGE)) // 2)
        if self._gap is not None and bar.value() != before:
            self.hover(self._pos)
