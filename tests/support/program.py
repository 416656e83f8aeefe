"""The real program on a private desktop: started, looked at, handled and ended as by its user."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.desktop import Desktop
from tests.support.eyes import Eyes, Node
from tests.support.hands import Hands
from tests.support.waiting import LIMIT_S, wait_until

PROJECT = Path(__file__).resolve().parents[2]
END_LIMIT_S = 15.0
"""It gives itself 4 seconds."""
BUTTONS = frozenset({"push button", "toggle button", "check box"})
"""What Qt calls its buttons, depending on what a press does."""


class Program:
    """``python -m aimusic_desktop`` with these arguments; its files lie below ``home``."""

    def __init__(
        self, desktop: Desktop, eyes: Eyes, home: Path, *arguments: str, env: dict[str, str] | None = None
    ) -> None:
        self.home = home
        self.hands = Hands(desktop)
        self._desktop = desktop
        self._eyes = eyes
        self.process = desktop.start(
            *(sys.executable, "-m", "aimusic_desktop", "--home", str(home), *arguments),
            env={"QT_QPA_PLATFORM": "xcb", "PYTHONFAULTHANDLER": "1", **(env or {})},
            cwd=PROJECT,
        )

    def wait_until_ready(self) -> None:
        """Waits until the window takes task ids; it is on the screen a moment before that."""
        wait_until(
            lambda: self.seek(lambda node: node.name == "Task ids" and "enabled" in node.states),
            "the window takes task ids",
        )

    def nodes(self) -> list[Node]:
        """All that a screen reader is told of the program now."""
        code = self.process.popen.poll()
        assert code is None, f"the program has ended with exit code {code}\n{self.process.output}"
        return self._eyes.look(self.process.pid)

    def seek(self, fits: Callable[[Node], bool]) -> Node | None:
        """The first thing on the screen that fits, if there is one now."""
        return next((node for node in self.nodes() if node.showing and fits(node)), None)

    def find(self, role: str, name: str, within_s: float = LIMIT_S) -> Node:
        """The thing of that role (``"button"`` is any kind of button) whose name begins so; waits for it."""
        roles = BUTTONS if role == "button" else {role}
        return wait_until(
            lambda: self.seek(lambda node: node.role in roles and node.name.startswith(name)),
            f"a {role} named {name!r} is on the screen",
            within_s,
        )

    def rows(self) -> list[Node]:
        """The rows of the list of songs."""
        return [node for node in self.nodes() if node.role == "list item"]

    def find_row(self, *words: str, within_s: float = LIMIT_S) -> Node:
        """The first row whose sentence holds all of ``words``; waits for it."""
        return wait_until(
            lambda: next((row for row in self.rows() if all(word in row.name for word in words)), None),
            f"a row says {words}",
            within_s,
        )

    def click(self, role: str, name: str) -> None:
        self.hands.click(self.find(role, name).centre)

    def close_window(self) -> None:
        """Clicks the window manager's close button, and waits until the program is gone."""
        box = self.find("frame", "").box
        assert box is not None
        x, y, width, _ = box
        self._ends(lambda: self.hands.click((x + width - 11, y - 10)))

    def quit(self) -> None:
        """Presses Ctrl+Q, where the focus is, and waits until the program is gone."""
        self._ends(lambda: self.hands.press("ctrl+q"))

    def terminate(self) -> None:
        """Sends SIGTERM, and waits until the program is gone."""
        self._ends(self.process.popen.terminate)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.popen.send_signal(signal.SIGKILL)
        self.process.popen.wait(LIMIT_S)

    def _ends(self, how: Callable[[], None]) -> None:
        how()
        code = self.process.wait(END_LIMIT_S)
        assert code == 0, f"exit code {code}\n{self.process.output}"
