"""A sound server of one's own, listeners that play on it, and what is recorded of them."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import Process
from tests.support.waiting import LIMIT_S, wait_until

RATE_HZ = 44_100
WINDOW = RATE_HZ // 200  # 5 ms
TONE_STEP_S = 0.0125
QUIET = 60  # of 32,767: what rounding leaves of nothing

_HEAD = """
import asyncio, pathlib, sys, time, qasync
from PySide6.QtWidgets import QApplication
from aimusic_desktop.ui.player.player import Loop, PlayState
from tests.support.media import wav
from tests.support.waiting import until
from tests.support.player import ladder, stage, ticks
from tests.support.service import running_service

def say(*words):
    print(*words, flush=True)

async def main():
    with running_service() as service:
        async with stage(service, pathlib.Path(sys.argv[1])) as on:
            player = on.player
            player.unheard.connect(lambda sentence: say("unheard:", sentence))
            await listen(on, player)

async def listen(on, player):
    # BODY

app = QApplication([])
with qasync.QEventLoop(app) as loop:
    loop.run_until_complete(main())
say("over")
"""


class SoundServer:
    """PulseAudio with null sinks, the first of them the default; ``env`` leads programs to it."""

    def __init__(self, folder: Path, *sinks: str) -> None:
        self.folder = folder
        self.env = os.environ | {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        modules = ["module-native-protocol-unix auth-anonymous=1", *map(_null_sink, sinks)]
        self._command = [*command, *(word for module in modules for word in ("-L", module))]
        self._default = sinks[0]
        self.start()

    def start(self) -> None:
        """Also again, after it died."""
        self.process = Process(self._command, self.env, self.folder / "server.log")
        wait_until(lambda: self.control("info"), "the sound server is up")
        self.control("set-default-sink", self._default)

    def die(self) -> None:
        """Without a word to anybody."""
        self.process.popen.kill()
        self.process.end()

    def control(self, *words: str) -> str:
        """What ``pactl`` answers."""
        command = ["pactl", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False).stdout

    def plug(self, sink: str) -> str:
        """A new device; gives what to ``unload-module`` for pulling it."""
        return self.control("load-module", *_null_sink(sink).split(" ", 1)).strip()

    def sounds_on(self, sink: str) -> bool:
        """Whether a program plays to that sink."""
        sinks = (line.split("\t") for line in self.control("list", "short", "sinks").splitlines())
        numbers = {name: number for number, name, *_ in sinks}
        inputs = self.control("list", "short", "sink-inputs").splitlines()
        return any(line.split("\t")[1] == numbers.get(sink) for line in inputs)

    @contextmanager
    def listener(self, body: str) -> Iterator[Process]:
        """A program with a player on a real store: ``body`` is what ``listen(on, player)`` does there."""
        lines = "\n    ".join(body.strip().splitlines())
        code = _HEAD.replace("# BODY", lines)
        with tempfile.TemporaryDirectory(dir=self.folder) as songs:
            process = Process([sys.executable, "-c", code, songs], self.env, Path(songs, "log"))
            try:
                yield process
            finally:
                process.end()

    def record(self, body: str) -> Recording:
        """What is heard of a listener from its beginning to its end."""
        path = self.folder / "recording.raw"
        device = ("parec", "--device=ears.monitor", "--latency-msec=20")
        form = ("--format=s16le", "--channels=1", f"--rate={RATE_HZ}")
        with (
            path.open("wb") as file,
            subprocess.Popen([*device, *form], env=self.env, stdout=file) as recorder,
        ):
            try:
                with self.listener(body) as process:
                    ended = lambda: "over" in process.output or not process.running  # noqa: E731
                    wait_until(ended, "it is over", 2 * LIMIT_S)  # much of that is for the songs
                    assert "over" in process.output, process.output
            finally:
                recorder.terminate()
        samples = array("h")
        samples.frombytes(path.read_bytes()[: path.stat().st_size // 2 * 2])
        return Recording(samples)


class Recording:
    """Samples, and where in them there is sound."""

    def __init__(self, samples: array[int]) -> None:
        self.samples = samples

    def sounds(self, joined_s: float = 0.0) -> list[tuple[float, float]]:
        """Begin and end of every sound, in seconds; silences up to ``joined_s`` are passed over."""
        found: list[tuple[float, float]] = []
        for start in range(0, len(self.samples) - WINDOW, WINDOW):
            if max(map(abs, self.samples[start : start + WINDOW])) <= QUIET:
                continue
            begin, end = start / RATE_HZ, (start + WINDOW) / RATE_HZ
            if found and begin - found[-1][1] <= joined_s + 0.001:
                begin = found.pop()[0]
            found.append((begin, end))
        return found

    def part(self, begin_s: float, end_s: float) -> array[int]:
        return self.samples[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)]

    def tone_hz(self, begin_s: float, end_s: float) -> float:
        """How often a second the samples cross zero upwards."""
        part = self.part(begin_s, end_s)
        ups = sum(1 for before, after in itertools.pairwise(part) if before < 0 <= after)
        return ups / (end_s - begin_s)

    def tones(self) -> list[tuple[int, float, float]]:
        """The tones of whole hundreds of Hz in their order, each with its begin and end in seconds; what is
        between them, or shorter than a tenth of a second, is passed over."""
        told: list[tuple[int, float, float]] = []
        for number in range(int(len(self.samples) / RATE_HZ / TONE_STEP_S) - 4):
            begin_s, end_s = number * TONE_STEP_S, (number + 4) * TONE_STEP_S
            hz = self.tone_hz(begin_s, end_s)
            hundreds = round(hz / 100) * 100
            if not hundreds or abs(hz - hundreds) > 25 or self._breaks_off(begin_s, end_s):
                continue
            if told and told[-1][0] == hundreds and begin_s < told[-1][2] + 0.001:
                begin_s = told.pop()[1]
            told.append((hundreds, begin_s, end_s))
        return [tone for tone in told if tone[2] - tone[1] >= 0.1]

    def _breaks_off(self, begin_s: float, end_s: float) -> bool:
        """Whether there is a silence in it: of what is left nobody can tell how often a second it swings."""
        part = self.part(begin_s, end_s)
        pieces = (part[start : start + WINDOW] for start in range(0, len(part) - WINDOW + 1, WINDOW))
        return any(max(map(abs, piece)) <= QUIET for piece in pieces)

    def loudest(self, begin_s: float, end_s: float) -> int:
        return max(map(abs, self.part(begin_s, end_s)))


@contextmanager
def sound_server(*sinks: str) -> Iterator[SoundServer]:
    """A server with these sinks; skips the test where there is none to be had."""
    if any(shutil.which(program) is None for program in ("pulseaudio", "pactl", "parec")):
        pytest.skip("pulseaudio, pactl and parec are not here")
    with tempfile.TemporaryDirectory(prefix="aimusic-") as folder:
        server = SoundServer(Path(folder), *sinks)
        try:
            yield server
        finally:
            server.process.end()


def _null_sink(name: str) -> str:
    return f"module-null-sink sink_name={name} norewinds=1 sink_properties=device.description={name}"
