"""The strip that compares two songs: both in sight, one of them heard, at equal loudness."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.compare.card import COVER_SIDE, Card
from aimusic_desktop.ui.compare.facts import differences
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.player.parts import Button
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.theme import GRID, icon


class ComparePanel(QWidget):
    """There while the player compares. Each song keeps its place; which one is heard moves.

    It also tells the player what to call them, and how much softer the louder one is to be, as soon as both
    are measured.
    """

    def __init__(
        self, player: Player, book: PeaksBook, covers: Covers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._player, self._book, self._covers = player, book, covers
        self._pair: tuple[Clip, ...] = ()
        self._gains: Mapping[str, float] = {}
        self.setAccessibleName("Compare")
        first = Card("A", self)
        self.swap = self._make_swap()
        self.cards = (first, Card("B", self))
        self.end = Button("End comparing", self)
        self.end.setIcon(icon("close"))
        self._lay_out()
        self._connect()
        self._show()

    def _make_swap(self) -> Button:
        swap = Button("", self)
        swap.setIcon(icon("swap"))
        swap.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        for letter in "AB":  # of one width, or the cards would move with every change
            swap.setText(_hear(letter))
            swap.setMinimumWidth(max(swap.minimumWidth(), swap.sizeHint().width()))
        return swap

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID, GRID // 2, GRID)
        row.setSpacing(GRID // 2)
        row.addWidget(self.cards[0], 1)
        row.addWidget(self.swap)
        row.addWidget(self.cards[1], 1)
        row.addWidget(self.end, 0, Qt.AlignmentFlag.AlignTop)

    def _connect(self) -> None:
        player = self._player
        self.swap.clicked.connect(player.swap)
        self.end.clicked.connect(lambda: player.pair(None))
        for number, card in enumerate(self.cards):
            card.clicked.connect(lambda _checked=False, number=number: self._hear(number))
            card.only_wanted.connect(lambda number=number: self._play_only(number))
            card.wave.seek_wanted.connect(player.seek)
            card.wave.loop_wanted.connect(player.set_loop)
        player.changed.connect(self._show)
        player.position_changed.connect(self._show_position)
        player.arrived_changed.connect(self._show_arrived)
        self._book.changed.connect(self._measured)
        self._covers.arrived.connect(self._cover_arrived)

    # -- wishes -----------------------------------------------------------

    def _hear(self, number: int) -> None:
        if not self._is_heard(self._pair[number]):
            self._player.swap()
        self._show()  # where the player did not, the card was checked in vain

    def _play_only(self, number: int) -> None:
        self._hear(number)
        if self._pair and self._is_heard(self._pair[number]):
            self._player.pair(None)

    def _is_heard(self, clip: Clip) -> bool:
        return self._player.clip is not None and self._player.clip.ids == clip.ids

    # -- what is shown ----------------------------------------------------

    def _show(self) -> None:
        clip, twin = self._player.clip, self._player.twin
        if clip is None or twin is None:
            self._pair = ()
            self.hide()
            return
        if {one.ids for one in self._pair} != {clip.ids, twin.ids}:
            self._begin(clip, twin)
        for card, one in zip(self.cards, self._pair, strict=True):
            if self._is_heard(one):
                card.show_heard()
                card.wave.show_length(self._player.duration_ms)
            else:
                self.swap.setText(_hear(card.letter))
                self.swap.call(f"{_hear(card.letter)}, the other one (X)")
            card.wave.show_loop(self._player.loop)
        self._show_position(self._player.position_ms)
        self.show()

    def _begin(self, clip: Clip, twin: Clip) -> None:
        self._pair = (clip, twin)
        for card, one in zip(self.cards, self._pair, strict=True):
            card.wave.let_go()
            card.wave.show_length(round((one.duration_s or 0) * 1000) or self._player.duration_ms)
        self._player.set_names(
            {clip_key(one): card.called(one) for card, one in zip(self.cards, self._pair, strict=True)}
        )
        self._level()
        self._show_covers()

    def _measured(self, key: str) -> None:
        if key in map(clip_key, self._pair):
            self._level()

    def _level(self) -> None:
        """Make both equally loud, and show what is known of their sound."""
        one, other = self._pair
        gains = self._book.gains(one, other)
        if gains != self._gains:
            self._gains = gains
            self._player.set_gains(gains)
        for card, clip, its_other in zip(self.cards, self._pair, reversed(self._pair), strict=True):
            peaks = self._book.of(clip)
            card.wave.show_peaks(peaks)
            card.show_clip(clip, differences(clip, its_other, peaks, gains.get(clip_key(clip), 1.0)))

    def _show_position(self, position_ms: int) -> None:
        if self._pair:
            for card in self.cards:
                card.wave.show_position(position_ms)
            self._show_arrived()  # of the song that is not heard, nobody else tells

    def _show_arrived(self) -> None:
        for card, clip in zip(self.cards, self._pair, strict=False):
            card.wave.show_arrived(self._arrived(clip))

    def _arrived(self, clip: Clip) -> float:
        """Of a song that nobody has open, as after its end, its whole shape tells that it is here."""
        arrived, peaks = self._book.arrived(clip), self._book.of(clip)
        unopened = not arrived and not (self._is_heard(clip) and self._player.state.sounding)
        return 1.0 if unopened and peaks is not None and peaks.whole else arrived

    def _cover_arrived(self, url: str) -> None:
        if url in (clip.image_url for clip in self._pair):
            self._show_covers()

    def _show_covers(self) -> None:
        side = round(COVER_SIDE * self.devicePixelRatioF())
        for card, clip in zip(self.cards, self._pair, strict=True):
            card.show_cover(self._covers.pixmap(clip.image_url, side))

    # -- Qt ---------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)  # a hairline to what lies above
        painter.fillRect(0, 0, self.width(), 1, self.palette().color(QPalette.ColorRole.Mid))


def _hear(letter: str) -> str:
    return f"Hear {letter}"
