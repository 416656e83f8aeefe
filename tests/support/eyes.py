"""Sees a program as a screen reader does: from another process, through the accessibility bus."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.desktop import SYSTEM_PYTHON, Desktop

Point = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """One thing on the screen. ``box`` is x, y, width, height in pixels of the screen."""

    depth: int
    role: str
    name: str
    description: str
    states: frozenset[str]
    box: tuple[int, int, int, int] | None
    value: float | None
    text: str | None

    @property
    def showing(self) -> bool:
        return "showing" in self.states and self.box is not None

    @property
    def centre(self) -> Point:
        return self.at(0.5, 0.5)

    def at(self, across: float, down: float) -> Point:
        """The point at these shares of its width and height."""
        assert self.box is not None, f"{self} has no place on the screen"
        x, y, width, height = self.box
        return round(x + across * width), round(y + down * height)


class Eyes:
    """Looks at programs by their process id."""

    def __init__(self, desktop: Desktop) -> None:
        script = Path(__file__).with_name("screen_reader.py")
        self._reader = desktop.start(
            SYSTEM_PYTHON, str(script), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ).popen

    def look(self, pid: int) -> list[Node]:
        """Every node of the program's tree, parents before children; none while it is not up."""
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        self._reader.stdin.write(f"{pid}\n".encode())
        self._reader.stdin.flush()
        return [_node(found) for found in json.loads(self._reader.stdout.readline())]


def _node(found: dict[str, Any]) -> Node:
    box = found.pop("box")
    states = frozenset(found.pop("states"))
    return Node(**found, states=states, box=tuple(box) if box else None)
