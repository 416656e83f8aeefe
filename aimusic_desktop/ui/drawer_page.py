"""What the pages of the drawer have in common: their ground, their head, and that Escape closes them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.songs.layout import SIDE
from aimusic_desktop.ui.theme import GRID, icon


class DrawerPage(QWidget):
    """Lay it out by :meth:`stack`."""

    close_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)

    def stack(self, head: QHBoxLayout, *parts: QWidget) -> None:
        """The head above the parts; the last of them takes what room there is."""
        head.setContentsMargins(SIDE, GRID // 2, SIDE, GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        for part in parts:
            column.addWidget(part)
        column.setStretchFactor(parts[-1], 1)

    # -- Qt ---------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_wanted.emit()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 120)

    def sizeHint(self) -> QSize:
        return QSize(560, 240)


def name_label(name: str, page: DrawerPage) -> TextLabel:
    """The page's name, for its head."""
    label = TextLabel(name, page, selectable=False)
    font = label.font()
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    label.setWordWrap(False)
    return label


def close_button(name: str, side: int, page: DrawerPage) -> QToolButton:
    """For the end of the head, as large as the buttons of the rows, which it stands above."""
    button = QToolButton(page)
    button.setIcon(icon("close"))
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip("Close")
    button.setFixedSize(side, side)
    button.clicked.connect(page.close_wanted)
    return button


def quiet_line(text: str, page: DrawerPage) -> TextLabel:
    """What a page says where it has nothing to show."""
    line = TextLabel(text, page, tone=Tone.MUTED, selectable=False)
    line.setAlignment(Qt.AlignmentFlag.AlignCenter)
    line.setContentsMargins(SIDE, SIDE, SIDE, SIDE)
    return line
