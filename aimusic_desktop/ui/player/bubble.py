"""A few words above the place the hand is at, without the delay of a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.painting import fill
from aimusic_desktop.ui.theme import GRID

_GAP = 2


class Bubble(QWidget):
    """Floats in the window of its owner, above everything, and lets the mouse through."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        owner.destroyed.connect(self.deleteLater)  # the window it floats in may outlive its owner
        self.hide()

    def say(self, text: str, x: int) -> None:
        """Show ``text`` centred over ``x`` of the owner, within the window."""
        window = self._owner.window()
        if self.parent() is not window:
            self.setParent(window)  # the owner's own rectangle would cut it off
        self.text = text
        metrics = self.fontMetrics()
        self.resize(metrics.horizontalAdvance(text) + 2 * GRID, metrics.height() + GRID)
        place = self._owner.mapTo(window, QPoint(x - self.width() // 2, -self.height() - _GAP))
        left = max(0, min(place.x(), window.width() - self.width()))
        self.move(left, max(0, place.y()))
        self.show()
        self.raise_()
        self.update()

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        # Turned round, so that it stands out from the list in light and dark.
        fill(painter, QRectF(self.rect()), theme.mixed(text, base, 0.86), self.height() / 4)
        painter.setPen(base)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)
