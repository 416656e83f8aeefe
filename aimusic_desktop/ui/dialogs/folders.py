"""Where a dialog for files opens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path


async def folder_to_open(wanted: Path) -> Path:
    """``wanted``, made if need be, or the nearest above it: for a folder that is not there Qt would open
    whichever the program was started in."""
    return await asyncio.to_thread(_made, wanted)


def _made(wanted: Path) -> Path:
    with suppress(OSError):
        wanted.mkdir(parents=True, exist_ok=True)
    return next(filter(_is_folder, (wanted, *wanted.parents)), wanted)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # it may not be looked at, or its disk is gone
        return False
