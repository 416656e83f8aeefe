"""A few words above the place the hand is at, without the delay of a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QToolButton, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.painting import fill
from aimusic_desktop.ui.theme import GRID

_GAP = 2

_FOOT = 4
"""Where a window has not so many times its height below its owner, it leaves what is there uncovered."""

_INSIDE = Qt.WindowType.Widget
_OUTSIDE = Qt.WindowType.ToolTip | Qt.WindowType.WindowTransparentForInput


class Bubble(QWidget):
    """Floats in the window of its owner, above everything, and lets the mouse through.

    Where buttons stand above its owner it is below it, beyond the window's edge if that is near.
    """

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        owner.destroyed.connect(self.deleteLater)  # the window it floats in may outlive its owner
        self.hide()

    def say(self, text: str, x: int) -> None:
        """Show ``text`` centred over ``x`` of the owner."""
        self.text = text
        metrics = self.fontMetrics()
        self.resize(metrics.horizontalAdvance(text) + 2 * GRID, metrics.height() + GRID)
        window = self._owner.window()
        place = self._owner.mapTo(window, QPoint(x - self.width() // 2, self._y()))
        outside = place.y() + _FOOT * self.height() > window.height()
        self._live_in(window, _OUTSIDE if outside else _INSIDE)
        self.move(self._on_screen(window, place) if outside else self._within(window, place))
        self.show()
        self.raise_()
        self.update()

    def _live_in(self, window: QWidget, kind: Qt.WindowType) -> None:
        """In the window, since the owner's own rectangle would cut it off, or beside it."""
        if self.parent() is not window or self.isWindow() is not (kind is _OUTSIDE):
            self.setParent(window, kind)

    def _y(self) -> int:
        """Of the owner: above it, unless that would cover buttons."""
        above = QRect(0, -self.height() - _GAP, self._owner.width(), self.height())
        return self._owner.height() + _GAP if self._covers_buttons(above) else above.y()

    def _covers_buttons(self, place: QRect) -> bool:
        beside = self._owner.parentWidget()
        if beside is None:
            return False
        buttons = beside.findChildren(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
        covered = place.translated(self._owner.pos())
        return any(button.isVisible() and button.geometry().intersects(covered) for button in buttons)

    def _within(self, window: QWidget, place: QPoint) -> QPoint:
        left = max(0, min(place.x(), window.width() - self.width()))
        return QPoint(left, max(0, place.y()))

    def _on_screen(self, window: QWidget, place: QPoint) -> QPoint:
        """Below the window's edge; above the window where the screen ends."""
        screen = window.screen().availableGeometry()
        at = window.mapToGlobal(QPoint(place.x(), window.height() + _GAP))
        left = max(screen.left(), min(at.x(), screen.right() + 1 - self.width()))
        fits = at.y() + self.height() <= screen.bottom() + 1
        return QPoint(left, at.y() if fits else window.frameGeometry().top() - self.height() - _GAP)

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        # Turned round, so that it stands out from the list in light and dark.
        radius = 0 if self.isWindow() else self.height() / 4  # beyond the window nothing shows behind corners
        fill(painter, QRectF(self.rect()), theme.mixed(text, base, 0.86), radius)
        painter.setPen(base)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)
