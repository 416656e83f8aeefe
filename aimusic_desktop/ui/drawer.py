"""A part of the window that is pulled out from below another, and how tall it was."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

HEIGHT = 240
_TALLEST = 10_000


class Drawer(QSplitter):
    """Holds a part that is always there, and after :meth:`furnish` one that opens below it."""

    toggled = Signal(bool)
    """It was opened or closed."""

    def __init__(self, upper: QWidget, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.opened_before = False
        self._upper = upper
        self._lower: QWidget | None = None
        self._height = HEIGHT
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(upper)

    @property
    def is_open(self) -> bool:
        return self._lower is not None and not self._lower.isHidden()

    def furnish(self, lower: QWidget) -> None:
        """Give it what it holds; it stays closed."""
        lower.hide()
        self.addWidget(lower)
        self._lower = lower
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)

    def show_open(self, wanted: bool) -> None:
        """Open or close it."""
        if self._lower is None or wanted == self.is_open:
            return
        if wanted:
            self.opened_before = True
            self._lower.show()
            self.setSizes([max(0, self.height() - self._height), self._height])
        else:
            self._height = self.sizes()[1]
            self._lower.hide()
        self.toggled.emit(wanted)

    def toggle(self) -> None:
        """Open or close it as its user wants it: the keyboard goes along."""
        self.show_open(not self.is_open)
        (self._lower if self._lower and self.is_open else self._upper).setFocus()

    def remembered(self) -> str:
        """How it stands, as a text for the settings; "" if it was never opened."""
        if not self.opened_before:
            return ""
        height = self.sizes()[1] if self.is_open else self._height
        return f"{'open' if self.is_open else 'closed'} {height}"

    def restore(self, text: str) -> None:
        """Stand as it did; a text that says nothing leaves it closed."""
        state, _, height = text.partition(" ")
        if state in ("open", "closed") and height.isdecimal() and 0 < int(height) < _TALLEST:
            self.opened_before = True
            self._height = int(height)
            self.show_open(state == "open")
