from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from aimusic_desktop.media.bounded import STALE_S
from aimusic_desktop.media.errors import MediaError, NotReady, Stopped
from aimusic_desktop.model import Clip, ClipState
from tests.support.media import SONG, audio_store, held, song_clip, until, whole_bytes
from tests.support.service import Reply, Service


@pytest.fixture
def clip(service: Service) -> Clip:
    return song_clip(service.serve_file("/song.m4a", SONG))


async def test_one_fetch_serves_everybody(service: Service, tmp_path: Path, clip: Clip) -> None:
    async with audio_store(service, tmp_path) as store:
        listener, saver = store.open(clip), store.open(clip)
        assert listener is saver
        listener.release()
        assert (await saver.whole()).read_bytes() == SONG
        assert await whole_bytes(store, clip) == SONG
        saver.release()
    assert len(service.requests) == 1


async def test_what_was_fetched_is_kept_by_clip_whatever_its_link(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with audio_store(service, tmp_path) as store:
        await whole_bytes(store, clip)
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/another.m4a"))
        assert song.growing is None
        assert song.path
        assert (song.received, song.total) == (len(SONG), len(SONG))
        assert await song.whole() == song.path
        song.release()
    assert len(service.requests) == 1


async def test_progress_is_told(service: Service, tmp_path: Path, clip: Clip) -> None:
    told: list[tuple[int, int | None, bool]] = []
    async with audio_store(service, tmp_path) as store:
        song = store.open(clip)
        song.changed.connect(lambda: told.append((song.received, song.total, song.path is not None)))
        await song.whole()
        song.release()
    assert told[0][1] == len(SONG)
    assert told[-1] == (len(SONG), len(SONG), True)


async def test_a_fetch_that_nobody_wants_any_more_ends_and_leaves_nothing(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    gate = threading.Event()
    service.on("/song.m4a", held(SONG, 100_000, gate))
    async with audio_store(service, tmp_path) as store:
        first, second = store.open(clip), store.open(clip)
        await until(lambda: first.received == 100_000)
        first.release()
        await asyncio.sleep(0)
        assert second.growing
        assert not second.growing.aborted
        second.release()
        await until(lambda: not list(tmp_path.iterdir()))
        assert second.growing.aborted
        gate.set()
        assert await whole_bytes(store, clip) == SONG


async def test_a_failed_song_gets_a_new_try_when_opened_again(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    service.on("/song.m4a", Reply(404))
    async with audio_store(service, tmp_path) as store:
        broken = store.open(clip)
        with pytest.raises(MediaError):
            await broken.whole()
        service.serve_file("/song.m4a", SONG)
        assert await whole_bytes(store, clip) == SONG
        assert broken.error is not None
        broken.release()


async def test_a_running_clips_stream_is_heard_but_never_kept(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    running = song_clip(clip.audio_url, state=ClipState.RUNNING)
    async with audio_store(service, tmp_path) as store:
        song = store.open(running)
        assert (await song.whole()).read_bytes() == SONG
        song.release()
        await until(lambda: not list(tmp_path.iterdir()))
        assert await whole_bytes(store, clip) == SONG
    assert len(service.requests) == 2


async def test_a_clip_without_sound_is_refused(service: Service, tmp_path: Path) -> None:
    async with audio_store(service, tmp_path) as store:
        for clip in (song_clip(None), song_clip("https://x.example/a.m4a", state=ClipState.FAILED)):
            with pytest.raises(NotReady):
                store.open(clip)


async def test_the_least_recently_used_songs_leave_and_used_ones_stay(
    service: Service, tmp_path: Path
) -> None:
    url = service.serve_file("/song.m4a", SONG)
    clips = [song_clip(url, clip_id=f"clip-{n}") for n in range(4)]
    async with audio_store(service, tmp_path, limit_bytes=2 * len(SONG)) as store:
        in_use = store.open(clips[0])
        kept = await in_use.whole()
        for n, clip in enumerate(clips[1:]):
            await whole_bytes(store, clip)
            os.utime(tmp_path / (await _path_of(store, clip)), (n + 1, n + 1))
        await until(lambda: len(list(tmp_path.iterdir())) <= 3)
        await store.clear()
        assert kept.exists()
        assert await store.size() == len(SONG)
        in_use.release()


async def _path_of(store, clip: Clip) -> Path:
    song = store.open(clip)
    try:
        return await song.whole()
    finally:
        song.release()


async def test_using_a_song_keeps_it_from_leaving(service: Service, tmp_path: Path) -> None:
    url = service.serve_file("/song.m4a", SONG)
    old, older, new = (song_clip(url, clip_id=name) for name in ("old", "older", "new"))
    async with audio_store(service, tmp_path, limit_bytes=2 * len(SONG)) as store:
        paths = [await _path_of(store, clip) for clip in (older, old)]
        for age, path in zip((3600, 1800), paths, strict=True):
            os.utime(path, (time.time() - age, time.time() - age))
        await _path_of(store, older)
        await until(lambda: paths[0].stat().st_mtime > time.time() - 60)
        await _path_of(store, new)
        await until(lambda: not paths[1].exists())
        assert paths[0].exists()


async def test_parts_left_by_a_crash_are_removed(service: Service, tmp_path: Path, clip: Clip) -> None:
    stale, fresh = tmp_path / "a.1.part", tmp_path / "b.2.part"
    for path in (stale, fresh):
        path.write_bytes(b"x")
    os.utime(stale, (time.time() - STALE_S - 60,) * 2)
    async with audio_store(service, tmp_path) as store:
        await whole_bytes(store, clip)
        await until(lambda: not stale.exists())
    assert fresh.exists()


async def test_closing_ends_every_fetch_and_says_so(service: Service, tmp_path: Path, clip: Clip) -> None:
    service.on("/song.m4a", held(SONG, 100_000, threading.Event()))
    async with audio_store(service, tmp_path) as store:
        song = store.open(clip)
        await until(lambda: song.received)
        waiting = asyncio.create_task(song.whole())
        await asyncio.sleep(0)
        await store.close()
        with pytest.raises(Stopped):
            await waiting
    assert list(tmp_path.iterdir()) == []


async def test_two_programs_fetching_the_same_clip_do_not_disturb_each_other(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with audio_store(service, tmp_path) as one, audio_store(service, tmp_path) as other:
        assert await asyncio.gather(whole_bytes(one, clip), whole_bytes(other, clip)) == [SONG, SONG]
    assert len(list(tmp_path.iterdir())) == 1
