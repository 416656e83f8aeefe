"""A slider that goes where it is clicked."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget


class JumpSlider(QSlider):
    """Horizontal; a click takes the handle there, and a drag goes on from it.

    ``valueChanged`` is the user's wish, by mouse, keyboard or screen reader; the ``show`` methods are silent.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def show_value(self, value: int) -> None:
        with QSignalBlocker(self):
            self.setValue(value)

    def show_maximum(self, maximum: int) -> None:
        with QSignalBlocker(self):
            self.setMaximum(maximum)

    def let_go(self) -> None:
        """Take the handle out of the user's hand; nothing is wished."""
        with QSignalBlocker(self):
            self.setSliderDown(False)

    def _value_at(self, x: int) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl
        groove = self.style().subControlRect(control, option, part.SC_SliderGroove, self)
        handle = self.style().subControlRect(control, option, part.SC_SliderHandle, self).width()
        start, span = groove.x() + handle // 2, groove.width() - handle
        return QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), x - start, span, option.upsideDown
        )

    # -- Qt ---------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self._value_at(event.position().toPoint().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self._value_at(event.position().toPoint().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
