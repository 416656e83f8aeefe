from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import AudioStore
from aimusic_desktop.media.errors import MediaError, NotReady, Stopped
from aimusic_desktop.model import Clip, ClipState
from tests.support.media import SONG, Renewal, audio_store, held, song_clip, wav, whole_bytes
from tests.support.service import Reply, Service
from tests.support.waiting import LIMIT_S, until


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


async def test_a_fetch_that_nobody_wants_any_more_ends(service: Service, tmp_path: Path, clip: Clip) -> None:
    service.on("/song.m4a", held(SONG, 100_000, threading.Event()))
    async with audio_store(service, tmp_path) as store:
        first, second = store.open(clip), store.open(clip)
        await until(lambda: first.received == 100_000)
        first.release()
        await asyncio.sleep(0)
        assert second.growing
        assert not second.growing.aborted
        second.release()
        growing = second.growing
        await until(lambda: growing.aborted)
        with pytest.raises(Stopped):
            await second.whole()


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
            os.utime(await _path_of(store, clip), (n + 1, n + 1))
        await until(lambda: len(list(tmp_path.iterdir())) <= 3)
        await asyncio.to_thread(store._bound.clear)
        assert list(tmp_path.iterdir()) == [kept]
        in_use.release()


async def _path_of(store: AudioStore, clip: Clip) -> Path:
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


async def test_two_programs_fetching_the_same_clip_do_not_disturb_each_other(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with audio_store(service, tmp_path) as one, audio_store(service, tmp_path) as other:
        assert set(await asyncio.gather(whole_bytes(one, clip), whole_bytes(other, clip))) == {SONG}
    assert len(list(tmp_path.iterdir())) == 1


async def test_another_form_of_a_song_is_kept_beside_it_and_has_its_own_way_to_a_fresh_link(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    usual = Renewal()
    fresh = Renewal(song_clip(service.serve_file("/fresh.wav", wav())))
    async with audio_store(service, tmp_path, usual) as store:
        song = store.open(song_clip(service.origin + "/expired.wav"), "wav", fresh)
        assert (await song.whole()).read_bytes() == wav()
        song.release()
        assert await whole_bytes(store, clip) == SONG
        again = store.open(clip, "wav")
        assert (await again.whole()).suffix == ".wav"
        again.release()
    assert (len(usual.calls), len(fresh.calls)) == (0, 1)


async def test_a_song_can_be_forgotten_unless_it_is_used(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with audio_store(service, tmp_path) as store:
        assert await whole_bytes(store, clip) == SONG
        song = store.open(clip)
        await store.forget(clip)
        await store.forget(clip, "wav")
        assert await song.whole() in tmp_path.iterdir()
        song.release()
        await store.forget(clip)
        assert list(tmp_path.iterdir()) == []


async def test_forgetting_does_not_wait_for_a_fetch_that_is_wanted(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    service.on("/song.m4a", held(SONG, 100_000, threading.Event()))
    async with audio_store(service, tmp_path) as store:
        song = store.open(clip)
        await until(lambda: song.received)
        await asyncio.wait_for(store.forget(clip), LIMIT_S)
        assert song.growing
        assert song.growing.path.exists()
        song.release()


async def test_a_part_can_be_forgotten_the_moment_it_is_released(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    service.on("/song.m4a", held(SONG, 100_000, threading.Event()))
    async with audio_store(service, tmp_path) as store:
        song = store.open(clip)
        await until(lambda: song.received)
        song.release()
        await store.forget(clip)
        assert list(tmp_path.iterdir()) == []


async def test_what_lies_on_a_disk_that_may_not_be_looked_at_is_not_kept(
    service: Service, tmp_path: Path, clip: Clip
) -> None:
    async with audio_store(service, tmp_path) as store:
        refused = tmp_path / ("x" * 300)  # the system refuses to look there, as where a disk is gone
        with pytest.raises(OSError, match="too long"):
            refused.exists()
        elsewhere = AudioStore(store._transport, refused, Bound(0), Renewal(), store._runs)
        assert elsewhere.kept(clip) is None
