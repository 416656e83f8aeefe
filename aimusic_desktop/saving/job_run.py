"""One save job's way, from its row to its file.

What is on the disk and what the row says change by turns, in this order, so that wherever the process
stops, the next one knows what is left to do (``take_up``):

1. the name is reserved in the row; bytes go to the cache only
2. row WRITING with the name of the temporary file; then that file, tagged, whole and on the disk
3. row PLACING; then the name, given atomically; then what lies beside the song
4. row DONE; then the temporary file's end; then the row without it
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library, LibraryError
from aimusic_desktop.media.beside import write_beside
from aimusic_desktop.media.cache import AudioStore, Song
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.errors import CutShort, MediaError, NotAudio, NotReady
from aimusic_desktop.media.fetch import Renew
from aimusic_desktop.media.publish import part_for, place_slowly, write_part
from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.model import Clip, ClipState, JobState, OnTaken, SaveFormat, TimedWord
from aimusic_desktop.saving.job import Converter, SaveJob, agreement_of
from aimusic_desktop.saving.job_check import check
from aimusic_desktop.saving.job_disk import give_name, has_its_name, remove
from aimusic_desktop.saving.job_names import likely_suffix, replace_nothing, reserve
from aimusic_desktop.saving.ledger import Ledger
from aimusic_desktop.settings import Settings

log = logging.getLogger(__name__)


_UNKNOWN = "This song is no longer in the library. Add its task id again, then try again."


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Runs one job after another, each to its end. ``show`` is called when a job or its progress changed."""

    library: Library
    ledger: Ledger
    audio: AudioStore
    covers: CoverStore
    converter: Converter
    settings: Callable[[], Settings]
    show: Callable[[SaveJob], None]
    songs: dict[SaveJob, Song] = field(default_factory=dict, init=False)
    naming: defaultdict[Path, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), init=False
    )
    """Names in a folder are reserved one by one, in the order in which their jobs got their turns."""

    def refresh(self, job: SaveJob) -> None:
        """Take over how far the job's song has come; the song tells that now and then only."""
        if song := self.songs.get(job):
            job.received, job.total = song.received, song.total

    async def work(self, job: SaveJob) -> Path | None:
        """What a job's turn is for: ``run``, or else ``convert``, which gives no file yet."""
        path = await self.run(job)
        if path is None:
            await self.convert(job)
        return path

    async def run(self, job: SaveJob) -> Path | None:
        """Take the job from wherever it stands to its file; its row is DONE then. None when its song
        must be made into another format first.

        Raises ``NameTaken``, ``MediaError`` and other AppErrors; no temporary file is left then, unless the
        disk or the library is to blame. Cancel it before it is WRITING only.
        """
        try:
            path = await self._take_up(job)
            if path is None and job.needs_link:
                return None
            path = path or await self._save(job)
            await self._finish(job, path)
        except LibraryError:
            raise  # the row could not be written: what is on the disk stays as the row has it
        except Exception as error:
            if isinstance(error, NotAudio | CutShort):  # the next try begins anew
                await self.audio.forget(job.clip, job.variant)
            await self._clear(job)
            raise
        return path

    async def convert(self, job: SaveJob) -> None:
        """Wait until there is a link to the song in the job's format. Raises AppError."""
        self._enter(job, JobState.CONVERTING)
        job.clip = await self._whole_clip(job)
        job.link = await self.converter.link(job.clip, job.format)

    async def tidy(self, job: SaveJob) -> None:
        """Remove what a settled job left beside its target, if that folder is there now."""
        if await self._clear(job):
            self.ledger.put(job.id, part=None)

    async def _take_up(self, job: SaveJob) -> Path | None:
        """Go on with what an earlier try has left on the disk. Gives the file if all it lacked was a name."""
        if job.part is None:
            return None
        if job.whole and job.target is not None:
            if await asyncio.to_thread(has_its_name, job, job.part, job.target):
                await self._put_beside(job, job.target)
                return job.target
            if await asyncio.to_thread(job.part.exists):
                return await self._place(job)
        await self._drop(job)
        return None

    async def _save(self, job: SaveJob) -> Path:
        async with self.naming[job.folder]:  # the first thing waited for, so in order
            job.clip = await self._whole_clip(job)
            if there := await self._reserve(job, likely_suffix(job)):
                return there
        if job.wrong_length and not job.any_length:  # tried again: perhaps the host has the right one now
            await self.audio.forget(job.clip, job.variant)
        job.wrong_length = False
        with self._opened(job) as song:
            self._enter(job, JobState.FETCHING)
            source = await song.whole()
            await check(job, source)
            if not _has_suffix(job.target, source.suffix):
                if job.on_taken is OnTaken.REPLACE and job.name is None:
                    job.on_taken = OnTaken.ASK  # they were asked about a file of another type
                if there := await self._reserve_another(job, source.suffix):
                    return there
            await self._write(job, source)
        return await self._place(job)

    async def _whole_clip(self, job: SaveJob) -> Clip:
        """The clip with what the library knows of it by now: links may be fresher."""
        key = job.clip.task_id, job.clip.clip_id
        clip = (await self.library.clips_of([key])).get(key, job.clip)
        if clip.state is ClipState.PENDING and clip == Clip(task_id=clip.task_id, clip_id=clip.clip_id):
            raise MediaError(_UNKNOWN)
        if not clip.ready:
            raise NotReady
        return clip

    async def _reserve(self, job: SaveJob, suffix: str) -> Path | None:
        return await reserve(self.library, job, suffix, alone=SaveStyle.of(self.settings()).beside)

    async def _reserve_another(self, job: SaveJob, suffix: str) -> Path | None:
        """Reserve a name anew: the song is of another type than its link said, or the name was taken
        meanwhile."""
        async with self.naming[job.folder]:
            return await self._reserve(job, suffix)

    async def _write(self, job: SaveJob, source: Path) -> None:
        """A tagged copy beside the target; its name is written down before it is there."""
        assert job.target is not None
        style = SaveStyle.of(self.settings())
        cover = await self._cover(job, style.tags.on)
        part = part_for(job.target)
        job.filling = False
        await self._enter(job, JobState.WRITING, part=str(part), filling=False, **agreement_of(job))
        job.part = part
        await asyncio.to_thread(write_part, source, part, job.clip, cover, style.tags)

    async def _place(self, job: SaveJob) -> Path:
        """Give the temporary file its name; if another file took that meanwhile, the next one."""
        assert job.part is not None
        await self._enter(job, JobState.PLACING)
        job.whole = True
        while True:
            assert job.target is not None
            try:
                if not await asyncio.to_thread(give_name, job, job.part, job.target):
                    await self._give_name_slowly(job, job.part, job.target)
            except FileExistsError:
                await self._agree_to_nothing(job)
                if there := await self._reserve_another(job, job.target.suffix):
                    return there
            else:
                await self._put_beside(job, job.target)
                return job.target

    async def _give_name_slowly(self, job: SaveJob, part: Path, target: Path) -> None:
        """The row says before that an empty file of the name is the job's own: it may be left by a crash."""
        await self.ledger.write(job.id, filling=True)
        job.filling = True
        await asyncio.to_thread(place_slowly, part, target)

    async def _agree_to_nothing(self, job: SaveJob) -> None:
        """Another file has the name: it is kept, whatever was agreed to or begun."""
        replace_nothing(job)
        job.filling = False
        await self.ledger.write(job.id, filling=False, **agreement_of(job))

    async def _put_beside(self, job: SaveJob, song: Path) -> None:
        """What is wanted beside the song. The song is safe, so trouble here is a note and no failure."""
        style = SaveStyle.of(self.settings())
        if not style.beside:
            return
        try:
            answer = await self.library.answer(job.clip.task_id) if style.json else None
            cover = await self._cover(job, style.cover)
            words = await self._words(job, style.lyrics == "lrc")
            assert job.part is not None
            given = song, job.clip, cover, answer, style, job.part
            over = job.on_taken is OnTaken.REPLACE
            await asyncio.to_thread(write_beside, *given, words=words, over=over)
        except AppError as error:
            job.note = f"The song is saved, but not all that belongs beside it. {error.sentence}"

    async def _cover(self, job: SaveJob, wanted: bool) -> bytes | None:
        return await self.covers.bytes_of(job.clip.image_url) if wanted else None

    async def _words(self, job: SaveJob, wanted: bool) -> tuple[TimedWord, ...]:
        """The words of the song with their times, if they are known and wanted."""
        known = await self.library.alignment(job.clip.task_id, job.clip.clip_id) if wanted else None
        return known.words if known else ()

    async def _finish(self, job: SaveJob, path: Path) -> None:
        job.settled_at = time.time()
        job.total = job.received = job.total or job.received
        facts = {"path": str(path), "settled_at": job.settled_at, "total": job.total, "error": None}
        await self.ledger.write(job.id, state=JobState.DONE, received=job.received, **facts)
        if job.part is not None:
            await self.tidy(job)

    async def _clear(self, job: SaveJob) -> bool:
        """Remove the temporary file if that can be done now; else the row keeps its name for later."""
        try:
            return await self._drop(job)
        except MediaError as error:
            log.warning("a temporary file of job %d is left for later: %s", job.id, error)
            return False

    async def _drop(self, job: SaveJob) -> bool:
        """Remove the temporary file. Gives whether the job has none from now on: it may have gone on."""
        if (part := job.part) is not None:
            await asyncio.to_thread(remove, part)
        if part is None or job.part != part:
            return False
        job.part, job.whole = None, False
        return True

    def _enter(self, job: SaveJob, state: JobState, **facts: object) -> Awaitable[None]:
        """Show that the job has come this far, and have it written down: await that before going on to
        what a next start must know of."""
        job.state, job.note = state, ""
        self.show(job)
        return self.ledger.put(job.id, state=state, received=job.received, total=job.total, **facts)

    def _renewal(self, job: SaveJob) -> Renew | None:
        """Where a fresh link to a converted song comes from; None for the original."""
        if job.format is SaveFormat.ORIGINAL:
            return None

        async def renew(clip: Clip) -> Clip:
            return replace(clip, audio_url=await self.converter.fresh_link(job.clip, job.format))

        return renew

    @contextmanager
    def _opened(self, job: SaveJob) -> Iterator[Song]:
        """The job's song, its progress shown in the job, released at the end."""
        clip = replace(job.clip, audio_url=job.link or job.clip.audio_url)
        song = self.audio.open(clip, job.variant, self._renewal(job))

        def show_progress() -> None:
            self.refresh(job)
            self.show(job)

        self.songs[job] = song
        song.changed.connect(show_progress)
        try:
            show_progress()
            yield song
        finally:
            self.refresh(job)
            del self.songs[job]
            song.changed.disconnect(show_progress)
            song.release()


def _has_suffix(target: Path | None, suffix: str) -> bool:
    return target is not None and target.suffix.lower() == suffix
