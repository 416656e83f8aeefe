"""Two songs compared: one is heard, the other keeps in step, and they change places at the same instant."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from aimusic_desktop.media import tries
from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player.deck import Deck
from aimusic_desktop.ui.player.player import Loop, PlayState
from aimusic_desktop.ui.player.step import APART_MS
from tests.support.media import song_clip, wav
from tests.support.player import Stage, Tap, m4a, stage
from tests.support.service import Reply, Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server")


def decks(on: Stage) -> tuple[Deck, Deck]:
    """What is heard, and the other."""
    heard = on.player._decks.heard
    return heard, next(deck for deck in on.player.findChildren(Deck) if deck is not heard)


def in_step(on: Stage) -> bool:
    heard, twin = decks(on)
    both = heard.state is twin.state is PlayState.PLAYING
    return both and abs(heard.now_ms - twin.now_ms) <= APART_MS


def levels(on: Stage) -> tuple[float, float]:
    from PySide6.QtMultimedia import QAudioOutput

    heard, twin = (deck.findChild(QAudioOutput) for deck in decks(on))
    return heard.volume(), twin.volume()


async def compare(on: Stage, first_s: float = 30, second_s: float = 30) -> tuple[Clip, Clip]:
    """Two songs that play in step."""
    first, second = on.clip(wav(first_s), "/one"), on.clip(wav(second_s), "/two")
    on.player.set_volume(1)
    on.player.play(first)
    await on.plays_past(300)
    on.player.pair(second)
    assert on.player.twin == second
    await until(lambda: in_step(on))
    return first, second


async def test_the_twin_plays_in_step_unheard_until_they_change_places(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        first, second = await compare(on)
        assert levels(on) == (1, 0)
        begin, before_ms = time.monotonic(), decks(on)[0].now_ms
        on.player.swap()
        after_ms, passed_ms = decks(on)[0].now_ms, (time.monotonic() - begin) * 1000
        assert (on.player.clip, on.player.twin) == (second, first)
        assert on.player.state is PlayState.PLAYING
        assert levels(on) == (1, 0)
        assert abs(after_ms - before_ms) < 100 + passed_ms
        await on.plays_past(before_ms + 200)
        await until(lambda: in_step(on))
        on.player.swap()
        assert on.player.clip == first


async def test_both_pause_jump_and_hurry_together(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        await compare(on)
        on.player.pause()
        assert [deck.state for deck in decks(on)] == [PlayState.PAUSED] * 2
        on.player.seek(9000)
        on.player.swap()
        assert (on.player.state, on.player.position_ms) == (PlayState.PAUSED, 9000)
        on.player.set_rate(2)
        on.player.resume()
        await on.plays_past(9300)
        await until(lambda: in_step(on))


async def test_a_twin_that_lags_is_brought_back(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        await compare(on)
        _, twin = decks(on)
        twin.seek(20_000)
        assert not in_step(on)
        await until(lambda: in_step(on))


async def test_loudness_is_made_equal_only_while_two_are_compared(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        first, second = await compare(on)
        on.player.set_gains({clip_key(first): 0.5, clip_key(second): 3})
        assert levels(on) == (0.5, 0)
        on.player.swap()
        assert levels(on) == (1, 0)  # none is ever turned up
        on.player.swap()
        on.player.pair(None)
        assert on.player.twin is None
        assert levels(on)[0] == 1


async def test_behind_the_twins_end_the_heard_one_goes_on_with_a_sentence(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        first, second = await compare(on, second_s=10)
        on.player.seek(15_000)
        on.player.swap()
        assert on.player.clip == first
        assert "ends before this place" in on.unheard[-1]
        await on.plays_past(15_200)
        on.player.seek(500)  # where both are
        await until(lambda: in_step(on))
        on.player.swap()
        assert on.player.clip == second


async def test_a_place_that_only_the_twin_has_is_not_gone_to(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        said: list[str] = []
        on.player.unheard.connect(said.append)
        await compare(on, first_s=10, second_s=30)
        on.player.seek(20_000)
        assert on.player.position_ms < 10_000
        assert on.player.state is PlayState.PLAYING
        assert "ends before this place" in said[-1]


async def test_at_the_end_both_wait_to_be_played_again(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        await compare(on, 20, 20)
        on.player.seek(19_700)
        await on.is_in(PlayState.IDLE)
        assert (on.finished, on.player.position_ms) == (0, 0)
        assert on.player.twin is not None
        on.player.toggle()
        await until(lambda: in_step(on))


async def test_a_twin_that_cannot_be_had_ends_the_comparison_with_a_sentence(
    service: Service, tmp_path: Path
) -> None:
    service.on("/gone", Reply(404), Reply(404))
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(30)))
        await on.plays_past(0)
        on.player.pair(song_clip(service.origin + "/gone", clip_id="gone"))
        await until(lambda: on.player.twin is None)
        assert "refuses its link" in on.unheard[-1]
        assert on.said == []
        assert on.player.state is PlayState.PLAYING


async def test_a_twin_that_has_not_come_is_not_changed_to(service: Service, tmp_path: Path) -> None:
    data = wav(30)
    tap = Tap(data, 0)
    service.on("/late", tap)
    async with stage(service, tmp_path) as on:
        first = on.clip(wav(30))
        on.player.play(first)
        await on.plays_past(0)
        on.player.pair(song_clip(service.origin + "/late", clip_id="late"))
        on.player.swap()
        assert on.player.clip == first
        tap.opened.set()
        await until(lambda: in_step(on))


async def test_playing_another_song_ends_a_comparison(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        _, second = await compare(on)
        on.player.play(second)
        assert (on.player.clip, on.player.twin) == (second, None)
        await on.plays_past(0)
        assert levels(on)[0] == 1
        on.player.pair(second)  # with itself: nothing to compare
        assert on.player.twin is None


async def test_a_heard_one_that_has_failed_is_no_twin_after_the_swap(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "WAITS_S", (0.01,))
    data = m4a(seconds=6)
    tap = Tap(data, len(data) // 3, drips=False)
    service.on("/one", tap, Reply(503))
    async with stage(service, tmp_path) as on:
        on.player.play(song_clip(service.origin + "/one", clip_id="one"))
        await on.plays_past(0)
        second = on.clip(wav(30), "/two")
        on.player.pair(second)
        await until(lambda: on.player._decks.can_swap)
        tap.data = data[: tap.mark]
        tap.opened.set()  # the line breaks
        await on.is_in(PlayState.FAILED)
        on.player.swap()
        assert (on.player.clip, on.player.twin) == (second, None)
        assert on.unheard[-1] == on.said[-1]
        on.player.resume()
        await on.plays_past(0)


async def test_a_loop_goes_on_within_the_song_that_is_changed_to(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        _, second = await compare(on, 30, 6)
        on.player.set_loop(Loop(4000, 15_000))
        on.player.seek(4500)
        await until(lambda: in_step(on))
        on.player.swap()
        assert (on.player.clip, on.player.loop) == (second, Loop(4000, 6000))
        jumps: list[int] = []
        on.player.seeked.connect(jumps.append)
        await until(lambda: jumps)
        assert set(jumps) == {4000}
        await on.plays_past(4000)


async def test_a_loop_beyond_the_song_that_is_changed_to_is_gone(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        _, second = await compare(on, 30, 20)
        on.player.set_loop(Loop(22_000, 28_000))
        on.player.swap()
        assert (on.player.clip, on.player.loop) == (second, Loop())
