"""A player on the desktop's own control, and what others wished of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aimusic_desktop.desktop.media_controls import MediaControls, NowPlaying, media_controls
from tests.support.bus import appears

SONG = NowPlaying(
    key="one",
    title="Glass Garden",
    artist="AI Music",
    album="Evenings",
    cover=Path("/covers/a b"),
    length_ms=185_020,
    state="playing",
    volume=0.8,
    can_next=True,
    can_previous=True,
    can_seek=True,
)
WISHES = (
    *("play", "pause", "play_pause", "stop", "next", "previous", "seek_by", "seek_to"),
    *("volume", "rate", "repeat", "shuffle", "raise_window", "quit"),
)


class Shown:
    """A player on the bus, and what was wished of it."""

    def __init__(self, controls: MediaControls) -> None:
        self.controls = controls
        self.position_ms = 5_000
        self.wishes: list[tuple[Any, ...]] = []
        for name in WISHES:
            getattr(controls, name).connect(lambda *values, name=name: self.wishes.append((name, *values)))

    def show(self, now: NowPlaying) -> None:
        self.controls.show(now, lambda: self.position_ms)


@asynccontextmanager
async def player(name: str = "aimusic_desktop", now: NowPlaying = SONG) -> AsyncIterator[Shown]:
    controls = media_controls()
    assert controls is not None
    shown = Shown(controls)
    serving = asyncio.create_task(controls.run())
    try:
        shown.show(now)
        await appears(name)
        yield shown
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
