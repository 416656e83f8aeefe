"""Covers as pixmaps: fetched and decoded off the GUI thread at the size shown, a bounded number kept."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.ui.background import Background

log = logging.getLogger(__name__)

MAX_SIDE = 8192
"""Pixels; larger pictures are not decoded at all."""

KEPT_BYTES = 64 * 2**20
AT_ONCE = 2


class Covers(QObject):
    """Gives the pixmap of a cover if it is in memory, else sets out to get it."""

    arrived = Signal(str)
    """The URL whose cover can be shown now."""

    def __init__(self, store: CoverStore, background: Background) -> None:
        super().__init__()
        self._store = store
        self._background = background
        self._kept: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._bytes = 0
        self._coming: set[tuple[str, int]] = set()
        self._broken: set[str] = set()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def pixmap(self, url: str | None, side: int) -> QPixmap | None:
        """The cover filling a square of ``side`` device pixels, or None while (or because) there is none."""
        if not url or url in self._broken:
            return None
        key = (url, side)
        if (pixmap := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return pixmap
        if key not in self._coming:
            self._coming.add(key)
            self._background.run(self._bring(url, side), "cover")
        return None

    def retry_broken(self) -> None:
        """Forget which covers failed: after a reconnection they are worth another try."""
        self._broken.clear()

    async def _bring(self, url: str, side: int) -> None:
        try:
            path = await self._store.fetch(url)
            async with self._turn:
                image = await asyncio.to_thread(decode_square, path, side)
        except AppError as error:
            log.info("no cover: %s", error)
            image = QImage()
        finally:
            self._coming.discard((url, side))
        if image.isNull():
            self._broken.add(url)
            return
        self._keep((url, side), QPixmap.fromImage(image))
        self.arrived.emit(url)

    def _keep(self, key: tuple[str, int], pixmap: QPixmap) -> None:
        self._kept[key] = pixmap
        self._bytes += _size(pixmap)
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def decode_square(path: Path, side: int) -> QImage:
    """Decode a picture to fill a square of ``side`` pixels, cropped at the middle; null when it cannot be.

    Runs in a worker thread: ``QImageReader.read`` lets the interpreter go on meanwhile.
    """
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > MAX_SIDE:
        return QImage()
    reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    if image.isNull():
        return image
    left, top = (image.width() - side) // 2, (image.height() - side) // 2
    return image.copy(max(0, left), max(0, top), side, side)


def _size(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
