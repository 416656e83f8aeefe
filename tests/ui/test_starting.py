"""How the window comes up: Qt's classes are made on the GUI thread, or it may crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aimusic_desktop.app import STILL_LOOKS

LOOK_S = 1.0
"""Longer than in the program: in the next one its loop has to go on, also on a busy machine."""

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


STILL = """
import asyncio, os, sys
import qasync
from aimusic_desktop import app

app.LOOK_S = float(sys.argv[1])

async def close():
    app._end_if_still(asyncio.get_running_loop())
    for step in ("closing", "still closing"):
        print(step, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    print("closed", flush=True)

loop = qasync.QEventLoop(app.make_app())
asyncio.set_event_loop(loop)
with loop:
    loop.run_until_complete(close())
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot let a program stand still")
def test_a_program_that_stood_still_as_a_whole_is_not_ended_before_it_has_closed() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", STILL, str(LOOK_S)], text=True, **pipes) as closing:
        assert closing.stdin is not None
        assert closing.stdout is not None
        for step in ("closing", "still closing"):
            assert closing.stdout.readline() == f"{step}\n"
            closing.send_signal(signal.SIGSTOP)
            time.sleep(LOOK_S * STILL_LOOKS + 0.5)  # longer than its window alone might
            closing.send_signal(signal.SIGCONT)
            time.sleep(LOOK_S)  # it would have ended by now
            print("go on", file=closing.stdin, flush=True)
        assert closing.stdout.readline() == "closed\n"
