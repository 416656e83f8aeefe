"""The small player: one compact window that stays above the others while its user does something else."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aimusic_desktop.ui.actions import keys_of
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.player.more_menu import Chip, PlayerMenus, speed
from aimusic_desktop.ui.player.parts import Button, Cover, Names, Transport
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.player.times import Timeline
from aimusic_desktop.ui.theme import GRID, icon

_KEYS = (
    *("play_pause", "stop", "previous", "next", "back_5", "forward_5", "louder", "quieter", "mute"),
    *("faster", "slower", "normal_speed", "loop_start", "loop_end", "loop_clear", "shuffle", "repeat"),
    *("swap", "compare_end", "small_player", "quit"),
)
"""The actions whose keys work here: those whose effect can be heard or seen without the main window."""

_ARROWS = ((Qt.Key.Key_Left, "back_5"), (Qt.Key.Key_Right, "forward_5"))
"""They go through the song as in its waveform, whatever has the focus: nothing else here needs them."""


class SmallPlayer(QWidget):
    """Cover, names, buttons and waveform of one player. Made hidden; it only says what is wanted of it."""

    COVER_SIDE = 96

    closed = Signal()
    expand_wanted = Signal()
    """The main window shall come back."""

    def __init__(
        self, player: Player, covers: Covers, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._player, self._covers = player, covers
        self.setWindowTitle("Small player")
        self._cover = Cover(self.COVER_SIDE, self)
        self._names = Names(player, self)
        self.transport = Transport(player, self)
        self._repeat, self._shuffle = Button("Repeat", self), Button("Shuffle", self)
        self._speed = Chip("Speed", "speed", self)
        self._mute, self._expand = Button("Mute", self), Button("Back to the big window", self)
        self.timeline = Timeline(player, self)
        self._sentence = TextLabel(parent=self, selectable=False)
        self._sentence.hide()
        self._layout = QVBoxLayout(self)
        self._connect(actions)
        self._lay_out()
        self.setMinimumWidth(340)
        self.resize(420, 132)
        self._show()
        self._show_rate(player.rate)

    def remembered(self) -> str:
        """Where it stands, as a text for the settings."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    def restore(self, geometry: str) -> None:
        """Stand where it stood; Qt ignores what does not fit the screens of today."""
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def _connect(self, actions: Mapping[str, QAction]) -> None:
        self.addActions([actions[name] for name in _KEYS])
        self._play_pause = actions["play_pause"]
        for key, name in _ARROWS:
            QShortcut(QKeySequence(key), self).activated.connect(actions[name].trigger)
        for button, name in (
            (self.transport.previous, "previous"),
            (self.transport.play, "play_pause"),
            (self.transport.next, "next"),
        ):
            button.clicked.connect(actions[name].trigger)
        self.transport.tell_keys(actions)
        self._repeat.follow(actions["repeat"])
        self._shuffle.follow(actions["shuffle"])
        self._mute.follow(actions["mute"])
        self._speed.setMenu(PlayerMenus(actions, self._player, self).speed)
        self._player.rate_changed.connect(self._show_rate)
        self._expand.tell_keys(keys_of(actions["small_player"]))
        self._expand.setIcon(icon("expand"))
        self._expand.clicked.connect(self.expand_wanted)
        self._player.changed.connect(self._show)
        self._covers.arrived.connect(self._cover_arrived)

    def _show(self) -> None:
        player, clip = self._player, self._player.clip
        if self.isVisible():
            side = round(self.COVER_SIDE * self.devicePixelRatioF())
            self._cover.show_pixmap(self._covers.pixmap(clip.image_url, side) if clip is not None else None)
        title = clip.title if clip is not None else ""
        self.setWindowTitle(title or "Small player")
        if player.sentence != self._sentence.text():
            self._sentence.say(
                player.sentence, Tone.ERROR if player.state is PlayState.FAILED else Tone.MUTED
            )
            self._fit()

    def _fit(self) -> None:
        """As high as what it holds: a sentence makes it higher, for as long as it is there."""
        layout = self._layout
        layout.activate()
        wraps = layout.hasHeightForWidth()
        self.setFixedHeight(layout.totalHeightForWidth(self.width()) if wraps else self.sizeHint().height())

    def _show_rate(self, rate: float) -> None:
        self._speed.say("" if rate == 1.0 else speed(rate))

    def _cover_arrived(self, url: str) -> None:
        if self._player.clip is not None and self._player.clip.image_url == url:
            self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        stays = self._names.style.sizePolicy()
        stays.setRetainSizeWhenHidden(True)  # or the window would change its height from song to song
        self._names.style.setSizePolicy(stays)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._names.title)
        names.addWidget(self._names.style)
        head.addLayout(names, 1)
        for widget in (self._speed, self._mute, self._expand):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addStretch(1)
        column.addWidget(self._make_strip())
        row = QHBoxLayout()
        row.setSpacing(GRID + 4)
        row.addWidget(self._cover, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        whole = self._layout
        whole.setContentsMargins(GRID + 4, GRID + 4, GRID + 4, GRID + 4)
        whole.addLayout(row)
        whole.addWidget(self._sentence)

    def _make_strip(self) -> QWidget:
        """Buttons and time, from left to right in every script."""
        strip = QWidget(self)
        strip.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        transport, timeline = self.transport, self.timeline
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 4)
        buttons.addWidget(timeline.at)
        buttons.addStretch(1)
        for button in (self._shuffle, transport.previous, transport.play, transport.next, self._repeat):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(timeline.length)
        column = QVBoxLayout(strip)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(buttons)
        column.addWidget(timeline.wave)
        return strip

    # -- Qt ---------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
        self._fit()
        self.transport.play.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # As in the main window: what has the focus and a use for it has had it.
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and not event.isAutoRepeat():
            self._play_pause.trigger()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
