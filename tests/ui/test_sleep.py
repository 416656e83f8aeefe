"""The sleep timer over a real player, with a clock that is turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtMultimedia import QAudioOutput

from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.player.sleep import FADE_MS, SleepTimer
from tests.support.media import wav
from tests.support.player import Stage, stage
from tests.support.service import Service
from tests.support.waiting import until

FULL = 0.8**3
"""The level of the player's first volume: its cube is heard."""


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Night:
    """A player with a sleep timer."""

    def __init__(self, on: Stage) -> None:
        self.on, self.player, self.clock = on, on.player, Clock()
        self.sleep = SleepTimer(on.player, clock=self.clock)
        self.changes = 0
        self.sleep.changed.connect(self._count)

    def play(self, seconds: float) -> None:
        self.player.play(self.on.clip(wav(seconds), f"/{seconds}"))

    async def plays(self) -> None:
        self.play(60)
        await self.on.plays_past(0)

    def level(self) -> float:
        """What the samples of the song that is heard are multiplied by."""
        return max(output.volume() for output in self.player.findChildren(QAudioOutput))

    async def is_loud(self) -> None:
        await until(lambda: self.level() == pytest.approx(FULL))

    def _count(self) -> None:
        self.changes += 1


@asynccontextmanager
async def night(service: Service, root: Path) -> AsyncIterator[Night]:
    async with stage(service, root) as on:
        yield Night(on)


async def test_the_sound_fades_and_pauses_and_the_next_play_is_loud(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        await at.plays()
        at.sleep.start(15)
        assert (at.sleep.running, at.sleep.remaining_ms) == (True, 15 * 60_000)
        assert at.level() == pytest.approx(FULL)
        at.clock.now_s += 15 * 60 - FADE_MS / 2000
        await until(lambda: at.level() == pytest.approx(FULL / 4, abs=0.01))
        assert at.player.state is PlayState.PLAYING
        levels: list[float] = []
        at.sleep.changed.connect(lambda: at.sleep.running or levels.append(at.level()))
        at.clock.now_s += FADE_MS / 2000
        await at.on.is_in(PlayState.PAUSED)
        assert (at.sleep.running, at.sleep.remaining_ms) == (False, None)
        assert levels[0] < FULL  # what the sound server holds yet is not to be heard
        await at.is_loud()
        at.player.resume()
        await at.on.is_in(PlayState.PLAYING)
        assert at.level() == pytest.approx(FULL)


async def test_the_time_that_is_left_is_told_as_it_passes(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        at.sleep.start(30)
        before = at.changes
        at.clock.now_s += 60
        await until(lambda: at.changes > before)
        assert at.sleep.remaining_ms == 29 * 60_000


async def test_cancelled_in_the_fade_it_is_as_loud_as_before(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        await at.plays()
        at.sleep.start(1)
        at.clock.now_s += 55
        await until(lambda: at.level() < FULL / 2)
        at.sleep.cancel()
        assert at.level() == pytest.approx(FULL)
        assert not at.sleep.running
        assert at.player.state is PlayState.PLAYING


async def test_a_new_time_takes_the_place_of_the_old_one(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        await at.plays()
        at.sleep.at_end_of_song()
        assert at.sleep.ends_with_song
        at.sleep.start(45)
        assert not at.sleep.ends_with_song
        at.sleep.start(60)
        assert at.sleep.remaining_ms == 60 * 60_000


async def test_the_song_is_heard_to_its_end_and_nothing_of_the_next(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        following = at.on.clip(wav(5), "/next")
        levels: list[float] = []

        def play_next() -> None:
            at.player.play(following)
            levels.append(at.level())

        at.player.finished.connect(play_next)  # as whoever plays one song after the other does
        at.sleep.at_end_of_song()
        assert (at.sleep.running, at.sleep.remaining_ms) == (True, None)
        at.sleep.changed.connect(lambda: levels.append(at.level()))
        at.play(0.5)
        await until(lambda: not at.sleep.running)
        assert levels == [0.0, 0.0]  # when the next one began, and when it was stopped
        assert at.player.clip == following
        assert (at.player.state, at.player.position_ms) == (PlayState.IDLE, 0)
        await at.is_loud()


async def test_other_songs_follow_each_other_while_it_is_off(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        at.sleep.at_end_of_song()
        at.sleep.cancel()
        at.play(0.3)
        await until(lambda: at.on.finished)
        assert at.level() == pytest.approx(FULL)


async def test_a_song_that_is_paused_already_stays_paused(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        await at.plays()
        at.player.pause()
        at.sleep.start(1)
        at.clock.now_s += 61
        await until(lambda: not at.sleep.running)
        assert at.player.state is PlayState.PAUSED
        await at.is_loud()


async def test_a_song_that_fails_is_the_last_one_too(service: Service, tmp_path: Path) -> None:
    async with night(service, tmp_path) as at:
        silences, before = list[PlayState](), list[int]()
        at.player.silenced.connect(lambda: silences.append(at.player.state))
        at.player.failed.connect(lambda _: before.append(len(silences)))
        at.sleep.at_end_of_song()
        at.player.play(at.on.clip(wav(0), "/empty"))
        await until(lambda: not at.sleep.running)
        assert (before, silences) == ([0], [PlayState.FAILED])
        assert at.player.sentence == at.on.said[-1]
        await at.is_loud()
