"""Songs that were fetched, and those being fetched: one fetch serves listening, dragging and saving."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.api.transport import Transport
from aimusic_desktop.media import bounded
from aimusic_desktop.media.audio_type import AudioType, is_whole
from aimusic_desktop.media.errors import CutShort, MediaError, NotReady, Stopped, disk_trouble
from aimusic_desktop.media.fetch import Renew, SongFetch
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.media.tags import length_s
from aimusic_desktop.model import Clip

CLOSE_LIMIT_S = 5.0
_SHORT_S = 10.0  # what the service says of songs as short as this is no measure
_TELL_EVERY_S = 0.1  # progress is for eyes


def clip_key(clip: Clip) -> str:
    """A clip's name among all clips, fit for a file name."""
    return hashlib.sha256(f"{clip.task_id}\n{clip.clip_id}".encode()).hexdigest()[:32]


class Song:
    """The sound of one clip, shared by all who opened it; each calls ``release`` once when done.

    ``growing`` is the file being fetched, or None if the song was here already; ``path`` is the whole
    file as soon as there is one; ``error`` says why there will be none. ``changed`` is emitted on the
    loop's thread: some times a second while bytes arrive, and at the end.
    """

    changed = Signal()

    def __init__(
        self, key: str, clip: Clip, growing: GrowingFile | None, unused: Callable[[Song], None]
    ) -> None:
        self.key = key
        self.clip = clip
        self.growing = growing
        self.path: Path | None = None
        self.error: MediaError | None = None
        self.users = 0
        self._whole_bytes = 0
        self._settled = asyncio.Event()
        self._unused = unused
        self._told_at = 0.0

    @property
    def received(self) -> int:
        """Bytes that are there."""
        return self.growing.received if self.growing else self._whole_bytes

    @property
    def total(self) -> int | None:
        """Bytes there will be; None until that is known."""
        return self.growing.size if self.growing else self._whole_bytes

    async def whole(self) -> Path:
        """The whole, checked file; waits for it. Raises ``MediaError``."""
        await self._settled.wait()
        if self.error is not None:
            raise self.error.with_traceback(None)
        assert self.path is not None
        return self.path

    def release(self) -> None:
        """Say that one user is done. When the last one is, an unfinished fetch ends."""
        self.users -= 1
        if self.users == 0:
            self._unused(self)

    def settle(self, path: Path | None, error: MediaError | None = None, whole_bytes: int = 0) -> None:
        """For the store: there is a file now, or there will be none."""
        self.path, self.error, self._whole_bytes = path, error, whole_bytes
        self._settled.set()
        self.changed.emit()

    def tell_progress(self) -> None:
        """For the store: bytes came."""
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY_S:
            self._told_at = now
            self.changed.emit()


class AudioStore:
    """All songs' sound on this disk, least recently used ones leaving beyond ``limit_bytes``.

    ``renew`` looks a clip up again when its link has expired. Songs are kept by clip, whatever their
    link; the stream of a clip that is still running is never kept.
    """

    def __init__(self, transport: Transport, root: Path, limit_bytes: int, renew: Renew) -> None:
        self.limit_bytes = limit_bytes
        self._transport = transport
        self._root = root
        self._renew = renew
        self._songs: dict[str, Song] = {}
        self._tasks: dict[Song, asyncio.Task[None]] = {}
        self._closing: set[asyncio.Future[None]] = set()
        # Between finding a file and saying that it is in use, no thread may evict it.
        self._using = threading.Lock()

    def open(self, clip: Clip) -> Song:
        """The song of ``clip``: whole if it is here, else being fetched. Call it on the loop's thread.

        Raises ``NotReady`` when the clip has no sound. The caller must ``release`` the song.
        """
        if not clip.playable:
            raise NotReady
        key = clip_key(clip) if clip.ready else f"{clip_key(clip)}-running"
        with self._using:
            song = self._songs.get(key)
            if song is None:
                song = self._songs[key] = self._cached(key, clip) or self._begin(key, clip)
            song.users += 1
        return song

    async def size(self) -> int:
        """Bytes on disk."""
        return await asyncio.to_thread(bounded.size_of, self._root)

    async def clear(self) -> None:
        """Remove every song that nobody uses now."""
        await asyncio.to_thread(bounded.trim, self._root, 0, self._evict)

    async def close(self) -> None:
        """End every fetch and wait for that, within ``CLOSE_LIMIT_S`` seconds."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        for waits in (tasks, self._closing):  # each task's end adds to the latter
            if waits:
                await asyncio.wait(list(waits), timeout=CLOSE_LIMIT_S)

    def _cached(self, key: str, clip: Clip) -> Song | None:
        for audio_type in AudioType:
            path = self._root / f"{key}{audio_type.suffix}"
            with suppress(OSError):
                size = path.stat().st_size
                asyncio.get_running_loop().run_in_executor(None, bounded.touch, path)
                song = Song(key, clip, None, self._drop)
                song.settle(path, whole_bytes=size)
                return song
        return None

    def _begin(self, key: str, clip: Clip) -> Song:
        growing = GrowingFile(self._root / f"{key}.{secrets.token_hex(4)}{bounded.PART}")
        song = Song(key, clip, growing, self._drop)
        task = asyncio.create_task(self._fetch(song, growing), name=f"audio {clip.clip_id}")
        self._tasks[song] = task
        task.add_done_callback(partial(self._end, song, growing))
        return song

    async def _fetch(self, song: Song, growing: GrowingFile) -> None:
        """A song's life from its first byte; cancelled when nobody uses it any more."""
        try:
            await asyncio.to_thread(growing.open)
            fetch = SongFetch(self._transport, growing, song.clip, self._renew, song.tell_progress)
            audio_type = await fetch.run()
            if song.clip.ready:
                expected_s = None if fetch.length_stated else song.clip.duration_s
                await asyncio.to_thread(self._keep, growing, song.key, audio_type, expected_s)
            song.settle(growing.path)
            await asyncio.Event().wait()  # until cancelled: readers may still be at it
        except OSError as error:
            self._fail(song, disk_trouble(error, self._root))
        except MediaError as error:
            self._fail(song, error)

    def _end(self, song: Song, growing: GrowingFile, _task: asyncio.Task[None]) -> None:
        """Nothing more comes. Closing waits for whoever is at the disk just now, so it is for a thread."""
        del self._tasks[song]
        self._fail(song, Stopped("The song was not fetched to its end. Try again."))
        growing.abort()
        closing = asyncio.get_running_loop().run_in_executor(None, self._tidy, growing)
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _tidy(self, growing: GrowingFile) -> None:
        growing.close()
        bounded.trim(self._root, self.limit_bytes, self._evict)

    def _keep(self, growing: GrowingFile, key: str, audio_type: AudioType, expected_s: float | None) -> None:
        if not is_whole(growing.path, audio_type) or _is_half(growing.path, audio_type, expected_s):
            raise CutShort
        growing.move_to(self._root / f"{key}{audio_type.suffix}")

    def _fail(self, song: Song, error: MediaError) -> None:
        """Unless it is settled already; the next one who opens the clip gets a new try."""
        if song.path is None and song.error is None:
            self._forget(song)
            song.settle(None, error)

    def _drop(self, song: Song) -> None:
        """Nobody uses the song any more."""
        self._forget(song)
        if task := self._tasks.get(song):
            task.cancel()

    def _forget(self, song: Song) -> None:
        with self._using:
            if self._songs.get(song.key) is song:
                del self._songs[song.key]

    def _evict(self, path: Path) -> bool:
        """Remove a file unless it is in use; called in a thread."""
        with self._using:
            return path.stem not in self._songs and bounded.unlink(path)


def _is_half(path: Path, audio_type: AudioType, expected_s: float | None) -> bool:
    """Whether less than half of the song is there, told by how long it lasts."""
    if expected_s is None or expected_s <= _SHORT_S:
        return False
    found_s = length_s(path, audio_type)
    return found_s is not None and found_s < expected_s / 2
