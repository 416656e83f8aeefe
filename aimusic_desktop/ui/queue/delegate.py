"""Paints a row of the queue: cover, title, style or trouble, length, and its button."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aimusic_desktop.ui import theme
from aimusic_desktop.ui import words as song_words
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.painting import fill, paint_cover, paint_ground, paint_icon, paint_line
from aimusic_desktop.ui.queue import words
from aimusic_desktop.ui.queue.layout import GLYPH, QueueLayout, row_height
from aimusic_desktop.ui.queue.model import RowRole
from aimusic_desktop.ui.queue.words import QueueRow, Standing
from aimusic_desktop.ui.songs.layout import RowFonts
from aimusic_desktop.ui.theme import GRID

Index = QModelIndex | QPersistentModelIndex

_MARK = 3


class QueueDelegate(QStyledItemDelegate):
    """``hovered`` is the entry's id and the part of its row under the pointer, ``lifted`` holds the ids of
    the entries that are being dragged."""

    def __init__(self, covers: Covers, parent: QWidget) -> None:
        super().__init__(parent)
        self._covers = covers
        self.hovered: tuple[int, str] | None = None
        self.lifted: frozenset[int] = frozenset()

    def part_at(self, option: QStyleOptionViewItem, row: QueueRow, pos: QPoint) -> str:
        """``cover``, ``remove`` or nothing under a point of the row; the present song is not removed."""
        part = _layout(option).part_at(pos)
        return "" if part == "remove" and row.is_present else part

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: QueueRow = index.data(RowRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option)
        if row.entry.entry_id in self.lifted:
            painter.setOpacity(0.4)
        if row.standing is Standing.CHOSEN:
            _paint_mark(painter, option)
        self._paint_cover(painter, option, row)
        _paint_words(painter, option, row)
        self._paint_remove(painter, option, row)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(320, row_height(RowFonts.of(option.font)))

    def _part(self, row: QueueRow) -> str | None:
        """The part under the pointer, None while that is elsewhere."""
        return self.hovered[1] if self.hovered and self.hovered[0] == row.entry.entry_id else None

    def _paint_cover(self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow) -> None:
        place, palette = _layout(option).cover, option.palette
        # Decoded at the list's size, in which it is at hand as a rule.
        side = round(theme.COVER * painter.device().devicePixelRatioF())
        cover = self._covers.pixmap(row.clip.image_url, side)
        button = self._part(row) is not None or row.is_present
        whole = painter.opacity()
        painter.setOpacity(whole * (0.55 if row.standing is Standing.PAST and not button else 1.0))
        if cover is not None:
            paint_cover(painter, place, cover)
        else:
            fill(painter, QRectF(place), theme.faint(palette))
        painter.setOpacity(whole)
        if button:
            fill(painter, QRectF(place), QColor(0, 0, 0, 115))
            glyph = "pause" if row.standing is Standing.PLAYING else "play"
            paint_icon(painter, place, glyph, 20, QColor("white"))
        elif cover is None:
            paint_icon(painter, place, "note", 20, theme.muted_text(palette))

    def _paint_remove(self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow) -> None:
        part, palette, place = self._part(row), option.palette, _layout(option).remove
        if part is None or row.is_present:
            return
        text = palette.color(QPalette.ColorRole.Text)
        if part == "remove":
            fill(painter, QRectF(place), theme.mixed(text, palette.color(QPalette.ColorRole.Base), 0.12))
        paint_icon(painter, place, "close", 16, text if part == "remove" else theme.muted_text(palette))


def _layout(option: QStyleOptionViewItem) -> QueueLayout:
    return QueueLayout.of(option.rect, RowFonts.of(option.font), option.direction)


def _paint_mark(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Tells what the user chose from what merely follows in the list."""
    row = option.rect
    bar = QRect(row.x(), row.y() + GRID, _MARK, row.height() - 2 * GRID)
    fill(painter, QRectF(QStyle.visualRect(option.direction, row, bar)), theme.accent(option.palette), 1)


def _paint_words(painter: QPainter, option: QStyleOptionViewItem, row: QueueRow) -> None:
    palette, fonts, at = option.palette, RowFonts.of(option.font), _layout(option)
    muted, direction = theme.muted_text(palette), option.direction
    title = palette.color(QPalette.ColorRole.Text)
    if row.is_present:
        title = theme.accent_text(palette)
    elif row.standing is Standing.PAST:
        title = muted
    paint_line(painter, at.title, words.title(row.clip), fonts.title, title, direction)
    if row.trouble:
        paint_icon(painter, at.glyph, "error", GLYPH, theme.error_text(palette))
    place, color = (at.line, theme.error_text(palette)) if row.trouble else (at.wide_line, muted)
    paint_line(painter, place, words.line(row), fonts.text, color, direction)
    length = song_words.length(row.clip.duration_s)
    paint_line(painter, at.length, length, fonts.text, muted, direction, at_end=True)
