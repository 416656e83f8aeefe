"""One line that says what just happened, with at most one thing to do about it.

It floats over the foot of the list: pushed in between, it would move the rows under the pointer.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.labels import TextLabel
from aimusic_desktop.ui.theme import GRID, icon

SHORT_MS = 6_000
LONG_MS = 15_000
MARGIN = 12
WIDEST = 600


class NoticeBar(QFrame):
    """Hidden until :meth:`say`; goes away by itself, by its button, or when the next notice comes.

    Floats over the foot of ``over``, which lies somewhere inside ``parent``.
    """

    def __init__(self, parent: QWidget, over: QWidget) -> None:
        super().__init__(parent)
        self._over = over
        over.installEventFilter(self)
        self._do: Callable[[], object] | None = None
        self._can: Callable[[], bool] | None = None
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
        self,
        text: str,
        *,
        action: str = "",
        do: Callable[[], object] | None = None,
        can: Callable[[], bool] | None = None,
        stays: bool = False,
    ) -> None:
        """Show a sentence; ``action`` names the button that calls ``do``, as long as ``can`` says it can be
        done; ``stays`` until it is dismissed."""
        self._label.setText(text)
        self._do, self._can = do, can
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self._place()
        self.show()
        self.raise_()
        if stays:
            self._timer.stop()
        else:
            self._timer.start(LONG_MS if do or len(text) > 90 else SHORT_MS)
        QAccessible.updateAccessibility(QAccessibleEvent(self._label, QAccessible.Event.Alert))

    def dismiss(self) -> None:
        self._timer.stop()
        self._do = self._can = None
        self.hide()

    def look_again(self) -> None:
        """Go away if what is offered cannot be done any more."""
        if self._can is not None and not self._can():
            self.dismiss()

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

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        corner = self._over.mapTo(parent, QPoint(0, 0))
        area = QRect(corner, self._over.size()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        width = min(WIDEST, area.width())
        layout = self.layout()
        assert layout is not None
        height = max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height())
        left = area.left() + (area.width() - width) // 2
        self.setGeometry(left, area.bottom() + 1 - height, width, height)

    # -- Qt ---------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        window = palette.color(palette.ColorRole.Window)
        painter.setPen(QPen(theme.mixed(theme.accent(palette), window, 0.5), 1.0))
        painter.setBrush(theme.mixed(theme.accent(palette), window, 0.16))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS
        )
