"""Conversions on real parts: a library on disk, a transport to the test's service, short waits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.transport import Transport
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import Clip, ClipState, Conversion, ConversionState, Product, SaveFormat
from aimusic_desktop.runs import Runs
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.tracking.conversions import Conversions
from tests.support.api import KEY, TASK
from tests.support.library import ROOT
from tests.support.service import Service, as_json
from tests.support.waiting import LIMIT_S

DOWNLOAD = "/api/v1/producer/download"
SONIC_WAV = "/api/v1/sonic/wav"
MADE_BY = "4fdc3f26-6e0d-4a4f-9d2a-6f1f0a1f2b3c"
ACCEPTED = as_json({"message": "success", "task_id": MADE_BY})
NOT_READY = as_json({"type": "not_ready"}, 202)
LINK = "https://cdn.example/c1.wav"


def song(**facts: Any) -> Clip:
    """A finished producer clip that has no WAV yet."""
    facts = {"product": Product.PRODUCER, "audio_url": "https://cdn.example/c1.m4a"} | facts
    return Clip(task_id=TASK, clip_id="c1", state=ClipState.SUCCEEDED, **facts)


def row(state: ConversionState, **facts: Any) -> Conversion:
    """A row of the song's conversion into WAV."""
    facts = {"product": Product.PRODUCER, "asked_at": 1.0, **facts}
    return Conversion(task_id=TASK, clip_id="c1", format=SaveFormat.WAV, state=state, **facts)


def posts(service: Service) -> int:
    """How many requests were sent that cost credits."""
    return sum(request.method == "POST" for request in service.requests)


class Rig:
    """The parts."""

    def __init__(self, library: Library, api_url: str, runs: Runs, **options: Any) -> None:
        self.key: str | None = KEY
        self.library = library
        self.transport = Transport(
            api_url, lambda: self.key, time_limit_s=options.pop("time_limit_s", LIMIT_S)
        )
        self.connection = Connection(first_pause_s=0.05, last_pause_s=0.1)
        client = ApiClient(self.transport)
        quick: dict[str, Any] = {"next_ask": lambda *_: 0.02}
        self.conversions = Conversions(library, client, self.connection, runs, **quick | options)

    async def known(self, wanted: SaveFormat = SaveFormat.WAV) -> Conversion:
        """What the library knows of the song's conversion."""
        conversion = await self.library.conversion(TASK, "c1", wanted)
        assert conversion is not None
        return conversion


@asynccontextmanager
async def converting(
    service: Service, folder: Path, *, resume: bool = True, **options: Any
) -> AsyncIterator[Rig]:
    """The parts with the library in ``folder``, resumed unless said otherwise."""
    library = await Library.open(folder / "library.sqlite3")
    runs = run_in(folder)
    rig = Rig(library, service.api_url, runs, **options)
    try:
        if resume:
            await rig.conversions.resume()
        yield rig
    finally:
        await rig.conversions.close()
        await rig.transport.close()
        await library.close()
        runs.close()


def run_in(folder: Path) -> Runs:
    """A run that lives, of those whose library is in ``folder``."""
    runs = Runs(folder / "runs")
    runs.begin()
    return runs


def start_converting(service: Service, folder: Path) -> subprocess.Popen[bytes]:
    """Begins the song's conversion into WAV in a process of its own."""
    command = [sys.executable, "-m", "tests.support.converting", service.api_url, str(folder)]
    return subprocess.Popen(command, cwd=ROOT)


async def _convert(api_url: str, folder: str) -> None:
    library = await Library.open(Path(folder, "library.sqlite3"))
    rig = Rig(library, api_url, run_in(Path(folder)))
    await rig.conversions.begin(song(), SaveFormat.WAV)


if __name__ == "__main__":
    asyncio.run(_convert(*sys.argv[1:]))
