"""A real file manager showing a folder, as a place to drop files."""

from __future__ import annotations

from pathlib import Path

from Xlib import X, display

from tests.support.desktop import SCREEN, Desktop
from tests.support.eyes import Point
from tests.support.waiting import wait_until

WIDTH, HEIGHT = 420, 400
LOOK = 16
"""Side of what is looked at, in pixels."""


class FileManager:
    """pcmanfm in the lower right corner of the screen."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self.folder = folder
        self._desktop = desktop
        self._process = desktop.start("pcmanfm", "--new-win", str(folder))
        search = f"xdotool search --all --onlyvisible --pid {self._process.pid} --class pcmanfm".split()
        shown = wait_until(lambda: desktop.run(*search, check=False).split(), "the folder is shown")
        x, y = SCREEN[0] - WIDTH - 10, SCREEN[1] - HEIGHT - 10
        desktop.run(*f"xdotool windowsize --sync {shown[0]} {WIDTH} {HEIGHT}".split())
        desktop.run(*f"xdotool windowmove --sync {shown[0]} {x} {y}".split())
        self.drop_point: Point = (x + WIDTH - 60, y + HEIGHT - 80)
        """In the files' own area, where none is."""
        self._first_file: Point = (x + 220, y + 100)

    def first_file(self) -> Point:
        """On the first file of the folder; waits until it is drawn there."""
        wait_until(lambda: not self._blank(self._first_file), "the first file is shown")
        return self._first_file

    def close(self) -> None:
        self._process.end()

    def _blank(self, point: Point) -> bool:
        """Whether there is but one colour around it."""
        screen = display.Display(self._desktop.env["DISPLAY"])
        try:
            x, y = point[0] - LOOK // 2, point[1] - LOOK // 2
            data = screen.screen().root.get_image(x, y, LOOK, LOOK, X.ZPixmap, 0xFFFFFFFF).data
            return data == data[:4] * LOOK**2
        finally:
            screen.close()
