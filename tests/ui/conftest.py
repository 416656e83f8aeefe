"""The Qt side of the tests: one qasync loop a test, and no task left behind."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from aimusic_desktop.saving.job import SaveJob
from tests.support.saves import SavesScene
from tests.support.service import Service, as_json
from tests.support.waiting import LIMIT_S


@pytest.fixture(autouse=True)
def garbage_on_the_gui_thread(qapp: QApplication) -> Iterator[None]:
    """Collected in a worker thread, the widgets of the last test would crash Qt in the next one."""
    gc.disable()
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def pointer_in_the_corner(qapp: QApplication) -> None:
    """Left where the last test had it, it may rest on what the next one shows."""
    QCursor.setPos(qapp.primaryScreen().geometry().bottomRight())
    qapp.processEvents()  # or the way there would be told to the test


@pytest.fixture(autouse=True)
def clean_clipboard(qapp: QApplication) -> Iterator[None]:
    """What Python made and Qt still holds when the interpreter has gone crashes the process at its exit."""
    yield
    qapp.clipboard().clear()


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """A qasync loop; fails the test when a task could not be cancelled or an error went unseen."""
    import qasync

    qapp.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    unseen: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: unseen.append(context))
    yield loop
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    stuck: set[asyncio.Task[Any]] = set()
    if pending:
        _, stuck = loop.run_until_complete(asyncio.wait(pending, timeout=LIMIT_S))
    loop.close()
    asyncio.set_event_loop(None)
    if stuck or unseen:
        pytest.fail(f"stuck={stuck} unseen={unseen}")


@pytest.fixture
def no_sound_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's loudspeakers are used; Qt plays on in time without a device."""
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    monkeypatch.setenv("PIPEWIRE_REMOTE", "nowhere")


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    """A service that takes the environment's key."""
    monkeypatch.setenv("AIMUSIC_API_KEY", "a-good-key")
    service.on("/api/v1/get-credits", as_json({"credits": 50, "extra_credits": 0}))


@pytest.fixture
def open_scene(qapp: QApplication) -> Iterator[Callable[..., SavesScene]]:
    """Opens save lists of the jobs given; closes them after the test."""
    made: list[SavesScene] = []

    def open_one(*jobs: SaveJob) -> SavesScene:
        made.append(SavesScene(*jobs))
        return made[-1]

    yield open_one
    for scene in made:
        scene.window.close()
        scene.window.deleteLater()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not isinstance(item, pytest.Function) or "tests/ui/" not in item.path.as_posix():
            continue
        if inspect.iscoroutinefunction(item.obj) and "qloop" not in item.fixturenames:
            item.fixturenames.insert(0, "qloop")
