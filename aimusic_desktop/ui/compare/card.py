"""One of the two songs of a comparison: what it is, its shape, and whether it is the one that is heard."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from aimusic_desktop.model import Clip
from aimusic_desktop.ui import theme
from aimusic_desktop.ui.labels import Tone
from aimusic_desktop.ui.player.parts import Button, Cover, OneLine
from aimusic_desktop.ui.player.waveform import Waveform
from aimusic_desktop.ui.theme import GRID

COVER_SIDE = 40
BADGE_SIDE = 22
COVER_FROM, WORDS_FROM = 300, 400
"""So wide a card has room for its cover, and for the words of its button; device-independent pixels."""

_ONLY = "Play only this"


class Card(QRadioButton):
    """A radio button to keyboard and screen reader. Its signals are wishes; it shows what it is told."""

    only_wanted = Signal()
    """This one shall be played on, alone."""

    def __init__(self, letter: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.letter = letter
        self._badge = _Badge(letter, self)
        self._cover = Cover(COVER_SIDE, self)
        self.title, self.facts = OneLine(Tone.NORMAL, self), OneLine(Tone.MUTED, self)
        self.only = self._make_only()
        self.wave = Waveform(f"Position in {letter}", self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for part in (self._badge, self._cover, self.title, self.facts):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bold = self.title.font()
        bold.setWeight(bold.Weight.DemiBold)
        self.title.setFont(bold)
        self._lay_out()

    def show_clip(self, clip: Clip, facts: str) -> None:
        """Say what the song is, and what sets it apart from the other one."""
        title = _title(clip)
        self.title.setText(title)
        self.facts.setText(facts)
        self.setAccessibleName(f"Hear {self.letter}: {title}" + (f", {facts}" if facts else ""))
        self.only.setAccessibleName(f"Play only {self.letter}")

    def called(self, clip: Clip) -> str:
        """What sentences call its song: both may have the same title."""
        return f"{self.letter} (“{_title(clip)}”)"

    def show_heard(self) -> None:
        """This is the one that is heard; the other card gives way."""
        self.setChecked(True)

    def show_cover(self, cover: QPixmap | None) -> None:
        self._cover.show_pixmap(cover)

    def _make_only(self) -> Button:
        only = Button(_ONLY, self)
        only.setText(_ONLY)
        only.setIcon(theme.icon("done"))
        only.clicked.connect(self.only_wanted)
        return only

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.facts)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._badge)
        row.addWidget(self._cover)
        row.addLayout(texts, 1)
        row.addWidget(self.only)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self.wave)
        self.toggled.connect(self._badge.show_filled)

    # -- Qt ---------------------------------------------------------------

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * GRID, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._cover.setVisible(self.width() >= COVER_FROM)
        whole = self.width() >= WORDS_FROM
        styles = Qt.ToolButtonStyle
        self.only.setToolButtonStyle(styles.ToolButtonTextOnly if whole else styles.ToolButtonIconOnly)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Its waveform's keys are not for the card, nor is Space where it would change nothing: that pauses.
        idle = self.isChecked() and event.key() == Qt.Key.Key_Space
        if idle or not self.hasFocus():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        edge, width = theme.mixed(text, base, 0.3 if self.underMouse() else 0.15), 1.0
        if self.isChecked():
            edge, width = theme.accent(palette), 2.0
        painter.setPen(QPen(edge, width))
        painter.setBrush(base)
        inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(inside, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(text, 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inside.adjusted(3, 3, -3, -3), theme.RADIUS - 2, theme.RADIUS - 2)


def _title(clip: Clip) -> str:
    return clip.title or f"Task {clip.task_id}"


class _Badge(QWidget):
    """The card's letter, filled while its song is the one that is heard."""

    def __init__(self, letter: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._letter, self._filled = letter, False
        self.setFixedSize(BADGE_SIDE, BADGE_SIDE)

    def show_filled(self, filled: bool) -> None:
        self._filled = filled
        self.update()

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        muted, filled = theme.muted_text(palette), theme.accent(palette)
        painter.setPen(Qt.PenStyle.NoPen if self._filled else QPen(muted, 1.2))
        painter.setBrush(filled if self._filled else QColor(Qt.GlobalColor.transparent))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(palette.color(QPalette.ColorRole.HighlightedText) if self._filled else muted)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter)
