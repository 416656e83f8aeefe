"""The time of what plays: where it is, its shape to seek in, and how long it is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.model import Clip
from aimusic_desktop.ui import words
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.player.waveform import Waveform

SAME_S = 0.5
"""A file that differs no more from the length the service states has that length."""


class Timeline(QObject):
    """Ties one player to a waveform and two labels, which the owner places where it likes."""

    def __init__(self, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._player = player
        self._clip: Clip | None = None
        self._book: PeaksBook | None = None
        self._peaks: Peaks | None = None
        self.wave = Waveform("Position", parent)
        self.at, self.length = _digits(parent), _digits(parent)
        self.at.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._connect()
        self.show_all()

    def watch(self, book: PeaksBook) -> None:
        """Show the shape of every song that plays, as far as ``book`` knows it."""
        self._book = book
        book.changed.connect(self._peaks_changed)
        self._show_peaks()

    def show_all(self) -> None:
        """Show the player as it is now."""
        player, clip = self._player, self._player.clip
        if clip is not self._clip:
            self._show_clip(clip)
        self.wave.setEnabled(clip is not None)
        self.wave.show_length(player.duration_ms)
        self.wave.show_loop(player.loop)
        self._show_length()
        self._show_arrived()
        self._show_position(player.position_ms)

    def _connect(self) -> None:
        player, wave = self._player, self.wave
        wave.seek_wanted.connect(player.seek)
        wave.moved_to.connect(self._show_time)
        wave.loop_wanted.connect(player.set_loop)
        player.changed.connect(self.show_all)
        player.position_changed.connect(self._show_position)
        player.arrived_changed.connect(self._show_arrived)

    def _show_clip(self, clip: Clip | None) -> None:
        before, self._clip = self._clip, clip
        if before is None or clip is None or before.ids != clip.ids:
            self.wave.let_go()
        self._show_peaks()

    def _peaks_changed(self, key: str) -> None:
        if self._clip is not None and key == clip_key(self._clip):
            self._show_peaks()

    def _show_peaks(self) -> None:
        book, clip = self._book, self._clip
        self._peaks = book.of(clip) if book is not None and clip is not None else None
        self.wave.show_peaks(self._peaks)
        self._show_arrived()

    def _show_arrived(self) -> None:
        """Of a song that nobody has opened, its whole shape tells that it is here."""
        arrived = self._player.arrived
        unopened = not arrived and not self._player.state.sounding
        whole = self._peaks is not None and self._peaks.whole
        self.wave.show_arrived(1.0 if unopened and whole else arrived)

    @property
    def _length_s(self) -> float:
        """The service's where the file agrees with it: a hair's breadth is not to make it 0:24 here and 0:25
        in the list."""
        stated_s = self._clip.duration_s if self._clip is not None else None
        real_s = self._player.duration_ms / 1000
        return stated_s if stated_s is not None and abs(stated_s - real_s) < SAME_S else real_s

    def _show_length(self) -> None:
        text = words.length(self._length_s) if self._player.duration_ms else "–:––"
        self.length.setText(text if self._clip is not None else "")
        # As wide as they will ever be, or the waveform would breathe with every digit.
        widest = "0" * len(text.replace(":", "")) + ":" * text.count(":")
        for label in (self.at, self.length):
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest))

    def _show_position(self, position_ms: int) -> None:
        self.wave.show_position(position_ms)
        if not self.wave.isSliderDown():
            self._show_time(position_ms)

    def _show_time(self, position_ms: int) -> None:
        self.at.setText(words.length(position_ms // 1000) if self._clip is not None else "")


def _digits(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
