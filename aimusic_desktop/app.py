"""The roof: starts the window and the core in it, and closes them in order."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEventLoop, QLoggingCategory
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from aimusic_desktop import __version__
from aimusic_desktop.assets import asset
from aimusic_desktop.options import Options, remembered_geometry
from aimusic_desktop.ui.main_window import TITLE, MainWindow

if TYPE_CHECKING:
    import asyncio

    from aimusic_desktop.core import Core
    from aimusic_desktop.ui.workspace import Workspace

DESKTOP_ID = "org.aimusicdesktop.AIMusicDesktop"
CLOSE_LIMIT_S = 15.0
"""The parts have shorter limits of their own; this one only guards against a bug."""

TICK_S = 0.2
LOOK_S = 0.5
STILL_LOOKS = 3
"""While everything closes the window's thread may stand still for so many looks, one after the other. One is
not enough: where all of the program stood still, as on a machine that swaps, the look may go on first."""

PARTS = (
    "songs.view",
    "details",
    "lyrics_sheet",
    "filter_bar",
    "status",
    "player.bar",
    "player.peaks_book",
    "queue.panel",
    "compare.panel",
    "small_player",
    "read_along",
    "media_keys",
    "dialogs.key",
    "dialogs.settings",
    "saves.panel",
    "workspace",
)
"""Rooms of the window in slices that import within a few milliseconds each."""

SWITCH_S = 0.001
"""How long a worker thread may keep the interpreter while the window's thread waits; 5 ms by default."""

SHOW_LIMIT_MS = 300
"""The window manager shows the window within this time, or it is furnished unseen."""


def run_window(options: Options, tasks: Sequence[str]) -> int:
    """Show the window, look ``tasks`` up in it, and stay until it is closed. Gives the exit code."""
    app = make_app()
    window = MainWindow()
    if options.demo:
        window.setWindowTitle(f"{TITLE} – Demo")
    _show(app, window, options)
    # What follows is imported with the window on the screen already.
    import asyncio

    import qasync

    from aimusic_desktop.logs import start_logging

    start_logging(options.paths)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        code: int = loop.run_until_complete(_run(window, options, tasks))
    return code


def make_app() -> QApplication:
    """The one QApplication with its names and icon; made before any thread but the first."""
    _hush_ffmpeg()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("aimusic-desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(DESKTOP_ID)
    app.setWindowIcon(QIcon(str(asset("icons", "aimusic-desktop.png"))))
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(SWITCH_S)
    return app


def _hush_ffmpeg() -> None:
    """Have ffmpeg's chatter about every file go through Qt's log, and dropped there: not on the terminal.

    Only before there are other threads: a new variable moves the environment, under the eyes of whoever
    reads it.
    """
    if "QT_FFMPEG_DEBUG" not in os.environ:
        os.environ["QT_FFMPEG_DEBUG"] = "1"
        QLoggingCategory.setFilterRules("default.debug=false\ndefault.info=false")


class Session:
    """A core and the workspace over it, from opening to closing."""

    def __init__(self, window: MainWindow, core: Core, workspace: Workspace) -> None:
        self.window, self.core, self.workspace = window, core, workspace

    @classmethod
    async def open(cls, window: MainWindow, options: Options, tasks: Sequence[str]) -> Session:
        """Bring the core up, furnish the window, and look up ``tasks``, or else the demo's own."""
        await _import_parts()
        from aimusic_desktop.core import Core
        from aimusic_desktop.ui.background import Background
        from aimusic_desktop.ui.workspace import Workspace

        core = await Core.open(options)
        try:
            background = Background(window.notice.say)
            workspace = Workspace(core, window, background, options.demo)
        except BaseException:
            await core.close()
            raise
        text = "\n".join(tasks) or (core.demo_text if options.demo else "")
        if text:
            workspace.commands.looking_up.text(text)
        return cls(window, core, workspace)

    async def close(self) -> None:
        """The window's work first, then the sound, then the core."""
        await self.workspace.background.close()
        await self.workspace.close()
        await self.core.close()


async def _run(window: MainWindow, options: Options, tasks: Sequence[str]) -> int:
    import asyncio

    from aimusic_desktop.errors import AppError
    from aimusic_desktop.logs import log_crash
    from aimusic_desktop.ui.garbage import GuiGarbage

    garbage = GuiGarbage(window)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_crash)
    closing = asyncio.Event()
    window.closing.connect(closing.set)
    _end_on_signals(loop, closing)
    try:
        session = await Session.open(window, options, tasks)
    except AppError as error:
        window.notice.say(error.sentence, stays=True)
        await closing.wait()
        return 1
    garbage.settle()
    await closing.wait()
    window.hide()
    _end_if_still(loop)
    async with asyncio.timeout(CLOSE_LIMIT_S):
        await session.close()
    return 0


def _end_if_still(loop: asyncio.AbstractEventLoop) -> None:
    """End the process, as if it had closed, when the loop's thread stands still from now on: Qt waits for a
    sound server that hangs, for ever. The queue is kept before the sound is closed, and all else that is
    kept is written by other threads, or safe from a crash.
    """
    moved = threading.Event()

    def tick() -> None:
        moved.set()
        loop.call_later(TICK_S, tick)

    def watch() -> None:
        while any(moved.wait(LOOK_S) for _ in range(STILL_LOOKS)):
            moved.clear()
        os._exit(0)

    tick()
    threading.Thread(target=watch, name="ending", daemon=True).start()


def _end_on_signals(loop: asyncio.AbstractEventLoop, closing: asyncio.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, closing.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(closing.set))


async def _import_parts() -> None:
    """Import what the shell did without: the core in a thread, the widgets here, a few at a time.

    Classes of Qt are made on the GUI thread only: made elsewhere while this one handles events, they
    have crashed it.
    """
    import asyncio

    await asyncio.to_thread(importlib.import_module, "aimusic_desktop.core")
    for part in PARTS:
        importlib.import_module(f"aimusic_desktop.ui.{part}")
        await asyncio.sleep(0)


def _show(app: QApplication, window: MainWindow, options: Options) -> None:
    window.restore_geometry(remembered_geometry(options))
    window.show()
    shown = QElapsedTimer()
    shown.start()
    while not window.windowHandle().isExposed() and not shown.hasExpired(SHOW_LIMIT_MS):
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, SHOW_LIMIT_MS)
    app.processEvents()
