"""Songs that were fetched, and those being fetched: one fetch serves listening, dragging and saving."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from psygnal import Signal

from aimusic_desktop.api.transport import Transport
from aimusic_desktop.media import bounded, parts
from aimusic_desktop.media.audio_type import AudioType, is_whole
from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.check import is_half
from aimusic_desktop.media.errors import CutShort, MediaError, NotReady, Stopped, disk_trouble
from aimusic_desktop.media.fetch import Renew, SongFetch
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.model import Clip
from aimusic_desktop.paths import holds
from aimusic_desktop.runs import Runs

CLOSE_LIMIT_S = 5.0
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
    """All songs' sound on this disk, whole or in part, as far as ``bound`` lets it grow.

    ``renew`` looks a clip up again when its link has expired. Songs are kept by clip, whatever their
    link; the stream of a clip that is still running is never kept. What has arrived of a song outlives a
    fetch that is broken off, and this run: any later one goes on with it, as ``runs`` says who lives.
    """

    opened = Signal(Clip)
    """Somebody opened a song that nobody had open: it is here, or being fetched. On the loop's thread."""

    def __init__(self, transport: Transport, root: Path, bound: Bound, renew: Renew, runs: Runs) -> None:
        self._transport = transport
        self._root = root
        self._bound = bound
        self._renew = renew
        self._runs = runs
        self._songs: dict[str, Song] = {}
        self._tasks: dict[Song, asyncio.Task[None]] = {}
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._closing: set[asyncio.Future[None]] = set()
        # Between finding a file and saying that it is in use, no thread may evict it.
        self._using = threading.Lock()
        bound.add(root, self._evict)

    def open(self, clip: Clip, variant: str = "", renew: Renew | None = None) -> Song:
        """The song of ``clip``: whole if it is here, else being fetched. Call it on the loop's thread.

        ``variant`` names another form of the same song, "wav" say, kept beside the original; then the clip's
        ``audio_url`` is the link to that, and ``renew`` gives the clip with a fresh one. Raises ``NotReady``
        when the clip has no sound. The caller must ``release`` the song.
        """
        if not clip.playable:
            raise NotReady
        key = _open_key(clip, variant)
        with self._using:
            song = self._songs.get(key)
            is_new = song is None
            if song is None:
                song = self._songs[key] = self._cached(key, clip) or self._begin(key, clip, renew)
            song.users += 1
        if is_new:
            self.opened.emit(clip)
        return song

    def peek(self, clip: Clip) -> Song | None:
        """The song of ``clip`` while others have it open; else None.

        Nothing is fetched for the one who peeks, nor kept: the song may end or go under the reader. It is
        not to be released. Call it on the loop's thread.
        """
        return self._songs.get(_open_key(clip))

    def kept(self, clip: Clip) -> Path | None:
        """The whole song of ``clip`` if it is on the disk now; it may be evicted. Blocks: call it in a
        thread."""
        return self._find(clip_key(clip)) if clip.ready else None

    async def forget(self, clip: Clip, variant: str = "") -> None:
        """Remove what is here of a song, whole or in part, unless somebody uses it. Never fails."""
        key = _key(clip, variant)
        if key in self._songs:
            return
        ending = [task for song, task in self._tasks.items() if song.key == key]
        if ending:
            await asyncio.wait(ending)
        if self._closing:  # a fetch broken off just now still puts its part aside
            await asyncio.wait(self._closing)
        await asyncio.to_thread(self._evict_all, key)

    async def close(self) -> None:
        """End every fetch and wait for that, within ``CLOSE_LIMIT_S`` seconds."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        for waits in (tasks, self._closing):  # each task's end adds to the latter
            if waits:
                await asyncio.wait(list(waits), timeout=CLOSE_LIMIT_S)

    def _cached(self, key: str, clip: Clip) -> Song | None:
        with suppress(OSError):
            if path := self._find(key):
                size = path.stat().st_size
                asyncio.get_running_loop().run_in_executor(None, bounded.touch, path)
                song = Song(key, clip, None, self._drop)
                song.settle(path, whole_bytes=size)
                return song
        return None

    def _find(self, key: str) -> Path | None:
        paths = (self._root / f"{key}{audio_type.suffix}" for audio_type in AudioType)
        return next((path for path in paths if holds(path.exists)), None)

    def _begin(self, key: str, clip: Clip, renew: Renew | None) -> Song:
        growing = GrowingFile(parts.part_path(self._root, key, self._runs.token), resumable=clip.ready)
        song = Song(key, clip, growing, self._drop)
        fetch = SongFetch(self._transport, growing, clip, renew or self._renew, song.tell_progress)
        task = asyncio.create_task(self._fetch(song, growing, fetch), name=f"audio {clip.clip_id}")
        self._tasks[song] = task
        task.add_done_callback(partial(self._end, song, growing))
        return song

    async def _fetch(self, song: Song, growing: GrowingFile, fetch: SongFetch) -> None:
        """A song's life from its first byte; cancelled when nobody uses it any more."""
        turn = self._turn(song.key)
        await turn.acquire()  # the part's file is the same at every fetch
        try:
            await self._run(song, growing, fetch)
            await asyncio.Event().wait()  # until cancelled: readers may still be at it
        except OSError as error:
            growing.forget()  # rather leave the disk its room
            self._fail(song, disk_trouble(error, self._root))
        except MediaError as error:
            self._fail(song, error)
        finally:
            growing.abort()
            closing = asyncio.get_running_loop().run_in_executor(None, self._tidy, growing)
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            closing.add_done_callback(lambda _: turn.release())

    async def _run(self, song: Song, growing: GrowingFile, fetch: SongFetch) -> None:
        await asyncio.to_thread(self._prepare, song, growing)
        if growing.received:  # of an earlier fetch
            song.tell_progress()
        audio_type = await fetch.run()
        if song.clip.ready:
            expected_s = None if growing.size_stated else song.clip.duration_s
            await asyncio.to_thread(self._keep, growing, song.key, audio_type, expected_s)
        song.settle(growing.path)

    def _prepare(self, song: Song, growing: GrowingFile) -> None:
        if song.clip.ready:
            parts.take_over(self._root, song.key, self._runs)
        growing.open()

    def _keep(self, growing: GrowingFile, key: str, audio_type: AudioType, expected_s: float | None) -> None:
        if not is_whole(growing.path, audio_type) or is_half(growing.path, audio_type, expected_s):
            growing.forget()
            raise CutShort
        growing.move_to(self._root / f"{key}{audio_type.suffix}")

    def _tidy(self, growing: GrowingFile) -> None:
        growing.close()
        self._bound.trim()

    def _end(self, song: Song, growing: GrowingFile, _task: asyncio.Task[None]) -> None:
        """Nothing more comes; a task that was cancelled before its first step ends here alone."""
        del self._tasks[song]
        growing.abort()
        self._fail(song, Stopped("The song was not fetched to its end. Try again."))

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

    def _turn(self, key: str) -> asyncio.Lock:
        """Held by the one who is at a song's files."""
        return self._turns.setdefault(key, asyncio.Lock())

    def _evict_all(self, key: str) -> None:
        for path in self._root.glob(f"{key}.*"):
            self._evict(path)

    def _evict(self, path: Path) -> bool:
        """Remove a song or a part of one, unless it is in use, here or by another run; called in a thread."""
        is_part = path.suffix == bounded.PART
        if is_part and self._is_anothers(parts.owner_of(path)):
            return False
        with self._using:
            if parts.key_of(path) in self._songs:
                return False
            return parts.remove(path) if is_part else bounded.unlink(path)

    def _is_anothers(self, token: str) -> bool:
        return token != self._runs.token and self._runs.alive(token)


def _key(clip: Clip, variant: str) -> str:
    return f"{clip_key(clip)}-{variant}" if variant else clip_key(clip)


def _open_key(clip: Clip, variant: str = "") -> str:
    return _key(clip, variant) if clip.ready else f"{clip_key(clip)}-running"
