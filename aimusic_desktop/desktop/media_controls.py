"""The desktop's own player control and the keyboard's media keys, behind one small interface.

Linux: MPRIS (``desktop/mpris.py``), which GNOME, Plasma, playerctl and others speak. Windows and macOS have
such a control too, but out of Qt's reach: there the media keys work while the window has the focus.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.model import Repeat

State = Literal["playing", "paused", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NowPlaying:
    """What there is to show and to steer. ``key`` tells a song from others and is "" when there is none;
    ``length_ms`` is 0 while unknown, ``volume`` a slider's position, 0 to 1."""

    key: str = ""
    title: str = ""
    artist: str = ""
    album: str = ""
    cover: Path | None = None
    length_ms: int = 0
    state: State = "stopped"
    rate: float = 1.0
    volume: float = 1.0
    repeat: Repeat = Repeat.OFF
    shuffled: bool = False
    can_next: bool = False
    can_previous: bool = False
    can_seek: bool = False


class MediaControls(QObject):
    """Shows others what plays; the signals are what they want of the player."""

    play = Signal()
    pause = Signal()
    play_pause = Signal()
    stop = Signal()
    next = Signal()
    previous = Signal()
    seek_by = Signal(int)
    """Milliseconds on, or back if negative."""
    seek_to = Signal(str, int)
    """The key of the song that is meant, and milliseconds."""
    volume = Signal(float)
    rate = Signal(float)
    repeat = Signal(object)
    """A ``Repeat``."""
    shuffle = Signal(bool)
    raise_window = Signal()
    quit = Signal()

    async def run(self) -> None:
        """Serve the desktop until cancelled, also one that goes and comes back."""
        raise NotImplementedError

    def show(self, now: NowPlaying, position: Callable[[], int]) -> None:
        """Tell what has changed; ``position`` gives the milliseconds whenever someone asks."""
        raise NotImplementedError

    def jumped(self, position_ms: int) -> None:
        """Tell that the song went on from somewhere else than expected."""
        raise NotImplementedError


def media_controls(parent: QObject | None = None) -> MediaControls | None:
    """Those of this desktop, or None where there are none. Quick, and asks nobody."""
    address = session_bus()
    if address is None:
        return None
    from aimusic_desktop.desktop.mpris import Mpris

    return Mpris(address, parent)


def offered() -> str:
    """What is offered here, tried. Raises ``SystemExit``, or what the bus failed by, when that is nothing."""
    if sys.platform != "linux":
        raise SystemExit("they reach the program only while its window has the focus")
    address = session_bus()
    if address is None:
        raise SystemExit("there is no D-Bus session here")
    from aimusic_desktop.desktop.mpris import reach

    asyncio.run(reach(address))
    return "MPRIS, on the session's D-Bus"


def session_bus() -> str | None:
    """The address of the session's D-Bus, or None."""
    if sys.platform != "linux":
        return None
    socket = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"), "bus")
    return os.environ.get("DBUS_SESSION_BUS_ADDRESS") or (f"unix:path={socket}" if socket.exists() else None)
