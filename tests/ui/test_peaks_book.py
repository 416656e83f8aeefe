"""The shapes of songs: measured when the songs are here, kept, and never a reason to fetch anything."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop import app
from aimusic_desktop.media import peaks as peaks_module
from aimusic_desktop.media.cache import AudioStore, clip_key
from aimusic_desktop.media.peaks import BIN_MS, Peaks, read_peaks, write_peaks
from aimusic_desktop.model import Clip, ClipState
from aimusic_desktop.ui.player import peaks_book
from tests.support.media import boxes, ranges, song_clip, wav
from tests.support.peaks import at_work, shelf
from tests.support.player import Tap, encoded, m4a
from tests.support.service import Service
from tests.support.waiting import AT_ONCE_S, LIMIT_S, until

BINS_A_SECOND = 1000 // BIN_MS


async def test_a_cached_song_is_measured_and_its_shape_kept(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        clip = await here.cached(m4a())
        here.book.want(clip)
        assert here.book.of(clip) is None
        peaks = await here.knows(clip)
        assert len(peaks.levels) == pytest.approx(3 * BINS_A_SECOND, abs=2)
        assert set(here.told) == {clip_key(clip)}
        await until(lambda: read_peaks(here.kept(clip)) == peaks)
        assert len(service.requests) == 1


async def test_a_kept_shape_is_there_without_the_song(service: Service, tmp_path: Path) -> None:
    kept = Peaks(bytes(range(60)), -14.5, True)
    async with shelf(service, tmp_path) as here:
        clip = here.clip(m4a())
        write_peaks(here.kept(clip), kept)
        here.book.want(clip)
        assert await here.knows(clip) == kept
        assert not service.requests


async def test_kept_shapes_are_part_of_the_cache(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        clip = here.clip(m4a())
        write_peaks(here.kept(clip), Peaks(bytes(1000), None, True))
        assert 1000 < here.bound.size() < 1100
        here.bound.clear()
        assert not here.kept(clip).exists()


async def test_a_damaged_shape_is_measured_anew(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        clip = await here.cached(wav(1))
        write_peaks(here.kept(clip), Peaks(bytes(20), None, True))
        here.kept(clip).write_bytes(here.kept(clip).read_bytes()[:-1])
        here.book.want(clip)
        peaks = await here.knows(clip)
        assert len(peaks.levels) == BINS_A_SECOND
        await until(lambda: read_peaks(here.kept(clip)) == peaks)


async def test_a_song_that_is_not_here_waits_until_somebody_opens_it(
    service: Service, tmp_path: Path
) -> None:
    async with shelf(service, tmp_path) as here:
        clip, other = here.clip(wav(1)), await here.cached(wav(1), "/other")
        here.book.want(clip, other)
        await here.knows(other)
        assert here.book.of(clip) is None
        assert service.paths() == ["/other"]
        here.open(clip)
        await here.knows(clip)


async def test_the_shape_grows_while_the_song_arrives(service: Service, tmp_path: Path) -> None:
    tap = Tap(m4a(seconds=20), 250_000, ranges=True)
    service.on("/song", tap)
    async with shelf(service, tmp_path) as here:
        clip = song_clip(service.origin + "/song")
        here.open(clip)
        here.book.want(clip)
        await until(lambda: (peaks := here.book.of(clip)) and len(peaks.levels) > 5 * BINS_A_SECOND)
        peaks = here.book.of(clip)
        assert peaks is not None
        assert (peaks.whole, peaks.loudness_db) == (False, None)
        assert not here.kept(clip).exists()
        tap.opened.set()
        whole = await here.knows(clip)
        assert whole.levels.startswith(peaks.levels)
        assert len(whole.levels) == pytest.approx(20 * BINS_A_SECOND, abs=2)
        await until(here.kept(clip).exists)


async def test_measuring_never_sways_the_order_of_fetching(service: Service, tmp_path: Path) -> None:
    """The index of this song is at its end: a player would have it fetched first."""
    tap = Tap(m4a(seconds=60, index_first=False), 200_000, ranges=True)
    service.on("/song", tap)
    async with shelf(service, tmp_path) as here:
        clip = song_clip(service.origin + "/song")
        song = here.open(clip)
        here.book.want(clip)
        await until(at_work)
        received = song.received
        await until(lambda: song.received > received + 5)  # it drips: the fetch looks for readers
        assert song.growing is not None
        assert song.growing.wanted is None
        tap.opened.set()
        await here.knows(clip)
        assert ranges(service.requests) == [""]


async def test_a_fetch_that_is_broken_off_is_gone_on_with(service: Service, tmp_path: Path) -> None:
    tap = Tap(m4a(seconds=20), 250_000, ranges=True)
    service.on("/song", tap)
    async with shelf(service, tmp_path) as here:
        clip = song_clip(service.origin + "/song")
        song = here.store.open(clip)
        here.book.want(clip)
        await until(lambda: here.book.of(clip))
        song.release()  # the book is no reason to go on
        await until(lambda: not at_work())
        assert here.store.peek(clip) is None
        tap.opened.set()
        here.open(clip)
        assert len((await here.knows(clip)).levels) == pytest.approx(20 * BINS_A_SECOND, abs=2)


async def test_what_is_here_does_not_wait_for_what_stalls(service: Service, tmp_path: Path) -> None:
    tap = Tap(m4a(seconds=20), 250_000)
    service.on("/slow", tap)
    async with shelf(service, tmp_path) as here:
        slow, twin = song_clip(service.origin + "/slow"), await here.cached(m4a(), "/twin")
        here.open(slow)
        here.book.want(slow)
        await until(lambda: here.book.of(slow))
        here.book.want(slow, twin)
        await here.knows(twin)
        assert here.book.of(slow) is not None  # what was known stays shown
        tap.opened.set()
        await here.knows(slow)


async def test_what_nobody_wants_any_more_is_let_go(service: Service, tmp_path: Path) -> None:
    tap = Tap(m4a(seconds=20), 250_000)
    service.on("/slow", tap)
    async with shelf(service, tmp_path) as here:
        slow = song_clip(service.origin + "/slow")
        here.open(slow)
        here.book.want(slow)
        await until(lambda: here.book.of(slow))
        here.book.want()
        assert here.book.of(slow) is None
        await until(lambda: not at_work())


async def test_closing_takes_no_time_though_the_song_stalls(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peaks_book, "CLOSE_LIMIT_S", LIMIT_S)
    service.on("/slow", Tap(m4a(seconds=20, index_first=False), 100))
    async with shelf(service, tmp_path) as here:
        slow = song_clip(service.origin + "/slow")
        here.open(slow)
        here.book.want(slow)
        await until(at_work)
        begin = time.monotonic()
        ended = here.book.close()
        assert time.monotonic() - begin < AT_ONCE_S
        assert not at_work()
        await ended
        assert "peaks" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_a_damaged_song_keeps_no_other_waiting(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        broken, good = await here.cached(boxes(50_000), "/broken"), await here.cached(wav(1), "/good")
        here.book.want(broken, good)
        await here.knows(good)
        assert here.book.of(broken) is None
        here.book.want(broken)
        await until(lambda: not at_work())
        assert here.book.of(broken) is None


async def test_a_song_that_was_damaged_is_tried_again_when_opened(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        clip, other = await here.cached(boxes(50_000)), await here.cached(wav(1), "/other")
        here.book.want(clip, other)
        await here.knows(other)
        await here.store.forget(clip)
        here.open(here.clip(wav(1)))
        await here.knows(clip)


async def test_progress_of_a_song_is_no_reason_to_look_for_others_on_the_disk(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.on("/slow", Tap(m4a(seconds=20), 250_000))
    async with shelf(service, tmp_path) as here:
        broken, missing = await here.cached(boxes(50_000), "/broken"), here.clip(wav(1), "/missing")
        slow = song_clip(service.origin + "/slow", clip_id="slow")
        song = here.open(slow)
        looks: list[str] = []
        find = AudioStore._find

        def counted(store: AudioStore, key: str) -> Path | None:
            assert threading.current_thread() is not threading.main_thread()
            looks.append(key)
            return find(store, key)

        monkeypatch.setattr(AudioStore, "_find", counted)
        here.book.want(slow, broken, missing)
        received = song.received
        await until(lambda: here.book.of(slow) and song.received > received + 20)
        assert sorted(looks) == sorted([clip_key(broken), clip_key(missing)])


async def test_how_much_of_a_song_is_here_is_told(service: Service, tmp_path: Path) -> None:
    data = m4a(seconds=20)
    tap = Tap(data, len(data) // 2)
    service.on("/slow", tap)
    async with shelf(service, tmp_path) as here:
        kept, missing = await here.cached(wav(1), "/kept"), here.clip(wav(1), "/missing")
        slow = song_clip(service.origin + "/slow", clip_id="slow")
        here.open(slow)
        here.book.want(slow, kept, missing)
        await until(lambda: here.book.arrived(kept) == 1)
        assert here.book.arrived(missing) == 0
        await until(lambda: here.book.arrived(slow) == pytest.approx(0.5, abs=0.1))
        tap.opened.set()
        await until(lambda: here.book.arrived(slow) == 1)


async def test_two_songs_are_made_equally_loud(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        loud = await here.cached(encoded("wav"), "/loud")
        quiet = await here.cached(encoded("wav", "-af", "volume=0.5"), "/quiet")
        assert here.book.gains(loud, quiet) == {}
        here.book.want(loud, quiet)
        await here.knows(loud)
        await here.knows(quiet)
        gains = here.book.gains(loud, quiet)
        assert gains == {clip_key(loud): pytest.approx(0.5, abs=0.005), clip_key(quiet): 1.0}
        assert here.book.gains(quiet, loud) == gains


async def test_silence_has_no_gain(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        silent = await here.cached(encoded("wav", "-af", "volume=0"), "/silent")
        sounding = await here.cached(wav(1), "/sounding")
        here.book.want(silent, sounding)
        assert set((await here.knows(silent)).levels) == {0}
        await here.knows(sounding)
        assert here.book.gains(silent, sounding) == {}


async def test_the_stream_of_a_clip_that_is_still_made_is_not_kept(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        ready = here.clip(wav(1))
        running = replace(ready, state=ClipState.RUNNING)
        here.open(running)
        here.book.want(running)
        await here.knows(running)
        assert here.book.of(ready) is None
        here.book.want(ready)
        here.open(ready)
        await here.knows(ready)
        await until(here.kept(ready).exists)
        assert [path.name for path in here.kept(ready).parent.iterdir()] == [clip_key(ready)]


async def test_a_song_of_many_hours_is_cut(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peaks_module, "MOST_BINS", 30)
    async with shelf(service, tmp_path) as here:
        clip = await here.cached(m4a(seconds=20))
        here.book.want(clip)
        assert len((await here.knows(clip)).levels) == 30


async def test_measuring_is_begun_again_after_a_mistake(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(_store: AudioStore, _clip: Clip) -> None:
        raise RuntimeError("no matter what")

    async with shelf(service, tmp_path) as here:
        clip = await here.cached(wav(1))
        with monkeypatch.context() as patched:
            patched.setattr(AudioStore, "kept", mistaken)
            here.book.want(clip)
            await until(lambda: "peaks" not in {task.get_name() for task in asyncio.all_tasks()})
        here.book.want(clip)
        await here.knows(clip)


async def test_nothing_is_begun_once_it_is_closed(service: Service, tmp_path: Path) -> None:
    async with shelf(service, tmp_path) as here:
        clip = here.clip(wav(1))
        here.book.want(clip)
        await here.book.close()
        here.book.want(clip)
        assert "peaks" not in {task.get_name() for task in asyncio.all_tasks()}


def test_closing_waits_less_than_the_window_may_stand_still() -> None:
    assert peaks_book.CLOSE_LIMIT_S + app.TICK_S < app.LOOK_S * app.STILL_LOOKS
