"""What the list shows when there is nothing in it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.theme import GRID, icon


class EmptyPage(QWidget):
    """Two faces: the library is empty (what to do first), or the search found nothing."""

    demo_wanted = Signal()
    show_all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setPixmap(icon("note").pixmap(QSize(48, 48)))
        self._title, self._text = headline("", self), TextLabel(parent=self, tone=Tone.MUTED)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._demo = QPushButton("Try the demo", self)
        self._demo.clicked.connect(self.demo_wanted)
        self._all = QPushButton("Show all songs", self)
        self._all.clicked.connect(self.show_all_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        layout.setSpacing(GRID)
        layout.addStretch(2)
        for widget in (self._picture, self._title, self._text):
            layout.addWidget(widget)
        layout.addSpacing(GRID)
        for button in (self._demo, self._all):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_first_steps(self, demo: bool) -> None:
        self._title.setText("Paste a task id to see your song")
        self._text.setText(
            "Put ids, links, JSON or a log into the field above, press Ctrl+V anywhere, or drop a text file."
        )
        self._demo.setVisible(not demo)
        self._all.hide()

    def show_nothing_found(self) -> None:
        self._title.setText("Nothing matches")
        self._text.setText("No song fits this search and filter.")
        self._demo.hide()
        self._all.show()
