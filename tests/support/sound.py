"""Hears what the programs of a private desktop play, and finds tones in it."""

from __future__ import annotations

import math
import subprocess
import threading
import time
from array import array
from collections import deque

from tests.support.desktop import Desktop

RATE_HZ = 22_050
SILENCE = 60  # of 32,767: what rounding leaves of nothing


class Ears:
    """Records the null sink from now on and remembers the last seconds."""

    def __init__(self, desktop: Desktop) -> None:
        self._recorder = desktop.start(
            *("parec", "--device=ears.monitor", "--latency-msec=20"),
            *("--format=s16le", "--channels=1", f"--rate={RATE_HZ}"),
            stdout=subprocess.PIPE,
        )
        self._pieces: deque[tuple[float, bytes]] = deque(maxlen=2_000)
        self._thread = threading.Thread(target=self._record, name="ears", daemon=True)
        self._thread.start()

    def recent(self, seconds: float = 0.3) -> array[int]:
        """The samples that came in the last ``seconds``; few or none while nothing plays."""
        since = time.monotonic() - seconds
        samples = array("h")
        samples.frombytes(b"".join(piece for came, piece in list(self._pieces) if came >= since))
        return samples

    @property
    def silent(self) -> bool:
        """Whether nothing was to be heard in the last 0.3 seconds."""
        return all(abs(sample) <= SILENCE for sample in self.recent())

    def close(self) -> None:
        self._recorder.popen.terminate()
        self._thread.join(2)
        self._recorder.end()

    def _record(self) -> None:
        pipe = self._recorder.popen.stdout
        assert pipe is not None
        while piece := pipe.read(512):
            self._pieces.append((time.monotonic(), piece))


def steady_share(samples: array[int], hz: float, parts: int = 8) -> float:
    """The least share of the energy at ``hz`` in any part of ``samples``: notes come and go, a tone stays."""
    size = len(samples) // parts
    return min(tone_share(samples[part * size : (part + 1) * size], hz) for part in range(parts))


def tone_share(samples: array[int], hz: float, rate_hz: int = RATE_HZ) -> float:
    """The share of the energy that lies at ``hz`` (Goertzel's algorithm): 1 for that tone alone."""
    energy = sum(sample * sample for sample in samples)
    if not energy:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hz / rate_hz)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * power / (len(samples) * energy)
