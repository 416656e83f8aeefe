"""A saver on real parts: a library on disk, a store of songs, a transport to the test's service."""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from aimusic_desktop.api.transport import Transport
from aimusic_desktop.library.store import Library
from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import AudioStore
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.model import Clip, JobRecord, MusicTask, SaveFormat, TaskState
from aimusic_desktop.runs import Runs
from aimusic_desktop.saving.saver import SaveJob, Saver
from aimusic_desktop.settings import Settings
from aimusic_desktop.tracking.connection import Connection
from tests.support.media import Renewal, held, song_clip, wav
from tests.support.service import Service

TUNE = wav()
TUNE_S = 0.5


def big_wav(size: int) -> bytes:
    """A song that parses, of about ``size`` bytes, quickly made."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(range(256)) * (size // 256))
    return out.getvalue()


SONG = big_wav(2_000_000)


class Links:
    """Converts by giving the link of a format, or raising what stands in its place."""

    def __init__(self) -> None:
        self.urls: dict[SaveFormat, str | Exception] = {}
        self.fresh: list[SaveFormat] = []

    async def link(self, _clip: Clip, format: SaveFormat) -> str:  # noqa: A002
        url = self.urls[format]
        if isinstance(url, Exception):
            raise url
        return url

    async def fresh_link(self, clip: Clip, format: SaveFormat) -> str:  # noqa: A002
        self.fresh.append(format)
        return await self.link(clip, format)


class Bench:
    """One run of the program, as far as saving goes; ``out`` is where its songs are saved."""

    def __init__(
        self, service: Service, root: Path, library: Library, renew: Renewal, stall_limit_s: float
    ) -> None:
        self.service = service
        self.root = root
        self.out = root / "out"
        self.library = library
        self.settings = Settings()
        self.links = Links()
        self.connection = Connection()
        self.runs = Runs(root / "runs")
        self.runs.begin()
        self.transport = Transport(service.api_url, lambda: "the-key", stall_limit_s=stall_limit_s)
        bound = Bound(2**30)
        self.audio = AudioStore(self.transport, root / "audio", bound, renew, self.runs)
        self.covers = CoverStore(self.transport, root / "covers", bound)
        self.saver = Saver(
            library,
            self.audio,
            self.covers,
            self.links,
            lambda: self.settings,
            self.runs,
            self.connection,
        )

    def set(self, **changes: Any) -> None:
        self.settings = replace(self.settings, **changes)

    async def know(self, *clips: Clip) -> None:
        """Have the library know them, as it does in truth."""
        for task_id in dict.fromkeys(clip.task_id for clip in clips):
            own = tuple(clip for clip in clips if clip.task_id == task_id)
            await self.library.save(MusicTask(task_id=task_id, state=TaskState.SUCCEEDED, clips=own))

    async def save(self, *clips: Clip, **how: Any) -> list[SaveJob]:
        return await self.saver.save(clips, how.pop("folder", self.out), **how)

    async def saved(self, *clips: Clip, **how: Any) -> list[Path]:
        """Save songs and wait for their files."""
        return [await self.saver.wait(job) for job in await self.save(*clips, **how)]

    async def failed(self, clip: Clip, **how: Any) -> SaveJob:
        """Save a song that cannot be saved; gives the job."""
        [job] = await self.save(clip, **how)
        await job.settled.wait()
        assert job.error, job
        return job

    async def rows(self) -> Mapping[int, JobRecord]:
        """The jobs as they are written down."""
        await self.saver._book.ledger.close()
        return {row.job_id: row for row in await self.library.jobs(self.runs.token)}

    def files(self) -> list[str]:
        """All that lies where songs are saved."""
        return sorted(str(path.relative_to(self.out)) for path in self.out.rglob("*") if path.is_file())

    async def close(self) -> None:
        await self.saver.close()
        await self.audio.close()
        await self.covers.close()
        await self.transport.close()
        await self.library.close()
        self.runs.close()


@asynccontextmanager
async def bench(
    service: Service,
    root: Path,
    renew: Renewal | None = None,
    *,
    stall_limit_s: float = 30.0,
    **settings: Any,
) -> AsyncIterator[Bench]:
    """A run whose files lie in ``root``: the next one in there goes on with what this one left."""
    library = await Library.open(root / "library.sqlite3")
    running = Bench(service, root, library, renew or Renewal(), stall_limit_s)
    running.set(**settings)
    try:
        yield running
    finally:
        await running.close()


def tune(service: Service, name: str = "song", **facts: Any) -> Clip:
    """A clip whose song, half a second of a tone, lies on the service."""
    url = service.serve_file(f"/{name}.wav", TUNE, "audio/wav")
    return song_clip(url, **{"duration_s": TUNE_S, "clip_id": name, **facts})


def held_tune(service: Service, gate: threading.Event, name: str = "song", **facts: Any) -> Clip:
    """A tune that does not come to its end before the gate opens."""
    clip = tune(service, name, **facts)
    service.on(f"/{name}.wav", held(TUNE, 1000, gate))
    return clip


async def left(run: Bench, clip: Clip, **facts: Any) -> None:
    """A job that a run which is dead has left, as the row says."""
    await run.know(clip)
    row = JobRecord(
        task_id=clip.task_id,
        clip_id=clip.clip_id,
        folder=str(run.out),
        owner="dead0dead0dead00",
        **{name: str(value) if isinstance(value, Path) else value for name, value in facts.items()},
    )
    [job_id] = await run.library.add_jobs([row])
    if row.target:
        await run.library.reserve(job_id, row.target)
    run.out.mkdir(exist_ok=True)
