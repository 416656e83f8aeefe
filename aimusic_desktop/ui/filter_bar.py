"""The chips All / Working / Ready / Failed with their counts, and the sort order."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QWidget

from aimusic_desktop.library.store import Counts, SortKey
from aimusic_desktop.model import Group
from aimusic_desktop.ui import words
from aimusic_desktop.ui.menu_button import MenuButton
from aimusic_desktop.ui.theme import GRID

_CHIPS: tuple[tuple[str, Group | None], ...] = (
    ("All", None),
    ("Working", Group.WORKING),
    ("Ready", Group.READY),
    ("Failed", Group.FAILED),
)
_SORTS = (
    (SortKey.ADDED, "Added"),
    (SortKey.CREATED, "Created"),
    (SortKey.TITLE, "Title"),
    (SortKey.LENGTH, "Length"),
)


class FilterBar(QWidget):
    """The chips, exclusive like radio buttons, and the sort menu."""

    group_wanted = Signal(object)
    """A :class:`Group`, or None for all."""
    clicked = Signal()
    """A chip was pressed by the mouse: the keyboard shall go to the list."""
    sort_wanted = Signal(SortKey, bool)
    """The key, and whether descending."""

    def __init__(self, sort: SortKey, descending: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sort, self._descending = sort, descending
        self._group = QButtonGroup(self)
        self._chips = [self._chip(name, group) for name, group in _CHIPS]
        self._chips[0].setChecked(True)
        self._sort_button = MenuButton(self)
        self._sort_button.setAccessibleName("Sort")
        self.sort_menu = self._sort_button.menu()
        self._fill_sort_menu()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for chip in self._chips:
            layout.addWidget(chip)
        layout.addStretch(1)
        layout.addWidget(self._sort_button)
        self.show_counts(Counts(all=0, working=0, ready=0, failed=0))

    def show_counts(self, counts: Counts) -> None:
        numbers = (counts.all, counts.working, counts.ready, counts.failed)
        for chip, (name, _), number in zip(self._chips, _CHIPS, numbers, strict=True):
            chip.setText(f"{name} {number:,}")
            chip.setAccessibleDescription(words.count(number, "song"))

    def choose(self, group: Group | None) -> None:
        """Press a chip as the user would."""
        self._chips[[one for _, one in _CHIPS].index(group)].click()

    def _chip(self, name: str, group: Group | None) -> QPushButton:
        chip = _Chip(name, self)
        chip.setAccessibleName(name)
        chip.setCheckable(True)
        chip.setFlat(True)
        chip.setAutoDefault(False)
        chip.pressed_by_mouse.connect(self.clicked)
        chip.clicked.connect(lambda: self.group_wanted.emit(group))
        self._group.addButton(chip)
        return chip

    def _fill_sort_menu(self) -> None:
        menu = self.sort_menu
        keys = QActionGroup(menu)
        for key, name in _SORTS:
            self._sort_action(menu, keys, name, key is self._sort).triggered.connect(
                lambda _checked=False, key=key: self._choose_sort(key, self._descending)
            )
        menu.addSeparator()
        directions = QActionGroup(menu)
        for name, descending in (("Ascending", False), ("Descending", True)):
            self._sort_action(menu, directions, name, descending is self._descending).triggered.connect(
                lambda _checked=False, descending=descending: self._choose_sort(self._sort, descending)
            )
        self._name_sort()

    def _sort_action(self, menu: QMenu, group: QActionGroup, name: str, checked: bool) -> QAction:
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(checked)
        group.addAction(action)
        return action

    def _choose_sort(self, key: SortKey, descending: bool) -> None:
        self._sort, self._descending = key, descending
        self._name_sort()
        self.sort_wanted.emit(key, descending)

    def _name_sort(self) -> None:
        button = self._sort_button
        name = dict(_SORTS)[self._sort]
        button.setText(f"{name} {'↓' if self._descending else '↑'}")
        direction = "descending" if self._descending else "ascending"
        button.setAccessibleDescription(f"Sorted by {name.lower()}, {direction}")
        button.setToolTip(button.accessibleDescription())


class _Chip(QPushButton):
    pressed_by_mouse = Signal()

    # -- Qt ---------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.pressed_by_mouse.emit()
