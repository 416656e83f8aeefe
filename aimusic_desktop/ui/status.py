"""The status bar: connection, working, saving, credits."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from aimusic_desktop.api.decode import Credits
from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.tracking.connection import Connection, ConnectionState
from aimusic_desktop.ui import theme, words
from aimusic_desktop.ui.saves import words as save_words
from aimusic_desktop.ui.theme import GRID

TICK_MS = 1_000

_WORDS = {
    ConnectionState.STARTING: "connecting",
    ConnectionState.CONNECTED: "connected",
    ConnectionState.OFFLINE: "offline, trying again",
    ConnectionState.NO_KEY: "no API key",
    ConnectionState.KEY_REFUSED: "the API key was refused",
    ConnectionState.SLOWED: "the service asks to wait; going on",
}


class StatusBar(QStatusBar):
    """Labels keep their text as their accessible name, so none is set."""

    saves_wanted = Signal()

    def __init__(self, connection: Connection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(GRID + 4, 0, GRID + 4, 0)
        self._connection = connection
        self._dot, self.connection, self.working = QLabel(self), QLabel(self), QLabel(self)
        # Points of their own: within a text they would stand at its wrong end where lines begin at the right.
        self._before_working, self._before_saving = _point(self), _point(self)
        self.saving = self._make_saving()
        self.credits = QLabel(self)
        for label in (self._dot, self.connection, self.working):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for widget in (self._dot, self.connection, self._before_working, self.working):
            self.addWidget(widget)
        self.addWidget(self._before_saving)
        self.addWidget(self.saving)
        self.addPermanentWidget(self.credits)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.show_connection)
        self._timer.start()
        self.show_connection()

    def show_connection(self) -> None:
        state, text = self._connection.state, _WORDS[self._connection.state]
        until = self._connection.until
        if state in (ConnectionState.SLOWED, ConnectionState.OFFLINE) and until and until > time.time():
            text = f"{text} in {words.span(until - time.time())}"
        self.connection.setText(text)
        self._paint_dot(state)

    def show_working(self, number: int) -> None:
        self.working.setText(f"{number:,} working" if number else "")
        self._before_working.setVisible(number > 0)

    def show_saving(self, totals: Totals) -> None:
        """How many are under way, or what else is to be said of them."""
        text = save_words.in_short(totals)
        self.saving.setText(text)
        for widget in (self._before_saving, self.saving):
            widget.setVisible(bool(text))

    def show_credits(self, credits: Credits | None) -> None:  # noqa: A002 - the field's own word
        if credits is None:
            self.credits.setText("")
            return
        self.credits.setText(words.count(credits.credits + credits.extra, "credit"))

    def _make_saving(self) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setToolTip("Show the saves")
        button.clicked.connect(self.saves_wanted)
        button.hide()
        return button

    def _paint_dot(self, state: ConnectionState) -> None:
        palette = self.palette()
        color = {
            ConnectionState.CONNECTED: theme.good_text(palette),
            ConnectionState.STARTING: theme.muted_text(palette),
        }.get(state, theme.error_text(palette))
        self._dot.setPixmap(theme.dot(8, color, self.devicePixelRatioF()))


def _point(parent: QWidget) -> QLabel:
    """What parts two facts; hidden while there is only one."""
    point = QLabel("·", parent)
    point.hide()
    return point
