"""One line at the top that says what just happened, with at most one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.labels import TextLabel
from aimusic_desktop.ui.theme import GRID, icon

SHORT_MS = 6_000
LONG_MS = 15_000


class NoticeBar(QFrame):
    """Hidden until :meth:`say`; goes away by itself, by its button, or when the next notice comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._do: Callable[[], object] | None = None
        self._label = TextLabel(parent=self)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = QPushButton(self)
        self._action.clicked.connect(self._act)
        self._close = QToolButton(self)
        self._close.setIcon(icon("close"))
        self._close.setAutoRaise(True)
        self._close.setAccessibleName("Dismiss")
        self._close.setToolTip("Dismiss")
        self._close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID + 4, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.expire)
        self.hide()

    @property
    def text(self) -> str:
        return self._label.text()

    def say(
        self, text: str, *, action: str = "", do: Callable[[], object] | None = None, stays: bool = False
    ) -> None:
        """Show a sentence; ``action`` names the button that calls ``do``; ``stays`` until it is dismissed."""
        self._label.setText(text)
        self._do = do
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.show()
        if stays:
            self._timer.stop()
        else:
            self._timer.start(LONG_MS if do or len(text) > 90 else SHORT_MS)
        QAccessible.updateAccessibility(QAccessibleEvent(self._label, QAccessible.Event.Alert))

    def dismiss(self) -> None:
        self._timer.stop()
        self._do = None
        self.hide()

    def expire(self) -> None:
        """Go away because the time is over; not while the pointer rests on it."""
        if self.underMouse():
            self._timer.start(SHORT_MS)
        else:
            self.dismiss()

    def _act(self) -> None:
        do = self._do
        self.dismiss()
        if do is not None:
            do()

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        ground = theme.mixed(theme.accent(palette), palette.color(palette.ColorRole.Window), 0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
