"""A player under random commands beside a simple model of it: a program of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Coroutine
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
from tests.support.media import until, wav
from tests.support.player import ffmpeg_threads, open_files, stage, streams
from tests.support.service import running_service

SONG_S = 120  # longer than anybody here listens
SINKS = ("ears", "phones")

SONGS = [wav(SONG_S, hz) for hz in (300, 400, 500)]

songs = st.integers(0, 2)
positions = st.integers(-1000, 30_000)


class Playing(RuleBasedStateMachine):
    """What a listener does, and what they may expect of it."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.serving = running_service()
        self.stage = stage(self.serving.__enter__(), Path(self.folder.name))
        self.on = self.do(self.stage.__aenter__())
        self.player = self.on.player
        self.player.outputs.when_lost = "go_on"
        self.clips = [self.on.clip(song, f"/{n}") for n, song in enumerate(SONGS)]
        self.bad = self.on.clip(wav(0), "/bad")
        self.clip: Clip | None = None
        self.twin: Clip | None = None
        self.state = PlayState.IDLE
        self.finished = 0

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    @rule(song=songs, position_ms=st.sampled_from([0, 0, 7000]))
    def play(self, song: int, position_ms: int) -> None:
        self.player.play(self.clips[song], position_ms)
        self.clip, self.twin, self.state = self.clips[song], None, PlayState.PLAYING

    @property
    def sentence(self) -> str:
        return EMPTY if self.state is PlayState.FAILED else ""

    @rule()
    def play_a_bad_one(self) -> None:
        self.player.play(self.bad)
        self.clip, self.twin, self.state = self.bad, None, PlayState.FAILED
        self.settle()

    @rule(song=songs)
    def cue(self, song: int) -> None:
        self.player.cue(self.clips[song], 3000)
        self.clip, self.twin, self.state = self.clips[song], None, PlayState.IDLE
        assert self.player.position_ms == 3000

    @rule()
    def toggle(self) -> None:
        self.player.toggle()
        if self.state is PlayState.PLAYING:
            self.state = PlayState.PAUSED
        elif self.clip is not None and self.clip is not self.bad:
            self.state = PlayState.PLAYING
        elif self.clip is not None:
            self.state = PlayState.FAILED
            self.settle()

    @rule()
    def pause(self) -> None:
        self.player.pause()
        if self.state is PlayState.PLAYING:
            self.state = PlayState.PAUSED

    @rule()
    def resume(self) -> None:
        self.player.resume()
        if self.state is PlayState.PAUSED:
            self.state = PlayState.PLAYING

    @rule()
    def stop(self) -> None:
        self.player.stop()
        self.state = PlayState.IDLE
        assert self.player.position_ms == 0

    @rule(position_ms=positions)
    def seek(self, position_ms: int) -> None:
        self.player.seek(position_ms)
        if self.clip in self.clips:
            assert self.player.position_ms == max(0, position_ms)

    @precondition(lambda self: self.state is PlayState.PLAYING)
    @rule()
    def reach_the_end(self) -> None:
        self.settle()
        self.player.clear_loop()
        self.player.seek(SONG_S * 1000 - 200)
        self.state = PlayState.IDLE
        self.finished += self.twin is None
        self.settle()

    @rule(song=st.none() | songs)
    def prepare(self, song: int | None) -> None:
        self.player.prepare(None if song is None else self.clips[song])

    @rule(song=st.none() | songs)
    def pair(self, song: int | None) -> None:
        other = None if song is None or self.clip is None else self.clips[song]
        self.player.pair(other)
        self.twin = other if other is not self.clip else None

    @precondition(lambda self: self.twin and self.state in (PlayState.PLAYING, PlayState.PAUSED))
    @rule()
    def swap(self) -> None:
        self.settle()
        self.do(until(lambda: self.player._decks.can_swap))
        before_ms = self.player.position_ms
        self.player.swap()
        self.clip, self.twin = self.twin, self.clip
        assert abs(self.player.position_ms - before_ms) < 150

    @rule(rate=st.sampled_from([0.5, 1.0, 2.0]), volume=st.floats(0, 1), muted=st.booleans())
    def turn_knobs(self, rate: float, volume: float, muted: bool) -> None:
        self.player.set_rate(rate)
        self.player.set_volume(volume)
        self.player.set_muted(muted)
        assert (self.player.rate, self.player.volume, self.player.muted) == (rate, volume, muted)

    @rule(start_ms=positions, length_ms=st.integers(0, 3000))
    def mark_a_loop(self, start_ms: int, length_ms: int) -> None:
        self.player.seek(start_ms)
        self.player.mark_start()
        self.player.seek(start_ms + length_ms)
        self.player.mark_end()

    @rule(sink=st.sampled_from(SINKS), chosen=st.sampled_from(["", *SINKS, "nowhere"]))
    def change_device(self, sink: str, chosen: str) -> None:
        subprocess.run(["pactl", "set-default-sink", sink], env=os.environ, check=True)
        self.player.outputs.choose(chosen)

    @rule()
    def settle(self) -> None:
        with suppress(TimeoutError):
            self.do(until(lambda: self.player.state is self.state))
        assert (self.player.state, self.player.sentence) == (self.state, self.sentence)
        assert (self.player.clip, self.player.twin) == (self.clip, self.twin)
        assert self.on.finished == self.finished

    @rule(seconds=st.sampled_from([0.0, 0.02, 0.1]))
    def listen(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    def left(self) -> tuple[int, list[Stream], list[Path]]:
        """Threads, streams and files that are still there."""
        return ffmpeg_threads(), streams(), open_files(Path(self.folder.name))

    def teardown(self) -> None:
        try:
            self.settle()
            self.player.close()
            with suppress(TimeoutError):
                self.do(until(lambda: self.left() == (0, [], [])))
            assert self.left() == (0, [], [])
        finally:
            self.do(self.stage.__aexit__(None, None, None))
            self.serving.__exit__(None, None, None)
            self.folder.cleanup()


def main(steps: int) -> None:
    """So many commands in a row, and the program ends well, or with a traceback."""
    app = QApplication([])
    with qasync.QEventLoop(app) as loop:
        asyncio.set_event_loop(loop)
        Playing.loop = loop
        run_state_machine_as_test(
            Playing,
            settings=settings(
                max_examples=10,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # what depends on time does not shrink
                derandomize="--random" not in sys.argv,
                suppress_health_check=list(HealthCheck),
            ),
        )
    print("as the model says")
