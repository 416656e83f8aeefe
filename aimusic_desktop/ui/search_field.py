"""The search field."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from aimusic_desktop.ui.theme import icon

TYPING_PAUSE_MS = 150
LONGEST_SEARCH = 200


class SearchField(QLineEdit):
    """Emits ``wanted`` a moment after the typing stopped; Escape clears it and leaves it."""

    wanted = Signal(str)
    left = Signal()
    """Escape: the keyboard shall go back to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Search")
        self.setPlaceholderText("Search")
        self.setClearButtonEnabled(True)
        self.setMaxLength(LONGEST_SEARCH)
        lens = QAction(icon("search"), "Type a search", self)  # a button to Qt, so it has a name
        lens.triggered.connect(self.take_focus)
        self.addAction(lens, QLineEdit.ActionPosition.LeadingPosition)
        clear = self.findChild(QAction, "_q_qlineeditclearaction")  # Qt leaves its own without a name
        if clear is not None:
            clear.setText("Clear the search")
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.wanted.emit(self.text().strip()))
        self.textChanged.connect(self._pause.start)
        escape = QShortcut(QKeySequence("Escape"), self, context=Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self._leave)

    def _leave(self) -> None:
        self.clear()
        self.left.emit()

    def take_focus(self) -> None:
        """Be ready to be typed into, whatever is there already."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
