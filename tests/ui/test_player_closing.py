"""A player that is closed, or plays much in a row, leaves nothing behind."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from aimusic_desktop.ui.player.player import PlayState
from tests.support.media import song_clip, wav
from tests.support.player import Tap, encoded, ffmpeg_threads, m4a, open_files, stage, streams
from tests.support.service import Service
from tests.support.waiting import AT_ONCE_S, until

pytestmark = pytest.mark.usefixtures("no_sound_server")


async def test_what_a_player_began_has_ended_when_it_is_closed(service: Service, tmp_path: Path) -> None:
    service.on("/song", Tap(wav(5), 0, drips=False))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song", clip_id="late"))
        [task] = [task for task in asyncio.all_tasks() if task.get_name() == "play late"]
        await until(lambda: service.requests)
        on.player.close()
        assert not task.done()
        await on.player.wait_closed()
        assert task.cancelled()


@pytest.mark.parametrize("begun", [True, False], ids=["while it plays", "while it loads"])
async def test_closing_during_a_stall_returns_at_once(service: Service, tmp_path: Path, begun: bool) -> None:
    data = m4a(index_first=begun)
    service.on("/song", Tap(data, len(data) // 2, drips=False))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/song"))
        await until(lambda: any(stream.waiting for stream in streams()))
        begin = time.monotonic()
        on.player.close()
        assert time.monotonic() - begin < AT_ONCE_S
        assert (on.player.state, on.player.clip) == (PlayState.IDLE, None)


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
async def test_fifty_plays_in_a_row_leave_nothing_behind(service: Service, tmp_path: Path) -> None:
    songs = [m4a(), wav(1), encoded("mp3"), b"RIFF....WAVE" + bytes(5000)]
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(60), "/first"))
        await on.plays_past(0)
        for_one = ffmpeg_threads()
        for number in range(50):
            on.player.play(on.clip(songs[number % 4], f"/{number}"))
            await asyncio.sleep(number % 6 * 0.02)  # some have begun to play, some to load, some nothing
        on.player.play(on.clip(wav(60), "/last"))
        await on.plays_past(0)
        await until(lambda: (ffmpeg_threads(), len(streams())) == (for_one, 1))
        await until(lambda: len(open_files(tmp_path)) == 1)
        on.player.close()
        await until(lambda: (ffmpeg_threads(), streams()) == (0, []))
        await until(lambda: not open_files(tmp_path))
