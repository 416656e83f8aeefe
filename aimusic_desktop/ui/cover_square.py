"""The big cover beside the list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.covers import Covers

BIG_COVER = 320
"""Its largest side, in device-independent pixels."""


class CoverSquare(QWidget):
    """A square as wide as there is room, at most ``BIG_COVER``."""

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self._covers = covers
        self._url: str | None = None
        covers.arrived.connect(self._arrived)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_url(self, url: str | None) -> None:
        self._url = url
        self.update()

    def _arrived(self, url: str) -> None:
        if url == self._url:
            self.update()

    # -- Qt ---------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(width, BIG_COVER)

    def sizeHint(self) -> QSize:
        return QSize(BIG_COVER, BIG_COVER)

    def paintEvent(self, event: QPaintEvent) -> None:
        side = min(self.width(), self.height())
        square = QRectF((self.width() - side) / 2, 0, side, side)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(square, 2 * theme.RADIUS, 2 * theme.RADIUS)
        # One size is decoded whatever the panel's width, or dragging the splitter would decode all along.
        cover = self._covers.pixmap(self._url, round(BIG_COVER * self.devicePixelRatioF()))
        painter.setClipPath(path)
        if cover is not None:
            painter.drawPixmap(square, cover, QRectF(cover.rect()))
            return
        painter.fillRect(square, theme.faint(self.palette()))
        _draw_note(painter, square, self)


def _draw_note(painter: QPainter, square: QRectF, widget: QWidget) -> None:
    side = 64
    color = theme.muted_text(widget.palette())
    note: QPixmap = theme.tinted_pixmap("note", QSize(side, side), color, widget.devicePixelRatioF())
    painter.drawPixmap(round(square.center().x() - side / 2), round(square.center().y() - side / 2), note)
