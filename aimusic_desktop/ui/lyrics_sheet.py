"""The drawer's page of what is sung now: the lyrics of the song that plays, large."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aimusic_desktop.model import Clip
from aimusic_desktop.ui.drawer_page import DrawerPage, close_button, name_label, quiet_line
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.lyrics import LONG_LYRICS, MARGIN, LyricsView
from aimusic_desktop.ui.lyrics_scroll import LyricsScroll
from aimusic_desktop.ui.player.parts import OneLine
from aimusic_desktop.ui.queue.layout import BUTTON
from aimusic_desktop.ui.songs.layout import SIDE
from aimusic_desktop.ui.theme import GRID
from aimusic_desktop.ui.timing_offer import TimingOffer

LARGER = 1.4
"""How much larger than the window's other text."""

WIDEST_EM = 40
"""Of the large letters: lines that are longer are hard to follow."""

_NO_SONG = "Nothing is playing. Play a song, and its lyrics are here to read along."
_NO_LYRICS = "This song has no lyrics."


class LyricsSheet(DrawerPage):
    """Shows what it is given. While it is closed it need not be given anything."""

    turned = Signal()
    """It was opened or closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # Made in the order of screen reader and tab key.
        self._name, self._title = name_label("Lyrics", self), OneLine(Tone.MUTED, self)
        self._close = close_button("Close the lyrics", BUTTON, self)
        self.lyrics, self.offer = LyricsView(), TimingOffer()
        self.lyrics.setAccessibleName("Lyrics of the song that plays")
        self._long = TextLabel(LONG_LYRICS, tone=Tone.MUTED)
        self._scroll = LyricsScroll("Lyrics", self._make_page(), self.lyrics, self)
        self._empty = quiet_line("", self)
        self._faces = QStackedWidget(self)
        self._faces.addWidget(self._scroll)
        self._faces.addWidget(self._empty)
        self._lay_out()
        self.show_song(None)

    def show_song(self, clip: Clip | None) -> None:
        """Show a whole clip, which has its lyrics, unlike a row's; None while nothing plays."""
        lyrics = clip.lyrics if clip is not None else ""
        if not self.lyrics.shows(lyrics):
            self._scroll.verticalScrollBar().setValue(0)
        self._title.setText((clip.title or f"Task {clip.task_id}") if clip is not None else "")
        self.lyrics.show_lyrics(lyrics)
        self._long.setVisible(self.lyrics.is_cut)
        self._empty.setText(_NO_LYRICS if clip is not None else _NO_SONG)
        self._turn_to(self._scroll if lyrics.strip() else self._empty)

    def follow_line(self) -> None:
        """Bring the line that is sung into view, unless the user looks around."""
        self._scroll.follow_line()

    def _turn_to(self, face: QWidget) -> None:
        """Where there is nothing to read, the keyboard can still close the page."""
        self._faces.setCurrentWidget(face)
        self.setFocusProxy(self.lyrics if face is self._scroll else self._close)

    def _make_page(self) -> QWidget:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * LARGER)
        self.lyrics.setFont(font)
        column = QWidget()
        column.setMaximumWidth(WIDEST_EM * self.lyrics.fontInfo().pixelSize() + 2 * MARGIN)
        lines = QVBoxLayout(column)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(GRID)
        lines.addWidget(self.lyrics)
        below = QVBoxLayout()
        below.setContentsMargins(MARGIN, 0, MARGIN, 0)
        below.addWidget(self._long)
        below.addWidget(self.offer)
        lines.addLayout(below)
        lines.addStretch(1)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(SIDE - MARGIN, GRID, SIDE - MARGIN, 2 * GRID)
        row.addStretch(1)
        row.addWidget(column, 1_000)  # all there is, up to its widest
        row.addStretch(1)
        return page

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._name)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        self.stack(head, self._faces)

    # -- Qt ---------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.turned.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.turned.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.follow_line()
