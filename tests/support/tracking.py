"""A tracker on real parts: a library on disk, a transport to the test's service, short waits."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.transport import Transport
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import MusicTask, Product, TaskRef
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.tracking.tracker import Tracker
from tests.support.api import clip, finished
from tests.support.service import Reply, as_json
from tests.support.waiting import until

KEY = "sk-1bV8nQ3xW6yL0pRz"
NOT_READY = as_json({"type": "not_ready"}, 202)
NOT_FOUND = as_json({"type": "not_found", "error": "task not found."}, 404)
TROUBLE = as_json({"type": "internal_error", "error": "oops"}, 500)


def done(*clip_ids: str, **fields: Any) -> Reply:
    """The answer of a finished task with these clips."""
    return as_json(finished(*(clip(clip_id=clip_id) for clip_id in clip_ids or ("c1",)), **fields))


def id_of(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def refs(*numbers: int, product: Product | None = Product.PRODUCER) -> list[TaskRef]:
    return [TaskRef(task_id=id_of(number), product=product) for number in numbers]


class Rig:
    """The parts, and the tasks that the tracker said were settled.

    ``ahead_s`` is how far the tracker's clock is ahead of the true one.
    """

    def __init__(self, library: Library, api_url: str, **options: Any) -> None:
        self.key: str | None = KEY
        self.ahead_s: float = options.pop("ahead_s", 0.0)
        self.library = library
        self.transport = Transport(api_url, lambda: self.key)
        self.connection = Connection(first_pause_s=0.05, last_pause_s=0.1)
        client = options.pop("client", ApiClient)(self.transport)
        quick: dict[str, Any] = {"next_ask": lambda *_: 0.02, "starts_per_s": 1000.0, "clock": self.clock}
        self.tracker = Tracker(library, client, self.connection, **quick | options)
        self.settled: list[MusicTask] = []
        self.tracker.settled.connect(self.settled.append)

    def clock(self) -> float:
        return time.time() + self.ahead_s

    def use_key(self, key: str | None) -> None:
        self.key = key
        self.connection.key_changed(key)

    async def settle(self, *refs: TaskRef) -> list[MusicTask]:
        """Add tasks and wait until each is settled; gives them in the order of ``refs``."""
        await self.tracker.add(refs)
        wanted = {ref.task_id for ref in refs}
        await until(lambda: wanted <= {task.task_id for task in self.settled})
        return [await self.task(ref.task_id) for ref in refs]

    async def task(self, task_id: str) -> MusicTask:
        task = await self.library.task(task_id)
        assert task is not None
        return task


@asynccontextmanager
async def tracking(api_url: str, folder: Path, **options: Any) -> AsyncIterator[Rig]:
    """A started tracker with the library in ``folder``; ``resume`` as for ``start``."""
    resume = options.pop("resume", True)
    library = await Library.open(folder / "library.sqlite3")
    rig = Rig(library, api_url, **options)
    try:
        await rig.tracker.start(resume=resume)
        yield rig
    finally:
        await rig.tracker.close()
        await rig.transport.close()
        await library.close()
