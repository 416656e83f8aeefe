"""Where songs are saved and what they are called."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QSpinBox, QWidget

from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, OnTaken
from aimusic_desktop.settings import MOST_SAVES_AT_ONCE, Settings
from aimusic_desktop.ui.desk import place
from aimusic_desktop.ui.dialogs.settings_page import (
    Remark,
    Run,
    SettingsPage,
    above,
    at_natural_width,
    beside,
    push_button,
)
from aimusic_desktop.ui.dialogs.settings_template import TemplateField

SUFFIX = ".m4a"
LOOK_LIMIT_S = 2.0
"""How long OK waits for a disk that does not answer."""

_TAKEN = {
    OnTaken.NUMBER: "Number the new song",
    OnTaken.SKIP: "Skip it if it is the same song",
    OnTaken.ASK: "Ask each time",
}


class SavingPage(SettingsPage):
    """The folder, the template of names, what happens to a name that is taken, how many at a time."""

    title = "Saving"
    icon_name = "save"

    def __init__(self, settings: Settings, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self._before, self._run = settings, run
        self._unusable = ""
        self._looking: asyncio.Task[None] | None = None
        self.folder = QLineEdit(str(settings.save_path), self)
        self.folder.setAccessibleName("Save songs to")
        choose = push_button("Choose …", self, self._choose)  # before the next field, as the Tab key goes
        self._remark = Remark(self)
        self.name = TemplateField("Name", settings.name_template, self._example, self, default="{title}")
        self.taken = self._make_taken(settings.on_taken)
        self.at_once = self._make_at_once(settings.saves_at_once)
        form = self.add_form()
        form.addRow("Save songs to", above(beside(self.folder, choose), self._remark))
        form.addRow("Name", self.name)
        form.addRow("If the name is taken", at_natural_width(self.taken))
        form.addRow("Songs at a time", at_natural_width(self.at_once))
        self.add_text("A slash in the name makes a folder. No file is ever replaced unasked.")
        self.end()
        self.folder.textChanged.connect(self._folder_changed)
        self.name.changed.connect(self.changed)

    @property
    def trouble(self) -> str:
        return self._wrong_folder() or self.name.trouble

    def values(self) -> dict[str, object]:
        same = self._folder == self._before.save_path
        return {
            "save_folder": self._before.save_folder if same else str(self._folder),
            "name_template": self.name.text,
            "on_taken": str(self.taken.currentData()),
            "saves_at_once": self.at_once.value(),
        }

    @property
    def remark(self) -> str:
        """What is said below the folder."""
        return self._remark.whole

    async def looked(self) -> None:
        """Wait until the folder was looked at, if that is under way; ``LOOK_LIMIT_S`` at most."""
        if self._looking:
            await asyncio.wait([self._looking], timeout=LOOK_LIMIT_S)

    @property
    def _folder(self) -> Path:
        """The folder that is meant; ``~`` is the home folder, as people write it."""
        folder = Path(self.folder.text().strip())
        return Path.home().joinpath(*folder.parts[1:]) if folder.parts[:1] == ("~",) else folder

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
        if self._folder.is_absolute() and self.folder.text().isprintable():
            return self._unusable
        return "The folder for songs must be a whole path, such as the one it had."

    def _example(self, template: Template, clip: Clip) -> str:
        return place(self._folder.joinpath(*template.parts(clip))) + SUFFIX

    def _folder_changed(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = self._run(self._look(), "look at the folder")
        self._tell()
        self.name.refresh()

    async def _look(self) -> None:
        """Look at the folder until it is the one in the field; one thread at a time, should a disk hang."""
        looked_at = None
        while looked_at != self._folder:
            looked_at = self._folder
            self._unusable = await asyncio.to_thread(_why_unusable, looked_at)
        self._tell()

    def _tell(self) -> None:
        self._remark.show_sentence(self._wrong_folder())
        self.changed.emit()

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Save songs to", str(self._folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _why_unusable(folder: Path) -> str:
    """Why no song can be saved there, as a sentence; "" when one can. Tries it, without leaving anything."""
    there = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    if not there.is_dir():
        return f"“{place(there)}” is not a folder. Choose another one."
    try:
        with tempfile.TemporaryFile(dir=there):  # permissions alone do not tell it everywhere
            return ""
    except OSError:
        return f"Nothing can be written into “{place(there)}”. Choose another folder."
