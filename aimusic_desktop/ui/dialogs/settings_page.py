"""What the pages of the settings have in common, and the pieces they are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.theme import GRID

REMARK_LINES = 2

Run = Callable[[Coroutine[None, None, None], str], asyncio.Task[None]]
"""Starts a coroutine under a name; it ends with the dialog."""


class SettingsPage(QWidget):
    """One page. ``changed`` says that its values, or what is wrong with them, may be others now."""

    changed = Signal()

    title = ""
    icon_name = ""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        self._column.setSpacing(2 * GRID)
        self._column.addWidget(headline(self.title, self, scale=1.2))

    @property
    def trouble(self) -> str:
        """Why the values cannot be kept, as a sentence; empty when they can."""
        return ""

    def values(self) -> dict[str, object]:
        """The settings of this page, by the names of their fields."""
        raise NotImplementedError

    def add_text(self, text: str) -> None:
        """A remark in second rank."""
        self._column.addWidget(TextLabel(text, self, tone=Tone.MUTED, selectable=False))

    def add_form(self) -> QFormLayout:
        """Labels and fields in two columns, wherever the platform likes its labels."""
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID + 4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._column.addLayout(form)
        return form

    def end(self) -> None:
        """Nothing comes below any more."""
        self._column.addStretch(1)


class Remark(TextLabel):
    """What is said below a field. Its room is kept even while it is empty: no field moves when it speaks.

    An example takes one line, shortened in the middle so that its suffix stays, and is whole in the tooltip.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent, tone=Tone.MUTED)
        self._whole, self._is_example = "", False
        self.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self.setMinimumHeight(REMARK_LINES * self.fontMetrics().lineSpacing())

    @property
    def whole(self) -> str:
        """What is said, unshortened."""
        return self._whole

    def show_example(self, text: str) -> None:
        self._show(text, Tone.MUTED, is_example=True)

    def show_sentence(self, text: str, tone: Tone = Tone.ERROR) -> None:
        self._show(text, tone, is_example=False)

    def _show(self, text: str, tone: Tone, *, is_example: bool) -> None:
        self._whole, self._is_example = text, is_example
        self.set_tone(tone)
        self.setAccessibleName(text)
        self.setToolTip(text if is_example else "")
        self._fit()

    def _fit(self) -> None:
        text, middle = self._whole, Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(text, middle, self.width()) if self._is_example else text)

    # -- Qt ---------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def push_button(text: str, parent: QWidget, slot: Callable[[], object]) -> QPushButton:
    """A button that Return in a field does not press."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: slot())
    return button


def beside(field: QWidget, button: QWidget) -> QHBoxLayout:
    """A field with a button at its end."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(field, 1)
    row.addWidget(button)
    return row


def above(field: QWidget | QLayout, remark: QWidget) -> QVBoxLayout:
    """A field with a remark below it."""
    column = QVBoxLayout()
    column.setSpacing(GRID // 2)
    column.addLayout(field) if isinstance(field, QLayout) else column.addWidget(field)
    column.addWidget(remark)
    return column


def at_natural_width(widget: QWidget) -> QWidget:
    """The same widget, no wider than it wants to be."""
    widget.setSizePolicy(QSizePolicy.Policy.Maximum, widget.sizePolicy().verticalPolicy())
    return widget
