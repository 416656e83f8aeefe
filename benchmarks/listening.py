"""How long after a click something is heard: a new song, a cached one, a place in a song, the next song.

    python benchmarks/listening.py [--runs N]

Serves songs over a network of 30 ms round trip and 2 MB/s, shaped in a process of its own. A sound server
of its own (PulseAudio with a null sink) is recorded: times are of sound, not of what a player says. In
turns a bare QMediaPlayer is given a song's address, and the window plays a song that it has never fetched,
over a connection that the song before left open, as for anybody who listens from one song to the next (the
very first, for which QtMultimedia is imported and a connection made, is told apart). Then the window plays
cached songs, seeks in what has arrived and beyond it, and lets songs follow each other. Prints medians and
the most.
Exits 1 when the first sound takes over 1.2 times the bare player's, a cached song or a seek in what has
arrived over 100 ms, one beyond over the round trip and 150 ms, or the gap between two songs over 150 ms
(medians; the machine may be busy). It needs ffmpeg, pulseaudio and parec, and no display.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import qasync
from ears import Ears, sound_server
from kills import clips_of
from song_service import song_service

from aimusic_desktop.app import Session, make_app
from aimusic_desktop.core import Core
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.options import Options
from aimusic_desktop.ui.main_window import MainWindow

ROUND_TRIP_MS = 30.0
MBIT_PER_S = 16.0
SONG_S = 120.0
LOW_HZ, HIGH_HZ = 500, 3_000
SHORT_S = 3.0
LIMIT_S = 20.0
MOST_SHARE, CACHED_MS, SEEK_MS, BEYOND_MS, GAP_MS = 1.2, 100.0, 100.0, ROUND_TRIP_MS + 150.0, 150.0


def make_song(path: Path, seconds: float) -> Path:
    """A song whose first half is low and whose second is high, as the service encodes them."""
    halves = (f"sine=frequency={hz}:sample_rate=44100:duration={seconds / 2}" for hz in (LOW_HZ, HIGH_HZ))
    inputs = [part for half in halves for part in ("-f", "lavfi", "-i", half)]
    join = ["-filter_complex", "concat=n=2:v=0:a=1", "-ac", "2", "-b:a", "192k", "-movflags", "+faststart"]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *join, path], check=True)
    return path


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Window:
    """The window with songs in it, and ears."""

    def __init__(self, session: Session, ears: Ears) -> None:
        self.ears, self.session = ears, session
        self.stage = session.workspace.stage
        self.player = self.stage.player

    async def rows(self, count: int) -> list[SongRow]:
        def ready() -> list[SongRow]:
            return [row for row in self.session.workspace.listed() if row.clip is not None and row.clip.ready]

        await until(lambda: len(ready()) == count)
        return ready()

    async def first_sound(self, row: SongRow) -> float:
        """Milliseconds from the click on a row to its first sound."""
        begun = time.perf_counter()
        self.session.workspace.commands.listening.play_row(row)
        return await self._heard(begun)

    async def seek(self, position_ms: int, *, high: bool) -> float:
        """Milliseconds from a seek to the sound of that place, which is high or low as the other was not."""
        begun = time.perf_counter()
        self.player.seek(position_ms)
        return await self._heard(begun, lambda hz: (hz > LOW_HZ * 2) is high)

    async def silence(self) -> None:
        self.player.pause()
        await until(lambda: self.ears.silent_for(0.3))

    async def whole(self) -> None:
        await until(lambda: self.player.arrived == 1)

    async def _heard(self, begun: float, fits: Callable[[float], bool] = lambda _hz: True) -> float:
        await until(lambda: self.ears.first(begun, fits) is not None)
        return ((self.ears.first(begun, fits) or 0.0) - begun) * 1000


async def bare_first_sound(url: str, ears: Ears) -> float:
    """Milliseconds from giving a bare player an address to its first sound."""
    from PySide6.QtCore import QUrl
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer

    player, output = QMediaPlayer(), QAudioOutput()
    player.setAudioOutput(output)
    begun = time.perf_counter()
    player.setSource(QUrl(url))
    player.play()
    await until(lambda: ears.first(begun) is not None)
    took_ms = ((ears.first(begun) or 0.0) - begun) * 1000
    player.setSource(QUrl())
    await until(lambda: ears.silent_for(0.3))
    return took_ms


async def measure(home: Path, runs: int, ears: Ears) -> dict[str, list[float]]:
    """What was measured, by name, in milliseconds."""
    song = make_song(home / "song.m4a", SONG_S)
    short = make_song(home / "short.m4a", SHORT_S)
    found: dict[str, list[float]] = {}
    with song_service(runs + 1, 0, MBIT_PER_S, ROUND_TRIP_MS, song) as service:
        async with opened(home / "long", service["api_url"], service["task_ids"], ears) as window:
            await measure_songs(window, service["song_urls"], found)
    with song_service(runs + 1, 0, MBIT_PER_S, ROUND_TRIP_MS, short) as service:
        async with opened(home / "short", service["api_url"], service["task_ids"], ears) as window:
            found["gap"] = await measure_gaps(window, runs)
    return found


class opened:  # noqa: N801 - reads as a function
    """The window over a service with these tasks."""

    def __init__(self, home: Path, api_url: str, task_ids: Sequence[str], ears: Ears) -> None:
        self._options, self._tasks, self._ears = Options(home=home, api_url=api_url), task_ids, ears

    async def __aenter__(self) -> Window:
        # Known from yesterday: what was looked up just now is fetched ahead.
        core = await Core.open(self._options)
        await clips_of(core, self._tasks)
        await core.close()
        window = MainWindow()
        window.show()
        self._session = await Session.open(window, self._options, [])
        return Window(self._session, self._ears)

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()


async def measure_songs(window: Window, urls: Sequence[str], found: dict[str, list[float]]) -> None:
    rows = (await window.rows(len(urls)))[::-1]  # so that what comes next is always here
    found["first"] = [await window.first_sound(rows[0])]
    await window.silence()
    for row, url in zip(rows[1:], urls[1:], strict=True):
        found.setdefault("bare", []).append(await bare_first_sound(url, window.ears))
        found.setdefault("new", []).append(await window.first_sound(row))
        beyond = await window.seek(round(SONG_S * 900), high=True)
        found.setdefault("beyond", []).append(beyond)
        await window.whole()
        found.setdefault("seek", []).append(await window.seek(round(SONG_S * 100), high=False))
        await window.silence()
    for row in rows[1:]:
        found.setdefault("cached", []).append(await window.first_sound(row))
        await window.silence()


async def measure_gaps(window: Window, runs: int) -> list[float]:
    """Silences between songs that follow each other by themselves."""
    rows = await window.rows(runs + 1)
    gaps: list[float] = []
    ends: list[float] = []
    window.player.finished.connect(lambda: ends.append(time.perf_counter()))
    await window.first_sound(rows[0])
    for number in range(1, runs + 1):
        await until(lambda: len(ends) >= number)  # noqa: B023 - awaited here
        since = ends[-1] - 1.0
        await until(lambda: window.ears.first(ends[-1] + 0.3) is not None)
        gaps.append(window.ears.longest_silence(since) * 1000)
    return gaps


def report(found: dict[str, list[float]]) -> int:
    """Print what was measured; gives the exit code."""
    middle = {name: statistics.median(times) for name, times in found.items()}
    for name, times in found.items():
        print(f"{name:>7}: median {middle[name]:6.1f} ms, most {max(times):6.1f} ms ({len(times)} times)")
    share = middle["new"] / middle["bare"]
    print(f"first sound: {share:.2f} times a bare player's (limit {MOST_SHARE})")
    limits = {"cached": CACHED_MS, "seek": SEEK_MS, "beyond": BEYOND_MS, "gap": GAP_MS}
    missed = [name for name, limit in limits.items() if middle[name] > limit]
    return 1 if missed or share > MOST_SHARE else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=8)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["AIMUSIC_API_KEY"] = "key-of-the-benchmark"
    with tempfile.TemporaryDirectory() as folder, sound_server(Path(folder)) as ears:
        loop = qasync.QEventLoop(make_app())
        asyncio.set_event_loop(loop)
        with loop:
            found = loop.run_until_complete(measure(Path(folder), options.runs, ears))
    return report(found)


if __name__ == "__main__":
    sys.exit(main())
