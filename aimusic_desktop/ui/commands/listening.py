"""Playing: rows of the list, entries of the queue, and what comes after them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QTimer

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.listening.queue import Entry, PlayQueue
from aimusic_desktop.model import Clip
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.player.player import Player, PlayState

PAST_ROWS, NEXT_ROWS = 100, 200
"""Rows of the list around the one that is played which get into the queue with it."""

AGAIN_MS = 3_000
"""Farther into a song, "previous" goes to its beginning first."""

GO_ON_AFTER_MS = 1_500
"""How long a song that cannot be played is seen before the next one begins."""

Select = Callable[[Sequence[str], Collection[tuple[str, str]]], Coroutine[Any, Any, None]]
"""Selects the rows of tasks in the list, by task ids, or of these those with given task and clip ids."""


class Listening:
    """Connects list, queue and player. What can be heard is the queue's present song; in a comparison also
    another, which becomes the present one if it is the one that is heard in the end."""

    def __init__(self, desk: Desk, player: Player, queue: PlayQueue, select: Select) -> None:
        self._desk, self._player, self._queue = desk, player, queue
        self._select = select
        self._queueing: asyncio.Task[None] | None = None
        self._waits_for: asyncio.Task[None] | None = None
        self._failed_in_a_row = 0
        self._failed_last: Clip | None = None
        self._go_on = QTimer(player, singleShot=True, interval=GO_ON_AFTER_MS)
        self._go_on.timeout.connect(self._skip_failed)
        self._compared = False
        # A song that is played ends a comparison too: the queue has gone on then, the player not yet.
        self._settled = QTimer(player, singleShot=True, interval=0)
        self._settled.timeout.connect(self._follow)
        player.finished.connect(self._finished)
        player.failed.connect(self._failed)
        player.silenced.connect(self._rest)
        player.position_changed.connect(self._moved)
        player.changed.connect(self._changed)
        queue.changed.connect(self._prepare)

    def play_row(self, row: SongRow) -> None:
        """Play a row, or pause it when it is the one that sounds."""
        clip = row.clip
        if clip is None or not clip.playable:
            self._desk.notice.say(
                words.trouble(row) or "This song is not finished yet; it plays as soon as it is."
            )
        elif _same(self._player.clip, clip) and self._player.state is not PlayState.FAILED:
            self.toggle()
        else:
            self.start(row.row_id, clip)

    def start(self, row_id: int, clip: Clip, position_ms: int = 0) -> None:
        """Play the clip of a row, and after it what the user chose and the rows that follow."""
        self._queue.play_list([clip], 0)
        self._player.play(clip, position_ms)
        self._queueing = self._desk.background.run(self._queue_rows(row_id, clip), "queue the rows around")

    def toggle(self) -> None:
        """Play or pause: what the player holds, else the queue's song, else the selected one."""
        row = self._desk.view.current()
        if self._player.clip is not None:
            self._player.toggle()
        elif entry := self._queue.current or self._queue.advance(auto=False):
            self._player.play(entry.clip)
        elif row is not None:
            self.play_row(row)

    def begin_row(self, row: SongRow) -> None:
        """Play a row from its beginning, also when it is the one that sounds."""
        held = row.clip is not None and _same(self._player.clip, row.clip)
        if held and (self._player.state.sounding or self._player.state is PlayState.PAUSED):
            self._player.seek(0)
            self._player.resume()
        else:
            self.play_row(row)

    def begin_current(self) -> None:
        """The row that the list stands on, from its beginning."""
        row = self._desk.view.current()
        if row is not None:
            self.begin_row(row)

    def play_entry(self, entry_id: int) -> None:
        """Go to an entry of the queue; pause the one that sounds, or go on with it."""
        current = self._queue.current
        held = current is not None and current.entry_id == entry_id and _same(self._player.clip, current.clip)
        if held and self._player.state is not PlayState.FAILED:
            self.toggle()
        else:
            self._play(self._queue.jump(entry_id))

    def next(self) -> None:
        self._play(self._queue.advance(auto=False))

    def previous(self) -> None:
        """The beginning of the song, or from there the song before."""
        before = self._queue.back() if self._player.position_ms <= AGAIN_MS else None
        if before is not None:
            self._play(before)
        else:
            self._player.seek(0)

    def stop(self) -> None:
        """Fall silent; the song stands at its beginning."""
        self._player.stop()

    def go_to_playing(self) -> None:
        """Select the song that plays in the list."""
        if (clip := self._player.clip) is not None:
            self._desk.background.run(self._select([clip.task_id], [clip.ids]), "go to the song that plays")

    def _play(self, entry: Entry | None) -> None:
        if entry is not None:
            self._player.play(entry.clip)

    async def _queue_rows(self, row_id: int, clip: Clip) -> None:
        order = self._desk.feed.model.order
        if row_id not in order:
            return
        at = order.index(row_id)
        around = list(order[max(0, at - PAST_ROWS) : at + NEXT_ROWS + 1])
        rows = await self._desk.core.library.rows(around)
        current = self._queue.current
        if current is not None and _same(current.clip, clip):  # nothing else was played meanwhile
            clips, index = _playable(rows, row_id, clip)
            self._queue.play_list(clips, index)

    def _finished(self) -> None:
        self._play(self._queue.advance(auto=True))

    def _changed(self) -> None:
        if self._player.state is not PlayState.FAILED:
            self._waits_for = None
            self._go_on.stop()
        compared, self._compared = self._compared, self._player.twin is not None
        if compared and not self._compared:
            self._settled.start()

    def _follow(self) -> None:
        """After a comparison: go to the entry of what is heard, or give it one."""
        clip, current = self._player.clip, self._queue.current
        if clip is None or current is None or _same(clip, current.clip):
            return
        if not (entries := self._entries_of(clip)):
            self._queue.play_next([clip])
            entries = self._entries_of(clip)
        self._queue.jump(entries[0].entry_id)

    def _entries_of(self, clip: Clip) -> list[Entry]:
        """Those that come first."""
        entries = dict.fromkeys((*self._queue.upcoming, *self._queue.entries))
        return [entry for entry in entries if _same(entry.clip, clip)]

    def _moved(self) -> None:
        if self._player.sounded:
            self._failed_in_a_row, self._failed_last = 0, None

    def _failed(self) -> None:
        self._failed_in_a_row += 1
        if self._queueing is None or self._queueing.done():
            self._go_on_or_rest()
        else:  # what follows is not known yet
            self._waits_for = self._queueing
            self._queueing.add_done_callback(self._queued_late)

    def _queued_late(self, queueing: asyncio.Task[None]) -> None:
        if self._waits_for is queueing and not queueing.cancelled():
            self._go_on_or_rest()

    def _go_on_or_rest(self) -> None:
        """Say which song it is, and go on; not for ever when all are silent, nor from one tried again."""
        self._waits_for = None
        clip, following = self._player.clip, self._queue.following
        again, self._failed_last = _same(clip, self._failed_last), clip
        alone = following is None or _same(following.clip, clip)
        if again or alone or self._player.offline or self._failed_in_a_row >= len(self._queue.entries):
            self._desk.notice.say(self._trouble())
            return
        self._desk.notice.say(f"{self._trouble()} Going on with the next song.")
        self._go_on.start()

    def _trouble(self) -> str:
        """What the song says of itself, with its name."""
        clip = self._player.clip
        title = f"“{clip.title}”: " if clip is not None and clip.title else ""
        return title + self._player.sentence

    def _rest(self) -> None:
        """Silence is wanted while a song that failed waits for the next."""
        if self._go_on.isActive() or self._waits_for is not None:
            self._waits_for = None
            self._go_on.stop()
            self._desk.notice.say(self._trouble())

    def _skip_failed(self) -> None:
        if self._player.state is PlayState.FAILED:
            self._play(self._queue.advance(auto=False))

    def _prepare(self) -> None:
        following = self._queue.following
        self._player.prepare(following.clip if following is not None else None)


def _playable(rows: Sequence[SongRow], row_id: int, clip: Clip) -> tuple[list[Clip], int]:
    """The clips of these rows that can be played, and the place of ``clip`` among them."""
    before: list[Clip] = []
    after: list[Clip] = []
    passed = False
    for row in rows:
        if row.row_id == row_id:
            passed = True
        elif row.clip is not None and row.clip.ready:
            (after if passed else before).append(row.clip)
    return [*before, clip, *after], len(before)


def _same(one: Clip | None, other: Clip | None) -> bool:
    return one is not None and other is not None and one.ids == other.ids
