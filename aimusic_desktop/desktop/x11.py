"""What Qt leaves open on X11, done beside it through short connections of our own."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from Xlib.display import Display  # type: ignore[import-untyped]

log = logging.getLogger(__name__)

_THIRD = 2**32 // 3


def is_here() -> bool:
    """Whether Qt speaks X11."""
    return sys.platform == "linux" and QGuiApplication.platformName() == "xcb"


@contextmanager
def connected() -> Iterator[Display]:
    """A connection of its own: Qt's is not to be had. Raises ``OSError`` for whatever goes wrong there."""
    from Xlib import display, error  # type: ignore[import-untyped]

    try:
        with closing(display.Display()) as connection:
            yield connection
    except (error.DisplayError, error.ConnectionClosedError, error.XError) as trouble:
        raise OSError(str(trouble)) from trouble


def set_qt_clock() -> threading.Thread | None:
    """Sets Qt's idea of the X server's time right, soon after the thread given has ended.

    Qt takes the time from every request for its data, and never goes back. libfm, the heart of pcmanfm,
    asks for what is dragged over it with the seconds since 1970. The server ignores whoever claims a
    selection at a time to come: from then on the clipboard and what is dragged would be others'.
    """
    window = next((int(one.winId()) for one in QGuiApplication.topLevelWindows() if one.isVisible()), None)
    if window is None or not is_here():
        return None
    thread = threading.Thread(target=_set_clock_of, args=(window,), name="X11 clock", daemon=True)
    thread.start()
    return thread


def _set_clock_of(window: int) -> None:
    """Time is a circle of 32 bits whose next half counts as later, so three steps lead past any mistake."""
    from Xlib.protocol.event import SelectionNotify  # type: ignore[import-untyped]

    try:
        with connected() as connection:
            now = _server_time(connection)
            target = connection.create_resource_object("window", window)
            for step in (_THIRD, 2 * _THIRD, 0):
                # Of a selection that it did not ask for, Qt takes nothing but the time.
                time = (now + step) % 2**32
                target.send_event(
                    SelectionNotify(time=time, requestor=window, selection=0, target=0, property=0)
                )
            connection.sync()
    except OSError as error:
        log.warning("the X11 clock is not set: %s", error)


def _server_time(connection: Display) -> int:
    """In milliseconds; the server tells it with each change of a property."""
    from Xlib import X, Xatom

    screen = connection.screen()
    window = screen.root.create_window(0, 0, 1, 1, 0, screen.root_depth, event_mask=X.PropertyChangeMask)
    window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, b"")
    return int(connection.next_event().time)
