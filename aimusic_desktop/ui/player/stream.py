"""A song that still arrives, as QtMultimedia reads it; and what of a song can be played at all."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from PySide6.QtCore import QIODevice

from aimusic_desktop.media.cache import Song
from aimusic_desktop.media.growing import GrowingFile

POLL_S = 0.02
"""How long ffmpeg's thread waits at a stretch. Dropping a source takes the GUI thread that long at most."""


class Stream(QIODevice):
    """A growing file of known size, read by ffmpeg's own threads, which wait here for bytes to come.

    No call ever waits on the thread that made the stream. A stream that is over, or whose file will not be
    completed as it began, is at its end for the reader. A ``patient`` one takes the bytes in the order in
    which they come for others.
    """

    def __init__(self, growing: GrowingFile, *, patient: bool = False) -> None:
        super().__init__()
        self.growing = growing
        self._patient = patient
        self.waiting = False
        """Whether a reader waits for bytes that have not arrived."""
        self.lost = False
        """Whether a reader met the end too early: the file will not be completed as it began."""
        self._size = growing.size or 0
        self._over = False
        self._home = threading.get_ident()
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def end(self) -> None:
        """Every read ends at once from now on. Call it before the source is dropped: that waits for reads."""
        self._over = True

    def _read(self, offset: int, limit: int) -> bytes:
        if threading.get_ident() == self._home:
            return self.growing.read(offset, limit, 0.0)
        while not (data := self._arrived(offset, limit)) and not self.atEnd():
            self.waiting = True
        self.waiting = False
        return data

    def _arrived(self, offset: int, limit: int) -> bytes:
        return self.growing.read(offset, limit, POLL_S, patient=self._patient)

    # -- Qt ---------------------------------------------------------------

    def isSequential(self) -> bool:
        return False

    def size(self) -> int:
        return self._size

    def bytesAvailable(self) -> int:
        return max(0, self._size - self.pos())

    def atEnd(self) -> bool:
        # Said truly, or a reader that gets nothing would ask again for ever.
        early = self.pos() < self._size
        self.lost = self.lost or (early and (self.growing.aborted or self.growing.size != self._size))
        return self._over or self.lost or not early

    def readData(self, maxlen: int) -> object:
        return b"" if self.atEnd() else self._read(self.pos(), maxlen)

    def writeData(self, data: bytes | bytearray | memoryview, len: int) -> int:  # noqa: A002 - Qt's name
        return -1


async def playable(song: Song) -> Stream | Path:
    """What can be played first: the growing file as soon as its size is known, else the whole one.

    Raises ``MediaError`` when the song cannot be had.
    """
    arrived = asyncio.Event()
    song.changed.connect(arrived.set)
    try:
        while song.path is None and song.error is None and song.received == 0:
            await arrived.wait()
            arrived.clear()
    finally:
        song.changed.disconnect(arrived.set)
    if song.path is None and song.growing is not None and song.growing.size:
        return Stream(song.growing)
    return await song.whole()
