"""What this program is, and the sheet of its shortcuts."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from aimusic_desktop import __version__
from aimusic_desktop.assets import asset
from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.theme import GRID


class AboutDialog(QDialog):
    """Name, version, licence."""

    def __init__(self, parent: QWidget, log_file: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("About AI Music Desktop")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = _column(self)
        picture = QLabel(self)
        picture.setPixmap(QIcon(str(asset("icons", "aimusic-desktop.svg"))).pixmap(QSize(64, 64)))
        layout.addWidget(picture)
        layout.addWidget(headline("AI Music Desktop", self))
        layout.addWidget(TextLabel(f"Version {__version__}", self))
        layout.addWidget(TextLabel("A desktop client for the AI Music API: look up, listen, keep.", self))
        layout.addWidget(
            TextLabel("Free software under the GNU General Public License, version 3 or later.", self)
        )
        layout.addWidget(TextLabel(f"Log file: {log_file}", self, tone=Tone.MUTED))
        layout.addWidget(_close_button(self))
        self.setMinimumWidth(440)


class ShortcutsDialog(QDialog):
    """Every action that has a key."""

    def __init__(self, parent: QWidget, actions: Iterable[QAction]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form = QFormLayout()
        form.setHorizontalSpacing(4 * GRID)
        form.setVerticalSpacing(GRID // 2)
        for action in actions:
            keys = " or ".join(
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            )
            if keys:
                form.addRow(action.text().replace("&", "").rstrip(" …"), TextLabel(keys))
        layout = _column(self)
        layout.addLayout(form)
        layout.addWidget(_close_button(self))
        self.setMinimumWidth(360)


def _column(dialog: QDialog) -> QVBoxLayout:
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
    layout.setSpacing(GRID)
    return layout


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=dialog)
    buttons.rejected.connect(dialog.reject)
    return buttons
