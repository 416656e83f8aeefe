"""Labels that show outside text as plain text and keep their tone when light turns to dark."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStyle, QWidget

from aimusic_desktop.ui import theme


class Tone(Enum):
    """How loud a label speaks."""

    NORMAL = "normal"
    MUTED = "muted"
    ERROR = "error"
    GOOD = "good"


class TextLabel(QLabel):
    """Plain text only, wrapped, selectable; narrower than its longest word if it must be."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        tone: Tone = Tone.NORMAL,
        selectable: bool = True,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # whatever ground the parent has
        self.setAlignment(self.alignment())
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self._color()
        self.setText(text)

    def set_tone(self, tone: Tone) -> None:
        self._tone = tone
        self._color()

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Leading is where the lines of the window begin. Qt would take the side on which the text's own
        script begins, and so tear an English title from its Hebrew label."""
        self._alignment = alignment
        side = QStyle.visualAlignment(self.layoutDirection(), alignment)
        super().setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)

    def say(self, text: str, tone: Tone | None = None) -> None:
        """Show a text, or hide when it is empty."""
        if tone is not None:
            self.set_tone(tone)
        self.setText(text)
        self.setVisible(bool(text))

    def _color(self) -> None:
        # The text colour of fields is never set on a label, so it still follows light and dark.
        palette = self.palette()
        wanted = {
            Tone.NORMAL: palette.color(QPalette.ColorRole.Text),
            Tone.MUTED: theme.muted_text(palette),
            Tone.ERROR: theme.error_text(palette),
            Tone.GOOD: theme.good_text(palette),
        }[self._tone]
        if palette.color(QPalette.ColorRole.WindowText) != wanted:
            palette.setColor(QPalette.ColorRole.WindowText, wanted)
            self.setPalette(palette)

    # -- Qt ---------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._color()
        elif event.type() == QEvent.Type.LayoutDirectionChange:
            self.setAlignment(self._alignment)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())


def headline(text: str, parent: QWidget | None = None, *, scale: float = 1.35) -> TextLabel:
    """A title in the window's own font, larger and heavier."""
    label = TextLabel(text, parent)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(font.Weight.DemiBold)
    label.setFont(font)
    return label
