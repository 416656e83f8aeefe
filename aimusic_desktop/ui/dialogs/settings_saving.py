"""Where songs are saved and what they are called."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QSpinBox, QWidget

from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, OnTaken
from aimusic_desktop.settings import MOST_SAVES_AT_ONCE, Settings
from aimusic_desktop.ui.desk import place
from aimusic_desktop.ui.dialogs.settings_page import (
    SettingsPage,
    above,
    at_natural_width,
    beside,
    push_button,
)
from aimusic_desktop.ui.dialogs.settings_template import TemplateField
from aimusic_desktop.ui.labels import TextLabel, Tone

SUFFIX = ".m4a"
_TAKEN = {
    OnTaken.NUMBER: "Number the new song",
    OnTaken.SKIP: "Skip it if it is the same song",
    OnTaken.ASK: "Ask each time",
}


class SavingPage(SettingsPage):
    """The folder, the template of names, what happens to a name that is taken, how many at a time."""

    title = "Saving"
    icon_name = "save"

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = settings
        self.folder = QLineEdit(str(settings.save_path), self)
        self.folder.setAccessibleName("Save songs to")
        self._folder_trouble = TextLabel(parent=self, tone=Tone.ERROR)
        self.name = TemplateField("Name", settings.name_template, self._example, self, default="{title}")
        self.taken = self._make_taken(settings.on_taken)
        self.at_once = self._make_at_once(settings.saves_at_once)
        form = self.add_form()
        folder = beside(self.folder, push_button("Choose …", self, self._choose))
        form.addRow("Save songs to", above(folder, self._folder_trouble))
        form.addRow("Name", self.name)
        form.addRow("If the name is taken", at_natural_width(self.taken))
        form.addRow("Songs at a time", at_natural_width(self.at_once))
        self.add_text("A slash in the name makes a folder. No file is ever replaced unasked.")
        self.end()
        self._folder_trouble.say(self._wrong_folder())
        self.folder.textChanged.connect(self._folder_changed)
        self.name.changed.connect(self.changed)

    @property
    def trouble(self) -> str:
        return self._wrong_folder() or self.name.trouble

    def values(self) -> dict[str, object]:
        folder = self.folder.text().strip()
        same = folder == str(self._before.save_path)
        return {
            "save_folder": self._before.save_folder if same else folder,
            "name_template": self.name.text,
            "on_taken": str(self.taken.currentData()),
            "saves_at_once": self.at_once.value(),
        }

    def _make_taken(self, chosen: str) -> QComboBox:
        taken = QComboBox(self)
        taken.setAccessibleName("If the name is taken")
        for value, text in _TAKEN.items():
            taken.addItem(text, value.value)
        taken.setCurrentIndex(max(0, taken.findData(chosen)))
        return taken

    def _make_at_once(self, number: int) -> QSpinBox:
        at_once = QSpinBox(self)
        at_once.setAccessibleName("Songs at a time")
        at_once.setRange(1, MOST_SAVES_AT_ONCE)
        at_once.setValue(number)
        return at_once

    def _wrong_folder(self) -> str:
        text = self.folder.text().strip()
        if Path(text).is_absolute() and text.isprintable():
            return ""
        return "The folder for songs must be a whole path, such as the one it had."

    def _example(self, template: Template, clip: Clip) -> str:
        return place(Path(self.folder.text().strip(), *template.parts(clip))) + SUFFIX

    def _folder_changed(self) -> None:
        self._folder_trouble.say(self._wrong_folder())
        self.name.refresh()
        self.changed.emit()

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Save songs to", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
