"""Progress on the program's icon in the taskbar or dock, as far as the desktop has a place for it.

Linux: the LauncherEntry interface, which Plasma, Ubuntu's dock, Dash to Dock, Plank and others listen to.
Windows and macOS: Qt offers no bar there, so the icon's badge carries the number of songs under way.
https://wiki.ubuntu.com/Unity/LauncherAPI
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

_INTERFACE = "com.canonical.Unity.LauncherEntry"
_STEP = 0.01
"""Smaller steps than this are not worth a message."""


class Taskbar:
    """``desktop_id`` is the name of the program's .desktop file without its ending."""

    def __init__(self, desktop_id: str) -> None:
        self._path = f"/{desktop_id.replace('.', '/')}"
        self._uri = f"application://{desktop_id}.desktop"
        self._told: tuple[int, float | None] = (0, None)

    def show(self, number: int, share: float | None) -> None:
        """``number`` songs are under way, of which ``share`` (0 to 1) is there; None while nobody knows.
        With 0 the icon is plain again."""
        wanted = (number, None if share is None or not number else round(share / _STEP) * _STEP)
        if wanted == self._told:
            return
        self._told = wanted
        if sys.platform == "linux":
            self._tell_launchers(*wanted)
        elif isinstance(app := QGuiApplication.instance(), QGuiApplication):
            app.setBadgeNumber(number)

    def _tell_launchers(self, number: int, share: float | None) -> None:
        from PySide6.QtDBus import QDBusMessage

        bus = _session_bus()
        if bus is None:
            return
        message = QDBusMessage.createSignal(self._path, _INTERFACE, "Update")
        state = {
            "progress": share or 0.0,
            "progress-visible": share is not None,
            "count": number,
            "count-visible": number > 1,
        }
        message.setArguments([self._uri, state])
        bus.send(message)


def _session_bus() -> QDBusConnection | None:
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    return bus if bus.isConnected() else None
