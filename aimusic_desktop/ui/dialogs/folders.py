"""Where a dialog for files opens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from aimusic_desktop.paths import holds


async def folder_to_open(wanted: Path) -> Path:
    """``wanted``, made if need be, or the nearest above it: for a folder that is not there Qt would open
    whichever the program was started in."""
    return await asyncio.to_thread(_made, wanted)


def _made(wanted: Path) -> Path:
    with suppress(OSError):
        wanted.mkdir(parents=True, exist_ok=True)
    return next((path for path in (wanted, *wanted.parents) if holds(path.is_dir)), wanted)
