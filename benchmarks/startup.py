"""How long until the window is painted, beside an empty PySide6 window started in turn with it.

    python benchmarks/startup.py [--runs N]

Without a display it starts one (Xvfb). Prints the median, the least and the most of each, in
milliseconds from the start of the process to the first paint, and their ratio. Exits 1 when the
ratio of the medians is over 1.5.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 1.5

PROBE = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject
class Probe(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType():
            os.write(1, repr(time.time()).encode())
            os._exit(0)
        return False
probe = Probe()
"""
EMPTY = (
    PROBE
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
app.installEventFilter(probe)
window = QMainWindow()
window.resize(1080, 720)
window.show()
app.exec()
"""
)
OURS = (
    PROBE
    + """
import aimusic_desktop.cli
from aimusic_desktop import app as roof
make = roof.make_app
def watched():
    app = make()
    app.installEventFilter(probe)
    return app
roof.make_app = watched
aimusic_desktop.cli.main([])
"""
)


def first_paint_ms(program: str, home: str) -> float:
    """Milliseconds from the start of the process to its first painted widget."""
    environment = os.environ | {
        "AIMUSIC_HOME": home,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, timeout=60, check=True
    )
    return (float(done.stdout) - started) * 1000


@contextmanager
def display() -> Iterator[None]:
    """The display there is, or one for the time being."""
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        os.environ["DISPLAY"] = f":{server.stdout.readline().strip()}"
        try:
            yield
        finally:
            server.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {"an empty PySide6 window": [], "AI Music Desktop": []}
    with display(), tempfile.TemporaryDirectory() as home:
        for number in range(runs + 1):
            for name, program in zip(times, (EMPTY, OURS), strict=True):
                took = first_paint_ms(program, home)
                if number:  # the first of each only warms the disk cache
                    times[name].append(took)
    for name, values in times.items():
        print(f"{name}: median {statistics.median(values):.0f} ms ({min(values):.0f}-{max(values):.0f})")
    empty, ours = map(statistics.median, times.values())
    print(f"ratio of the medians: {ours / empty:.2f} (limit {LIMIT})")
    return 0 if ours <= LIMIT * empty else 1


if __name__ == "__main__":
    sys.exit(main())
