"""The furnished window over a real core and a real service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt

from aimusic_desktop.app import Session
from aimusic_desktop.options import Options
from aimusic_desktop.ui.main_window import MainWindow
from tests.support.service import Service, as_json

FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"
SONG = Path(__file__).parents[2] / "resources" / "demo" / "songs" / "glass-garden.m4a"
READY = "Glass Garden, ambient piano, 0:27, ready"
NOT_READY = as_json({"type": "not_ready"}, 202)


def clip_json(service: Service, clip_id: str = "clip-1", **changes: object) -> dict[str, object]:
    """A clip of the producer, finished, with its song on ``service``; ``changes`` replace its fields."""
    return {
        "clip_id": clip_id,
        "title": "Glass Garden",
        "sound": "ambient piano",
        "lyrics": "[Verse]\nA garden made of glass",
        "audio_url": service.serve_file("/song.m4a", SONG.read_bytes()),
        "image_url": None,
        "created_at": "2025-10-01T08:49:47Z",
        "mv": "FUZZ-2.0",
        "seed": "7",
        "duration": 27,
        "state": "succeeded",
    } | changes


def done(*clips: dict[str, object]) -> object:
    """The answer for a task that is finished."""
    return as_json({"code": 200, "data": list(clips), "message": "success"})


@asynccontextmanager
async def opened(service: Service, tmp_path: Path, *tasks: str) -> AsyncIterator[Session]:
    """The window with ``tasks`` looked up; saves into ``saved``."""
    window = MainWindow()
    window.show()
    options = Options(home=tmp_path / "home", api_url=service.api_url)
    session = await Session.open(window, options, tasks)
    session.core.settings.update(save_folder=str(tmp_path / "saved"))
    try:
        yield session
    finally:
        await session.close()
        window.close()
        window.deleteLater()


def sentences(session: Session) -> list[str]:
    """The rows of the list as a screen reader says them."""
    model = session.workspace.model
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(number).data(role)) for number in range(model.rowCount())]
