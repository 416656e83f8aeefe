"""Asks what to do with a song whose name is taken in its folder."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from aimusic_desktop.model import OnTaken
from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.theme import GRID

WIDTH = 440

_CHOICES = (
    ("Keep both", "The new one gets a number.", OnTaken.NUMBER),
    ("Skip", "The file stays as it is.", OnTaken.SKIP),
    ("Replace", "The file there is lost.", OnTaken.REPLACE),
)


class TakenDialog(QDialog):
    """Open it with ``open()``. Closed without an answer, the song goes on waiting for one."""

    answered = Signal(OnTaken, bool)
    """The choice, and whether it is meant for all songs that are still to come."""

    def __init__(self, name: str, folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Name taken")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.for_all = QCheckBox("Do the same for all songs that are still to come", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(headline(f"“{name}” is in the folder already", self, scale=1.2))
        layout.addWidget(TextLabel(folder, self, tone=Tone.MUTED))
        layout.addSpacing(GRID)
        layout.addWidget(self.for_all)
        layout.addSpacing(GRID)
        layout.addLayout(self._make_buttons())
        self.setMinimumWidth(WIDTH)

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        for text, consequence, choice in reversed(_CHOICES):
            button = QPushButton(text, self)
            button.setToolTip(consequence)
            button.setAccessibleDescription(consequence)
            button.setDefault(choice is OnTaken.NUMBER)
            button.clicked.connect(lambda _checked=False, choice=choice: self._answer(choice))
            row.addWidget(button)
        return row

    def _answer(self, choice: OnTaken) -> None:
        self.answered.emit(choice, self.for_all.isChecked())
        self.accept()
