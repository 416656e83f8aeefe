"""What is asked of PulseAudio's own tool, and what becomes of that where the tool is of no use."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aimusic_desktop.ui.player import outputs, sinks
from aimusic_desktop.ui.player.multimedia import NoAnswer
from tests.support.waiting import LIMIT_S

MOVING = """
import os, sys, threading
from aimusic_desktop.ui.player import sinks

def ask():
    for _ in range(60):  # one of seven or so goes wrong where it can
        assert sinks.answers(environment)
    print("asked")

sinks.ANSWER_LIMIT_S = float(sys.argv[1])
environment = os.environ.copy()
asking = threading.Thread(target=ask)
asking.start()
while asking.is_alive():
    for number in range(200):
        os.putenv(f"AIMUSIC_TEST_{number}", "a value of some length")
    for number in range(200):
        os.unsetenv(f"AIMUSIC_TEST_{number}")
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def tool(tools: Path, *lines: str) -> None:
    """Have a ``pactl`` of these lines."""
    path = tools / "pactl"
    path.write_text("\n".join(lines))
    path.chmod(0o700)


def test_the_server_may_be_asked_while_the_environment_moves(tools: Path) -> None:
    """Qt and its plugins set variables as they load, which is just when the server is asked."""
    tool(tools, "#!/bin/sh")
    command = [sys.executable, "-c", MOVING, str(LIMIT_S)]  # its own process: it is not ours to move
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "asked\n", "")


def test_a_server_that_takes_its_time_does_not_answer(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "ANSWER_LIMIT_S", 0.1)
    tool(tools, "#!/bin/sh", "exec /bin/sleep 60")
    assert not sinks.answers(os.environ)


@pytest.mark.parametrize(
    "line", ["#!/nonexistent", "#!/bin/sh\nexit 1"], ids=["not to be started", "failing"]
)
def test_a_tool_of_no_use_keeps_nobody_from_playing(
    tools: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(sinks, "ANSWER_LIMIT_S", LIMIT_S)
    tool(tools, line)
    assert sinks.answers(os.environ)


def test_without_the_tool_a_song_is_simply_played(tools: Path) -> None:
    assert not list(tools.iterdir())
    assert sinks.answers(os.environ)


async def test_devices_that_are_known_are_played_on_though_the_server_takes_its_time_now(
    no_sound_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two songs, or a song and the settings, may ask at once."""
    quick, opened = threading.Lock(), threading.Event()

    def answers(_environment: object) -> bool:
        return quick.acquire(blocking=False) or not opened.wait(LIMIT_S)

    async def open_first() -> None:
        await devices.open()
        opened.set()

    monkeypatch.setattr(outputs, "answers", answers)
    devices = outputs.Outputs()
    await asyncio.gather(open_first(), open_first())
    devices.close()


async def test_a_server_that_does_not_answer_is_said(
    no_sound_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "answers", lambda _environment: False)
    with pytest.raises(NoAnswer):
        await outputs.Outputs().open()
