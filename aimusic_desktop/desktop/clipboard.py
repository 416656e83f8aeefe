"""The clipboard, as the one way by which anything gets onto it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from aimusic_desktop.desktop import x11

_TRIES = 5
_PAUSE_S = 0.05


async def put(make: Callable[[], QMimeData]) -> bool:
    """Gives the clipboard what ``make`` makes. False when the desktop did not let us have it.

    ``make`` is called anew for each try: Qt keeps what it was given even where others see nothing of it,
    and does nothing when given the same again.
    """
    if _give(make()):
        return True
    for _ in range(_TRIES):
        if clock := x11.set_qt_clock():
            await asyncio.to_thread(clock.join)
        await asyncio.sleep(_PAUSE_S)  # Qt is told by events of its loop
        if _give(make()):
            return True
    return False


def _give(mime: QMimeData) -> bool:
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(mime)
    # On X11 this is our own object only while the server says that the clipboard is ours.
    return not x11.is_here() or clipboard.mimeData() is mime
