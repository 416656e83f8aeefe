"""Look-ups that somebody waits for, beside the tracker's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.api.errors import ApiError, TaskNotFound
from aimusic_desktop.api.products import CANDIDATES
from aimusic_desktop.model import MusicTask, Product
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.tracking.merge import with_outcome
from aimusic_desktop.tracking.record import Record
from aimusic_desktop.tracking.schedule import NOT_HERE

_GONE = "This song is no longer in the library. Add its task id again."


class FreshLookUps:
    """One look-up a task at a time; all who want it share it.

    ``clock`` gives seconds since the epoch; ``kept`` is called with every task as it was written down.
    """

    def __init__(
        self,
        client: ApiClient,
        connection: Connection,
        record: Record,
        clock: Callable[[], float],
        kept: Callable[[MusicTask], None],
    ) -> None:
        self._client = client
        self._connection = connection
        self._record = record
        self._clock = clock
        self._kept = kept
        self._running: dict[str, asyncio.Task[MusicTask]] = {}

    @property
    def running(self) -> list[asyncio.Task[MusicTask]]:
        """What is under way."""
        return list(self._running.values())

    async def look_up(self, task_id: str) -> MusicTask:
        """The task after one look-up now. Raises ApiError, whatever the trouble, and LibraryError."""
        running = self._running.get(task_id)
        if running is None:
            running = asyncio.create_task(self._look_up(task_id), name=f"look up {task_id}")
            self._running[task_id] = running
            running.add_done_callback(partial(self._ended, task_id))
        # Shielded: who gives up waiting does not take it from the others.
        return await asyncio.shield(running)

    def _ended(self, task_id: str, look_up: asyncio.Task[MusicTask]) -> None:
        del self._running[task_id]
        if not look_up.cancelled():
            look_up.exception()  # seen, also if everybody gave up waiting

    async def _look_up(self, task_id: str) -> MusicTask:
        task = await self._record.read(task_id)
        if task is not None:
            product, outcome = await self._ask(task)
            change = partial(with_outcome, product=product, outcome=outcome, now=self._clock())
            task = await self._record.rewrite(task_id, change, outcome.body)
        if task is None:
            raise TaskNotFound(_GONE)
        self._kept(task)
        return task

    async def _ask(self, task: MusicTask) -> tuple[Product, Outcome]:
        """What the task's product says; while that is unknown, the first one that knows the task."""
        unknown: ApiError | None = None
        for product in (task.product,) if task.product else CANDIDATES:
            await self._connection.admit()
            try:
                return product, await self._connection.watch(self._client.look_up(product, task.task_id))
            except NOT_HERE as error:
                unknown = unknown or error
        assert unknown is not None
        raise unknown
