"""The shapes of the songs that are looked at: kept ones read, the others measured once they are here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.media import bounded
from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import AudioStore, Song, clip_key
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.media.loudness import equal_gains
from aimusic_desktop.media.peaks import Peaks, read_peaks, write_peaks
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.player.decoder import Decoding, can_decode
from aimusic_desktop.ui.player.multimedia import NoSound, load_multimedia

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 1.0
"""A thread that decodes hears at once that it is over; on a busy machine that may take a while. The window's
thread waits for it, and the process is ended when that stands still for longer while it closes."""


class PeaksBook(QObject):
    """Knows the peaks of the songs it was last asked for. Nothing here blocks, and nothing is fetched for it.

    One song is measured at a time. Those that are here whole go first, each in well under a second as a
    rule; then those that still arrive, as fast as they do.
    """

    changed = Signal(str)
    """The ``clip_key`` of the song of which more is known."""

    def __init__(self, audio: AudioStore, root: Path, bound: Bound, parent: QObject | None = None) -> None:
        """Peaks are kept in ``root``, as part of ``bound``."""
        super().__init__(parent)
        self._audio = audio
        self._root = root
        bound.add(root, bounded.unlink_settled)
        self._wanted: dict[str, Clip] = {}
        self._known: dict[str, Peaks] = {}
        self._looked_for: set[str] = set()  # whose peaks were looked for on the disk
        self._kept: dict[str, Path | None] = {}  # the songs that were, None for what is not there
        self._unkept: list[tuple[_Job, Peaks]] = []
        self._broken: set[tuple[str, bool]] = set()  # the song, and whether it was whole
        self._job: _Job | None = None
        self._decoding: Decoding | None = None
        self._able: bool | None = None  # to decode at all
        self._news = asyncio.Event()
        self._background = Background(log.warning)
        self._running: asyncio.Task[None] | None = None
        audio.opened.connect(self._opened)

    def want(self, *clips: Clip) -> None:
        """Ask for the peaks of these, the most important first, and of no others any more."""
        self._wanted = {_key(clip): clip for clip in clips if clip.playable}
        self._known = {key: peaks for key, peaks in self._known.items() if key in self._wanted}
        self._looked_for &= self._wanted.keys()
        self._kept = {key: path for key, path in self._kept.items() if key in self._wanted}
        running = self._running
        if running is None or (running.done() and not running.cancelled()):  # failed: it was told
            self._running = self._background.run(self._run(), "peaks")
        self._news.set()

    def of(self, clip: Clip) -> Peaks | None:
        """The peaks of a song that was asked for, as far as they are known."""
        return self._known.get(_key(clip))

    def arrived(self, clip: Clip) -> float:
        """The share of a song's bytes that is here, 0 to 1, as far as that is known of one that was asked
        for."""
        song = self._audio.peek(clip)
        if song is None or song.path is not None:
            return float(song is not None or self._kept.get(_key(clip)) is not None)
        return min(1.0, song.received / song.total) if song.total else 0.0

    def gains(self, a: Clip, b: Clip) -> dict[str, float]:
        """The linear factor, 1 at most, for each by its ``clip_key``, so that both sound equally loud.

        Empty while that is not known, and when one of them is silence.
        """
        one, other = self.of(a), self.of(b)
        if one is None or other is None or one.loudness_db is None or other.loudness_db is None:
            return {}
        factors = equal_gains(one.loudness_db, other.loudness_db)
        return dict(zip((clip_key(a), clip_key(b)), factors, strict=True))

    def close(self) -> Awaitable[None]:
        """End the thread that measures, within ``CLOSE_LIMIT_S`` seconds even when a song stalls. Await what
        this gives to see the end of all other work."""
        self._wanted = {}
        self._audio.opened.disconnect(self._opened)
        if self._running is not None:
            self._running.cancel()  # at once: it must not begin another song
        if self._decoding is not None:
            self._decoding.end()
            self._decoding.wait(CLOSE_LIMIT_S)
        return asyncio.ensure_future(self._background.close())

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._read()
            await self._look()
            await self._take_turn()
            await self._keep()

    async def _read(self) -> None:
        """Look for what is kept of the songs."""
        for key, clip in self._wanted.items():
            if clip.ready and key in self._wanted.keys() - self._looked_for:
                self._looked_for.add(key)
                if peaks := await asyncio.to_thread(read_peaks, self._root / key):
                    self._learn(key, peaks)

    async def _look(self) -> None:
        """Look for the songs that nobody has open, each once until somebody had it open again."""
        for key, clip in self._wanted.items():
            if self._audio.peek(clip) is not None:
                self._kept.pop(key, None)
            elif key not in self._kept:
                self._kept[key] = await asyncio.to_thread(self._audio.kept, clip)

    async def _keep(self) -> None:
        """Keep what was measured, once its song was found to be whole."""
        unkept, self._unkept = self._unkept, []
        for job, peaks in unkept:
            if job.song is None or job.song.path is not None:
                await asyncio.to_thread(_keep, self._root / job.key, peaks)
            elif job.song.error is None:
                self._unkept.append((job, peaks))

    async def _take_turn(self) -> None:
        """Begin what is next, or make room for it."""
        job = self._next()
        if self._decoding is None:
            if job is not None and await self._is_able():
                self._begin(job)
        elif self._job is not None and self._is_outranked(self._job, job):
            self._decoding.end()

    def _next(self) -> _Job | None:
        jobs = [job for key, clip in self._wanted.items() if (job := self._find(key, clip))]
        return min(jobs, key=lambda job: not job.is_whole, default=None)

    def _find(self, key: str, clip: Clip) -> _Job | None:
        """What can be done now to know more of a song."""
        known, song = self._known.get(key), self._audio.peek(clip)
        if known is not None and known.whole:
            return None
        source = self._kept.get(key) if song is None else _source(song)
        if song is not None:
            song.changed.connect(self._news.set, unique=True)
        if source is None or (key, isinstance(source, Path)) in self._broken:
            return None
        return _Job(key, clip, song, source)

    def _is_outranked(self, job: _Job, following: _Job | None) -> bool:
        return job.key not in self._wanted or (following is not None and following.key != job.key)

    async def _is_able(self) -> bool:
        """Have QtMultimedia there. On the GUI thread: its plugin must not be loaded in another."""
        if self._able is None:
            with suppress(NoSound):  # whoever plays a song will say so
                await load_multimedia()
                self._able = can_decode()
        return bool(self._able)

    def _begin(self, job: _Job) -> None:
        self._job = job
        self._decoding = Decoding(job.source)
        self._decoding.grew.connect(self._grew)
        self._decoding.ended.connect(self._ended)
        self._decoding.start()

    def _grew(self, peaks: Peaks) -> None:
        assert self._job is not None
        known = self.of(self._job.clip)
        if known is None or len(known.levels) < len(peaks.levels):  # or it was broken off, and begins anew
            self._learn(self._job.key, peaks)

    def _ended(self, peaks: Peaks | None) -> None:
        job, decoding = self._job, self._decoding
        assert job is not None
        assert decoding is not None
        decoding.wait(CLOSE_LIMIT_S)  # no time, as a rule: this was its last deed
        self._job = self._decoding = None
        if peaks is not None:
            self._learn(job.key, peaks)
            if job.clip.ready:
                self._unkept.append((job, peaks))
        elif not decoding.interrupted:
            self._broken.add((job.key, job.is_whole))
        self._news.set()

    def _learn(self, key: str, peaks: Peaks) -> None:
        if (clip := self._wanted.get(key)) is not None:
            self._known[key] = peaks
            self.changed.emit(clip_key(clip))

    def _opened(self, clip: Clip) -> None:
        """A song can be here that was not, or another in the place of a broken one."""
        self._broken -= {(_key(clip), True), (_key(clip), False)}
        self._kept.pop(_key(clip), None)
        self._news.set()


@dataclass(frozen=True, slots=True)
class _Job:
    """A song to be decoded; ``song`` is None for one on the disk that nobody has open."""

    key: str
    clip: Clip
    song: Song | None
    source: Path | GrowingFile

    @property
    def is_whole(self) -> bool:
        return isinstance(self.source, Path)


def _source(song: Song) -> Path | GrowingFile | None:
    """What there is to decode; nothing as long as it is not known how much there will be."""
    growing = song.growing if song.growing is not None and song.growing.size else None
    return song.path or growing


def _key(clip: Clip) -> str:
    """What of a clip is known while it is made says nothing of what it will be."""
    return clip_key(clip) if clip.ready else f"{clip_key(clip)}-running"


def _keep(path: Path, peaks: Peaks) -> None:
    try:
        write_peaks(path, peaks)
    except OSError as error:  # they are measured again another time
        log.info("the peaks of a song are not kept: %s", error)
