"""The seek bar in the shape of the song: a slider to keyboard and screen reader, a picture to the eye."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionSlider, QWidget

from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.ui import words
from aimusic_desktop.ui.player.bubble import Bubble
from aimusic_desktop.ui.player.loop import SHORTEST_MS, Loop
from aimusic_desktop.ui.player.slider import JumpSlider
from aimusic_desktop.ui.player.wave_paint import WavePaint, WaveView

STEP_MS = 5_000
"""What an arrow key or a notch of the wheel moves."""

PAGE_MS = 30_000
"""What Page Up and Page Down move."""

SIDE = 6
"""Room for half the handle at either end, device-independent pixels."""

REACH = 5
"""How near to an edge of the loop the hand takes hold of it, device-independent pixels."""

_NOTCH = 120
"""What a mouse's wheel turns by, in Qt's eighths of a degree; touch pads send less, but more often."""


class Waveform(JumpSlider):
    """What plays, from its beginning on the left to its end on the right, in every script.

    The ``show`` methods are silent; the signals are the user's wishes, in milliseconds.
    """

    seek_wanted = Signal(int)
    """By click, key or wheel, or when a drag ends."""
    moved_to = Signal(int)
    """Where the hand is while it drags."""
    loop_wanted = Signal(object)
    """The Loop whose edge was dragged."""

    def __init__(self, name: str = "Position", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._peaks: Peaks | None = None
        self._arrived = 1.0
        self._sections: list[tuple[int, str]] = []
        self._loop = Loop()
        self._hover: int | None = None
        self._held_edge: str = ""
        self._taken = Loop()  # as it was before the hand changed it
        self._turned = 0
        self._paint = WavePaint()
        self._bubble = Bubble(self)
        self.setToolTip("")  # the bubble says more
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMouseTracking(True)
        self.setTracking(False)  # a drag seeks once, when it ends
        self.setSingleStep(STEP_MS)
        self.setPageStep(PAGE_MS)
        self.setMaximum(0)
        self.valueChanged.connect(self._wanted)
        self.sliderMoved.connect(self.moved_to)

    def show_peaks(self, peaks: Peaks | None) -> None:
        """The song's shape as far as it is known; without one this is a plain slider."""
        self._peaks = peaks
        self.update()

    def show_arrived(self, share: float) -> None:
        """How much of the song is here, 0 to 1."""
        if share != self._arrived:
            self._arrived = share
            self.update()

    def show_sections(self, sections: Sequence[tuple[int, str]]) -> None:
        """Where the parts of the song begin, in milliseconds, and their names."""
        self._sections = sorted(sections)
        self._hover_again()
        self.update()

    def show_loop(self, loop: Loop) -> None:
        """The span that repeats; not while the hand is changing it."""
        if not self._held_edge:
            self._loop = loop
            self.update()

    def show_position(self, position_ms: int) -> None:
        """Where the song is; not while the hand has the handle."""
        if not self.isSliderDown():
            self.show_value(position_ms)
            self._describe_to_listeners()

    def show_length(self, length_ms: int) -> None:
        if length_ms != self.maximum():
            self.show_maximum(length_ms)
            self._hover_again()
            self._describe_to_listeners()

    def let_go(self) -> None:
        super().let_go()
        self._held_edge = ""

    # -- where things are -------------------------------------------------

    def _ground(self) -> QRectF:
        return QRectF(self.rect()).adjusted(SIDE, 0, -SIDE, 0)

    def _x_of(self, position_ms: int) -> float:
        ground = self._ground()
        return ground.left() + ground.width() * min(1.0, position_ms / max(1, self.maximum()))

    def _value_at(self, x: int) -> int:
        ground = self._ground()
        share = (x - ground.left()) / max(1.0, ground.width())
        return round(max(0.0, min(share, 1.0)) * self.maximum())

    def _section_at(self, position_ms: int) -> str:
        names = [name for start_ms, name in self._sections if start_ms <= position_ms]
        return names[-1] if names else ""

    def _edge_at(self, x: int) -> str:
        """``start`` or ``end`` of the loop when the hand can take it here."""
        if not self.isEnabled():
            return ""
        edges = {"end": self._loop.end_ms, "start": self._loop.start_ms}
        near = {name: abs(self._x_of(at) - x) for name, at in edges.items() if at is not None}
        nearest = min(near, key=lambda name: near[name], default="")
        return nearest if nearest and near[nearest] <= REACH else ""

    # -- the hand ---------------------------------------------------------

    def _wanted(self, position_ms: int) -> None:
        self._describe()
        self.seek_wanted.emit(position_ms)

    def _drag_edge(self, position_ms: int) -> None:
        start, end = self._loop.start_ms, self._loop.end_ms
        if self._held_edge == "start":
            start = min(position_ms, end - SHORTEST_MS) if end is not None else position_ms
        else:
            end = max(position_ms, start + SHORTEST_MS) if start is not None else position_ms
        self._loop = Loop(start, end)
        self.update()

    def _abort(self) -> None:
        """Everything is as it was before the hand took hold of it."""
        value = self.value()
        if self._held_edge:
            self._loop = self._taken
        self.let_go()
        self.show_value(value)
        self.moved_to.emit(value)
        self.update()

    def _is_held(self) -> bool:
        return self.isSliderDown() or bool(self._held_edge)

    def _hover_again(self) -> None:
        """The pointer may rest while the song under it changes."""
        if self._hover is not None:
            self._hover_over(self._hover)

    def _hover_over(self, x: int) -> None:
        self._hover = x
        over_edge = bool(self._held_edge or self._edge_at(x))
        self.setCursor(Qt.CursorShape.SizeHorCursor if over_edge else Qt.CursorShape.ArrowCursor)
        if self.maximum() and self.isEnabled():
            position_ms = self._value_at(x)
            section = self._section_at(position_ms)
            time = words.length(position_ms // 1000)
            self._bubble.say(f"{time} · {section}" if section else time, x)
        else:
            self._bubble.hide()
        self.update()

    def _leave(self) -> None:
        self._hover = None
        self._bubble.hide()
        self.update()

    def _describe(self) -> None:
        """The slider's value is in milliseconds, which nobody can listen to."""
        at, length = words.length(self.value() // 1000), words.length(self.maximum() / 1000)
        self.setAccessibleDescription(f"{at} of {length}")  # Qt tells of it only when the words change

    def _describe_to_listeners(self) -> None:
        if self.hasFocus() or QAccessible.isActive():
            self._describe()

    # -- Qt ---------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # While the hand drags, Escape is for that, and not for the window.
        if event.type() is QEvent.Type.ShortcutOverride and self._is_held() and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_held() and _is_escape(event):
            self._abort()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().toPoint().x()
        if event.button() is Qt.MouseButton.LeftButton:
            self._held_edge, self._taken = self._edge_at(x), self._loop
        if not self._held_edge:
            super().mousePressEvent(event)
        self._hover_over(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().toPoint().x()
        if self._held_edge:
            self._drag_edge(self._value_at(x))
        else:
            super().mouseMoveEvent(event)
        self._hover_over(x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held_edge and event.button() is Qt.MouseButton.LeftButton:
            self._held_edge = ""
            self.loop_wanted.emit(self._loop)
        else:
            super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._leave()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._describe()
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up and to the right is forward, a step a notch."""
        turn = event.angleDelta()
        self._turned += turn.y() if abs(turn.y()) >= abs(turn.x()) else -turn.x()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            self.setValue(self.value() + notches * STEP_MS)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        focus = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        view = WaveView(
            ground=self._ground(),
            peaks=self._peaks,
            length_ms=self.maximum(),
            at=self._x_of(self.sliderPosition()),
            arrived=self._ground().left() + self._ground().width() * self._arrived,
            ticks=[self._x_of(start) for start, _ in self._sections if 0 < start < self.maximum()],
            edges=[None if at is None else self._x_of(at) for at in (self._loop.start_ms, self._loop.end_ms)],
            hover=self._hover,
            enabled=self.isEnabled() and self.maximum() > 0,
            focused=option.state & focus == focus,
        )
        self._paint.paint(QPainter(self), view, self.palette())

    def sizeHint(self) -> QSize:
        return QSize(320, 40)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 24)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
