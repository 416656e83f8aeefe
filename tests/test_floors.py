"""Imports only go down, heavy libraries have one door each, and the core does without Qt."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "aimusic_desktop"
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = (
    {"__init__", "errors", "model", "names", "assets", "paths", "options"},
    {"settings", "logs", "runs", "lyrics"},
    {"credentials", "api", "library"},
    {"tracking", "media", "demo", "listening"},
    {"saving", "exchange"},
    {"core"},
    {"desktop"},
    {"ui"},
    {"app"},
    {"tour", "console", "get", "report", "self_check"},
    {"cli"},
    {"__main__"},
)
"""From the ground up; a room may import its own floor and those below."""

DOORS = {
    "httpx": {"api"},
    "keyring": {"credentials.py"},
    "mutagen": {"media/tags.py"},
    "sqlite3": {"library"},
    "filelock": {"runs.py"},
    "Xlib": {"desktop"},
    "jeepney": {"desktop"},
    "qasync": {"app.py", "tour.py"},
    "PySide6": {"ui", "desktop", "app.py", "tour.py"},
}
"""Who may import a library: a file, or everything in a folder."""

BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "qasync"):
            raise ImportError(name)
sys.meta_path.insert(0, Block())
import aimusic_desktop.core, aimusic_desktop.cli, aimusic_desktop.get, aimusic_desktop.self_check
"""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def floor(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_only_go_down(path: Path) -> None:
    own = floor(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
    for module in imported(path):
        if module.startswith("aimusic_desktop."):
            assert floor(module.split(".")[1]) <= own, module


@pytest.mark.parametrize("library", DOORS)
def test_a_heavy_library_has_one_door(library: str) -> None:
    users = {name(path) for path in MODULES if any(one.split(".")[0] == library for one in imported(path))}
    strangers = {user for user in users if not {user, user.split("/")[0]} & DOORS[library]}
    assert users
    assert strangers == set()


def test_the_core_loads_without_qt() -> None:
    subprocess.run([sys.executable, "-c", BLOCKED], check=True, timeout=60)
