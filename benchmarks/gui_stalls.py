"""The longest single task on the GUI thread while 500 tasks are in flight.

    python benchmarks/gui_stalls.py [--tasks N] [--seconds S]

Starts the window over the demo's service with N tasks that stay unfinished, beside the demo's own; plays,
scrolls, searches and sorts meanwhile. Every event Qt hands out on the GUI thread is timed, nested ones as
part of the outer one. Prints the longest by the clock on the wall and by processor time of the thread
(the difference is what the machine did meanwhile), and the loop's worst lateness. Exits 1 when the
longest took over 50 ms. Needs no display.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import qasync
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

LIMIT_MS = 50.0
BEAT_MS = 5


class TimedApplication(QApplication):
    """Times every outermost event."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.measuring = False
        self.depth = 0
        self.slowest: list[tuple[float, float, str]] = []

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if not self.measuring or self.depth:
            return super().notify(receiver, event)
        name = f"{type(receiver).__name__} {event.type().name}"
        self.depth += 1
        wall, own = time.perf_counter(), time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self.depth -= 1
            took = (time.perf_counter() - wall) * 1000
            self.slowest.append((took, (time.thread_time() - own) * 1000, name))
            if len(self.slowest) > 2_000:
                self.slowest = sorted(self.slowest, reverse=True)[:20]


class Beat(QObject):
    """How late a timer of 5 ms comes at worst: everything the loop did in between, together."""

    def __init__(self) -> None:
        super().__init__()
        self.worst_ms = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.worst_ms = max(self.worst_ms, (now - self._last) * 1000 - BEAT_MS)
        self._last = now


async def measure(app: TimedApplication, home: Path, tasks: int, seconds: float) -> tuple[int, float]:
    """Use the window for ``seconds``; gives the number of working tasks and the worst lateness in ms."""
    from aimusic_desktop.app import Session
    from aimusic_desktop.demo.server import DEMO_KEY, DemoService
    from aimusic_desktop.options import Options
    from aimusic_desktop.ui.garbage import GuiGarbage
    from aimusic_desktop.ui.main_window import MainWindow

    os.environ["AIMUSIC_API_KEY"] = DEMO_KEY
    service = DemoService()
    service.start()
    window = MainWindow()
    window.show()
    garbage = GuiGarbage(window)
    session = await Session.open(window, Options(home=home, api_url=service.api_url), [])
    garbage.settle()
    workspace = session.workspace
    app.measuring, beat = True, Beat()
    ids = "\n".join(service.extra_tasks(tasks))
    workspace.commands.looking_up.text(f"{service.intake_text}\n{ids}")
    ends, step = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        await asyncio.sleep(0.25)
        step += 1
        bar = workspace.view.verticalScrollBar()
        bar.setValue((step * 997) % max(1, bar.maximum()))
        if step == 12:
            workspace.commands.listening.play_row(
                next(row for row in workspace.listed() if row.clip and row.clip.ready)
            )
        if step % 20 == 10:
            window.search.setText("garden" if step % 40 == 10 else "")
        if step % 20 == 0:
            workspace.filters.sort_menu.actions()[step // 20 % 4].trigger()
    app.measuring = False
    working = session.core.tracker.working
    await session.close()
    service.stop()
    return working, beat.worst_ms


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = TimedApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as home, loop:
        working, late = loop.run_until_complete(measure(app, Path(home), options.tasks, options.seconds))
    longest = sorted(app.slowest, reverse=True)[:5]
    print(f"{working} tasks in flight for {options.seconds:.0f} s")
    for wall, own, name in longest:
        print(f"  {wall:6.1f} ms on the wall, {own:6.1f} ms of the processor: {name}")
    print(f"worst lateness of a {BEAT_MS} ms timer: {late:.1f} ms")
    print(f"longest task on the GUI thread: {longest[0][0]:.1f} ms (limit {LIMIT_MS:.0f} ms)")
    return 0 if longest[0][0] <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
