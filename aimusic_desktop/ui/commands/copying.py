"""Copies of what a row knows, to the clipboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QGuiApplication

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui.desk import Desk


class Copying:
    """Each command copies one kind of fact of the selected rows, a line each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def task_ids(self) -> None:
        self._copy((row.task_id for row in self._rows()), "task id")

    def clip_ids(self) -> None:
        self._copy((row.clip.clip_id for row in self._rows() if row.clip), "clip id")

    def audio_links(self) -> None:
        links = (row.clip.audio_url for row in self._rows() if row.clip)
        self._copy((link for link in links if link), "audio link")

    def lyrics(self) -> None:
        self._desk.background.run(self._copy_lyrics(self._rows()), "copy lyrics")

    def json(self) -> None:
        self._desk.background.run(self._copy_json(self._rows()), "copy JSON")

    async def _copy_lyrics(self, rows: Sequence[SongRow]) -> None:
        clips = await self._desk.whole_clips(rows)
        self._copy((clip.lyrics for clip in clips if clip.lyrics), "lyrics", between="\n\n")

    async def _copy_json(self, rows: Sequence[SongRow]) -> None:
        task_ids = dict.fromkeys(row.task_id for row in rows)
        answers = [await self._desk.core.library.answer(task_id) for task_id in task_ids]
        self._copy((answer for answer in answers if answer), "JSON")

    def _rows(self) -> list[SongRow]:
        return self._desk.view.selected()

    def _copy(self, texts: Iterable[str], noun: str, between: str = "\n") -> None:
        found = list(dict.fromkeys(texts))
        if not found:
            self._desk.notice.say(f"There is no {noun} to copy here.")
            return
        QGuiApplication.clipboard().setText(between.join(found))
        many = len(found) > 1 and noun not in ("lyrics", "JSON")
        self._desk.notice.say(f"Copied {f'{len(found):,} {noun}s' if many else f'the {noun}'}.")
