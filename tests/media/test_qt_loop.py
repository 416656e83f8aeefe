"""The same under Qt's loop, which has no hooks for asynchronous generators left half-way."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from aimusic_desktop.media.errors import NotAudio, TooLarge
from tests.support.media import (
    HTML,
    JPEG,
    LONG_SONG,
    audio_store,
    dripping,
    read_in_thread,
    song_clip,
    stores,
    whole_bytes,
)
from tests.support.service import Reply, Service


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    import qasync

    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    loop.close()
    asyncio.set_event_loop(None)
    del loop
    gc.collect()  # here and not in some thread, which must not be the one to delete Qt's objects


async def test_a_request_left_for_a_jump_leaves_nothing_behind(
    service: Service, tmp_path: Path, qloop: asyncio.AbstractEventLoop
) -> None:
    service.on("/song.m4a", dripping(LONG_SONG, 200_000))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song.m4a"))
        await read_in_thread(song, 0)
        assert await read_in_thread(song, 2_500_000) == LONG_SONG[2_500_000:2_501_000]
        assert (await song.whole()).read_bytes() == LONG_SONG
        song.release()
    gc.collect()
    assert len(service.requests) == 3


async def test_bodies_refused_half_way_leave_nothing_behind(
    service: Service, tmp_path: Path, qloop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimusic_desktop.media.covers.MAX_COVER_BYTES", 200_000)
    service.on("/page", Reply(200, HTML * 1000))
    service.on("/cover", Reply(200, JPEG + bytes(2_000_000)))
    async with stores(service, tmp_path) as (audio, covers):
        with pytest.raises(NotAudio):
            await whole_bytes(audio, song_clip(service.origin + "/page"))
        with pytest.raises(TooLarge):
            await covers.fetch(service.origin + "/cover")
        gc.collect()
