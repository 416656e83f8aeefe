"""Which files come beside a saved song."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.dialogs.settings_page import SettingsPage, at_natural_width
from aimusic_desktop.ui.dialogs.settings_saving import SUFFIX
from aimusic_desktop.ui.labels import TextLabel

_LYRICS = {"": "Not written", "txt": "A text file (.txt)", "lrc": "A lyrics file for players (.lrc)"}


class BesidePage(SettingsPage):
    """Cover, lyrics and the service's answer, and how a saved song's folder then looks."""

    title = "Beside the song"
    icon_name = "files"

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._stem = ""
        self.cover = self._make_box("The cover as a picture", settings.beside_cover)
        self.lyrics = QComboBox(self)
        self.lyrics.setAccessibleName("Lyrics")
        for value, text in _LYRICS.items():
            self.lyrics.addItem(text, value)
        self.lyrics.setCurrentIndex(max(0, self.lyrics.findData(settings.beside_lyrics)))
        self.lyrics.currentIndexChanged.connect(self._refresh)
        self.json = self._make_box("The service's answer as JSON", settings.beside_json)
        self._files = TextLabel(parent=self)
        form = self.add_form()
        form.addRow("Cover", self.cover)
        form.addRow("Lyrics", at_natural_width(self.lyrics))
        form.addRow("JSON", self.json)
        self.add_text("A saved song then has these files:")
        self._column.addWidget(self._files)
        self.end()

    def values(self) -> dict[str, object]:
        return {
            "beside_cover": self.cover.isChecked(),
            "beside_lyrics": str(self.lyrics.currentData()),
            "beside_json": self.json.isChecked(),
        }

    def show_name(self, stem: str) -> None:
        """Take this name of a song, without its suffix, for the example."""
        self._stem = stem
        self._refresh()

    @property
    def files(self) -> list[str]:
        """The names of the example's files."""
        lyrics = self.lyrics.currentData()
        chosen = (
            (SUFFIX, True),
            (".jpg", self.cover.isChecked()),
            (f".{lyrics}", bool(lyrics)),
            (".json", self.json.isChecked()),
        )
        return [self._stem + suffix for suffix, wanted in chosen if wanted]

    def _make_box(self, text: str, checked: bool) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(checked)
        box.toggled.connect(self._refresh)
        return box

    def _refresh(self) -> None:
        self._files.setText("\n".join(self.files))
