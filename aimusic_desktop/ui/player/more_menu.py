"""The bar's menus: speed, repeated span and sleep, and the "More" that holds them with what has no room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.menu_button import MenuButton
from aimusic_desktop.ui.painting import fill
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.theme import GRID, icon

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)

_SLEEP = ("sleep_15", "sleep_30", "sleep_45", "sleep_60", "sleep_end_of_song", "")
_LOOP = ("loop_start", "loop_end", "", "loop_clear")
_SPEED = ("", "slower", "faster", "normal_speed")
_COMPARE = ("compare", "swap", "compare_end")
_WINDOW = ("small_player", "go_to_playing")


class PlayerMenus:
    """Made once from the window's actions; ``speed``, ``loop`` and ``sleep`` also open from the chips."""

    def __init__(self, actions: Mapping[str, QAction], player: Player, parent: QWidget) -> None:
        self._actions = actions
        self.speed = _menu("Speed", "speed", parent)
        self.loop = _menu("Loop a part", "loop", parent)
        self.sleep = _menu("Sleep timer", "sleep", parent)
        self._add_speeds(player)
        for menu, names in ((self.speed, _SPEED), (self.loop, _LOOP), (self.sleep, _SLEEP)):
            self._add(menu, names)
        self.sleep.addAction(_short(actions["sleep_off"], "Turn off", self.sleep))

    def fill(self, more: QMenu, folded: Sequence[str]) -> None:
        """Fill the "More" menu; ``folded`` names the actions that have no room in the bar now."""
        more.clear()
        self._add(more, [*folded, ""])
        for menu in (self.speed, self.loop, self.sleep):
            more.addMenu(menu)
        self._add(more, ["", *_COMPARE, "", *_WINDOW])

    def _add(self, menu: QMenu, names: Sequence[str]) -> None:
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()

    def _add_speeds(self, player: Player) -> None:
        group = QActionGroup(self.speed)
        for rate in SPEEDS:
            action = QAction(speed(rate), group, checkable=True)
            action.triggered.connect(lambda _checked=False, rate=rate: player.set_rate(rate))
            self.speed.addAction(action)
        self.speed.aboutToShow.connect(lambda: _check(group, player.rate))


class Room(Enum):
    """What of a chip there is room for."""

    NONE = 0
    ICON = 1
    WORDS = 2


class Chip(MenuButton):
    """A word about how the song is played, there only when it is not as ever; opens what changes it."""

    def __init__(self, name: str, symbol: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._room = Room.WORDS
        self.setIcon(icon(symbol))
        self.setIconSize(QSize(16, 16))
        self.give_room(Room.WORDS)

    def say(self, text: str) -> None:
        """Show a word, or hide for ""."""
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}")
        self.setToolTip(f"{self._name}: {text}")
        self.setVisible(bool(text) and self._room is not Room.NONE)

    def give_room(self, room: Room) -> None:
        self._room = room
        style = Qt.ToolButtonStyle
        words = room is Room.WORDS
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly)
        self.setVisible(bool(self.text()) and room is not Room.NONE)

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.faint(self.palette()))
        painter.end()
        super().paintEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()  # with room at one side for the arrow that is not there
        return QSize(hint.width() - GRID, hint.height()) if self._room is Room.WORDS else hint


def speed(rate: float) -> str:
    """``1.25`` as ``1.25×``."""
    return f"{rate:g}×"


def _menu(title: str, symbol: str, parent: QWidget) -> QMenu:
    menu = QMenu(title, parent)
    menu.setIcon(icon(symbol))
    return menu


def _short(action: QAction, text: str, menu: QMenu) -> QAction:
    """The action under a shorter name, where the menu's own says the rest."""
    short = QAction(text, menu)
    short.setEnabled(action.isEnabled())
    short.triggered.connect(action.trigger)
    action.enabledChanged.connect(short.setEnabled)
    return short


def _check(group: QActionGroup, rate: float) -> None:
    group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)  # none of these speeds, perhaps
    for action, one in zip(group.actions(), SPEEDS, strict=True):
        action.setChecked(one == rate)
