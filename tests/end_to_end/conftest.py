"""One private desktop for all end-to-end tests, and the real program on it, a fresh one for each."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.desktop import Desktop, missing_parts, running_desktop
from tests.support.eyes import Eyes
from tests.support.file_manager import FileManager
from tests.support.hands import Hands
from tests.support.program import Program
from tests.support.sound import Ears

WENT_WRONG = re.compile(r"^\S+ \S+ (ERROR|CRITICAL) ", re.MULTILINE)
"""A line of a log that tells of a mistake in the program."""


class Starter:
    """Starts programs whose files lie in one folder of the test's own."""

    def __init__(self, desktop: Desktop, eyes: Eyes, home: Path) -> None:
        self.home = home
        self.programs: list[Program] = []
        self._desktop, self._eyes = desktop, eyes

    def __call__(self, *arguments: str, env: dict[str, str] | None = None, wait: bool = True) -> Program:
        program = Program(self._desktop, self._eyes, self.home, *arguments, env=env)
        self.programs.append(program)
        if wait:
            program.wait_until_ready()
        return program

    @property
    def logged(self) -> str:
        """What the programs wrote into their log."""
        return "".join(log.read_text("utf-8", "replace") for log in sorted(self.home.rglob("logs/*.log*")))

    def close(self) -> None:
        for program in self.programs:
            program.process.end()


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    missing = missing_parts()
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)}; `make test` installs what it can")
    with running_desktop() as running:
        yield running


@pytest.fixture(scope="session")
def eyes(desktop: Desktop) -> Eyes:
    return Eyes(desktop)


@pytest.fixture
def hands(desktop: Desktop) -> Hands:
    return Hands(desktop)


@pytest.fixture
def ears(desktop: Desktop) -> Iterator[Ears]:
    listening = Ears(desktop)
    yield listening
    listening.close()


@pytest.fixture
def start(desktop: Desktop, eyes: Eyes, tmp_path: Path) -> Iterator[Starter]:
    """Starts the real program: ``start("--demo")``."""
    starter = Starter(desktop, eyes, tmp_path / "home")
    yield starter
    starter.close()
    # Where a program has a sentence for what it did not expect, a test would only miss what did not come.
    assert not WENT_WRONG.search(starter.logged), starter.logged


@pytest.fixture
def demo(start: Starter) -> Program:
    """The demo, with its window on the screen."""
    return start("--demo")


@pytest.fixture
def folder(desktop: Desktop, tmp_path: Path) -> Iterator[FileManager]:
    """A file manager that shows an empty folder."""
    shown = tmp_path / "dropped here"
    shown.mkdir()
    manager = FileManager(desktop, shown)
    yield manager
    manager.close()


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.end_to_end)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds what the programs printed to a failure, and lets nothing be skipped in CI."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped in CI: {report.longrepr}"
    starter = getattr(item, "funcargs", {}).get("start")
    if report.failed and starter is not None:
        for program in starter.programs:
            heading = f"printed by the program, {program.process.pid}"
            report.sections.append((heading, program.process.output))
        report.sections.append(("logged by the programs", starter.logged))
    return report
