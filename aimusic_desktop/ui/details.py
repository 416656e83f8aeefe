"""The panel beside the list: big cover, all facts, lyrics. Everything can be selected and copied."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip
from aimusic_desktop.ui import words
from aimusic_desktop.ui.cover_square import CoverSquare
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.desk import place
from aimusic_desktop.ui.folding import FoldingRow
from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.lyrics import LONG_LYRICS, MARGIN, LyricsView
from aimusic_desktop.ui.lyrics_scroll import LyricsScroll
from aimusic_desktop.ui.theme import GRID
from aimusic_desktop.ui.timing_offer import TimingOffer


class DetailsPanel(QWidget):
    """Shows one song, or a quiet line when none is chosen; below it what can be done with the selection.

    ``clip`` is what is shown, with its lyrics, or None, and ``row_id`` its row; ``buttons`` is the row below.
    """

    clip_changed = Signal()
    timing_wanted = Signal()
    """The button below the lyrics was pressed."""

    def __init__(self, covers: Covers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.clip: Clip | None = None
        self.row_id = 0
        self._song = _Song(covers)
        self._song.offer.wanted.connect(self.timing_wanted)
        self._nothing = TextLabel(tone=Tone.MUTED)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll = LyricsScroll("Details", self._make_page(), self.lyrics, self)
        self.buttons = FoldingRow(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.buttons)
        self.show_nothing()

    @property
    def shown(self) -> tuple[str, str] | None:
        """Task id and clip id ("" for none) of what is shown."""
        return None if self._song.isHidden() else self._song.key

    @property
    def lyrics(self) -> LyricsView:
        return self._song.lyrics

    @property
    def offer(self) -> TimingOffer:
        """What stands below the lyrics."""
        return self._song.offer

    def follow_line(self) -> None:
        """Bring the line that is sung into view, unless the user looks around."""
        self._scroll.follow_line()

    def show_nothing(self, selected: int = 0) -> None:
        text = f"{words.count(selected, 'song')} selected." if selected else "Choose a song to see all of it."
        self._nothing.setText(text)
        self._song.hide()
        self._nothing.show()
        self._set_clip(None)

    def show_song(self, row: SongRow, clip: Clip | None, saved: Path | None = None) -> None:
        """Show a row with its whole clip (which, unlike the row's, has the lyrics) and its saved file."""
        if self.shown != (row.task_id, clip.clip_id if clip else ""):
            self._scroll.verticalScrollBar().setValue(0)
        self._song.show_song(row, clip, saved)
        self._nothing.hide()
        self._song.show()
        self.row_id = row.row_id
        self._set_clip(clip)

    def _make_page(self) -> QWidget:
        page = QWidget()
        faces = QVBoxLayout(page)
        faces.setContentsMargins(0, 0, 0, 0)
        faces.addWidget(self._nothing)
        faces.addWidget(self._song)
        return page

    def _set_clip(self, clip: Clip | None) -> None:
        if clip != self.clip:
            self.clip = clip
            self.clip_changed.emit()

    # -- Qt ---------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(360, 480)


class _Song(QWidget):
    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self.key: tuple[str, str] = ("", "")
        self._cover = CoverSquare(covers)
        self._title, self._style = headline(""), TextLabel(tone=Tone.MUTED)
        self._trouble = TextLabel(tone=Tone.ERROR)
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(2 * GRID)
        self._facts.setVerticalSpacing(GRID // 2)
        self._facts.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeading)
        self.lyrics, self.offer = LyricsView(self), TimingOffer(self)
        self._long = TextLabel(LONG_LYRICS, self, tone=Tone.MUTED)
        self._values: list[tuple[str, str]] = []
        above, below = _column(), _column()
        above.addWidget(self._cover, 0)
        above.addSpacing(GRID)
        above.addWidget(self._title)
        above.addWidget(self._style)
        above.addWidget(self._trouble)
        above.addSpacing(GRID)
        above.addLayout(self._facts)
        above.addSpacing(2 * GRID)
        below.addWidget(self._long)
        below.addWidget(self.offer)
        layout = QVBoxLayout(self)
        # The letters of the lyrics are in line with the rest; the ground of a line goes beyond them.
        side = 2 * GRID - MARGIN
        layout.setContentsMargins(side, 2 * GRID, side, 2 * GRID)
        layout.addLayout(above)
        layout.addWidget(self.lyrics)
        layout.addLayout(below)
        layout.addStretch(1)

    def show_song(self, row: SongRow, clip: Clip | None, saved: Path | None) -> None:
        self.key = (row.task_id, clip.clip_id if clip else "")
        self._cover.show_url(clip.image_url if clip else None)
        self._title.setText(words.title(row))
        self._style.say(clip.style if clip else "")
        self._trouble.say(words.trouble(row))
        self._show_facts([*_facts(row, clip), *([("Saved as", place(saved))] if saved else [])])
        self.lyrics.setVisible(bool(clip and clip.lyrics))
        self.lyrics.show_lyrics(clip.lyrics if clip else "")
        self._long.setVisible(self.lyrics.is_cut)

    def _show_facts(self, values: list[tuple[str, str]]) -> None:
        if values == self._values:
            return
        self._values = values
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, value in values:
            label = TextLabel(name, tone=Tone.MUTED, selectable=False)
            label.setWordWrap(False)
            self._facts.addRow(label, TextLabel(value))


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(MARGIN, 0, MARGIN, 0)
    column.setSpacing(GRID)
    return column


def _facts(row: SongRow, clip: Clip | None) -> list[tuple[str, str]]:
    pairs = [
        ("State", words.state(row)),
        ("Product", row.product.label if row.product else ""),
        ("Model", clip.model if clip else ""),
        ("Length", words.length(clip.duration_s) if clip else ""),
        ("Created", _moment(clip.created_at) if clip else ""),
        ("Seed", clip.seed if clip else ""),
        ("Task id", row.task_id),
        ("Clip id", clip.clip_id if clip else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        return text[:40]
    return f"{moment.day} {moment:%b %Y, %H:%M}"
