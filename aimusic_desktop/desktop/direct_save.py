"""Files that are made when they are dropped: X11's direct save protocol (XDS), which file managers speak.

The source writes a file's name into a property of its window; at the drop the target replaces it by where it
wants that file, asks for the data, and is told whether it was saved.
https://www.freedesktop.org/wiki/Specifications/XDS/
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QByteArray, QMetaType, QMimeData, QTimer

from aimusic_desktop.desktop import x11

log = logging.getLogger(__name__)

FORMAT = "XdndDirectSave0"
SAVED, FAILED, NOT_HERE = b"S", b"E", b"F"
"""What the target is told. ``NOT_HERE``: we cannot write there, it should take the data itself."""

_SCHEME = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]*:(?=/)")
_MAX_URI_LONGS = 4096  # four bytes each


def is_offered() -> bool:
    """Whether the programs on this desktop can take such files.

    Under Wayland those that do not run on X11 themselves would be offered nothing that they know.
    """
    return x11.is_here() and not os.environ.get("WAYLAND_DISPLAY")


class DirectSave(QMimeData):
    """What a drag carries of files that do not exist yet. Make it just before the drag is executed.

    ``name`` is shown by targets. ``save`` is called once at the drop, on the GUI thread, with the folder, or
    None when that is not there or not on this machine. It must see to it that the files get there: the
    target is told at once that they are saved, or it would stand still meanwhile.
    """

    def __init__(self, name: str, save: Callable[[Path | None], None]) -> None:
        super().__init__()
        self._name = name
        self._save = save
        self._told: bytes | None = None
        self._announced = False
        # The property belongs on the window that Qt drags from, known when the drag's own event loop runs.
        QTimer.singleShot(0, self._announce)

    def _announce(self) -> None:
        threading.Thread(target=self._write_name, name="direct save", daemon=True).start()

    def _write_name(self) -> None:
        self._announced = _write_property(self._name.encode())

    def _answer(self) -> bytes | None:
        """What to tell the target; None while nothing was dropped: some ask before that."""
        if self._told is None and self._announced:  # before that, the last drag's folder is still there
            uri = _read_property()
            if _SCHEME.match(uri):
                self._told = self._drop(folder_of(uri))
        return self._told

    def _drop(self, folder: Path | None) -> bytes:
        there = folder is not None and folder.is_dir()
        self._save(folder if there else None)
        return SAVED if there else NOT_HERE if folder is None else FAILED

    # -- Qt ---------------------------------------------------------------

    def formats(self) -> list[str]:
        return [*super().formats(), FORMAT]

    def hasFormat(self, mimetype: str) -> bool:  # noqa: N802
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, kind: QMetaType | QMetaType.Type) -> Any:  # noqa: N802
        if mimetype != FORMAT:
            return super().retrieveData(mimetype, kind)
        answer = self._answer()
        return None if answer is None else QByteArray(answer)


def folder_of(uri: bytes) -> Path | None:
    """The folder that a file is wanted in, of its ``file:`` URI; None if that is not one of this machine."""
    scheme, _, rest = uri.rstrip(b"\0").partition(b":")
    host = b""
    if rest.startswith(b"//"):
        host, slash, path = rest[2:].partition(b"/")
        rest = slash + path
    local = ("", "localhost", socket.gethostname().lower())
    where = unquote_to_bytes(rest)
    here = scheme.lower() == b"file" and host.decode("ascii", "replace").lower() in local
    whole = where.startswith(b"/") and b"\0" not in where
    return Path(os.fsdecode(where)).parent if here and whole else None


def _write_property(name: bytes) -> bool:
    """Name the file on the window that the drag comes from. Gives whether that could be done."""
    try:
        with x11.connected() as connection:
            owner = connection.get_selection_owner(connection.intern_atom("XdndSelection"))
            if not owner:
                return False
            kind = connection.intern_atom("text/plain")
            owner.change_property(connection.intern_atom(FORMAT), kind, 8, name)
            connection.sync()
    except OSError as error:
        log.warning("no direct save: %s", error)
        return False
    return True


def _read_property() -> bytes:
    """What the target wrote, or what was written for it; nothing when that cannot be had."""
    try:
        with x11.connected() as connection:
            owner = connection.get_selection_owner(connection.intern_atom("XdndSelection"))
            found = owner and owner.get_property(connection.intern_atom(FORMAT), 0, 0, _MAX_URI_LONGS)
            return bytes(found.value) if found and found.format == 8 else b""
    except OSError as error:
        log.warning("no direct save: %s", error)
        return b""
