"""A book of peaks on a real store and a real service, and what it told."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import shiboken6

from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import AudioStore, Song, clip_key
from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from tests.support.media import audio_store, song_clip, whole_bytes
from tests.support.service import Service
from tests.support.waiting import until


class Shelf:
    """One book, and the store and service below it."""

    def __init__(
        self, book: PeaksBook, store: AudioStore, bound: Bound, service: Service, root: Path
    ) -> None:
        self.book = book
        self.bound = bound
        self.store = store
        self.service = service
        self.root = root
        self.told: list[str] = []
        book.changed.connect(self.told.append)
        self._open: list[Song] = []

    def clip(self, data: bytes, path: str = "/song") -> Clip:
        """A clip whose song is served whole."""
        return song_clip(self.service.serve_file(path, data), clip_id=path)

    async def cached(self, data: bytes, path: str = "/song") -> Clip:
        """A clip whose song is in the cache."""
        clip = self.clip(data, path)
        await whole_bytes(self.store, clip)
        return clip

    def open(self, clip: Clip) -> Song:
        """Fetch the song, as a player does."""
        self._open.append(self.store.open(clip))
        return self._open[-1]

    def kept(self, clip: Clip) -> Path:
        return self.root / "peaks" / clip_key(clip)

    async def knows(self, clip: Clip) -> Peaks:
        """The peaks of the whole song."""
        await until(lambda: (peaks := self.book.of(clip)) and peaks.whole)
        peaks = self.book.of(clip)
        assert peaks is not None
        return peaks

    def leave(self) -> None:
        for song in self._open:
            song.release()


@asynccontextmanager
async def shelf(service: Service, root: Path) -> AsyncIterator[Shelf]:
    async with audio_store(service, root / "audio") as store:
        bound = Bound(2**30)
        book = PeaksBook(store, root / "peaks", bound)
        opened = Shelf(book, store, bound, service, root)
        try:
            yield opened
        finally:
            await book.close()
            opened.leave()
            shiboken6.delete(book)  # on this thread, whatever Python's collector does
            await until(lambda: not at_work())  # it waits for the thread only so long


def at_work() -> list[threading.Thread]:
    """The threads that decode."""
    return [thread for thread in threading.enumerate() if thread.name == "peaks"]
