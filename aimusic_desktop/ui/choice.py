"""What follows from the selection: details beside it, what can be done, files made ahead of a drag."""

from __future__ import annotations

from itertools import count

from PySide6.QtGui import QAction

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Group, SaveFormat
from aimusic_desktop.ui.commands.dragging import Dragging
from aimusic_desktop.ui.commands.table import Commands
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.details import DetailsPanel

_FOR_READY = (
    *("save", "save_as", "save_wav", "save_mp3", "copy_file", "show_in_folder"),
    *("time_lyrics", "export_lrc"),
)
_FOR_CLIPS = ("copy_clip_id", "copy_audio_link", "copy_lyrics")
_FOR_ROWS = ("copy_task_id", "copy_json", "again", "remove")


class Choice:
    """Shows and readies what is chosen; :meth:`changed` says that this is another now, or looks different."""

    def __init__(
        self,
        desk: Desk,
        commands: Commands,
        actions: dict[str, QAction],
        details: DetailsPanel,
        dragging: Dragging,
    ) -> None:
        self._desk, self._commands, self._actions = desk, commands, actions
        self._details, self._dragging = details, dragging
        self._looks = count(1)
        self._shown_look = 0

    def changed(self) -> None:
        rows, number = self._desk.view.selected(), len(self._desk.view.selected_ids())
        self._enable(rows, unknown=number > len(rows))  # a long selection, not loaded as a whole
        self._dragging.stage(rows)
        if number == 1 and rows:
            self._desk.background.run(self._show_details(rows[0]), "details")
        else:
            self._details.show_nothing(number)

    async def _show_details(self, row: SongRow) -> None:
        look = next(self._looks)
        clip = await self._desk.core.library.clip(row.row_id)
        if self._is_chosen(row) and self._details.shown != (row.task_id, clip.clip_id if clip else ""):
            self._details.show_song(row, clip)  # a disk that is slow to wake holds only the next line up
        saved = await self._commands.keeping.saved_path(clip) if clip is not None else None
        if self._is_chosen(row) and look > self._shown_look:  # an earlier one may end later
            self._shown_look = look
            self._details.show_song(row, clip, saved)

    def _is_chosen(self, row: SongRow) -> bool:
        return [chosen.row_id for chosen in self._desk.view.selected()] == [row.row_id]

    def _enable(self, rows: list[SongRow], unknown: bool) -> None:
        ready = unknown or any(row.group is Group.READY for row in rows)
        clips = unknown or any(row.clip is not None for row in rows)
        for names, usable in (
            (_FOR_READY, ready),
            (_FOR_CLIPS, clips),
            (_FOR_ROWS, unknown or bool(rows)),
            (("play",), any(row.clip is not None and row.clip.playable for row in rows)),
        ):
            for name in names:
                self._actions[name].setEnabled(usable)
        self._name_conversions(rows)

    def _name_conversions(self, rows: list[SongRow]) -> None:
        """Say what they cost before they are chosen."""
        for name, wanted in (("save_wav", SaveFormat.WAV), ("save_mp3", SaveFormat.MP3)):
            self._actions[name].setText(self._commands.converting.label(wanted, rows))
