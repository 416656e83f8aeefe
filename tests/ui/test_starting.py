"""How the window comes up: Qt's classes are made on the GUI thread, or it may crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = """
import asyncio, sys, threading
from pathlib import Path

class Watch:
    def find_spec(self, name, path=None, target=None):
        qt = name.startswith(("PySide6", "aimusic_desktop.ui"))
        if qt and threading.current_thread() is not threading.main_thread():
            print(name, flush=True)

sys.meta_path.insert(0, Watch())
import qasync
from aimusic_desktop.app import Session, make_app
from aimusic_desktop.options import Options
from aimusic_desktop.ui.main_window import MainWindow

async def start():
    window = MainWindow()
    window.show()
    session = await Session.open(window, Options(demo=True, home=Path(sys.argv[1])), [])
    from aimusic_desktop.ui.player.sound import Sound
    await Sound.open(window)
    await session.close()

loop = qasync.QEventLoop(make_app())
asyncio.set_event_loop(loop)
with loop:
    loop.run_until_complete(start())
print("started")
"""


def test_qt_is_imported_on_the_gui_thread_only(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["started"]
