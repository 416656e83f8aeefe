"""A player under random commands beside a simple model of it: a program of its own."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import qasync
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from PySide6.QtWidgets import QApplication

from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player.deck import EMPTY
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.player.stream import Stream
from tests.support.media import wav
from tests.support.player import ffmpeg_threads, open_files, stage, streams
from tests.support.service import running_service
from tests.support.waiting import until

SONG_S = 120  # longer than anybody here listens
SINKS = ("ears", "phones")

SONGS = [wav(SONG_S, hz) for hz in (300, 400, 500)]

songs = st.integers(0, 2)
positions = st.integers(-1000, 30_000)


def on_the_gui_thread(work: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """``work`` as Hypothesis calls it, which waits in a thread of its own until it is done."""

    @functools.wraps(work)
    def done(self: Playing, **drawn: Any) -> None:
        asyncio.run_coroutine_threadsafe(work(self, **drawn), self.loop).result(60)

    return done


class Playing(RuleBasedStateMachine):
    """What a listener does, and what they may expect of it."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.open()
        self.clip: Clip | None = None
        self.twin: Clip | None = None
        self.state = PlayState.IDLE
        self.finished = 0

    @on_the_gui_thread
    async def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.serving = running_service()
        self.stage = stage(self.serving.__enter__(), Path(self.folder.name))
        self.on = await self.stage.__aenter__()
        self.player = self.on.player
        self.player.outputs.when_lost = "go_on"
        self.clips = [self.on.clip(song, f"/{n}") for n, song in enumerate(SONGS)]
        self.bad = self.on.clip(wav(0), "/bad")

    @rule(song=songs, position_ms=st.sampled_from([0, 0, 7000]))
    @on_the_gui_thread
    async def play(self, song: int, position_ms: int) -> None:
        self.player.play(self.clips[song], position_ms)
        self.clip, self.twin, self.state = self.clips[song], None, PlayState.PLAYING

    @property
    def sentence(self) -> str:
        return EMPTY if self.state is PlayState.FAILED else ""

    @rule()
    @on_the_gui_thread
    async def play_a_bad_one(self) -> None:
        self.player.play(self.bad)
        self.clip, self.twin, self.state = self.bad, None, PlayState.FAILED
        await self.settled()

    @rule(song=songs)
    @on_the_gui_thread
    async def cue(self, song: int) -> None:
        self.player.cue(self.clips[song], 3000)
        self.clip, self.twin, self.state = self.clips[song], None, PlayState.IDLE
        assert self.player.position_ms == 3000

    @rule()
    @on_the_gui_thread
    async def toggle(self) -> None:
        self.player.toggle()
        if self.state is PlayState.PLAYING:
            self.state = PlayState.PAUSED
        elif self.clip is not None and self.clip is not self.bad:
            self.state = PlayState.PLAYING
        elif self.clip is not None:
            self.state = PlayState.FAILED
            await self.settled()

    @rule()
    @on_the_gui_thread
    async def pause(self) -> None:
        self.player.pause()
        if self.state is PlayState.PLAYING:
            self.state = PlayState.PAUSED

    @rule()
    @on_the_gui_thread
    async def resume(self) -> None:
        self.player.resume()
        if self.state is PlayState.PAUSED:
            self.state = PlayState.PLAYING

    @rule()
    @on_the_gui_thread
    async def stop(self) -> None:
        self.player.stop()
        self.state = PlayState.IDLE
        assert self.player.position_ms == 0

    @rule(position_ms=positions)
    @on_the_gui_thread
    async def seek(self, position_ms: int) -> None:
        self.player.seek(position_ms)
        if self.clip in self.clips:
            assert self.player.position_ms == max(0, position_ms)

    @precondition(lambda self: self.state is PlayState.PLAYING)
    @rule()
    @on_the_gui_thread
    async def reach_the_end(self) -> None:
        await self.settled()
        self.player.clear_loop()
        self.player.seek(SONG_S * 1000 - 200)
        self.state = PlayState.IDLE
        self.finished += self.twin is None
        await self.settled()

    @rule(song=st.none() | songs)
    @on_the_gui_thread
    async def prepare(self, song: int | None) -> None:
        self.player.prepare(None if song is None else self.clips[song])

    @rule(song=st.none() | songs)
    @on_the_gui_thread
    async def pair(self, song: int | None) -> None:
        other = None if song is None or self.clip is None else self.clips[song]
        self.player.pair(other)
        self.twin = other if other is not self.clip else None

    @precondition(lambda self: self.twin and self.state in (PlayState.PLAYING, PlayState.PAUSED))
    @rule()
    @on_the_gui_thread
    async def swap(self) -> None:
        await self.settled()
        await until(lambda: self.player._decks.can_swap)
        begin, before_ms = time.monotonic(), self.player._decks.heard.now_ms
        self.player.swap()
        after_ms, passed_ms = self.player._decks.heard.now_ms, (time.monotonic() - begin) * 1000
        self.clip, self.twin = self.twin, self.clip
        assert abs(after_ms - before_ms) < 150 + 2 * passed_ms  # twice as fast at most

    @rule(rate=st.sampled_from([0.5, 1.0, 2.0]), volume=st.floats(0, 1), muted=st.booleans())
    @on_the_gui_thread
    async def turn_knobs(self, rate: float, volume: float, muted: bool) -> None:
        self.player.set_rate(rate)
        self.player.set_volume(volume)
        self.player.set_muted(muted)
        assert (self.player.rate, self.player.volume, self.player.muted) == (rate, volume, muted)

    @rule(start_ms=positions, length_ms=st.integers(0, 3000))
    @on_the_gui_thread
    async def mark_a_loop(self, start_ms: int, length_ms: int) -> None:
        self.player.seek(start_ms)
        self.player.mark_start()
        self.player.seek(start_ms + length_ms)
        self.player.mark_end()

    @rule(sink=st.sampled_from(SINKS), chosen=st.sampled_from(["", *SINKS, "nowhere"]))
    @on_the_gui_thread
    async def change_device(self, sink: str, chosen: str) -> None:
        subprocess.run(["pactl", "set-default-sink", sink], env=os.environ, check=True)
        self.player.outputs.choose(chosen)

    @rule()
    @on_the_gui_thread
    async def settle(self) -> None:
        await self.settled()

    async def settled(self) -> None:
        """The player is as the model says, as soon as it has done what it began."""
        with suppress(TimeoutError):
            await until(lambda: self.player.state is self.state)
        assert (self.player.state, self.player.sentence) == (self.state, self.sentence)
        assert (self.player.clip, self.player.twin) == (self.clip, self.twin)
        assert self.on.finished == self.finished

    @rule(seconds=st.sampled_from([0.0, 0.02, 0.1]))
    @on_the_gui_thread
    async def listen(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def left(self) -> tuple[int, list[Stream], list[Path]]:
        """Threads, streams and files that are still there."""
        return ffmpeg_threads(), streams(), open_files(Path(self.folder.name))

    @on_the_gui_thread
    async def teardown(self) -> None:
        try:
            await self.settled()
            self.player.close()
            with suppress(TimeoutError):
                await until(lambda: self.left() == (0, [], []))
            assert self.left() == (0, [], [])
        finally:
            await self.stage.__aexit__(None, None, None)
            self.serving.__exit__(None, None, None)
            self.folder.cleanup()


def main(steps: int) -> None:
    """So many commands in a row, and the program ends well, or with a traceback."""
    gc.disable()  # in any thread it would end what belongs to the GUI's
    app = QApplication([])
    with qasync.QEventLoop(app) as loop:
        Playing.loop = loop
        loop.run_until_complete(asyncio.to_thread(_run, steps))
    print("as the model says")


def _run(steps: int) -> None:
    run_state_machine_as_test(
        Playing,
        settings=settings(
            max_examples=10,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize="--random" not in sys.argv,
            phases=[Phase.generate],  # what depends on time does not shrink
            suppress_health_check=list(HealthCheck),
        ),
    )
