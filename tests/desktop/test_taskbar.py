"""Progress on the program's icon, as a dock hears of it on a real session bus."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = ("dbus-run-session", "dbus-monitor")
PATTERN = "interface='com.canonical.Unity.LauncherEntry'"
SHOW = """
import sys
from PySide6.QtGui import QGuiApplication
from aimusic_desktop.desktop.taskbar import Taskbar
app = QGuiApplication(sys.argv)
taskbar = Taskbar("org.example.App")
taskbar.show(3, 0.501)
taskbar.show(3, 0.502)
taskbar.show(0, None)
"""
LISTEN = f"""
dbus-monitor "{PATTERN}" > "$1" &
until grep -q NameAcquired "$1"; do sleep 0.05; done
"$2" -c "$3"
until [ "$(grep -c member=Update "$1")" -ge 2 ]; do sleep 0.05; done
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not all(map(shutil.which, TOOLS)), reason="needs a D-Bus session to listen on"
)
def test_docks_are_told_of_progress_once_a_step_and_when_it_is_over(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    command = ["dbus-run-session", "--", "bash", "-c", LISTEN, "listen", str(heard), sys.executable, SHOW]
    subprocess.run(command, check=True, timeout=60, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    first, second = heard.read_text().split("member=Update")[1:]
    assert 'string "application://org.example.App.desktop"' in first
    assert "double 0.5" in first
    assert value_of("progress-visible", first) == "boolean true"
    assert value_of("count", first).endswith(" 3")
    assert value_of("progress-visible", second) == "boolean false"
    assert value_of("count-visible", second) == "boolean false"


def test_without_a_session_bus_nothing_happens() -> None:
    code = "from aimusic_desktop.desktop.taskbar import Taskbar; Taskbar('org.example.App').show(1, 0.5)"
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "XDG_RUNTIME_DIR")}
    env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    result = subprocess.run(
        [sys.executable, "-c", code], env=env, timeout=60, capture_output=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, b"")


def value_of(name: str, message: str) -> str:
    """The value behind a key of the message's dictionary."""
    lines = message.split(f'string "{name}"')[1].splitlines()
    return lines[1].replace("variant", "").strip()
