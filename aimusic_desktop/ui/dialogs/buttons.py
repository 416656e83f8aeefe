"""The buttons at the foot of a dialog."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QWidget

Box = TypeVar("Box", QDialogButtonBox, QMessageBox)


def make_buttons(kinds: QDialogButtonBox.StandardButton, parent: QWidget) -> QDialogButtonBox:
    """Standard buttons, words only."""
    return without_icons(QDialogButtonBox(kinds, parent=parent))


def without_icons(box: Box) -> Box:
    """The same box; its buttons, which Qt gives coloured pictures on some desktops, have words only.

    Those pictures are made for light windows, and nothing else in ours looks like them.
    """
    for button in box.buttons():
        button.setIcon(QIcon())
    return box
