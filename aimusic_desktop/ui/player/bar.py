"""The bar that shows what plays, and its buttons and sliders."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QToolButton, QVBoxLayout, QWidget

from aimusic_desktop.model import Clip
from aimusic_desktop.ui import theme, words
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.player.slider import JumpSlider
from aimusic_desktop.ui.theme import GRID, icon

STEP_MS = 5_000
"""What an arrow key or Page Up and Down moves."""

PATIENCE_MS = 300
"""Loading shorter than this is not spoken of."""

_ACTIVE = (PlayState.LOADING, PlayState.PLAYING)


class PlayerBar(QWidget):
    """Cover, title, buttons, position, time and volume of one player, and its sentence below them.

    The buttons only say what is wanted; the sliders speak to the player.
    """

    COVER_SIDE = 48

    previous_wanted = Signal()
    play_wanted = Signal()
    """Play or pause."""
    next_wanted = Signal()

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._clip: Clip | None = None
        self._cover = _Cover(self.COVER_SIDE, self)
        self._title, self._style = _OneLine(Tone.NORMAL, self), _OneLine(Tone.MUTED, self)
        # Made in the order of tab key and screen reader.
        transport = self._transport = QWidget(self)
        self._previous, self._play = _button("Previous", transport), _button("Play", transport)
        self._next = _button("Next", transport)
        self._position = JumpSlider("Position", transport)
        self._time = QLabel(transport)
        self._mute = _button("Mute", self)
        self._volume = JumpSlider("Volume", self)
        self._sentence = TextLabel(parent=self)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._set_up()
        self._connect()
        self._lay_out_transport()
        self._lay_out()
        self._show()
        self._show_volume()

    def set_cover(self, cover: QPixmap | None) -> None:
        """Show a cover, or a note while there is none."""
        self._cover.show_pixmap(cover)

    def _set_up(self) -> None:
        position, volume = self._position, self._volume
        bold = self._title.font()
        bold.setWeight(bold.Weight.DemiBold)
        self._title.setFont(bold)
        self._title.setMinimumWidth(12 * GRID)
        self._previous.setIcon(icon("previous"))
        self._next.setIcon(icon("next"))
        self._play.setIconSize(QSize(28, 28))
        self._mute.setCheckable(True)
        self._time.setTextFormat(Qt.TextFormat.PlainText)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        position.setTracking(False)  # a drag seeks once, when it ends
        position.setSingleStep(STEP_MS)
        position.setPageStep(STEP_MS)
        position.setMinimumWidth(12 * GRID)
        volume.setRange(0, 100)
        volume.setSingleStep(5)
        volume.setMinimumWidth(7 * GRID)
        volume.setMaximumWidth(12 * GRID)

    def _connect(self) -> None:
        self._previous.clicked.connect(self.previous_wanted)
        self._play.clicked.connect(self.play_wanted)
        self._next.clicked.connect(self.next_wanted)
        self._position.valueChanged.connect(self._player.seek)
        self._position.sliderMoved.connect(self._show_time)
        self._mute.toggled.connect(self._player.set_muted)
        self._volume.valueChanged.connect(self._volume_wanted)
        self._patience.timeout.connect(lambda: self._style.say("Loading…"))
        self._player.changed.connect(self._show)
        self._player.position_changed.connect(self._show_position)
        self._player.volume_changed.connect(self._show_volume)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        texts.addWidget(self._title)
        texts.addWidget(self._style)
        texts.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._cover)
        row.addLayout(texts, 2)
        row.addWidget(self._transport, 3)
        row.addSpacing(GRID)
        row.addWidget(self._mute)
        row.addWidget(self._volume, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self._sentence)

    def _lay_out_transport(self) -> None:
        # Time runs to the right in every script, as on every machine.
        self._transport.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        row = QHBoxLayout(self._transport)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for button in (self._previous, self._play, self._next):
            row.addWidget(button)
        row.addWidget(self._position, 1)
        row.addWidget(self._time)

    def _show(self) -> None:
        player, clip = self._player, self._player.clip
        if clip is not self._clip:
            self._clip = clip
            self._position.let_go()
            self._show_style()
        if player.state is not PlayState.LOADING:
            self._patience.stop()
            self._show_style()
        elif not self._patience.isActive():
            self._patience.start()
        self._title.setText((clip.title or f"Task {clip.task_id}") if clip else "Nothing is playing")
        self._title.set_tone(Tone.NORMAL if clip else Tone.MUTED)
        self._sentence.say(player.sentence, Tone.ERROR if player.state is PlayState.FAILED else Tone.MUTED)
        self._show_buttons(clip is not None, player.state)
        self._position.show_maximum(player.duration_ms)
        self._show_position(player.position_ms)

    def _show_style(self) -> None:
        self._style.say(self._clip.style if self._clip else "")

    def _show_buttons(self, chosen: bool, state: PlayState) -> None:
        active = state in _ACTIVE
        name = "Pause" if active else "Play"
        self._play.setIcon(icon(name.lower()))
        self._play.setAccessibleName(name)
        self._play.setToolTip(name)
        self._previous.setEnabled(chosen)
        self._next.setEnabled(chosen)
        self._position.setEnabled(active or state is PlayState.PAUSED)

    def _show_position(self, position_ms: int) -> None:
        if not self._position.isSliderDown():
            self._position.show_value(position_ms)
            self._show_time(position_ms)

    def _show_time(self, position_ms: int) -> None:
        length = words.length(self._player.duration_ms / 1000)
        # As wide as it will ever be, or the slider would breathe with every digit.
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance(f"{length} / {length}"))
        self._time.setText(f"{words.length(position_ms // 1000)} / {length}")
        self._time.setEnabled(self._clip is not None)

    def _volume_wanted(self, value: int) -> None:
        self._player.set_volume(value / 100)
        self._player.set_muted(False)

    def _show_volume(self) -> None:
        self._volume.show_value(round(self._player.volume * 100))
        self._mute.setIcon(icon("muted" if self._player.muted else "volume"))
        with QSignalBlocker(self._mute):
            self._mute.setChecked(self._player.muted)


class _Cover(QWidget):
    def __init__(self, side: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)
        self._pixmap: QPixmap | None = None

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        self._pixmap = pixmap
        self.update()

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        square = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(square, theme.RADIUS, theme.RADIUS)
        if self._pixmap is not None:
            painter.setClipPath(shape)
            painter.drawPixmap(square, self._pixmap, QRectF(self._pixmap.rect()))
            return
        painter.fillPath(shape, theme.faint(self.palette()))
        color = theme.muted_text(self.palette())
        note = theme.tinted_pixmap("note", QSize(24, 24), color, self.devicePixelRatioF())
        painter.drawPixmap(round(square.center().x()) - 12, round(square.center().y()) - 12, note)


class _OneLine(TextLabel):
    """One line that gives way, ending in an ellipsis; its text and accessible name stay whole."""

    def __init__(self, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent=parent, tone=tone, selectable=False)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        alignment = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        alignment = QStyle.visualAlignment(self.layoutDirection(), alignment)
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.rect(),
            alignment,
            self.palette(),
            self.isEnabled(),
            shown,
            QPalette.ColorRole.WindowText,
        )


def _button(name: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setIconSize(QSize(20, 20))
    button.setAccessibleName(name)
    button.setToolTip(name)
    return button
