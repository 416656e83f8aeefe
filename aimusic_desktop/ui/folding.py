"""A row of buttons that shows icons alone where there is no room for their names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QWidget

from aimusic_desktop.ui.actions import keys_of
from aimusic_desktop.ui.menu_button import MenuButton
from aimusic_desktop.ui.theme import GRID, icon

ICON_WIDTH = 5 * GRID
"""Of a button without its name."""


class FoldingRow(QWidget):
    """As narrow as its icons make it; the buttons have their names when all of them fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._buttons: list[_Button] = []
        self._menus: list[MenuButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._row.setSpacing(GRID)
        # The row says itself how narrow it can be; its layout would keep room for the names.
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)

    def add_button(self, action: QAction) -> None:
        """A button for an action, usable when the action is."""
        button = _Button(action, self)
        button.measured.connect(self._measured)
        self._buttons.append(button)
        self._row.addWidget(button, 1)
        self._fold()

    def add_menu(self, name: str, actions: Sequence[QAction]) -> None:
        """A small button behind the others that opens a menu of these actions."""
        button = MenuButton(self)
        button.setIcon(icon("menu"))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.menu().addActions(list(actions))
        self._menus.append(button)
        self._row.addWidget(button)
        self._fold()

    def _measured(self) -> None:
        self.updateGeometry()
        self._fold()

    def _fold(self) -> None:
        folded = self.width() < self._width(folded=False)
        for button in self._buttons:
            button.fold(folded)

    def _width(self, *, folded: bool) -> int:
        """Device-independent pixels that the row needs."""
        widths = [ICON_WIDTH if folded else button.named_width for button in self._buttons]
        widths += [menu.sizeHint().width() for menu in self._menus]
        margins = self._row.contentsMargins()
        return margins.left() + sum(widths) + self._row.spacing() * (len(widths) - 1) + margins.right()

    # -- Qt ---------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(folded=True), self._row.minimumSize().height())

    def sizeHint(self) -> QSize:
        return QSize(self._width(folded=False), self._row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()


class _Button(QPushButton):
    measured = Signal()
    """Another font or style: it needs another width."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(action.icon(), action.text(), parent)
        self._name, self._keys = action.text(), keys_of(action)
        self._folded = False
        self.named_width = 0
        """Device-independent pixels that it needs with its name."""
        self._measure()
        self.setAccessibleName(self._name)
        self.setToolTip(self._keys)
        self.setEnabled(action.isEnabled())
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)

    def fold(self, folded: bool) -> None:
        """Show the icon alone, and the name in the tooltip; or the name beside the icon."""
        if folded == self._folded:
            return
        self._folded = folded
        self.setText("" if folded else self._name)
        named = f"{self._name} ({self._keys})" if self._keys else self._name
        self.setToolTip(named if folded else self._keys)

    def _measure(self) -> None:
        self.setText(self._name)
        self.named_width = self.sizeHint().width()
        self.setText("" if self._folded else self._name)

    # -- Qt ---------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()
            self.measured.emit()
