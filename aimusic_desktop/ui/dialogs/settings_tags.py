"""What is written into saved songs."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.dialogs.settings_page import SettingsPage
from aimusic_desktop.ui.dialogs.settings_template import TemplateField


class TagsPage(SettingsPage):
    """Whether there are tags at all, and the templates of four of them."""

    title = "Tags"
    icon_name = "tag"

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.tags = QCheckBox("Write tags into saved songs", self)
        self.tags.setChecked(settings.tags)
        self._column.addWidget(self.tags)
        form = self.add_form()
        self.fields: dict[str, TemplateField] = {}
        for name in ("title", "artist", "album", "comment"):
            label = name.capitalize()
            field = TemplateField(label, getattr(settings, f"tag_{name}"), _written, self)
            field.changed.connect(self.changed)
            form.addRow(label, field)
            self.fields[f"tag_{name}"] = field
        self.add_text(
            "Style, lyrics, date, cover and the ids of the song are written too: dropped onto the window, "
            "a saved song finds its way home."
        )
        self.end()
        self.tags.toggled.connect(self._toggled)
        self._toggled()

    @property
    def trouble(self) -> str:
        troubles = (field.trouble for field in self.fields.values() if field.trouble)
        return next(troubles, "") if self.tags.isChecked() else ""

    def values(self) -> dict[str, object]:
        good = {name: field.text for name, field in self.fields.items() if not field.trouble}
        return {"tags": self.tags.isChecked(), **good}

    def show_song(self, clip: Clip) -> None:
        """Take this song for the examples."""
        for field in self.fields.values():
            field.show_song(clip)

    def _toggled(self) -> None:
        for field in self.fields.values():
            field.setEnabled(self.tags.isChecked())
        self.changed.emit()


def _written(template: Template, clip: Clip) -> str:
    return template.text(clip)
