"""The library out into a file and in again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QDate, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.desktop.folders import show_in_folder
from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.errors import ExchangeError
from aimusic_desktop.exchange.files import ExportFormat, read_export, write_export
from aimusic_desktop.exchange.gathering import Gathering, Imported
from aimusic_desktop.model import Alignment, Conversion, MusicTask
from aimusic_desktop.paths import holds
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.dialogs.export import FORMATS, ExportDialog

Paid = TypeVar("Paid", Conversion, Alignment)


class Exchanging:
    """Exports what is selected, or the whole library; imports what was exported."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def export(self) -> None:
        """Ask whether the selected rows or the whole library, and for a format and a file; then write it."""
        self._desk.background.run(self._ask(self._desk.view.selected_ids()), "ask what to export")

    async def _ask(self, selected: Sequence[int]) -> None:
        total = (await self._desk.core.library.counts()).all
        dialog = ExportDialog(len(selected), total, self._desk.window)
        dialog.accepted.connect(
            lambda: self._ask_file(dialog.format, selected if dialog.only_selection else None)
        )
        dialog.open()

    def _ask_file(self, wanted: ExportFormat, row_ids: Sequence[int] | None) -> None:
        what = "the whole library" if row_ids is None else words.count(len(row_ids), "selected song")
        day = QDate.currentDate().toString(Qt.DateFormat.ISODate)
        dialog = QFileDialog(self._desk.window, f"Export {what}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )
        dialog.setNameFilter(f"{FORMATS[wanted]} (*.{wanted})")
        dialog.setDefaultSuffix(wanted.value)
        dialog.selectFile(f"AI Music {day}")
        dialog.fileSelected.connect(lambda name: self._export_to(Path(name), wanted, row_ids))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_(self) -> None:
        """Let the user choose exported files, and take in what they hold."""
        dialog = QFileDialog(self._desk.window, "Import")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(["Exports of this program (*.json *.csv *.m3u8)", "All files (*)"])
        dialog.filesSelected.connect(
            lambda names: self._desk.background.run(self._import([*map(Path, names)]), "import")
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def gathering(self) -> Gathering:
        """For reading one file: what it says is as untrusted as an answer of the service in use."""
        return Gathering(time.time(), api_is_loopback=self._desk.core.transport.api_is_loopback)

    async def absorb(self, imported: Imported) -> None:
        """Take in what a file held, say so, and ask about what was not finished then."""
        library = self._desk.core.library
        paid = imported.conversions, imported.alignments
        absorbed = await library.absorb(imported.tasks, time.time(), imported.answers, *paid)
        self._desk.notice.say(import_verdict(absorbed.added, absorbed.known, imported.skipped))
        brought = {task.task_id for task in imported.tasks if not task.state.settled}
        if brought:
            unfinished = [task.task_id for task in await library.unfinished()]
            await self._desk.core.tracker.look_up_again([each for each in unfinished if each in brought])

    def _export_to(self, path: Path, wanted: ExportFormat, row_ids: Sequence[int] | None) -> None:
        self._desk.background.run(self._export(path, _format_of(path, wanted), row_ids), "export")

    async def _export(self, path: Path, export_format: ExportFormat, row_ids: Sequence[int] | None) -> None:
        tasks = await self._desk.core.library.everything(row_ids)
        answers = await self._answers(tasks)
        saved = await self._saved(tasks) if export_format is ExportFormat.M3U8 else {}
        library = self._desk.core.library
        paid = await library.conversions(), await library.alignments()
        await asyncio.to_thread(_write, path, export_format, tasks, answers, saved, *paid)
        self._desk.notice.say(
            f"Exported {words.count(len(tasks), 'task')} to “{path.name}”.",
            action="Show in folder",
            do=lambda: show_in_folder(path),
        )

    async def _answers(self, tasks: Sequence[MusicTask]) -> dict[str, str | None]:
        library = self._desk.core.library
        return {task.task_id: await library.answer(task.task_id) for task in tasks}

    async def _saved(self, tasks: Sequence[MusicTask]) -> dict[tuple[str, str], list[str]]:
        library = self._desk.core.library
        clips = [(task.task_id, clip.clip_id) for task in tasks for clip in task.clips]
        return {ids: await library.saved_paths(*ids) for ids in clips}

    async def _import(self, paths: Sequence[Path]) -> None:
        for path in paths:
            imported = await asyncio.to_thread(read_export, path, self.gathering())
            if imported is None:
                raise ExchangeError(
                    f"“{path.name}” is not an export of this program. If it holds task ids, drop it onto "
                    "the window instead."
                )
            await self.absorb(imported)


def import_verdict(added: int, known: int, skipped: int) -> str:
    """What became of an import, in a sentence."""
    if not (added or known or skipped):
        return "There is no task in this file; nothing was imported."
    parts = [f"{words.count(added, 'task')} imported"]
    if known:
        parts.append(f"{known:,} here already")
    if skipped:
        parts.append(f"{words.count(skipped, 'part')} could not be read")
    return "; ".join(parts) + "."


def _format_of(path: Path, wanted: ExportFormat) -> ExportFormat:
    """What a name's suffix says; what was wanted, where it says nothing."""
    suffix = path.suffix.lower().removeprefix(".")
    return ExportFormat(suffix) if suffix in list(ExportFormat) else wanted


def _write(
    path: Path,
    export_format: ExportFormat,
    tasks: Sequence[MusicTask],
    answers: Mapping[str, str | None],
    saved: Mapping[tuple[str, str], Sequence[str]],
    conversions: Iterable[Conversion],
    alignments: Iterable[Alignment],
) -> None:
    made, timed = _by_clip(conversions), _by_clip(alignments)
    entries = (
        Entry(
            task,
            answers.get(task.task_id),
            _still_there(task, saved),
            [each for clip in task.clips for each in made.get(clip.ids, ())],
            [each for clip in task.clips for each in timed.get(clip.ids, ())],
        )
        for task in tasks
    )
    write_export(path, export_format, entries)


def _by_clip(paid: Iterable[Paid]) -> dict[tuple[str, str], list[Paid]]:
    found: dict[tuple[str, str], list[Paid]] = {}
    for each in paid:
        found.setdefault((each.task_id, each.clip_id), []).append(each)
    return found


def _still_there(task: MusicTask, saved: Mapping[tuple[str, str], Sequence[str]]) -> dict[str, str]:
    """The newest file of each clip that nobody took away since. Reads the disk."""
    found = {}
    for clip in task.clips:
        paths = saved.get((task.task_id, clip.clip_id), ())
        if there := next((path for path in paths if holds(Path(path).is_file)), None):
            found[clip.clip_id] = there
    return found
