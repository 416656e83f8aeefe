"""What a drag out of the list carries: tagged files, made ahead of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from aimusic_desktop.core import Core
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip, Group, MusicTask
from aimusic_desktop.ui import theme, words
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.commands.keeping import files_mime
from aimusic_desktop.ui.notice import NoticeBar

log = logging.getLogger(__name__)

STAGED_AHEAD = 30
"""Songs that are made ready for a drag at a time, of a selection or of what was just finished: a paste of
thousands must not fetch them all."""


class Dragging:
    """Stages songs when they are finished or selected, so that the file is there when the drag begins."""

    def __init__(self, core: Core, background: Background, notice: NoticeBar) -> None:
        self._core, self._background, self._notice = core, background, notice
        self._coming: set[int] = set()
        self._said: set[int] = set()
        self._ahead = 0

    def stage(self, rows: Sequence[SongRow]) -> None:
        """Make the files of ready rows, as far as they are not there yet."""
        for row in rows[:STAGED_AHEAD]:
            if row.group is Group.READY and row.row_id not in self._coming and self._staged(row) is None:
                self._coming.add(row.row_id)
                self._background.run(self._stage_row(row), "stage for a drag")

    def stage_settled(self, task: MusicTask) -> None:
        """A task was just seen finished: its songs are the ones most likely to be dragged next."""
        for clip in task.clips:
            if clip.ready and self._ahead < STAGED_AHEAD:
                self._ahead += 1
                self._background.run(self._stage_clip(clip), "stage a finished song")

    def carry(self, rows: Sequence[SongRow]) -> tuple[QMimeData, QPixmap] | None:
        """The files of these rows and a picture of them; what is not there yet is set going, and said."""
        ready = [row for row in rows if row.group is Group.READY]
        files = self._core.stager.together([row.clip for row in ready if row.clip is not None])
        late = [row for row in ready if self._staged(row) is None]
        if late:
            self._say_late(len(late), len(files))
            self._said |= {row.row_id for row in late}
            self.stage(late)
        elif not ready and rows:
            self._notice.say("Only finished songs can be dragged out; these are not ready yet.")
        return (files_mime(files), _picture(len(files))) if files else None

    def _say_late(self, late: int, there: int) -> None:
        songs = words.count(late, "song")
        verb = "is" if late == 1 else "are"
        if there:
            self._notice.say(
                f"{songs} {verb} still being fetched and not part of this drag; drag again in a moment."
            )
        else:
            self._notice.say(f"{songs} {verb} being fetched; drag again when this says so.")

    def _staged(self, row: SongRow) -> Path | None:
        return self._core.stager.staged(row.clip) if row.clip is not None else None

    async def _stage_row(self, row: SongRow) -> None:
        try:
            clip = await self._core.library.clip(row.row_id)
            if clip is not None:
                await self._core.stager.stage(clip)
        except AppError as error:
            if row.row_id in self._said:
                self._notice.say(f"“{words.title(row)}” cannot be dragged: {error.sentence}")
            return
        finally:
            self._coming.discard(row.row_id)
        if row.row_id in self._said:
            self._said.discard(row.row_id)
            self._notice.say(f"“{words.title(row)}” can be dragged now.")

    async def _stage_clip(self, clip: Clip) -> None:
        try:
            await self._core.stager.stage(clip)
        except AppError as error:
            log.info("not staged ahead: %s", error)
        finally:
            self._ahead -= 1


def _picture(count: int) -> QPixmap:
    """What hangs at the pointer: a note, and how many."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    palette, ratio = app.palette(), app.devicePixelRatio()
    text = words.count(count, "song")
    metrics = QFontMetrics(app.font())
    size = QSize(metrics.horizontalAdvance(text) + 52, 36)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.accent(palette))
    painter.setBrush(palette.base())
    painter.drawRoundedRect(0, 0, size.width() - 1, size.height() - 1, theme.RADIUS, theme.RADIUS)
    color = palette.color(palette.ColorRole.Text)
    painter.drawPixmap(10, 8, theme.tinted_pixmap("note", QSize(20, 20), color, ratio))
    painter.setPen(color)
    painter.drawText(QRect(38, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignVCenter.value, text)
    painter.end()
    return pixmap
