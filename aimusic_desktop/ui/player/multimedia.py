"""The one door to QtMultimedia, opened at the first play: it costs start-up time, and it may not be there."""

from __future__ import annotations

import asyncio
import importlib
import logging

from aimusic_desktop.errors import AppError

log = logging.getLogger(__name__)

NO_SOUND = (
    "Sound cannot be played here: a system library is missing, most often libpulse. "
    "Run “aimusic-desktop self-check” to see which."
)


NO_ANSWER = (
    "The sound server of this computer does not answer. "
    "Press Play again in a while; if that does not help, log out and in again."
)


class NoAnswer(AppError):
    """The sound server hangs: whatever is asked of it would wait as long as it does."""

    def __init__(self) -> None:
        super().__init__(NO_ANSWER)


class NoSound(AppError):
    """QtMultimedia, or what it stands on, is missing."""

    def __init__(self) -> None:
        super().__init__(NO_SOUND)


async def load_multimedia() -> None:
    """Import QtMultimedia. Raises ``NoSound`` without it.

    On the GUI thread, a few tens of milliseconds once: Qt's classes made elsewhere meanwhile crash it.
    """
    try:
        importlib.import_module("PySide6.QtMultimedia")
    except ImportError as error:
        log.warning("QtMultimedia cannot be imported: %s", error)
        raise NoSound from error
    await asyncio.sleep(0)  # a turn for the loop before the next costly step
