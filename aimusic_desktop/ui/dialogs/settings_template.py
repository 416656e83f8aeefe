"""A field for a template, with what it makes of a real song below it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from aimusic_desktop.media.template import FIELDS, Template, TemplateError
from aimusic_desktop.model import Clip, ClipState, Product
from aimusic_desktop.settings import MAX_TEMPLATE_LENGTH
from aimusic_desktop.ui.dialogs.settings_page import Remark
from aimusic_desktop.ui.theme import GRID

EXAMPLE = Clip(
    task_id="74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
    clip_id="c5a1f0d2-6b7e-4e38-9a35-0d2f6f3f9b11",
    product=Product.PRODUCER,
    title="City Lights",
    style="emotional pop with gentle piano",
    model="FUZZ-2.0 Pro",
    seed="47121",
    created_at="2025-10-01T08:49:47Z",
    state=ClipState.SUCCEEDED,
)
"""What templates are shown with while the library holds no finished song."""

_INSERTED = {"created": "{created:%Y-%m-%d}"}
"""What the menu puts in for a field, where that is not the bare field."""


class TemplateField(QWidget):
    """``show`` says what a template makes of a song. An empty field stands for ``default``."""

    changed = Signal()

    def __init__(
        self, name: str, text: str, show: Callable[[Template, Clip], str], parent: QWidget, default: str = ""
    ) -> None:
        super().__init__(parent)
        self.trouble = ""
        self._show, self._default = show, default
        self._clip = EXAMPLE
        self.field = self._make_field(name, text)
        self.menu = self._make_menu()
        insert = self._make_insert(name)
        self._preview = Remark(self)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        row.addWidget(insert)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self._preview)
        self.setFocusProxy(self.field)
        self.refresh()

    @property
    def text(self) -> str:
        """The template as it is to be kept."""
        return self.field.text().strip() or self._default

    @property
    def preview(self) -> str:
        """What is said below the field: the example, or what is wrong."""
        return self._preview.whole

    def show_song(self, clip: Clip) -> None:
        """Show what the template makes of this song from now on."""
        self._clip = clip
        self.refresh()

    def refresh(self) -> None:
        """Look at the template anew."""
        try:
            example = self._show(Template(self.text), self._clip)
        except TemplateError as error:
            self.trouble = error.sentence
            self._preview.show_sentence(self.trouble)
        else:
            self.trouble = ""
            self._preview.show_example(example or "Nothing is written.")

    def _make_field(self, name: str, text: str) -> QLineEdit:
        field = QLineEdit(text, self)
        field.setAccessibleName(name)
        field.setMaxLength(MAX_TEMPLATE_LENGTH)
        field.setPlaceholderText(self._default)
        field.textChanged.connect(self._text_changed)
        return field

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for field, what in FIELDS.items():
            text = _INSERTED.get(field, f"{{{field}}}")
            menu.addAction(f"{what}\t{{{field}}}", partial(self._put, text))
        return menu

    def _make_insert(self, name: str) -> QPushButton:
        button = QPushButton("Insert", self)
        button.setAutoDefault(False)
        button.setAccessibleName(f"Insert into {name}")
        button.setToolTip("Insert a fact of the song")
        button.setMenu(self.menu)
        return button

    def _put(self, text: str) -> None:
        self.field.insert(text)
        self.field.setFocus()

    def _text_changed(self) -> None:
        self.refresh()
        self.changed.emit()
