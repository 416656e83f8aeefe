"""Two windows of one library: which queue the next start finds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.app import Session
from aimusic_desktop.core import Core
from aimusic_desktop.model import QueuedClip, QueueRecord
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import FIRST, opened
from tests.support.library import library_at
from tests.support.listening_window import heard, play, songs
from tests.support.service import Service
from tests.support.waiting import LIMIT_S, until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

LATER = QueueRecord(clips=(QueuedClip(FIRST, "c", True),), unshuffled=(0,), at=0, position_ms=4_000)
"""What another window writes."""


async def written(core: Core, record: QueueRecord) -> None:
    """Write a queue as another window does."""
    async with library_at(core.paths.database) as library:
        await library.save_queue(record)


async def kept(core: Core, fits: Callable[[QueueRecord], bool] = lambda _record: True) -> QueueRecord:
    """The queue that the next start finds; waits for one that fits."""
    async with library_at(core.paths.database) as library, asyncio.timeout(LIMIT_S):
        while not fits(record := await library.queue()):
            await asyncio.sleep(0.02)
    return record


@asynccontextmanager
async def idle_beside_another(service: Service, tmp_path: Path) -> AsyncIterator[Session]:
    """A window that has brought its queue back, of three songs, before another wrote a later one."""
    async with songs(service, tmp_path, "abc") as session:
        await play(session, "b")
    async with opened(service, tmp_path) as session:
        await until(lambda: heard(session) == "b")
        await written(session.core, LATER)
        yield session


async def test_an_idle_window_leaves_the_queue_that_another_has_written(
    service: Service, tmp_path: Path
) -> None:
    async with idle_beside_another(service, tmp_path) as session:
        core, stage = session.core, session.workspace.stage
        task = await core.library.task(FIRST)
        assert task is not None
        clips = tuple(replace(clip, title="Another name") for clip in task.clips)
        await core.library.save(replace(task, clips=clips))  # new facts are no new queue
        await until(lambda: {entry.clip.title for entry in stage.queue.entries} == {"Another name"})
    assert await kept(core) == LATER


async def test_a_window_that_changed_its_queue_writes_it_at_the_end(service: Service, tmp_path: Path) -> None:
    async with idle_beside_another(service, tmp_path) as session:
        core, stage = session.core, session.workspace.stage
        stage.queue.clear()
    assert [clip.clip_id for clip in (await kept(core)).clips] == ["a", "b"]


async def test_a_position_is_never_written_to_the_queue_of_another(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abc") as session:
        core, player, keeper = session.core, session.workspace.player, session.workspace.stage.keeper
        await play(session, "a")
        player.seek(9_000)
        await until(lambda: player.position_ms >= 9_000 and player.state is PlayState.PLAYING)
        await until(lambda: not keeper._writing.isActive())
        await kept(core, lambda record: len(record.clips) == 3)
        await written(core, LATER)
        keeper._ticking.timeout.emit()
        record = await kept(core, lambda record: record != LATER)
        assert [clip.clip_id for clip in record.clips] == ["a", "b", "c"]
        assert record.at == 0
        assert record.position_ms >= 9_000
