"""Asks what is to be exported, and as what."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.exchange.files import ExportFormat
from aimusic_desktop.ui.dialogs.buttons import make_buttons
from aimusic_desktop.ui.theme import GRID

WIDTH = 400

FORMATS = {
    ExportFormat.JSON: "Everything, to import again",
    ExportFormat.CSV: "Table for spreadsheets",
    ExportFormat.M3U8: "Playlist for players",
}
"""What each format is for."""


class ExportDialog(QDialog):
    """Open it with ``open()``; ``accepted`` means that a file is to be chosen next.

    ``selected`` and ``total`` count the rows that are selected and those of the library. A single selected
    row may come from any click, so only several are offered first.
    """

    def __init__(self, selected: int, total: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.selection = QRadioButton(f"Selected songs ({selected:,})", self)
        self.library = QRadioButton(f"The whole library ({total:,})", self)
        self.selection.setEnabled(selected > 0)
        (self.selection if selected > 1 else self.library).setChecked(True)
        self.formats = self._make_formats()
        self.buttons = self._make_buttons()
        self._lay_out()
        self.setMinimumWidth(WIDTH)

    @property
    def only_selection(self) -> bool:
        return self.selection.isChecked()

    @property
    def format(self) -> ExportFormat:
        return ExportFormat(self.formats.currentData())

    def _make_formats(self) -> QComboBox:
        formats = QComboBox(self)
        formats.setAccessibleName("Format")
        for each, purpose in FORMATS.items():
            formats.addItem(f"{purpose} ({each.upper()})", each.value)
        return formats

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = make_buttons(QDialogButtonBox.StandardButton.Cancel, self)
        buttons.addButton("Export …", QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self) -> None:
        what = QVBoxLayout()
        what.setSpacing(GRID // 2)
        what.addWidget(self.selection)
        what.addWidget(self.library)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(2 * GRID)
        form.addRow("Export", what)
        form.addRow("As", self.formats)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(3 * GRID)
        layout.addLayout(form)
        layout.addWidget(self.buttons)
