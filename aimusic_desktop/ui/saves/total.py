"""All saves together: a line of words, and a thin bar."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStyle, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.painting import fill, paint_line
from aimusic_desktop.ui.theme import GRID

BAR = 3
_STEPS = 1_000


class TotalLine(QLabel):
    """``Saves`` and what they come to; gives way where there is no room. Its text is its accessible name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Saves", parent)
        self._facts = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_facts(self, *facts: str) -> None:
        """What stands behind the title; empty ones are left out."""
        self._facts = " · ".join(fact for fact in facts if fact)
        self.setText(f"Saves: {self._facts}" if self._facts else "Saves")
        self.update()

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette, direction = QPainter(self), self.palette(), self.layoutDirection()
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        width = QFontMetrics(bold).horizontalAdvance("Saves") + GRID + GRID // 2
        title, rest = QRect(0, 0, width, self.height()), self.rect().adjusted(width, 0, 0, 0)
        text = palette.color(QPalette.ColorRole.Text)
        for rect, words, font, color in (
            (title, "Saves", bold, text),
            (rest, self._facts, self.font(), theme.muted_text(palette)),
        ):
            place = QStyle.visualRect(direction, self.rect(), rect)
            paint_line(painter, place, words, font, color, direction)


class TotalBar(QProgressBar):
    """How much of all that is under way has arrived; only a line when nothing is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("All saves")
        self.setTextVisible(False)
        self.setRange(0, _STEPS)
        self.setFixedHeight(BAR)
        self._active = False

    def show_share(self, share: float | None) -> None:
        """0 to 1, or None when nothing is under way or nobody knows."""
        self._active = share is not None
        self.setValue(round((share or 0.0) * _STEPS))
        self.update()

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._active:
            line = QRectF(0, self.height() - 1, self.width(), 1)
            painter.fillRect(line, theme.faint(palette))
            return
        whole = QRectF(self.rect())
        painter.fillRect(whole, theme.faint(palette))
        done = QRect(self.rect())
        done.setWidth(round(self.width() * self.value() / _STEPS))
        color: QColor = theme.accent(palette)
        fill(painter, QRectF(QStyle.visualRect(self.layoutDirection(), self.rect(), done)), color, BAR / 2)

    def sizeHint(self) -> QSize:
        return QSize(120, BAR)
