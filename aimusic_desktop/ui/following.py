"""Keeps a place that moves within view, and leaves the view alone while the user looks around in it."""

from __future__ import annotations

from time import monotonic as now_s

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QStyle, QWidget

REST_S = 5.0
"""After the user scrolled, nothing else does for so long."""

_MARGIN = 1 / 5
"""Of the height: a place nearer to an edge than that is moved to the upper third."""


class Following:
    """Scrolls an area."""

    def __init__(self, area: QScrollArea) -> None:
        self._area = area
        self._bar = area.verticalScrollBar()
        self._touched_at: float | None = None
        self._motion = QPropertyAnimation(self._bar, b"value", area)
        self._motion.setEasingCurve(QEasingCurve.Type.InOutQuad)
        # Told for wheel, bar and keys alike, and never for what is scrolled from here.
        self._bar.actionTriggered.connect(lambda _action: self.touch())

    def touch(self) -> None:
        """The user looks around."""
        self._touched_at = now_s()
        self._motion.stop()

    def follow(self, widget: QWidget, rect: QRect) -> None:
        """Bring ``rect`` of a widget inside the area into view."""
        if self._is_touched():
            return
        view = self._area.viewport()
        shown = widget.mapTo(view, rect.topLeft()).y()
        margin = round(view.height() * _MARGIN)
        if not margin <= shown <= view.height() - margin - rect.height():
            self._scroll_to(self._bar.value() + shown - view.height() // 3)

    def _is_touched(self) -> bool:
        if QGuiApplication.mouseButtons():  # selecting, dragging the bar
            return True
        return self._touched_at is not None and now_s() - self._touched_at < REST_S

    def _scroll_to(self, value: int) -> None:
        value = max(self._bar.minimum(), min(value, self._bar.maximum()))
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        duration_ms = self._area.style().styleHint(hint, None, self._area)
        self._motion.stop()
        if duration_ms <= 0 or not self._area.isVisible():
            self._bar.setValue(value)
            return
        self._motion.setDuration(duration_ms)
        self._motion.setStartValue(self._bar.value())
        self._motion.setEndValue(value)
        self._motion.start()
