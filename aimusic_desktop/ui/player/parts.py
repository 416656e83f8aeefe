"""The small parts that the bar and the small player are made of."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QIcon,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QToolButton, QWidget

from aimusic_desktop.model import Clip
from aimusic_desktop.ui import theme
from aimusic_desktop.ui.actions import ALSO, keys_of
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.theme import icon

ICON = QSize(20, 20)
PLAY_ICON = QSize(28, 28)

PATIENCE_MS = 300
"""Loading shorter than this is not spoken of."""

_ACTIVE = (PlayState.LOADING, PlayState.PLAYING)


class Button(QToolButton):
    """Flat; while it is checked its icon has the accent's colour and a dot below it."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setIconSize(ICON)
        self._keys = ""
        self.call(name)

    def call(self, name: str) -> None:
        """Name it, to the eye and to the ear."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({self._keys})" if self._keys else name)

    def tell_keys(self, keys: str) -> None:
        """Say which keys do the same."""
        self._keys = keys
        self.call(self.accessibleName())

    def follow(self, action: QAction) -> None:
        """Be the button of an action: its icon, text, keys, and whether it is checked or can be used."""
        self.setDefaultAction(action)
        action.changed.connect(self._name_after_action)
        self._name_after_action()

    def _name_after_action(self) -> None:
        action = self.defaultAction()
        self._keys = keys_of(action)
        self.call(action.text())

    # -- Qt ---------------------------------------------------------------

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:
        super().initStyleOption(option)
        if self.isChecked():
            color = theme.accent_text(self.palette())
            option.icon = _tinted(option.icon, self.iconSize(), color, self.devicePixelRatioF())
            option.state &= ~QStyle.StateFlag.State_On

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isChecked():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.accent_text(self.palette()))
            painter.drawEllipse(QRectF(self.width() / 2 - 2, self.height() - 5, 4, 4))


class Transport(QObject):
    """Three buttons: previous, play or pause, next. Their owner places them and acts on their clicks."""

    def __init__(self, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._player = player
        self.previous, self.play = Button("Previous", parent), Button("Play", parent)
        self.next = Button("Next", parent)
        self.previous.setIcon(icon("previous"))
        self.next.setIcon(icon("next"))
        self._more = True
        self.play.setIconSize(PLAY_ICON)
        player.changed.connect(self._show)
        self._show()

    def show_more(self, more: bool) -> None:
        """Whether there is a song to go on to."""
        self._more = more
        self._show()

    def tell_keys(self, actions: Mapping[str, QAction]) -> None:
        """Say which keys do the same, those of the window's actions."""
        self.play.tell_keys(ALSO["play_pause"])
        self.previous.tell_keys(keys_of(actions["previous"]))
        self.next.tell_keys(keys_of(actions["next"]))

    def _show(self) -> None:
        name = "Pause" if self._player.state in _ACTIVE else "Play"
        self.play.setIcon(icon(name.lower()))
        self.play.call(name)
        self.previous.setEnabled(self._player.clip is not None)
        self.next.setEnabled(self._player.clip is not None and self._more)


class Names(QObject):
    """Two lines for what plays: its title, and its style or that it is loading."""

    def __init__(self, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._player = player
        self.title, self.style = OneLine(Tone.NORMAL, parent), OneLine(Tone.MUTED, parent)
        bold = self.title.font()
        bold.setWeight(bold.Weight.DemiBold)
        self.title.setFont(bold)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._say("Loading…"))
        self._clip: Clip | None = None
        self._roomy = True
        player.changed.connect(self._show)
        self._show()

    def give_room(self, roomy: bool) -> None:
        """Whether there is room for the second line."""
        self._roomy = roomy
        self._say(self.style.text())

    def be_wide(self, width: int) -> None:
        """As wide as that, whatever they say."""
        for line in (self.title, self.style):
            line.setFixedWidth(width)

    def _say(self, text: str) -> None:
        self.style.setText(text)
        self.style.setVisible(self._roomy and bool(text))

    def _show(self) -> None:
        clip, state = self._player.clip, self._player.state
        if clip is not self._clip or state is not PlayState.LOADING:
            self._clip = clip
            self._patience.stop()
            self._say(clip.style if clip is not None else "")
        if state is PlayState.LOADING and not self._patience.isActive():
            self._patience.start()
        self.title.setText((clip.title or f"Task {clip.task_id}") if clip else "Nothing is playing")
        self.title.set_tone(Tone.NORMAL if clip else Tone.MUTED)


class Cover(QWidget):
    """A square for a cover, or a note while there is none."""

    clicked = Signal()

    def __init__(self, side: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)
        self._pixmap: QPixmap | None = None

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        self._pixmap = pixmap
        self.update()

    # -- Qt ---------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

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


class OneLine(TextLabel):
    """One line that gives way, ending in an ellipsis; its text and accessible name stay whole."""

    clicked = Signal()

    def __init__(self, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent=parent, tone=tone, selectable=False)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    # -- Qt ---------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

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


def _tinted(symbol: QIcon, size: QSize, color: QColor, ratio: float) -> QIcon:
    pixmap = symbol.pixmap(size, ratio)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), color)
    painter.end()
    return QIcon(pixmap)
