"""Timed lyrics on real parts: a library on disk and a transport to the test's service."""

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
from aimusic_desktop.model import Alignment, Clip, ClipState, ConversionState, Product, TimedWord
from aimusic_desktop.runs import Runs
from aimusic_desktop.tracking.alignments import Alignments
from aimusic_desktop.tracking.connection import Connection
from tests.support.api import KEY, TASK
from tests.support.converting import run_in
from tests.support.library import ROOT
from tests.support.service import Service, as_json
from tests.support.waiting import LIMIT_S

ALIGNED = "/api/v1/sonic/aligned-lyrics"
WORDS = (TimedWord("Hey ", 1.0, 2.0), TimedWord("you\n", 2.0, 3.0))
TIMED = as_json(
    {
        "code": 200,
        "data": {
            "alignment": [
                {"word": word.text, "start_s": word.start_s, "end_s": word.end_s, "success": True}
                for word in WORDS
            ]
        },
    }
)


def sung(**facts: Any) -> Clip:
    """A finished sonic clip with lyrics."""
    facts = {"product": Product.SONIC, "lyrics": "[Verse]\nHey you", **facts}
    facts = {"state": ClipState.SUCCEEDED, "audio_url": "https://cdn.example/c1.mp3", **facts}
    return Clip(task_id=TASK, clip_id="c1", **facts)


def row(state: ConversionState, **facts: Any) -> Alignment:
    """A row of the song's alignment."""
    return Alignment(task_id=TASK, clip_id="c1", state=state, **{"asked_at": 1.0, **facts})


class Rig:
    """The parts; ``heard`` is what ``changed`` told."""

    def __init__(self, library: Library, api_url: str, runs: Runs, time_limit_s: float = LIMIT_S) -> None:
        self.key: str | None = KEY
        self.library = library
        self.transport = Transport(api_url, lambda: self.key, time_limit_s=time_limit_s)
        self.connection = Connection(first_pause_s=0.05, last_pause_s=0.1)
        self.alignments = Alignments(library, ApiClient(self.transport), self.connection, runs)
        self.heard: list[tuple[str, str]] = []
        self.alignments.changed.connect(self.heard.append)

    async def written(self) -> Alignment:
        """What the library says of the song."""
        found = await self.library.alignment(TASK, "c1")
        assert found is not None
        return found


@asynccontextmanager
async def timing_in(service: Service, folder: Path, **options: Any) -> AsyncIterator[Rig]:
    """The parts with the library in ``folder``."""
    library = await Library.open(folder / "library.sqlite3")
    runs = run_in(folder)
    rig = Rig(library, service.api_url, runs, **options)
    try:
        yield rig
    finally:
        await rig.alignments.close()
        await rig.transport.close()
        await library.close()
        runs.close()


def start_timing(service: Service, folder: Path) -> subprocess.Popen[bytes]:
    """Begins to ask about the song in a process of its own."""
    command = [sys.executable, "-m", "tests.support.timing", service.api_url, str(folder)]
    return subprocess.Popen(command, cwd=ROOT)


async def _ask(api_url: str, folder: str) -> None:
    library = await Library.open(Path(folder, "library.sqlite3"))
    await Rig(library, api_url, run_in(Path(folder))).alignments.ask(sung())


if __name__ == "__main__":
    asyncio.run(_ask(*sys.argv[1:]))
