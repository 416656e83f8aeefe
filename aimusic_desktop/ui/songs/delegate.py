"""Paints a row of the list: cover, title, style, facts, length and state."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Group
from aimusic_desktop.tracking.tracker import Asking
from aimusic_desktop.ui import theme, words
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.painting import fill, paint_cover, paint_ground, paint_icon, paint_line
from aimusic_desktop.ui.songs.layout import TRY_AGAIN, RowFonts, RowLayout
from aimusic_desktop.ui.songs.model import RowRole

Index = QModelIndex | QPersistentModelIndex

SPIN_S = 1.1
"""Seconds a working row's arc takes for one turn."""


class SongDelegate(QStyledItemDelegate):
    """One painter for every row; what it needs to know beyond the row it asks for.

    ``asking`` gives what the tracker does about a task. ``playing`` is the (task id, clip id) in the player,
    ``unplayable`` says by these why songs could not be played.
    """

    def __init__(self, covers: Covers, asking: Callable[[str], Asking | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._covers = covers
        self._asking = asking
        self.playing: tuple[str, str] | None = None
        self.sounding = False
        self.unplayable: Mapping[tuple[str, str], str] = {}
        self.hovered: int | None = None

    def part_at(self, option: QStyleOptionViewItem, pos: QPoint) -> str:
        """``cover``, ``again`` or nothing under a point of the row."""
        return RowLayout.of(option.rect, RowFonts.of(option.font), option.direction).part_at(pos)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(RowRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Row(self, painter, option, row).paint()
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(320, RowFonts.of(option.font).row_height)

    def is_playing(self, row: SongRow) -> bool:
        return row.clip is not None and self.playing == (row.clip.task_id, row.clip.clip_id)

    def trouble(self, row: SongRow) -> str:
        """Why a finished song could not be played, or ""."""
        return self.unplayable.get(row.clip.ids, "") if row.clip is not None else ""

    def cover(self, row: SongRow, ratio: float) -> QPixmap | None:
        url = row.clip.image_url if row.clip is not None else None
        return self._covers.pixmap(url, round(theme.COVER * ratio))

    def waiting(self, row: SongRow) -> str:
        return words.waiting(self._asking(row.task_id), time.time())


class _Row:
    """The painting of one row: made, painted, gone."""

    def __init__(
        self, owner: SongDelegate, painter: QPainter, option: QStyleOptionViewItem, row: SongRow | None
    ) -> None:
        self._owner, self._painter, self._option, self._row = owner, painter, option, row
        self._fonts = RowFonts.of(option.font)
        self._at = RowLayout.of(option.rect, self._fonts, option.direction)
        self._palette: QPalette = option.palette
        self._text = self._palette.color(QPalette.ColorRole.Text)
        self._muted = theme.muted_text(self._palette)

    def paint(self) -> None:
        paint_ground(self._painter, self._option)
        if self._row is None:
            self._paint_cover_ground()
            return
        self._paint_cover(self._row)
        self._paint_lines(self._row)
        self._paint_side(self._row)

    # -- the cover --------------------------------------------------------

    def _paint_cover(self, row: SongRow) -> None:
        ratio = self._painter.device().devicePixelRatioF()
        cover = self._owner.cover(row, ratio)
        if cover is None:
            self._paint_cover_ground()
            self._paint_placeholder(row)
        else:
            paint_cover(self._painter, self._at.cover, cover)
        if row.clip is not None and row.clip.playable:
            self._paint_play(row)

    def _paint_cover_ground(self) -> None:
        fill(self._painter, QRectF(self._at.cover), theme.faint(self._palette))

    def _paint_placeholder(self, row: SongRow) -> None:
        if row.group is Group.WORKING:
            self._paint_arc()
        elif row.group is Group.FAILED:
            self._paint_icon("error", 24, theme.error_text(self._palette))
        elif not self._shows_button(row):
            self._paint_icon("note", 24, self._muted)

    def _paint_arc(self) -> None:
        turn = -int((time.monotonic() / SPIN_S % 1.0) * 360 * 16)
        inner = QRectF(self._at.cover).adjusted(17, 17, -17, -17)
        self._painter.setPen(QPen(theme.accent(self._palette), 2.5, c=Qt.PenCapStyle.RoundCap))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawArc(inner, turn, 250 * 16)

    def _shows_button(self, row: SongRow) -> bool:
        hovered = self._owner.hovered == row.row_id
        return self._owner.is_playing(row) or hovered

    def _paint_play(self, row: SongRow) -> None:
        if not self._shows_button(row):
            return
        fill(self._painter, QRectF(self._at.cover), QColor(0, 0, 0, 115))
        sounding = self._owner.is_playing(row) and self._owner.sounding
        self._paint_icon("pause" if sounding else "play", 26, QColor("white"))

    def _paint_icon(self, name: str, side: int, color: QColor) -> None:
        paint_icon(self._painter, self._at.cover, name, side, color)

    # -- the words --------------------------------------------------------

    def _paint_lines(self, row: SongRow) -> None:
        title_color = theme.accent_text(self._palette) if self._owner.is_playing(row) else self._text
        self._draw(self._at.title, words.title(row), self._fonts.title, title_color)
        style = row.clip.style if row.clip is not None else ""
        facts = words.facts(row, date.today())  # noqa: DTZ011 - the user's own calendar
        if row.group is Group.FAILED:
            self._draw(self._at.text, words.trouble(row), self._fonts.text, theme.error_text(self._palette))
            self._draw(self._at.facts, facts, self._fonts.small, self._muted)
        elif row.group is Group.WORKING:
            second, third = (style, self._owner.waiting(row)) if style else (self._owner.waiting(row), facts)
            self._draw(self._at.text, second, self._fonts.text, self._muted)
            self._draw(self._at.facts, third, self._fonts.small, self._muted)
        else:
            self._paint_style(style, self._owner.trouble(row))
            self._draw(self._at.facts, facts, self._fonts.small, self._muted)

    def _paint_style(self, style: str, trouble: str) -> None:
        color = theme.error_text(self._palette) if trouble else self._muted
        self._draw(self._at.text, trouble or style, self._fonts.text, color)

    def _paint_side(self, row: SongRow) -> None:
        seconds = row.clip.duration_s if row.clip is not None else None
        known = words.length(seconds) if row.group is not Group.FAILED else ""
        state = "" if row.group is Group.READY else words.state(row)
        color = theme.error_text(self._palette) if row.group is Group.FAILED else self._muted
        if known:
            self._draw(self._at.length, known, self._fonts.text, self._text, at_end=True)
            self._draw(self._at.state, state, self._fonts.small, color, at_end=True)
        else:
            self._draw(self._at.length, state, self._fonts.small, color, at_end=True)
        if row.group is Group.FAILED:
            link = theme.accent_text(self._palette)
            self._draw(self._at.again, TRY_AGAIN, self._fonts.text, link, at_end=True)

    def _draw(self, rect: QRect, text: str, font: QFont, color: QColor, *, at_end: bool = False) -> None:
        if text:
            paint_line(self._painter, rect, text, font, color, self._option.direction, at_end=at_end)
