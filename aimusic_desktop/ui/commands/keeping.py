"""Songs into folders: save, save as, save all, copy as files, show in folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.desktop.folders import show_in_folder
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Query, SongRow
from aimusic_desktop.media.naming import safe_stem
from aimusic_desktop.media.saving import JobState, SaveJob
from aimusic_desktop.model import Clip, Group
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk, place


class Keeping:
    """What is not ready is passed over, and said so."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def folder(self) -> Path:
        return self._desk.core.settings.value.save_path

    def save(self) -> None:
        """Save the selected songs into the folder of the settings."""
        self._desk.background.run(self._save_chosen(), "save")

    def save_all(self) -> None:
        """Save every ready song that the present search shows."""
        self._desk.background.run(self._save_all(), "save all")

    def save_as(self) -> None:
        """Save under a name of the user's, or several songs into a folder of theirs."""
        rows = self._desk.view.selected()
        if len(self._desk.view.selected_ids()) > 1:
            self._ask_folder("Save into a folder", self._save_chosen)
        elif ready := self._ready(rows):
            self._ask_name(ready[0])

    def copy_files(self) -> None:
        """Put the selected songs on the clipboard as files."""
        self._desk.background.run(self._copy_files(), "copy files")

    def show_in_folder(self) -> None:
        """Show where the selected song was saved."""
        row = self._desk.view.current()
        path = self.saved_path(row) if row is not None else None
        if path is not None:
            show_in_folder(path)
        elif row is not None and row.group is Group.READY:
            self._desk.notice.say("This song is not saved yet.", action="Save", do=self.save)

    def saved_path(self, row: SongRow) -> Path | None:
        """Where the row's song was saved last in this run, if it is still there."""
        if row.clip is None:
            return None
        for job in reversed(self._desk.core.saver.jobs):
            same = (job.clip.task_id, job.clip.clip_id) == (row.clip.task_id, row.clip.clip_id)
            if same and job.path is not None and job.path.exists():
                return job.path
        return None

    def _ready(self, rows: Sequence[SongRow]) -> list[SongRow]:
        ready = [row for row in rows if row.group is Group.READY]
        if not ready:
            self._desk.notice.say(
                "Choose a song first."
                if not rows
                else "Only finished songs can be saved; none of these is ready."
            )
        return ready

    def _ask_name(self, row: SongRow) -> None:
        stem = safe_stem(row.clip.title if row.clip else "", "Song")
        dialog = QFileDialog(self._desk.window, "Save as", str(self.folder / f"{stem}.m4a"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Songs (*.m4a *.mp3 *.wav)", "All files (*)"])
        dialog.fileSelected.connect(
            lambda name: self._desk.background.run(self._save_to(row, Path(name)), "save as")
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_folder(self, title: str, save: Callable[[Path], Coroutine[None, None, None]]) -> None:
        dialog = QFileDialog(self._desk.window, title, str(self.folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self._desk.background.run(save(Path(name)), "save"))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _save_all(self) -> None:
        library = self._desk.core.library
        query = Query(text=self._desk.feed.query.text, group=Group.READY)
        clips = await self._desk.whole_clips(await library.rows(await library.order(query)))
        if not clips:
            self._desk.notice.say("There is no finished song to save here.")
            return
        await self._save_clips(clips, self.folder)

    async def _save_chosen(self, folder: Path | None = None) -> None:
        if ready := self._ready(await self._desk.chosen()):
            await self._save_clips(await self._desk.whole_clips(ready), folder or self.folder)

    async def _save_to(self, row: SongRow, path: Path) -> None:
        for clip in await self._desk.whole_clips([row]):
            job = self._desk.core.saver.save(clip, path.parent, path.name, replace=True)
            await self._tell([job], path.parent)

    async def _save_clips(self, clips: Sequence[Clip], folder: Path) -> None:
        jobs = [self._desk.core.saver.save(clip, folder) for clip in clips]
        if len(jobs) > 1:
            self._desk.notice.say(
                f"Saving {words.count(len(jobs), 'song')} to {place(folder)} …",
                action="Cancel",
                do=lambda: self._cancel(jobs),
                stays=True,
            )
        await self._tell(jobs, folder)

    def _cancel(self, jobs: Sequence[SaveJob]) -> None:
        for job in jobs:
            self._desk.core.saver.cancel(job)

    async def _tell(self, jobs: Sequence[SaveJob], folder: Path) -> None:
        await asyncio.gather(*map(self._settled, jobs))
        failed = [job for job in jobs if job.state is JobState.FAILED]
        saved = [job for job in jobs if job.state is JobState.DONE]
        if failed:
            self._tell_failed(failed, len(saved))
        elif saved:
            self._tell_saved(saved, folder)
        else:
            self._desk.notice.say("Saving was cancelled.")

    async def _settled(self, job: SaveJob) -> None:
        try:
            await self._desk.core.saver.wait(job)
        except AppError:
            return  # the job carries its sentence

    def _tell_saved(self, saved: Sequence[SaveJob], folder: Path) -> None:
        path = saved[0].path
        assert path is not None
        what = f"“{path.name}”" if len(saved) == 1 else words.count(len(saved), "song")
        self._desk.notice.say(
            f"Saved {what} to {place(folder)}.", action="Show in folder", do=lambda: show_in_folder(path)
        )

    def _tell_failed(self, failed: Sequence[SaveJob], saved: int) -> None:
        reason = failed[0].error or "The reason is not known."
        done = f"{words.count(saved, 'song')} saved, {len(failed)} not. " if saved or len(failed) > 1 else ""
        self._desk.notice.say(
            done + reason, action="Save elsewhere …", do=lambda: self._retry_elsewhere(failed), stays=True
        )

    def _retry_elsewhere(self, failed: Sequence[SaveJob]) -> None:
        self._ask_folder("Save elsewhere", lambda folder: self._retry(failed, folder))

    async def _retry(self, failed: Sequence[SaveJob], folder: Path) -> None:
        for job in failed:
            self._desk.core.saver.retry(job, folder)
        await self._tell(failed, folder)

    async def _copy_files(self) -> None:
        ready = self._ready(await self._desk.chosen())
        if not ready:
            return
        clips = await self._desk.whole_clips(ready)
        await asyncio.gather(*map(self._desk.core.stager.stage, clips))
        paths = self._desk.core.stager.together(clips)
        QGuiApplication.clipboard().setMimeData(files_mime(paths))
        self._desk.notice.say(f"Copied {words.count(len(paths), 'song')} as files; paste them into a folder.")


def files_mime(paths: Sequence[Path]) -> QMimeData:
    """Real files for another program to copy."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime
