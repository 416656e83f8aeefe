"""Mouse and keyboard of a private desktop."""

from __future__ import annotations

import subprocess

from tests.support.desktop import Desktop
from tests.support.eyes import Point
from tests.support.waiting import wait_until

DRAG_STEPS = 10
HOVERS = 6
"""Small movements over the target, until also a busy program has said that it takes the drop."""


class Hands:
    """Does what a person's hands do, at about a person's pace."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def click(self, point: Point, *, times: int = 1, button: int = 1) -> None:
        self._do("mousemove", *point, "sleep", 0.05, "click", "--repeat", times, "--delay", 60, button)

    def type(self, text: str) -> None:
        self._do("type", "--delay", 12, "--", text)

    def press(self, *keys: str) -> None:
        """Presses keys one after another, e.g. ``press("ctrl+v", "Return")``."""
        self._do("key", "--delay", 40, *keys)

    def drag(self, start: Point, target: Point) -> None:
        """Drags with the left button, in steps: a file manager takes no drop that comes in one jump."""
        self._do("mousemove", *start, "sleep", 0.05, "mousedown", 1, "sleep", 0.05)
        for step in range(1, DRAG_STEPS + 1):
            here = (a + (b - a) * step // DRAG_STEPS for a, b in zip(start, target, strict=True))
            self._do("mousemove", *here, "sleep", 0.03)
        for hover in range(HOVERS):
            self._do("mousemove", target[0] + hover % 2, target[1], "sleep", 0.2)
        self._do("mouseup", 1)

    def copy(self, text: str) -> None:
        """Puts text on the clipboard, as another program would; it stays there until the desktop closes."""
        clip = self._desktop.start("xclip", "-quiet", "-selection", "clipboard", stdin=subprocess.PIPE)
        clip.feed(text)
        read = ("xclip", "-o", "-selection", "clipboard")
        wait_until(lambda: self._desktop.run(*read, check=False) == text, "the text is on the clipboard")

    def _do(self, *words: str | float) -> None:
        self._desktop.run("xdotool", *map(str, words))
