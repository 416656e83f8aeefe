"""A real file manager showing a folder, as a place to drop files."""

from __future__ import annotations

from pathlib import Path

from tests.support.desktop import SCREEN, Desktop
from tests.support.eyes import Point
from tests.support.waiting import wait_until

WIDTH, HEIGHT = 420, 400


class FileManager:
    """pcmanfm in the lower right corner of the screen."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self.folder = folder
        self._process = desktop.start("pcmanfm", "--new-win", str(folder))
        search = f"xdotool search --all --onlyvisible --pid {self._process.pid} --class pcmanfm".split()
        shown = wait_until(lambda: desktop.run(*search, check=False).split(), "the folder is shown")
        x, y = SCREEN[0] - WIDTH - 10, SCREEN[1] - HEIGHT - 10
        desktop.run(*f"xdotool windowsize --sync {shown[0]} {WIDTH} {HEIGHT}".split())
        desktop.run(*f"xdotool windowmove --sync {shown[0]} {x} {y}".split())
        self.drop_point: Point = (x + WIDTH - 60, y + HEIGHT - 80)
        """In the files' own area, where none is."""
        self.first_file: Point = (x + 220, y + 100)
        """On the first file of the folder."""

    def close(self) -> None:
        self._process.end()
