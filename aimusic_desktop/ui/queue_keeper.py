"""The queue survives the program: kept in the library, and its clips kept true to it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from PySide6.QtCore import QTimer

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Change, Library
from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.model import QueueRecord
from aimusic_desktop.ui.background import CLOSE_LIMIT_S, Background
from aimusic_desktop.ui.player.player import Player, PlayState

WRITE_AFTER_MS = 300
"""Changes that come within this time are written at once."""

POSITION_EVERY_MS = 5_000
"""What a crash may cost of the position in a song."""

log = logging.getLogger(__name__)


class QueueKeeper:
    """Brings the queue of the last run back, cued where it stood; nothing is opened or fetched for that.

    Several windows may share the library: each writes its queue when it differs from what it has read or
    written itself, and always as a whole, so that no position gets into the queue of another.
    """

    def __init__(self, library: Library, queue: PlayQueue, player: Player, background: Background) -> None:
        self._library, self._queue, self._player = library, queue, player
        self._background = background
        self._restored = False
        self._kept: QueueRecord | None = None  # as this window has read or written it; None while unknown
        self._listed: QueueRecord | None = None  # the queue's own, made once for each change
        self._one_write = asyncio.Lock()
        self._writing = QTimer(player, singleShot=True, interval=WRITE_AFTER_MS)
        self._writing.timeout.connect(lambda: background.run(self._write(), "keep the queue"))
        self._ticking = QTimer(player, interval=POSITION_EVERY_MS)
        self._ticking.timeout.connect(self._tick)
        self._restoring = background.run(self._restore(), "bring the queue back")

    async def close(self) -> None:
        """Write down what was changed, if the library answers in time, and listen to nothing any more."""
        await asyncio.wait([self._restoring], timeout=CLOSE_LIMIT_S)
        self._restoring.cancel()
        self._writing.stop()
        self._ticking.stop()
        if self._restored:  # what was not read is not written over either
            self._restored = False
            self._library.changed.disconnect(self._refresh)
            self._queue.changed.disconnect(self._queue_changed)
            self._player.changed.disconnect(self._player_changed)
            self._player.seeked.disconnect(self._player_changed)
            await self._write_in_time()

    async def _restore(self) -> None:
        record = await self._library.queue()
        clips = await self._library.clips_of([(clip.task_id, clip.clip_id) for clip in record.clips])
        if not self._queue.entries:  # nothing was played meanwhile
            position_ms = self._queue.restore(record, clips)
            if (current := self._queue.current) is not None:
                self._player.cue(current.clip, position_ms)
            self._kept = self._record()
        self._restored = True
        self._queue.changed.connect(self._queue_changed)
        self._library.changed.connect(self._refresh)
        self._player.changed.connect(self._player_changed)
        self._player.seeked.connect(self._player_changed)
        self._ticking.start()

    def _queue_changed(self) -> None:
        self._listed = None
        self._note()

    def _note(self) -> None:
        self._writing.start()

    def _player_changed(self) -> None:
        if not self._player.state.sounding:
            self._note()

    def _tick(self) -> None:
        if self._player.state is PlayState.PLAYING:
            self._background.run(self._write(), "keep the position")

    async def _write(self) -> None:
        async with self._one_write:
            record = self._record()
            if record == self._kept:  # another window may have written a later one
                return
            self._kept = None
            try:
                await self._library.save_queue(record)
            except AppError as error:  # the library tells it better when something is at stake
                log.warning("the queue was not kept: %s", error.sentence)
            else:
                self._kept = record

    async def _write_in_time(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await self._write()
        except TimeoutError:
            log.warning("the queue was not kept: the library gives no answer")

    def _record(self) -> QueueRecord:
        if self._listed is None:
            self._listed = self._queue.record(0)
        return replace(self._listed, position_ms=self._position)

    @property
    def _position(self) -> int:
        """Where the queue's own song stands; compared with another, both stand there."""
        current, heard = self._queue.current, (self._player.clip, self._player.twin)
        own = current is not None and any(clip and clip.ids == current.clip.ids for clip in heard)
        return self._player.position_ms if own else 0

    def _refresh(self, change: Change) -> None:
        ids = [entry.clip.ids for entry in self._queue.entries]
        touched = [each for each in ids if change.task_ids is None or each[0] in change.task_ids]
        if touched:
            self._background.run(self._read_again(touched), "queue's clips")

    async def _read_again(self, ids: list[tuple[str, str]]) -> None:
        self._queue.refresh(await self._library.clips_of(ids))
