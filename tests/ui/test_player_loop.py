"""A span from A to B that plays over and over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QObject

from aimusic_desktop.ui.player.loop import SHORTEST_MS, Loop, LoopWatch
from tests.support.media import wav
from tests.support.player import stage
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server")

marks = st.none() | st.integers(-10_000, 400_000)
positions = st.integers(0, 300_000)


@given(marks, marks, st.integers(0, 300_000))
def test_a_loop_lies_within_its_song_in_order_and_is_no_stutter(
    start_ms: int | None, end_ms: int | None, length_ms: int
) -> None:
    loop = Loop(start_ms, end_ms).within(length_ms)
    if loop is None:
        assert start_ms is not None
        assert end_ms is not None
        return
    assert loop.complete == (start_ms is not None and end_ms is not None)
    for mark_ms in (loop.start_ms, loop.end_ms):
        assert mark_ms is None or 0 <= mark_ms <= (length_ms or 400_000)
    if loop.start_ms is not None and loop.end_ms is not None:
        assert loop.end_ms - loop.start_ms >= SHORTEST_MS


@given(marks, marks, positions, positions)
def test_only_who_passes_the_end_goes_back(
    start_ms: int | None, end_ms: int | None, before_ms: int, now_ms: int
) -> None:
    jump = Loop(start_ms, end_ms).jump(before_ms, now_ms)
    if end_ms is None or start_ms is None or not before_ms < end_ms <= now_ms:
        assert jump is None
    else:
        assert jump == start_ms


def test_marks_in_the_wrong_order_change_places() -> None:
    assert Loop(9000, 3000).within(10_000) == Loop(3000, 9000)
    assert Loop(3000, 3000 + SHORTEST_MS - 1).within(10_000) is None


async def test_the_end_is_met_between_two_positions(qapp: QCoreApplication) -> None:
    parent = QObject()
    watch = LoopWatch(parent)
    met: list[int] = []
    watch.over.connect(met.append)
    watch.look(Loop(1000, 2000), 1960, 1.0)
    assert met == []
    await until(lambda: met == [1000])
    watch.look(Loop(1000, 2000), 1960, 1.0)
    watch.rest(1960)
    watch.look(Loop(1000, 2000), 1500, 1.0)
    assert met == [1000]


async def test_a_marked_span_plays_over_and_over(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        player, jumps = on.player, list[int]()
        player.seeked.connect(jumps.append)
        player.play(on.clip(wav(30)))
        await on.plays_past(100)
        player.seek(4000)
        player.mark_end()
        player.seek(3200)
        player.mark_start()
        assert player.loop == Loop(3200, 4000)
        jumps.clear()
        heard, tops = list[int](), list[int]()
        player.position_changed.connect(heard.append)
        player.seeked.connect(lambda _: (tops.append(max(heard)), heard.clear()))
        await until(lambda: len(tops) >= 3)
        assert set(jumps) == {3200}
        assert min(tops) < 4000 + 60  # a busy machine is late now and then
        player.seek(5000)  # behind it, the song goes on
        await on.plays_past(5100)
        player.clear_loop()
        assert player.loop == Loop()


async def test_a_loop_up_to_the_very_end_goes_back_too(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(2)))
        await on.plays_past(0)
        on.player.set_loop(Loop(1200, 60_000))
        assert on.player.loop == Loop(1200, 2000)
        jumps: list[int] = []
        on.player.seeked.connect(jumps.append)
        await until(lambda: len(jumps) >= 2)
        await on.plays_past(1200)
        assert on.finished == 0


async def test_another_song_has_no_loop_and_the_same_one_keeps_it(service: Service, tmp_path: Path) -> None:
    async with stage(service, tmp_path) as on:
        first, second = on.clip(wav(5), "/one"), on.clip(wav(5), "/two")
        on.player.play(first)
        await on.plays_past(0)
        on.player.set_loop(Loop(1000, 2000))
        on.player.set_loop(Loop(1000, 1100))  # too short: nothing changes
        on.player.play(first)
        assert on.player.loop == Loop(1000, 2000)
        on.player.play(second)
        assert on.player.loop == Loop()


async def test_an_end_moved_before_the_place_that_sounds_goes_back_at_once(
    service: Service, tmp_path: Path
) -> None:
    async with stage(service, tmp_path) as on:
        on.player.play(on.clip(wav(30)))
        await on.plays_past(100)
        on.player.seek(9_000)
        await on.plays_past(9_000)
        on.player.set_loop(Loop(1_000, 4_000))
        await until(lambda: 1_000 <= on.player.position_ms < 4_000)
