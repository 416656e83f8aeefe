"""How long the GUI thread is away at worst while 500 tasks are in flight.

    python benchmarks/gui_stalls.py [--tasks N] [--seconds S]

Starts the window over the demo's service with N tasks that stay unfinished, beside the demo's own; plays,
scrolls, searches and sorts meanwhile. A timer beats every 2 ms: the time between two beats is all that the
GUI thread did in between, so no single task can have been longer. Prints the longest by the clock on the
wall, and the longest in processor time of the thread itself (the rest of the former is what other threads
and programs took). Exits 1 when the longest took over 50 ms. Needs no display.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import QObject, Qt, QTimer

from aimusic_desktop.app import Session, make_app

if TYPE_CHECKING:
    from aimusic_desktop.ui.workspace import Workspace

LIMIT_MS = 50.0
BEAT_MS = 2
STEP_S = 0.25
SHOWN = 5


class Beat(QObject):
    """Notes how long the thread was away between beats: on the wall and in its own processor time, in ms."""

    def __init__(self) -> None:
        super().__init__()
        self.away: list[tuple[float, float]] = []
        self._last = (time.perf_counter(), time.thread_time())
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self.away.append(((now[0] - self._last[0]) * 1000, (now[1] - self._last[1]) * 1000))
        self._last = now


async def measure(home: Path, tasks: int, seconds: float) -> tuple[int, Beat]:
    """Use the window for ``seconds``; gives the number of working tasks, and what the beat noted."""
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
    beat = Beat()
    ids = "\n".join(service.extra_tasks(tasks))
    session.workspace.commands.looking_up.text(f"{service.intake_text}\n{ids}")
    for step in range(round(seconds / STEP_S)):
        await asyncio.sleep(STEP_S)
        use(session.workspace, step)
    working = session.core.tracker.working
    beat.deleteLater()
    await session.close()
    service.stop()
    return working, beat


def use(workspace: Workspace, step: int) -> None:
    """What a lively user does at this quarter of a second."""
    bar = workspace.view.verticalScrollBar()
    bar.setValue((step * 997) % max(1, bar.maximum()))
    if step == 12:
        ready = [row for row in workspace.listed() if row.clip is not None and row.clip.ready]
        workspace.commands.listening.play_row(ready[0])
    if step % 20 == 10:
        workspace.window.search.setText("garden" if step % 40 == 10 else "")
    if step % 20 == 0:
        workspace.filters.sort_menu.actions()[step // 20 % 4].trigger()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    loop = qasync.QEventLoop(make_app())
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as home, loop:
        working, beat = loop.run_until_complete(measure(Path(home), options.tasks, options.seconds))
    walls = sorted((wall for wall, _ in beat.away), reverse=True)
    print(f"{working} tasks in flight, {len(walls):,} beats in {options.seconds:.0f} s")
    print("longest on the wall: " + ", ".join(f"{wall:.1f} ms" for wall in walls[:SHOWN]))
    print(f"longest in the thread's own processor time: {max(own for _, own in beat.away):.1f} ms")
    print(f"longest task on the GUI thread: under {walls[0]:.1f} ms (limit {LIMIT_MS:.0f} ms)")
    return 0 if walls[0] <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
