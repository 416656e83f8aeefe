"""The bar that shows what plays, and its buttons, its waveform and its volume."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from aimusic_desktop.ui import words
from aimusic_desktop.ui.actions import keys_of
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.menu_button import MenuButton
from aimusic_desktop.ui.player.more_menu import Chip, PlayerMenus, Room, speed
from aimusic_desktop.ui.player.parts import ICON, Button, Cover, Names, Transport
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.player.sleep import SleepTimer
from aimusic_desktop.ui.player.slider import JumpSlider
from aimusic_desktop.ui.player.times import Timeline
from aimusic_desktop.ui.theme import GRID, icon

WORDY, ROOMY, SNUG = 1080, 900, 640
"""Device-independent pixels: narrower than that, chips lose their words, lesser things fold into the menu,
and the style goes."""

_NAMES, _NAMES_SHARE = 12 * GRID, 0.22
"""How wide the names are in a snug bar, and how much they have of what it is wider."""

_FOLDED = ("shuffle", "repeat", "louder", "quieter", "lyrics")


class PlayerBar(QWidget):
    """Cover, names, buttons, time and volume of one player, and its sentence below them.

    The buttons only say what is wanted; waveform and volume speak to the player.
    """

    COVER_SIDE = 48

    previous_wanted = Signal()
    play_wanted = Signal()
    """Play or pause."""
    next_wanted = Signal()
    go_to_wanted = Signal()
    """Show the song that plays in the list."""

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._cover = Cover(self.COVER_SIDE, self)
        self._names = Names(player, self)
        # Made in the order of tab key and screen reader.
        strip = self._strip = QWidget(self)
        self._shuffle = Button("Shuffle", strip)
        self.transport = Transport(player, strip)
        self._repeat = Button("Repeat", strip)
        self.timeline = Timeline(player, strip)
        self._speed, self._loop = Chip("Speed", "speed", strip), Chip("Loop", "loop", strip)
        self._sleep = Chip("Sleep timer", "sleep", strip)
        self._mute = _Mute(self)
        self._volume = JumpSlider("Volume", self)
        self._lyrics, self._queue = Button("Lyrics", self), Button("Up next", self)
        self._more = MenuButton(self)
        self._sentence = TextLabel(parent=self)
        self._set_up()
        self._connect()
        self._lay_out_strip()
        self._lay_out()
        self._show()
        self._show_volume()

    def set_cover(self, cover: QPixmap | None) -> None:
        """Show a cover, or a note while there is none."""
        self._cover.show_pixmap(cover)

    def add_actions(self, actions: Mapping[str, QAction]) -> None:
        """Give the bar the window's actions: what its toggles stand for, and what its menus hold."""
        for button, name in (
            (self._shuffle, "shuffle"),
            (self._repeat, "repeat"),
            (self._lyrics, "lyrics"),
            (self._queue, "queue"),
        ):
            button.follow(actions[name])
        self.transport.tell_keys(actions)
        self._mute.tell_keys(keys_of(actions["mute"]))
        menus = PlayerMenus(actions, self._player, self)
        for chip, menu in ((self._speed, menus.speed), (self._loop, menus.loop), (self._sleep, menus.sleep)):
            chip.setMenu(menu)
        more = self._more.menu()
        more.aboutToShow.connect(lambda: menus.fill(more, () if self._roomy else _FOLDED))
        for widget in (self._shuffle, self._repeat, self._lyrics, self._queue, self._more):
            widget.show()
        self._fold()

    def watch_sleep(self, sleep: SleepTimer) -> None:
        """Show how long the sound will go on while a sleep timer runs."""
        self._sleep_timer = sleep
        sleep.changed.connect(self._show_sleep)

    @property
    def _roomy(self) -> bool:
        return self.width() >= ROOMY

    @property
    def _names_width(self) -> int:
        """By the width of the bar alone: what comes and goes beside them moves no button."""
        return _NAMES + max(0, round((self.width() - SNUG) * _NAMES_SHARE))

    def _set_up(self) -> None:
        for clickable in (self._cover, self._names.title):
            clickable.setCursor(Qt.CursorShape.PointingHandCursor)
        self._volume.setRange(0, 100)
        self._volume.setSingleStep(5)
        self._volume.setPageStep(5)  # which a notch of the wheel is bounded by
        self._volume.setFixedWidth(10 * GRID)
        self._more.setIcon(icon("menu"))
        self._more.setIconSize(ICON)
        self._more.setAccessibleName("More")
        self._more.setToolTip("More")
        for waits_for_actions in (self._shuffle, self._repeat, self._lyrics, self._queue, self._more):
            waits_for_actions.hide()

    def _connect(self) -> None:
        player, transport = self._player, self.transport
        self._cover.clicked.connect(self.go_to_wanted)
        self._names.title.clicked.connect(self.go_to_wanted)
        transport.previous.clicked.connect(self.previous_wanted)
        transport.play.clicked.connect(self.play_wanted)
        transport.next.clicked.connect(self.next_wanted)
        self._mute.toggled.connect(player.set_muted)
        self._mute.turned.connect(lambda steps: self._volume_wanted(self._volume.value() + 5 * steps))
        self._volume.valueChanged.connect(self._volume_wanted)
        player.changed.connect(self._show)
        player.volume_changed.connect(self._show_volume)
        player.rate_changed.connect(self._show_rate)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self._names.title)
        texts.addWidget(self._names.style)
        texts.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._cover)
        row.addLayout(texts)
        row.addWidget(self._strip, 1)
        _add_close(row, self._mute, self._volume)
        _add_close(row, self._lyrics, self._queue, self._more)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # it folds instead
        column.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self._sentence)

    def _lay_out_strip(self) -> None:
        # Time runs to the right in every script, as on every machine.
        self._strip.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        row = self._strip_row = QHBoxLayout(self._strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        transport, timeline = self.transport, self.timeline
        _add_close(row, self._shuffle, transport.previous, transport.play, transport.next, self._repeat)
        row.addWidget(timeline.at)
        row.addWidget(timeline.wave, 1)
        row.addWidget(timeline.length)
        # Chips come and go: at this end, only the waveform gives way to them, and the buttons stay.
        _add_close(row, self._speed, self._loop, self._sleep)

    def _show(self) -> None:
        player = self._player
        self._sentence.say(player.sentence, Tone.ERROR if player.state is PlayState.FAILED else Tone.MUTED)
        self._loop.say(_loop_words(player))
        self._show_rate(player.rate)

    def _show_rate(self, rate: float) -> None:
        self._speed.say("" if rate == 1.0 else speed(rate))

    def _show_sleep(self) -> None:
        self._sleep.say(_sleep_words(self._sleep_timer))

    def _volume_wanted(self, value: int) -> None:
        self._player.set_volume(value / 100)
        self._player.set_muted(False)

    def _show_volume(self) -> None:
        percent = round(self._player.volume * 100)
        self._volume.show_value(percent)
        self._volume.setToolTip(f"Volume {percent} %")
        self._mute.setIcon(icon("muted" if self._player.muted or not percent else "volume"))
        with QSignalBlocker(self._mute):
            self._mute.setChecked(self._player.muted)

    def _fold(self) -> None:
        """Give up what the menu also has, so that there is room to seek."""
        self._volume.setVisible(self._roomy)
        for button in (self._shuffle, self._repeat, self._lyrics):
            button.setVisible(self._roomy and button.defaultAction() is not None)
        snug = self.width() < SNUG
        for chip in (self._speed, self._loop, self._sleep):
            worded = self.width() >= WORDY and chip is not self._loop  # whose times the waveform shows
            chip.give_room(Room.WORDS if worded else Room.NONE if snug else Room.ICON)
        self._names.give_room(not snug)
        self._names.be_wide(self._names_width)
        self._strip_row.activate()  # or the bar's layout would hear of it only a moment later

    # -- Qt ---------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def minimumSizeHint(self) -> QSize:
        """Of the folded bar, or it could never be made narrow enough to fold."""
        toggles = (self._shuffle, self._repeat, self._lyrics)
        folding = (*toggles, self._volume, self._speed, self._loop, self._sleep)
        gone = sum(widget.sizeHint().width() for widget in folding if not widget.isHidden())
        gone += self._names_width - _NAMES
        hint = super().minimumSizeHint()
        return QSize(hint.width() - gone, hint.height())


class _Mute(Button):
    """Mute; its wheel turns the volume, also where there is no room for the slider."""

    turned = Signal(int)
    """Notches up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Mute", parent)
        self.setCheckable(True)

    # -- Qt ---------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.turned.emit(1 if event.angleDelta().y() > 0 else -1)
        event.accept()


def _add_close(row: QBoxLayout, *widgets: QWidget) -> None:
    """Add widgets that belong together, with little room between."""
    inner = QHBoxLayout()
    inner.setSpacing(GRID // 4)
    for widget in widgets:
        inner.addWidget(widget)
    row.addLayout(inner)


def _loop_words(player: Player) -> str:
    start, end = player.loop.start_ms, player.loop.end_ms
    if start is None and end is None:
        return ""
    return " – ".join("…" if at is None else words.length(at // 1000) for at in (start, end))


def _sleep_words(sleep: SleepTimer) -> str:
    if sleep.remaining_ms is not None:
        return words.span(sleep.remaining_ms / 1000)
    return "end of song" if sleep.ends_with_song else ""
