"""A player on a real store and a real service, what it says, and what comes out of it."""

from __future__ import annotations

import functools
import gc
import io
import itertools
import math
import shutil
import subprocess
import tempfile
import threading
import wave
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import shiboken6

from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.player.stream import Stream
from tests.support.media import audio_store, song_clip
from tests.support.service import Reply, Request, Service, file_reply
from tests.support.waiting import until

RATE_HZ = 8000
WAV_HZ = 22_050


class Stage:
    """One player, and what it said and did so far."""

    def __init__(self, player: Player, service: Service) -> None:
        self.player = player
        self.service = service
        self.said: list[str] = []
        self.unheard: list[str] = []
        self.finished = 0
        player.failed.connect(self.said.append)
        player.unheard.connect(self.unheard.append)
        player.finished.connect(self._count)

    def clip(self, data: bytes, path: str = "/song", *, ranges: bool = True) -> Clip:
        """A clip whose song is served whole."""
        return song_clip(self.service.serve_file(path, data, ranges=ranges), clip_id=path)

    async def plays_past(self, position_ms: int) -> None:
        await until(lambda: self.player.state is PlayState.PLAYING and self.player.position_ms > position_ms)

    async def is_in(self, state: PlayState) -> None:
        await until(lambda: self.player.state is state)

    def _count(self) -> None:
        self.finished += 1


@asynccontextmanager
async def stage(service: Service, root: Path) -> AsyncIterator[Stage]:
    async with audio_store(service, root) as store:
        player = Player(store)
        try:
            yield Stage(player, service)
        finally:
            player.close()
            await player.wait_closed()
            # Python's collector may run in any thread, and a QObject must die in its own.
            shiboken6.delete(player)


class Tap:
    """A host that gives a song up to a mark, the rest when ``opened`` is set, and ranges at once."""

    def __init__(
        self, data: bytes, mark: int, *, known_length: bool = True, ranges: bool = False, drips: bool = True
    ) -> None:
        self.data = data
        self.mark = mark
        self.opened = threading.Event()
        self._drips = drips
        self._length = len(data) if known_length else None
        self._ranges = ranges

    def __call__(self, request: Request) -> Reply:
        if self._ranges and "range" in request.headers:
            return file_reply(request, self.data, "audio/mp4")
        head = file_reply(request, self.data, "audio/mp4", self._ranges).headers
        return Reply(200, headers=head, chunks=self._pieces, length=self._length)

    def _pieces(self) -> Iterator[bytes]:
        yield self.data[: self.mark]
        for _ in range(600):  # longer than any test waits
            if self.opened.wait(0.1):
                break
            if self._drips:  # as from a slow line: a fetch looks for readers elsewhere when something comes
                yield self.data[self.mark : self.mark + 1]
                self.mark += 1
        yield self.data[self.mark :]


class Hearing:
    """What a player decodes from now on, without any device to play it on."""

    def __init__(self, player: Player) -> None:
        from PySide6.QtMultimedia import QAudioBuffer, QAudioBufferOutput, QAudioFormat, QMediaPlayer

        sound_format = QAudioFormat()
        sound_format.setSampleRate(RATE_HZ)
        sound_format.setChannelCount(1)
        sound_format.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._samples = array("h")
        self._buffer_type = QAudioBuffer
        self._output = QAudioBufferOutput(sound_format)
        self._output.audioBufferReceived.connect(self._take)
        player.findChild(QMediaPlayer).setAudioBufferOutput(self._output)

    @property
    def seconds(self) -> float:
        return len(self._samples) / RATE_HZ

    @property
    def tone_hz(self) -> float:
        """The tone of the last 0.2 seconds, by how often it crosses zero."""
        recent = self._samples[-RATE_HZ // 5 :]
        ups = sum(1 for before, after in itertools.pairwise(recent) if before < 0 <= after)
        return ups / (len(recent) / RATE_HZ) if recent else 0.0

    def _take(self, buffer: object) -> None:
        assert isinstance(buffer, self._buffer_type)
        self._samples.frombytes(bytes(buffer.constData()))


@functools.cache
def encoded(kind: str, *options: str, seconds: float = 3, hz: int = 440) -> bytes:
    """A tone as encoders make it: ``encoded("m4a", "-movflags", "+faststart")``."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not here to encode a song with")
    tone = ("-f", "lavfi", "-i", f"sine=frequency={hz}:sample_rate=44100:duration={seconds}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"song.{kind}")
        subprocess.run(["ffmpeg", "-v", "error", *tone, "-ac", "2", *options, path], check=True)
        return path.read_bytes()


def ticks(hz: int, seconds: float = 10, every_s: float = 0.25) -> bytes:
    """A song of short beeps at even distances, to hear by what instant of it is played."""
    step = round(every_s * WAV_HZ)
    beep = _tone(hz, WAV_HZ // 50)
    return _wav((beep + array("h", [0]) * (step - len(beep))) * round(seconds / every_s))


def ladder(seconds: int = 10) -> bytes:
    """A song whose every second has a tone of its own: 300 Hz, 400 Hz, …"""
    samples = array("h")
    for second in range(seconds):
        samples += _tone(300 + 100 * second, WAV_HZ)
    return _wav(samples)


def _tone(hz: int, count: int) -> array[int]:
    return array("h", (round(12_000 * math.sin(2 * math.pi * hz * n / WAV_HZ)) for n in range(count)))


def _wav(samples: array[int]) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(WAV_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def m4a(*, seconds: float = 3, index_first: bool = True) -> bytes:
    """AAC in MPEG-4, as the service gives it."""
    return encoded("m4a", *(("-movflags", "+faststart") if index_first else ()), seconds=seconds)


def streams() -> list[Stream]:
    """Those that somebody still holds."""
    gc.collect()
    return [thing for thing in gc.get_objects() if type(thing) is Stream]


def hollow(song: bytes) -> bytes:
    """An M4A with the same head, and nothing behind it that can be decoded."""
    at = song.index(b"mdat") + 4
    return song[:at] + b"\xff" * (len(song) - at)


def ffmpeg_threads() -> int:
    return sum(1 for task in Path("/proc/self/task").iterdir() if _thread_name(task).startswith("QFFmpeg"))


def _thread_name(task: Path) -> str:
    with suppress(OSError):  # it has just ended
        return (task / "comm").read_text()
    return ""


def open_files(folder: Path) -> list[Path]:
    files = [entry.resolve() for entry in Path("/proc/self/fd").iterdir()]
    return [file for file in files if file.is_relative_to(folder)]
