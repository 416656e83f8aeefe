"""A part of the window that is pulled out from below another, and how tall it was."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

SAVES, QUEUE, LYRICS = PAGES = "saves", "queue", "lyrics"
"""The window's pages."""

HEIGHT = 240
LEAST, LOWEST = 160, 76
"""Where there is room, an open page is no lower, and where there is none; device-independent pixels. The
second shows a page's head and a row."""

ABOVE = 176
"""What is left to the part above, where there is room: the chips and two rows."""

_TALLEST = 10_000


class Drawer(QSplitter):
    """Holds a part that is always there and, after :meth:`furnish`, pages of which one may be open below."""

    turned = Signal(str)
    """The name of the page that is open now; "" when it was closed."""

    def __init__(self, upper: QWidget, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.opened: set[str] = set()
        """The names of pages that were open ever."""
        self._upper = upper
        self._pages: dict[str, QWidget] = {}
        self._lower = _Pages(self)
        self._lower.hide()
        self._height = HEIGHT  # as its user wants it, whatever there is room for
        self._above = ABOVE
        self.splitterMoved.connect(self._remember)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(upper)

    @property
    def page(self) -> str:
        """The name of the page that is open, or ""."""
        if self._lower.isHidden():
            return ""
        return next(name for name, page in self._pages.items() if page is self._lower.currentWidget())

    def furnish(self, pages: Mapping[str, QWidget]) -> None:
        """Give it what it holds; it stays closed."""
        for page in pages.values():
            self._lower.addWidget(page)
        self._pages.update(pages)
        self.addWidget(self._lower)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)

    def show_page(self, name: str) -> None:
        """Open a page, or close whichever is open for ""."""
        if name == self.page:
            return
        if not name:
            self._lower.hide()
        else:
            self.opened.add(name)
            self._lower.setCurrentWidget(self._pages[name])
            if self._lower.isHidden():
                self._lower.show()
                self._fit()
        self.turned.emit(name)

    def toggle(self, name: str) -> None:
        """Open or close a page as its user wants it: the keyboard goes along."""
        self.show_page("" if name == self.page else name)
        (self._pages[self.page] if self.page else self._upper).setFocus()

    def remembered(self) -> str:
        """How it stands, as a text for the settings; "" if it was never opened."""
        if not self.opened:
            return ""
        return " ".join([self.page or "closed", str(self._height), *sorted(self.opened)])

    def restore(self, text: str) -> None:
        """Stand as it did; a text that says nothing leaves it closed."""
        name, height, *opened = text.split() if text.count(" ") > 1 else ("", "")
        if name in ("closed", *self._pages) and height.isdecimal() and 0 < int(height) < _TALLEST:
            self.opened.update(page for page in opened if page in self._pages)
            self._height = max(LEAST, int(height))
            self.show_page("" if name == "closed" else name)

    def _fit(self) -> None:
        room = self.height() - self.handleWidth()
        height = max(min(self._height, room - self._above), min(LEAST, room // 2))
        self.setSizes([max(0, room - height), height])

    def _remember(self) -> None:
        above, height = self.sizes()
        self._above, self._height = min(ABOVE, above), max(LEAST, height)

    # -- Qt ---------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.page:
            self._fit()


class _Pages(QStackedWidget):
    """Pages scroll what they hold, so that they can be low."""

    # -- Qt ---------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), LOWEST)
