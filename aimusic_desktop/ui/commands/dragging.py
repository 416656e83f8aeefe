"""What a drag out of the list carries: tagged files, made ahead of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence, Set
from functools import partial
from pathlib import Path

from psygnal import Signal
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QPixmap

from aimusic_desktop.core import Core
from aimusic_desktop.desktop import direct_save
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, Group, MusicTask
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.ui import words
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.commands.carrying import links, picture, songs_mime
from aimusic_desktop.ui.desk import place
from aimusic_desktop.ui.notice import NoticeBar

log = logging.getLogger(__name__)

STAGED_AHEAD = 64
"""Songs that are made ready for a drag at a time, of a selection or of what was just finished: a paste of
thousands must not fetch them all."""


class Dragging:
    """Stages songs when they are finished or selected, so that the file is there when the drag begins.

    ``dropped`` carries the save jobs of songs that were dropped on a folder before their files were there.
    """

    dropped = Signal(list)

    def __init__(self, core: Core, background: Background, notice: NoticeBar) -> None:
        self._core, self._background, self._notice = core, background, notice
        self._coming: dict[int, asyncio.Task[None]] = {}
        self._said: set[int] = set()
        self._ahead = 0

    def stage(self, rows: Sequence[SongRow]) -> None:
        """Make the files of the chosen rows, as far as they are not there yet; of many the first ones.

        What was chosen before and is still not there is given up when there is too much of it.
        """
        self._begin([row for row in rows[:STAGED_AHEAD] if self._is_late(row)])
        self._thin_out({row.row_id for row in rows} | self._said)

    def stage_settled(self, task: MusicTask) -> None:
        """A task was just seen finished: its songs are the ones most likely to be dragged next."""
        for clip in task.clips:
            if clip.ready and self._ahead < STAGED_AHEAD:
                self._ahead += 1
                self._background.run(self._stage_clip(clip), "stage a finished song")

    def carry(self, rows: Sequence[SongRow]) -> tuple[QMimeData, QPixmap] | None:
        """What a drag of these rows carries and a picture of it; what is late is set going, and said.

        Where files can be made at the drop, that is the way of all songs as soon as one is late: file
        managers offered a list of files as well take that, and the late ones would be missing.
        """
        ready = [row for row in rows if row.group is Group.READY and row.clip is not None]
        clips = [row.clip for row in ready if row.clip is not None]
        late = [row for row in ready if self._is_late(row)]
        self._said |= {row.row_id for row in late}
        self._begin(late)
        if late and direct_save.is_offered():
            self._notice.say(f"{_still_fetched(late)}. Dropped on a folder, this drag is saved there.")
            return self._made_at_drop(ready, clips), picture(len(clips))
        mime = songs_mime(self._core.stager, clips)
        self._say_missing(late, {row.group for row in rows} - {Group.READY}, len(mime.urls()))
        return (mime, picture(len(mime.urls()))) if mime.hasUrls() else None

    def _say_missing(self, late: Sequence[SongRow], others: Set[Group], carried: int) -> None:
        if late and carried:
            self._notice.say(f"{_still_fetched(late)} and not part of this drag; drag again in a moment.")
        elif late:
            self._notice.say(f"{_still_fetched(late)}; drag again when this says so.")
        elif others and carried:
            self._notice.say(f"Only finished songs are part of this drag; the others {_why_not(others)}.")
        elif others:
            self._notice.say(f"Only finished songs can be dragged out; these {_why_not(others)}.")

    def _is_late(self, row: SongRow) -> bool:
        return row.group is Group.READY and row.clip is not None and not self._core.stager.staged(row.clip)

    # -- ahead ------------------------------------------------------------

    def _begin(self, rows: Sequence[SongRow]) -> None:
        for row in rows:
            if row.row_id not in self._coming:
                task = self._background.run(self._stage_row(row), "stage for a drag")
                self._coming[row.row_id] = task
                task.add_done_callback(partial(self._came, row.row_id))

    def _thin_out(self, wanted: Collection[int]) -> None:
        for row_id in [*self._coming][:-STAGED_AHEAD]:
            if row_id not in wanted:
                self._coming[row_id].cancel()

    def _came(self, row_id: int, _task: asyncio.Task[None]) -> None:
        del self._coming[row_id]

    async def _stage_row(self, row: SongRow) -> None:
        try:
            clip = await self._core.library.clip(row.row_id)
            if clip is not None:
                await self._core.stager.stage(clip)
            outcome = "can be dragged now."
        except AppError as error:
            outcome = f"cannot be dragged: {error.sentence}"
        if row.row_id in self._said:
            self._said.discard(row.row_id)
            self._notice.say(f"“{words.title(row)}” {outcome}")

    async def _stage_clip(self, clip: Clip) -> None:
        try:
            await self._core.stager.stage(clip)
        except AppError as error:
            log.info("not staged ahead: %s", error)
        finally:
            self._ahead -= 1

    # -- at the drop ------------------------------------------------------

    def _made_at_drop(self, rows: Sequence[SongRow], clips: Sequence[Clip]) -> QMimeData:
        mime = direct_save.DirectSave(self._name(clips[0]), partial(self._dropped, rows))
        mime.setText(links(clips))
        return mime

    def _name(self, clip: Clip) -> str:
        """The file name a drop gives; the saver sets the suffix right where the song is of another type."""
        template = Template.or_default(self._core.settings.value.name_template)
        return f"{template.parts(clip)[-1]}.m4a"

    def _dropped(self, rows: Sequence[SongRow], folder: Path | None) -> None:
        if folder is None:
            self._notice.say(
                "Songs that are still being fetched can be dropped on folders of this computer only."
            )
            return
        self._said -= {row.row_id for row in rows}
        self._thin_out(self._said)  # of what is saved now, no second copy is needed soon
        self._background.run(self._save(rows, folder), "save what was dropped")

    async def _save(self, rows: Sequence[SongRow], folder: Path) -> None:
        """Into the folder itself, whatever folders the template has: there dropped files lie too."""
        ids = [(row.task_id, row.clip.clip_id) for row in rows if row.clip is not None]
        clips = await self._core.library.clips_of(ids)
        jobs: list[SaveJob] = []
        for clip in (clips[one] for one in ids if one in clips):
            jobs += await self._core.saver.save([clip], folder, name=self._name(clip))
        self._notice.say(f"Saving {words.count(len(jobs), 'song')} to {place(folder)} …")
        self.dropped.emit(jobs)


def _still_fetched(late: Sequence[SongRow]) -> str:
    return f"{words.count(len(late), 'song')} {'is' if len(late) == 1 else 'are'} still being fetched"


def _why_not(groups: Set[Group]) -> str:
    if groups == {Group.FAILED}:
        return "have failed and cannot be dragged"
    return "have failed or are not ready yet" if Group.FAILED in groups else "are not ready yet"
