"""What this program is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from aimusic_desktop import __version__
from aimusic_desktop.assets import asset
from aimusic_desktop.ui.dialogs.buttons import make_buttons
from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.theme import GRID


class AboutDialog(QDialog):
    """Name, version, licence."""

    def __init__(self, parent: QWidget, log_file: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("About AI Music Desktop")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
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
        buttons = make_buttons(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(440)
