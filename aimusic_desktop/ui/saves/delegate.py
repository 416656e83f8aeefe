"""Paints a row of the save list: cover, name, how far it is, and its buttons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from aimusic_desktop.model import JobState
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.ui import theme
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.painting import fill, paint_cover, paint_ground, paint_icon, paint_line
from aimusic_desktop.ui.saves import words
from aimusic_desktop.ui.saves.deeds import Deed, buttons
from aimusic_desktop.ui.saves.layout import BAR, GLYPH, SaveLayout, row_height
from aimusic_desktop.ui.saves.model import JobRole
from aimusic_desktop.ui.songs.layout import RowFonts

Index = QModelIndex | QPersistentModelIndex

BUTTON_ICONS = {
    Deed.PAUSE: "pause",
    Deed.GO_ON: "play",
    Deed.ANSWER: "ask",
    Deed.ANY_LENGTH: "save",
    Deed.RETRY: "refresh",
    Deed.SHOW: "folder",
    Deed.CANCEL: "close",
}
_GLYPHS = {
    JobState.DONE: "done",
    JobState.FAILED: "error",
    JobState.PAUSED: "pause",
    JobState.ASKING: "ask",
}
_WITH_BAR = (JobState.FETCHING, JobState.WRITING, JobState.PLACING, JobState.PAUSED)


class SaveDelegate(QStyledItemDelegate):
    """``hovered`` is the job and the button under the pointer."""

    def __init__(self, covers: Covers, parent: QWidget) -> None:
        super().__init__(parent)
        self._covers = covers
        self.hovered: tuple[SaveJob, Deed] | None = None

    def deed_at(self, option: QStyleOptionViewItem, job: SaveJob, pos: QPoint) -> Deed | None:
        """The button of the job's row under a point."""
        return _layout(option, job).deed_at(pos)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job: SaveJob = index.data(JobRole)
        at = _layout(option, job)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option)
        self._paint_cover(painter, option, job, at)
        _paint_words(painter, option, job, at)
        if job.state in _WITH_BAR and job.total:
            _paint_bar(painter, option, at.bar, min(1.0, job.received / job.total), job.state)
        self._paint_buttons(painter, option.palette, job, at)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(320, row_height(RowFonts.of(option.font)))

    def _paint_cover(
        self, painter: QPainter, option: QStyleOptionViewItem, job: SaveJob, at: SaveLayout
    ) -> None:
        # Decoded at the list's size, in which it is at hand as a rule.
        side = round(theme.COVER * painter.device().devicePixelRatioF())
        cover = self._covers.pixmap(job.clip.image_url, side)
        if cover is not None:
            painter.setOpacity(0.5 if job.state is JobState.CANCELLED else 1.0)
            paint_cover(painter, at.cover, cover)
            painter.setOpacity(1.0)
        else:
            fill(painter, QRectF(at.cover), theme.faint(option.palette))
            paint_icon(painter, at.cover, "note", 20, theme.muted_text(option.palette))

    def _paint_buttons(self, painter: QPainter, palette: QPalette, job: SaveJob, at: SaveLayout) -> None:
        text = palette.color(QPalette.ColorRole.Text)
        for deed, rect in at.buttons:
            hovered = self.hovered == (job, deed)
            if hovered:
                ground = QColor(text)
                ground.setAlphaF(0.10)
                fill(painter, QRectF(rect), ground)
            paint_icon(painter, rect, BUTTON_ICONS[deed], 16, text if hovered else theme.muted_text(palette))


def _layout(option: QStyleOptionViewItem, job: SaveJob) -> SaveLayout:
    return SaveLayout.of(option.rect, RowFonts.of(option.font), option.direction, buttons(job))


def _paint_words(painter: QPainter, option: QStyleOptionViewItem, job: SaveJob, at: SaveLayout) -> None:
    palette, fonts = option.palette, RowFonts.of(option.font)
    muted = theme.muted_text(palette)
    gone = job.state is JobState.CANCELLED
    title = muted if gone else palette.color(QPalette.ColorRole.Text)
    paint_line(painter, at.title, words.name(job), fonts.title, title, option.direction)
    color = {
        JobState.FAILED: theme.error_text(palette),
        JobState.ASKING: theme.accent_text(palette),
    }.get(job.state, muted)
    glyph = _GLYPHS.get(job.state)
    if glyph:
        tint = theme.good_text(palette) if job.state is JobState.DONE else color
        paint_icon(painter, at.glyph, glyph, GLYPH, tint)
    line = at.line if glyph else at.wide_line
    paint_line(painter, line, words.line(job), fonts.text, color, option.direction)


def _paint_bar(
    painter: QPainter, option: QStyleOptionViewItem, whole: QRect, share: float, state: JobState
) -> None:
    palette, done = option.palette, QRect(whole)
    done.setWidth(round(whole.width() * share))
    color = theme.muted_text(palette) if state is JobState.PAUSED else theme.accent(palette)
    fill(painter, QRectF(whole), theme.faint(palette), BAR / 2)
    fill(painter, QRectF(QStyle.visualRect(option.direction, whole, done)), color, BAR / 2)
