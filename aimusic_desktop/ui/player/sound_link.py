"""Whether Qt's own connections to PulseAudio hold: played without one, it aborts the program."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

LOOK_MS = 200
"""Qt tries to connect again 3 s after the loss: what it needs for that is done well before."""

_DESCRIPTORS = Path("/proc/self/fd")
_REFUSES = "tcp4:127.0.0.1:1"


class SoundLink(QObject):
    """Watches Qt's connections to the sound server, from the making of it on. Where Qt plays by other means
    than PulseAudio's (or PipeWire's like it) on this machine, ``held`` is always true.

    Made on the GUI thread, which must have a ``QMediaDevices``.
    """

    changed = Signal()
    """``held`` is another."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted = os.environ.get("PULSE_SERVER")
        if len(_server_sockets(self._wanted)) == 1:  # the one that devices are listed by
            _connect_to_play()
        self._sockets = _server_sockets(self._wanted)
        self._needed = len(self._sockets)
        self.server = next(iter(self._sockets.values()), "")
        """The path of the server's socket; "" where there is none."""
        self._was_held = True
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        if self.server:
            self._timer.start()

    @property
    def held(self) -> bool:
        """Whether a device may be played on, at this instant."""
        whole = len(self._sockets) >= self._needed
        if not whole or any(_peer(number) != path for number, path in self._sockets.items()):
            self._sockets = _server_sockets(self._wanted)
        return len(self._sockets) >= self._needed

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()
        if not self._was_held:
            self._restore()

    def _look(self) -> None:
        held = self.held
        if held == self._was_held:
            return
        self._was_held = held
        if held:
            self._restore()
        else:
            # Qt tries again, but gives up for good when the server's socket refuses at once. The second
            # address refuses a moment later, so that Qt goes on trying.
            os.environ["PULSE_SERVER"] = f"unix:{self.server} {_REFUSES}"
        self.changed.emit()

    def _restore(self) -> None:
        if self._wanted is None:
            os.environ.pop("PULSE_SERVER", None)
        else:
            os.environ["PULSE_SERVER"] = self._wanted


def _connect_to_play() -> None:
    """Have Qt make its connection for playing now: made later, by the thread of a song, it is lost with that
    thread and never made again."""
    from PySide6.QtMultimedia import QAudioSink, QMediaDevices

    device = QMediaDevices.defaultAudioOutput()
    sink = QAudioSink(device, device.preferredFormat())
    sink.start()
    sink.reset()  # to stop it would first drain it, into the beginning of the song


def _server_sockets(wanted: str | None) -> dict[int, str]:
    """This process's connections to a PulseAudio on this machine: their descriptors, and its path."""
    return {number: path for number, path in _peers() if path.endswith("/native") or path in (wanted or "")}


def _peers() -> Iterator[tuple[int, str]]:
    if not _DESCRIPTORS.is_dir():  # not Linux
        return
    for entry in _DESCRIPTORS.iterdir():
        if path := _peer(int(entry.name)):
            yield int(entry.name), path


def _peer(number: int) -> str:
    """Who a descriptor is connected to by a path; "" for all others."""
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return ""
        asked = socket.socket(fileno=number)
    except OSError:
        return ""
    try:
        peer = asked.getpeername()
    except OSError:
        return ""
    finally:
        asked.detach()  # it is somebody else's
    return peer if isinstance(peer, str) else ""
