"""How long after the press of a mouse button a drag of many songs hands out their files.

    python benchmarks/drag.py [--songs N] [--runs N]

Puts N songs into the window over the demo's service, chooses them all, and waits until they are staged.
Then presses on one, moves beyond the distance that makes a drag of it, and takes the time until Qt has what
the drag carries; every file must be a whole song of its own. Prints the median and the most. Exits 1 when
the most is over 50 ms. Without a display it starts one (Xvfb).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import qasync
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication
from startup import display

from aimusic_desktop.app import Session, make_app
from aimusic_desktop.demo.server import DEMO_KEY, DemoService
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip, ClipState, MusicTask, Product, TaskRef, TaskState
from aimusic_desktop.options import Options
from aimusic_desktop.ui.main_window import MainWindow
from aimusic_desktop.ui.songs.view import SongsView

LIMIT_MS = 50.0
STAGE_LIMIT_S = 300.0
SMALLEST_SONG = 10_000
STEPS = (3, 30)
"""How far the pointer is from where it was pressed, in pixels, move by move."""


class Hand:
    """Drags out of a view as a mouse does, and notes when Qt was given what the drag carries."""

    def __init__(self, view: SongsView) -> None:
        self._view, self._carry = view, view._carry
        view._carry = self._noted
        self._pressed_at = self._handed_at = 0.0
        self._done = asyncio.Event()
        self._paths: list[Path] = []

    async def drag(self) -> tuple[float, list[Path]]:
        """Drag the first row, and drop it nowhere; gives the milliseconds it took and the files."""
        self._paths = []
        self._done.clear()
        # Not from a coroutine: a drag runs an event loop of its own.
        QTimer.singleShot(0, self._press_and_move)
        await self._done.wait()
        return (self._handed_at - self._pressed_at) * 1000, self._paths

    def _press_and_move(self) -> None:
        start = self._view.visualRect(self._view.model().index(0, 0)).center()
        self._pressed_at = time.perf_counter()
        self._send(QEvent.Type.MouseButtonPress, start)
        for step in STEPS:
            self._send(QEvent.Type.MouseMove, start + QPoint(step, step))
        self._done.set()

    def _send(self, kind: QEvent.Type, point: QPoint) -> None:
        """Without a release: it is the drag's."""
        port, left = self._view.viewport(), Qt.MouseButton.LeftButton
        button = left if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        where, modifiers = QPointF(port.mapToGlobal(point)), Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(port, QMouseEvent(kind, QPointF(point), where, button, left, modifiers))

    def _noted(self, rows: Sequence[SongRow]) -> tuple[QMimeData, QPixmap] | None:
        carried = self._carry(rows)
        self._handed_at = time.perf_counter()
        if carried is not None:
            self._paths = [Path(url.toLocalFile()) for url in carried[0].urls()]
            QTimer.singleShot(0, QDrag.cancel)
        return carried


def many_songs(media_url: str, count: int) -> MusicTask:
    """A finished task with as many songs, all of one sound."""
    task_id = "6f0e7d0c-9d5d-4c39-9c9b-6f3f6d0f2a11"
    clips = tuple(
        Clip(
            task_id=task_id,
            clip_id=f"clip-{number}",
            index=number,
            product=Product.PRODUCER,
            title=f"Song {number % (count * 4 // 5)}",  # some are twins
            audio_url=f"{media_url}/slow-tide.m4a",
            image_url=f"{media_url}/slow-tide.jpg",
            state=ClipState.SUCCEEDED,
        )
        for number in range(count)
    )
    return MusicTask(task_id=task_id, product=Product.PRODUCER, state=TaskState.SUCCEEDED, clips=clips)


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(STAGE_LIMIT_S):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def measure(home: Path, songs: int, runs: int) -> list[float]:
    """The milliseconds of each run, in a window of their own."""
    os.environ["AIMUSIC_API_KEY"] = DEMO_KEY
    service = DemoService(pace=0)
    service.start()
    window = MainWindow()
    window.show()
    session = await Session.open(window, Options(home=home, api_url=service.api_url), [])
    try:
        return await measured(session, f"{service.api_url.removesuffix('/api/v1')}/media", songs, runs)
    finally:
        await session.close()
        service.stop()


async def measured(session: Session, media_url: str, songs: int, runs: int) -> list[float]:
    """The milliseconds of each run, in this window; ``media_url`` is where the demo's songs lie."""
    workspace, library = session.workspace, session.core.library
    task = many_songs(media_url, songs)
    await library.add([TaskRef(task_id=task.task_id)], time.time())
    await library.save(task)
    await until(lambda: len(workspace.model.order) == songs)
    workspace.view.selectAll()
    await until(lambda: len(workspace.view.selected()) == songs)
    await until(lambda: all(row.clip and session.core.stager.staged(row.clip) for row in workspace.listed()))
    hand = Hand(workspace.view)
    times = []
    for _ in range(runs):
        took, paths = await hand.drag()
        check(paths, songs)
        times.append(took)
    return times


def check(paths: Sequence[Path], songs: int) -> None:
    """Fail unless these are the files of so many songs, under names of their own."""
    assert len({path.name for path in paths}) == songs, f"{len(paths)} files instead of {songs}"
    assert all(path.stat().st_size > SMALLEST_SONG for path in paths)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=50)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    with display(), tempfile.TemporaryDirectory() as home:
        loop = qasync.QEventLoop(make_app())
        asyncio.set_event_loop(loop)
        with loop:
            times = loop.run_until_complete(measure(Path(home), options.songs, options.runs))
    print(f"{options.songs} staged songs, {len(times)} drags, from the press to the files handed over:")
    print(f"median {statistics.median(times):.1f} ms, most {max(times):.1f} ms (limit {LIMIT_MS:.0f} ms)")
    return 0 if max(times) <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
