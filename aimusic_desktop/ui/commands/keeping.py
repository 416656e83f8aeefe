"""Songs into folders: save, save as, save all, copy as files, show in folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.desktop.folders import show_in_folder
from aimusic_desktop.library.store import Query, SongRow
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, Group, JobState
from aimusic_desktop.paths import holds
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.job_disk import identity_of
from aimusic_desktop.ui import words
from aimusic_desktop.ui.commands.carrying import copy, songs_mime
from aimusic_desktop.ui.desk import Desk, place
from aimusic_desktop.ui.dialogs.folders import folder_to_open
from aimusic_desktop.ui.drawer import SAVES, Drawer


class Keeping:
    """What is not ready is passed over, and said so. ``drawer`` has the save list."""

    def __init__(self, desk: Desk, drawer: Drawer) -> None:
        self._desk, self._drawer = desk, drawer
        self._asking: asyncio.Task[None] | None = None

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
        self._ask(self._save_as, "save as")

    def copy_files(self) -> None:
        """Put the selected songs on the clipboard as files."""
        self._desk.background.run(self._copy_files(), "copy files")

    def show_in_folder(self) -> None:
        """Show where the selected song was saved, in this run or an earlier one."""
        row = self._desk.view.current()
        if row is not None and row.clip is not None:
            self._desk.background.run(self._show_saved(row.clip), "show in folder")

    async def saved_path(self, clip: Clip) -> Path | None:
        """Where the song was saved last, if it is still there."""
        paths = await self._desk.core.library.saved_paths(clip.task_id, clip.clip_id)
        return await asyncio.to_thread(_first_there, paths)

    def follow(self, jobs: Sequence[SaveJob]) -> None:
        """Show that these jobs began, and say what comes of them when they are settled.

        The save list opens by itself the first time ever that there is more than one.
        """
        if len(jobs) > 1 and SAVES not in self._drawer.opened:
            self._drawer.show_page(SAVES)
        elif len(jobs) > 1 and self._drawer.page != SAVES:
            text = f"Saving {words.count(len(jobs), 'song')} to {place(jobs[0].folder)} …"
            self._desk.notice.say(text, action="Show", do=self._show_saves)
        self._desk.background.run(self._tell(jobs), "tell of saves")

    def retry(self, jobs: Sequence[SaveJob], *, folder: Path | None = None, any_length: bool = False) -> None:
        """Begin failed or cancelled jobs anew, and say what comes of them."""
        self._desk.core.saver.retry(*jobs, folder=folder, any_length=any_length)
        self.follow(jobs)

    def retry_elsewhere(self, jobs: Sequence[SaveJob]) -> None:
        """Ask for a folder and save these jobs there."""
        self._ask(partial(self._retry_elsewhere, jobs), "save elsewhere")

    def _ready(self, rows: Sequence[SongRow]) -> list[SongRow]:
        ready = [row for row in rows if row.group is Group.READY]
        if not ready:
            self._desk.notice.say(
                "Choose a song first."
                if not rows
                else "Only finished songs can be saved; none of these is ready."
            )
        return ready

    def _ask(self, ask: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Open a dialog, once its folder is found; not a second one meanwhile."""
        if self._asking is None or self._asking.done():
            self._asking = self._desk.background.run(ask(), name)

    async def _save_as(self) -> None:
        if len(self._desk.view.selected_ids()) > 1:
            self._ask_folder("Save into a folder", await folder_to_open(self.folder), self._save_into)
        elif ready := self._ready(self._desk.view.selected()):
            self._ask_name(ready[0], await folder_to_open(self.folder))

    async def _retry_elsewhere(self, jobs: Sequence[SaveJob]) -> None:
        folder = await folder_to_open(jobs[0].folder)
        self._ask_folder("Save elsewhere", folder, lambda chosen: self.retry(jobs, folder=chosen))

    def _ask_name(self, row: SongRow, folder: Path) -> None:
        assert row.clip is not None
        stem = Template.or_default(self._desk.core.settings.value.name_template).parts(row.clip)[-1]
        dialog = QFileDialog(self._desk.window, "Save as", str(folder / f"{stem}.m4a"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Songs (*.m4a *.mp3 *.wav)", "All files (*)"])
        dialog.fileSelected.connect(
            lambda name: self._desk.background.run(self._save_to(row, Path(name)), "save as")
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_folder(self, title: str, start: Path, chosen: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self._desk.window, title, str(start))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: chosen(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save_into(self, folder: Path) -> None:
        self._desk.background.run(self._save_chosen(folder), "save into a folder")

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
        # The dialog had them agree to replace what is there now, if anything is; not what comes later.
        there = await asyncio.to_thread(identity_of, path)
        clips = await self._desk.whole_clips([row])
        saver = self._desk.core.saver
        self.follow(await saver.save(clips, path.parent, name=path.name, replaces=there))

    async def _save_clips(self, clips: Sequence[Clip], folder: Path) -> None:
        self.follow(await self._desk.core.saver.save(clips, folder))

    async def _tell(self, jobs: Sequence[SaveJob]) -> None:
        await asyncio.gather(*(job.settled.wait() for job in jobs))
        failed = [job for job in jobs if job.state is JobState.FAILED]
        saved = [job for job in jobs if job.state is JobState.DONE]
        if failed:
            self._tell_failed(failed, len(saved))
        elif saved:
            self._tell_saved(saved)

    def _tell_saved(self, saved: Sequence[SaveJob]) -> None:
        path = saved[0].path
        assert path is not None
        one = len(saved) == 1
        what = f"“{path.name}”" if one else words.count(len(saved), "song")
        self._desk.notice.say(
            f"Saved {what} to {place(path.parent if one else saved[0].folder)}.",
            action="Show in folder",
            do=lambda: show_in_folder(path),
        )

    def _tell_failed(self, failed: Sequence[SaveJob], saved: int) -> None:
        """One reason stands for all; the save list has each."""
        reason = failed[0].error or "The reason is not known."
        if saved or len(failed) > 1:
            done = f"{words.count(saved, 'song')} saved, {len(failed):,} not. "
            self._desk.notice.say(done + reason, action="Show", do=self._show_saves, stays=True)
        elif failed[0].wrong_length:
            again = partial(self.retry, failed, any_length=True)
            self._desk.notice.say(reason, action="Save it all the same", do=again, stays=True)
        else:
            elsewhere = partial(self.retry_elsewhere, failed)
            self._desk.notice.say(reason, action="Save elsewhere …", do=elsewhere, stays=True)

    def _show_saves(self) -> None:
        self._drawer.show_page(SAVES)

    async def _show_saved(self, clip: Clip) -> None:
        path = await self.saved_path(clip)
        if path is not None:
            show_in_folder(path)
        elif clip.ready:
            self._desk.notice.say("This song is not saved yet.", action="Save", do=self.save)

    async def _copy_files(self) -> None:
        ready = self._ready(await self._desk.chosen())
        if not ready:
            return
        clips, stager = await self._desk.whole_clips(ready), self._desk.core.stager
        outcomes = await asyncio.gather(*map(stager.stage, clips), return_exceptions=True)
        troubles = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        staged = [clip for clip, outcome in zip(clips, outcomes, strict=True) if isinstance(outcome, Path)]
        if not staged:
            raise troubles[0]
        await copy(partial(songs_mime, stager, staged), _copied(len(staged), troubles), self._desk.notice)


def _copied(number: int, troubles: Sequence[BaseException]) -> str:
    what = "a file; paste it" if number == 1 else "files; paste them"
    done = f"Copied {words.count(number, 'song')} as {what} into a folder."
    return f"{done} {len(troubles):,} could not be copied: {troubles[0]}" if troubles else done


def _first_there(paths: Sequence[str]) -> Path | None:
    return next((path for path in map(Path, paths) if holds(path.is_file)), None)
