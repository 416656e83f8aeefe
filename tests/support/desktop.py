"""A private desktop of real parts: display, window manager, message buses, keyring, sound server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import Process
from tests.support.waiting import wait_until

SCREEN = (2200, 1000)
"""Wide enough for a window in the middle and another beside it."""
KEYRING_PASSWORD = "pw123"
SYSTEM_PYTHON = "/usr/bin/python3"
AT_SPI_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
TOOLS = (
    *("Xvfb", "openbox", "xdotool", "xclip", "pcmanfm", "setpriv"),
    *("dbus-daemon", "dbus-send", AT_SPI_LAUNCHER),
    *("pulseaudio", "pactl", "parec", "gnome-keyring-daemon", "secret-tool"),
    "playerctl",
)


def missing_parts() -> list[str]:
    """What this machine lacks of the real parts."""
    if sys.platform != "linux":
        return ["Linux with X11"]
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    speaks = subprocess.run([SYSTEM_PYTHON, "-c", "import pyatspi"], capture_output=True, check=False)
    return missing if speaks.returncode == 0 else [*missing, "python3-pyatspi"]


class Desktop:
    """The folders and the environment of one desktop, and the programs that run on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.home.mkdir()
        runtime = root / "run"
        runtime.mkdir(mode=0o700)
        self.env = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(runtime),
            "PULSE_SERVER": f"unix:{runtime}/pulse/native",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        self._started: list[Process] = []

    def start(self, *command: str, env: dict[str, str] | None = None, **options: Any) -> Process:
        """Starts a program that lives until its caller ends it, or at the latest until :meth:`close`."""
        log = self.root / f"{len(self._started)}-{Path(command[0]).name}.log"
        # Should the tests be killed, what they started goes with them.
        bound = ("setpriv", "--pdeathsig", "TERM", *command)
        process = Process(bound, self.env | (env or {}), log, **options)
        self._started.append(process)
        return process

    def run(self, *command: str, check: bool = True) -> str:
        """Runs a tool to its end, within thirty seconds, and gives what it printed."""
        result = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=30, check=False
        )
        assert result.returncode == 0 or not check, f"{command} gave {result.returncode}: {result.stderr}"
        return result.stdout

    def start_announced(self, *command: str) -> str:
        """Starts a daemon that writes its address to the descriptor ``{fd}``; gives the address."""
        reading, writing = os.pipe()
        self.start(*(part.format(fd=writing) for part in command), pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as pipe:
            return pipe.readline().strip()

    def on_bus(self, name: str) -> bool:
        """Whether someone answers to this name on the session bus."""
        bus = "org.freedesktop.DBus"
        ask = ("dbus-send", "--session", "--print-reply", f"--dest={bus}", "/", f"{bus}.NameHasOwner")
        return "true" in self.run(*ask, f"string:{name}")

    def close(self) -> None:
        """Ends everything, the latest first."""
        while self._started:
            self._started.pop().end()


@contextmanager
def running_desktop() -> Iterator[Desktop]:
    """A desktop with all its parts up."""
    # Not below pytest's folder: the names of sockets may be 107 bytes long and no longer.
    with tempfile.TemporaryDirectory(prefix="aimusic-", ignore_cleanup_errors=True) as folder:
        desktop = Desktop(Path(folder))
        try:
            _start_display(desktop)
            _start_buses(desktop)
            _start_sound(desktop)
            _start_keyring(desktop)
            yield desktop
        finally:
            desktop.close()


def _start_display(desktop: Desktop) -> None:
    screen = ("-screen", "0", "{}x{}x24".format(*SCREEN))
    # Without noreset the server starts afresh whenever its last client leaves, and may lose a new one.
    number = desktop.start_announced("Xvfb", "-displayfd", "{fd}", *screen, "-nolisten", "tcp", "-noreset")
    desktop.env["DISPLAY"] = f":{number}"
    desktop.start("openbox")
    managed = ("xdotool", "get_num_desktops")
    wait_until(lambda: desktop.run(*managed, check=False), "openbox manages the windows")


def _start_buses(desktop: Desktop) -> None:
    desktop.env["DBUS_SESSION_BUS_ADDRESS"] = desktop.start_announced(
        "dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address={fd}"
    )
    desktop.start(AT_SPI_LAUNCHER, "--launch-immediately")
    wait_until(lambda: desktop.on_bus("org.a11y.Bus"), "the bus of screen readers is up")


def _start_sound(desktop: Desktop) -> None:
    desktop.start(
        *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
        *("-L", "module-native-protocol-unix auth-anonymous=1"),
        # Without norewinds the null sink stands still for more than a second at the start of a song.
        *("-L", "module-null-sink sink_name=ears norewinds=1"),
    )
    wait_until(lambda: desktop.run("pactl", "info", check=False), "the sound server is up")


def _start_keyring(desktop: Desktop) -> None:
    keyring = desktop.start(
        "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", stdin=subprocess.PIPE
    )
    keyring.feed(KEYRING_PASSWORD)
    wait_until(lambda: desktop.on_bus("org.freedesktop.secrets"), "the keyring is up")
