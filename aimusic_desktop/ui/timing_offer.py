"""Below the lyrics: what there is to say about their times, and a button to have them timed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from aimusic_desktop.model import Alignment, ConversionState
from aimusic_desktop.tracking.alignments import NO_WORDS
from aimusic_desktop.ui import words
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.theme import GRID

UNDER_WAY = "The lyrics are being timed …"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is said, and what the button says; without either nothing is shown."""

    sentence: str = ""
    button: str = ""


def offer(alignment: Alignment | None, cost: int | None) -> Offer:
    """For lyrics whose times cost so many credits, None when they cannot be had."""
    state = alignment.state if alignment is not None else None
    price = words.count(cost or 0, "credit")
    if alignment is not None and state in (ConversionState.FAILED, ConversionState.UNKNOWN):
        return Offer(alignment.error or "", f"Time these lyrics again ({price})" if cost else "")
    if alignment is not None and state is ConversionState.DONE:
        return Offer(alignment.error or ("" if alignment.words else NO_WORDS))
    if state is not None:
        return Offer(UNDER_WAY)
    return Offer("", f"Time these lyrics ({price})" if cost else "")


class TimingOffer(QWidget):
    """Hidden while there is nothing to say or offer."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = TextLabel(parent=self, tone=Tone.MUTED)
        self._button = QPushButton(self)
        self._button.setToolTip("The line that is sung stands out then, and a click on a line goes to it.")
        self._button.clicked.connect(self.wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._sentence)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeading)
        self.show_offer(Offer())

    def show_offer(self, offer: Offer) -> None:
        self._sentence.say(offer.sentence)
        self._button.setText(offer.button)
        self._button.setVisible(bool(offer.button))
        self.setVisible(offer != Offer())
