"""The settings: where songs go, how much is cached, which address is asked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.core import Core
from aimusic_desktop.errors import AppError
from aimusic_desktop.settings import DEFAULT_API_URL, check_api_url
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.theme import GRID

SMALLEST_MB, LARGEST_MB = 100, 200_000


class SettingsDialog(QDialog):
    """Open it with ``open()``; OK keeps the values, Cancel forgets them."""

    key_wanted = Signal()
    address_changed = Signal()

    def __init__(self, core: Core, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._core, self._background = core, background
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        value = core.settings.value
        self._folder = QLineEdit(str(value.save_path), self)
        self._folder.setAccessibleName("Save songs to")
        self._limit = self._make_limit(value.cache_limit_mb)
        self._used = TextLabel("", self, tone=Tone.MUTED)
        self._url = QLineEdit(value.api_url, self)
        self._url.setAccessibleName("Address of the service")
        self._url.setPlaceholderText(DEFAULT_API_URL)
        self._trouble = TextLabel(parent=self)
        self._trouble.say("", Tone.ERROR)
        self._lay_out()
        background.run(self._show_used(), "size of the cache")

    def _make_limit(self, megabytes: int) -> QSpinBox:
        limit = QSpinBox(self)
        limit.setAccessibleName("Cache at most")
        limit.setRange(SMALLEST_MB, LARGEST_MB)
        limit.setSingleStep(256)
        limit.setSuffix(" MB")
        limit.setValue(megabytes)
        return limit

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID + 4)
        form.addRow("Save songs to", _beside(self._folder, self._button("Choose …", self._choose_folder)))
        form.addRow("Cache at most", _beside(self._limit, self._button("Empty the cache", self._empty)))
        form.addRow("", self._used)
        form.addRow("Address of the service", self._url)
        form.addRow(
            "API key",
            _beside(
                TextLabel("Kept apart from these settings.", tone=Tone.MUTED),
                self._button("Change …", self.key_wanted.emit),
            ),
        )
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, parent=self
        )
        buttons.accepted.connect(self._keep)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addLayout(form)
        layout.addWidget(self._trouble)
        layout.addWidget(buttons)
        self.setMinimumWidth(560)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Save songs to", self._folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _empty(self) -> None:
        self._background.run(self._empty_cache(), "empty the cache")

    async def _empty_cache(self) -> None:
        await self._core.audio.clear()
        await self._show_used()

    async def _show_used(self) -> None:
        size = await self._core.audio.size()
        self._used.setText(f"{size / 1e6:,.0f} MB of songs are cached now.")

    def _keep(self) -> None:
        try:
            url = check_api_url(self._url.text()) if self._url.text().strip() else ""
        except AppError as error:
            self._trouble.say(error.sentence)
            return
        before = self._core.settings.value
        folder = self._folder.text().strip()
        if folder == str(before.save_path):
            folder = before.save_folder
        elif not Path(folder).is_absolute():
            self._trouble.say("The folder for songs must be a whole path, such as the one it had.")
            return
        self._core.settings.update(save_folder=folder, api_url=url, cache_limit_mb=self._limit.value())
        if url != before.api_url:
            self.address_changed.emit()
        self.accept()


def _beside(field: QWidget, button: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(field, 1)
    row.addWidget(button)
    return row
