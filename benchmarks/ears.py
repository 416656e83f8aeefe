"""A sound server of one's own, and ears that hear what breaks its silence."""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

RATE_HZ = 44_100
PIECE_S = 0.005
LOUD = 300  # of 32,767
START_LIMIT_S = 10.0


@contextmanager
def sound_server(folder: Path) -> Iterator[Ears]:
    """PulseAudio with a null sink, for this process and its children. Set before QtMultimedia is imported."""
    runtime = folder / "sound"
    runtime.mkdir(mode=0o700)
    socket = runtime / "native"
    os.environ["PULSE_SERVER"] = f"unix:{socket}"
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    os.environ["HOME"] = str(folder)
    modules = (
        f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
        "module-null-sink sink_name=ears norewinds=1",
    )
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += [part for module in modules for part in ("-L", module)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        limit = time.monotonic() + START_LIMIT_S
        while not socket.exists() and time.monotonic() < limit:
            time.sleep(0.01)
        ears = Ears()
        try:
            yield ears
        finally:
            ears.close()
            server.terminate()


class Ears:
    """Hears the null sink from now on. Times are those of ``time.perf_counter``."""

    def __init__(self) -> None:
        options = ("--device=ears.monitor", "--latency-msec=5", "--format=s16le", "--channels=1")
        self._recorder = subprocess.Popen(
            ["parec", *options, f"--rate={RATE_HZ}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._heard: deque[tuple[float, bool, float]] = deque(maxlen=10_000)
        self._thread = threading.Thread(target=self._listen, name="ears", daemon=True)
        self._thread.start()

    def first(self, since: float, fits: Callable[[float], bool] = lambda _hz: True) -> float | None:
        """When something was first heard after ``since``, of a tone that ``fits``; None while nothing was."""
        return next((at for at, loud, hz in list(self._heard) if at >= since and loud and fits(hz)), None)

    def silent_for(self, seconds: float) -> bool:
        """Whether nothing was heard for so long."""
        since = time.perf_counter() - seconds
        return not any(loud for at, loud, _ in list(self._heard) if at >= since)

    def longest_silence(self, since: float) -> float:
        """The longest time without a sound between two sounds, in seconds."""
        times = [at for at, loud, _ in list(self._heard) if at >= since and loud]
        return max((after - before for before, after in itertools.pairwise(times)), default=0.0)

    def close(self) -> None:
        self._recorder.terminate()
        self._thread.join(2)
        self._recorder.wait()

    def _listen(self) -> None:
        pipe = self._recorder.stdout
        assert pipe is not None
        size = int(PIECE_S * RATE_HZ) * 2
        while len(piece := pipe.read(size)) == size:
            samples = array("h", piece)
            crossings = sum((a < 0) is not (b < 0) for a, b in itertools.pairwise(samples))
            loud = max(samples) > LOUD
            self._heard.append((time.perf_counter(), loud, crossings / 2 / PIECE_S))
