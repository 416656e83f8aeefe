"""Copies of what a row knows, to the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import partial

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui.commands.carrying import copy, text_mime
from aimusic_desktop.ui.desk import Desk


class Copying:
    """Each command copies one kind of fact of the selected rows, a line each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def task_ids(self) -> None:
        self._start(self._copy_facts("task id", lambda row: row.task_id))

    def clip_ids(self) -> None:
        self._start(self._copy_facts("clip id", lambda row: row.clip.clip_id if row.clip else None))

    def audio_links(self) -> None:
        self._start(self._copy_facts("audio link", lambda row: row.clip.audio_url if row.clip else None))

    def lyrics(self) -> None:
        self._start(self._copy_lyrics())

    def json(self) -> None:
        self._start(self._copy_json())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._desk.background.run(work, "copy")

    async def _copy_facts(self, noun: str, fact: Callable[[SongRow], str | None]) -> None:
        await self._copy((text for row in await self._desk.chosen() if (text := fact(row))), noun)

    async def _copy_lyrics(self) -> None:
        clips = await self._desk.whole_clips(await self._desk.chosen())
        await self._copy((clip.lyrics for clip in clips if clip.lyrics), "lyrics", between="\n\n")

    async def _copy_json(self) -> None:
        task_ids = dict.fromkeys(row.task_id for row in await self._desk.chosen())
        answers = [await self._desk.core.library.answer(task_id) for task_id in task_ids]
        await self._copy((answer for answer in answers if answer), "JSON")

    async def _copy(self, texts: Iterable[str], noun: str, between: str = "\n") -> None:
        found = list(dict.fromkeys(texts))
        if not found:
            self._desk.notice.say(f"There is no {noun} to copy here.")
            return
        many = len(found) > 1 and noun not in ("lyrics", "JSON")
        done = f"Copied {f'{len(found):,} {noun}s' if many else f'the {noun}'}."
        await copy(partial(text_mime, between.join(found)), done, self._desk.notice)
