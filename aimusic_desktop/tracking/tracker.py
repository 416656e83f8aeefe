"""Keeps unfinished tasks moving: asks the service about them and writes down what it says."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

from psygnal import Signal

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.api.errors import (
    ApiError,
    KeyMissing,
    KeyRefused,
    ProductRetired,
    RateLimited,
    TaskNotFound,
    Unreachable,
)
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import MusicTask, Product, TaskRef, TaskState
from aimusic_desktop.tracking.connection import Connection, ConnectionState, wait_at_most
from aimusic_desktop.tracking.fresh import FreshLookUps
from aimusic_desktop.tracking.line import AT_ONCE, Asking, Entry, Line
from aimusic_desktop.tracking.merge import afresh, timed_out, with_failure, with_outcome
from aimusic_desktop.tracking.record import Record
from aimusic_desktop.tracking.schedule import GIVE_UP_S, NOT_HERE, next_ask_s

__all__ = ["Asking", "Tracker"]

REQUESTS_AT_ONCE = 8
STARTS_PER_S = 100.0
CLOSE_LIMIT_S = 2.0

_BATCH = 500
_ROOM = 1.25
"""Many new tasks are due this much further apart than requests may start: others fit in between."""
_STUMBLE_S = 1.0
_UNKNOWN = "The service knows no task of this id. Check the id, and that the key is of the same account."

log = logging.getLogger(__name__)


class Tracker:
    """Asks about every task that is not settled, until it is.

    Tasks are on the disk before they are asked about, and what they become is written down before it
    is told. At most eight requests run at a time and ``starts_per_s`` start; all wait while the
    connection is closed. ``next_ask`` is the schedule, ``clock`` gives seconds since the epoch.
    """

    asked = Signal(str)
    """A task whose ``asking`` changed."""
    settled = Signal(MusicTask)
    """A task that reached its end, or was looked up again to no other end."""

    def __init__(
        self,
        library: Library,
        client: ApiClient,
        connection: Connection,
        *,
        clock: Callable[[], float] = time.time,
        next_ask: Callable[[Product | None, float, int], float] = next_ask_s,
        starts_per_s: float = STARTS_PER_S,
    ) -> None:
        self.connection = connection
        self._library = library
        self._client = client
        self._clock = clock
        self._next_ask = next_ask
        self._gap_s = 1 / starts_per_s
        self._line = Line()
        self._woken = asyncio.Event()
        self._counter = asyncio.Lock()
        self._record = Record(library)
        self._fresh = FreshLookUps(client, connection, self._record, clock, self._looked_up)
        self._workers: list[asyncio.Task[None]] = []
        connection.changed.connect(self._woken.set)

    @property
    def working(self) -> int:
        """How many tasks are being asked about."""
        return len(self._line)

    def asking(self, task_id: str) -> Asking | None:
        """What is being done about a task; None when nothing is."""
        entry = self._line.get(task_id)
        if entry is None:
            return None
        return Asking(entry.asked_at, self._next_at(entry), entry.asking, entry.note)

    async def start(self, *, resume: bool = True) -> None:
        """Begin to ask, and with ``resume`` take up the library's unfinished tasks.

        Called once more, it takes up those that are not asked about: say, after an undo. Raises
        LibraryError.
        """
        if not self._workers:
            self._workers = [
                asyncio.create_task(self._work(), name=f"tracker {number}")
                for number in range(REQUESTS_AT_ONCE)
            ]
        if resume:
            await self._take_up(await self._library.unfinished())

    async def add(self, refs: Sequence[TaskRef]) -> tuple[list[str], list[str]]:
        """Write tasks into the library, then ask about them. Gives the ids (added, known), in order.

        Raises LibraryError; then nothing was added.
        """
        now = self._clock()
        added, known = await self._library.add(refs, now)
        products = {ref.task_id: ref.product for ref in refs if ref.product}
        await self._track(Entry(task_id, products.get(task_id), now) for task_id in added)
        for task_id in known:
            if (entry := self._line.get(task_id)) and entry.product is None:
                entry.product = products.get(task_id)
        if left := {task_id for task_id in known if task_id not in self._line}:
            await self._take_up(task for task in await self._library.unfinished() if task.task_id in left)
        return added, known

    async def look_up_again(self, task_ids: Iterable[str]) -> None:
        """Ask about tasks at once and for another 30 minutes, settled or not.

        Their good clips stay, whatever is answered. Raises LibraryError.
        """
        for task_id in task_ids:
            now = self._clock()
            task = await self._record.rewrite(task_id, partial(afresh, now=now))
            entry = self._line.get(task_id)
            if entry is not None and entry.asking:
                entry.since = now
            elif task is not None:
                self._line.add(Entry(task_id, task.product, now), AT_ONCE)
                self._woken.set()

    async def look_up_now(self, task_id: str) -> MusicTask:
        """One look-up, for fresh links; who asks for the same task meanwhile shares it.

        Raises ApiError, whatever the trouble, and LibraryError.
        """
        return await self._fresh.look_up(task_id)

    def forget(self, task_ids: Iterable[str]) -> None:
        """Ask no more about these tasks; what is still answered about them is not kept."""
        for task_id in task_ids:
            self._line.drop(task_id)

    async def close(self) -> None:
        """Stop asking, without waiting for answers."""
        running = [*self._workers, *self._fresh.running]
        for task in running:
            task.cancel()
        if running:
            _, stuck = await asyncio.wait(running, timeout=CLOSE_LIMIT_S)
            if stuck:
                log.warning("%d look-ups did not stop in time", len(stuck))

    def _next_at(self, entry: Entry) -> float | None:
        if entry.asked_at is None or entry.asking or self.connection.needs_key:
            return None
        due_at = self._clock() + max(0.0, entry.due - time.monotonic())
        return max(due_at, self.connection.until or 0.0)

    async def _take_up(self, tasks: Iterable[MusicTask]) -> None:
        await self._track(Entry(task.task_id, task.product, task.tracked_since) for task in tasks)

    async def _track(self, entries: Iterable[Entry]) -> None:
        """Let tasks in, due nearly as fast as requests may start: many new ones leave the others room."""
        now = time.monotonic()
        for number, entry in enumerate(entries):
            if entry.task_id not in self._line:
                self._line.add(entry, now + number * self._gap_s * _ROOM)
                self._woken.set()
            if number % _BATCH == _BATCH - 1:
                await asyncio.sleep(0)

    async def _work(self) -> None:
        while True:
            entry = None
            try:
                entry = await self._next()
                await self._ask(entry)
            except Exception:
                # A bug, or a library that cannot be written, must not end the tracking.
                log.exception("Looking up %s failed unexpectedly", entry.task_id if entry else "a task")
                if entry is None:
                    await asyncio.sleep(_STUMBLE_S)
                else:
                    entry.errors += 1
                    self._put_later(entry)

    async def _next(self) -> Entry:
        """The next one to ask about, once it is due and the connection open. One worker waits at a time."""
        async with self._counter:
            await asyncio.sleep(self._gap_s)
            while True:
                await self.connection.wait_open()
                offline = self.connection.state is ConnectionState.OFFLINE
                wait_s = self._line.next_due() - time.monotonic()
                # Offline whoever is next is asked about as the probe, due or not.
                if (wait_s <= 0 or offline) and (entry := self._line.take()):
                    return entry
                if offline:
                    await self._probe()
                else:
                    self._woken.clear()
                    await wait_at_most(self._woken, wait_s)

    async def _probe(self) -> None:
        """With no task to ask about, find out whether the service is there again."""
        with suppress(ApiError):
            await self.connection.watch(self._client.credits())

    async def _ask(self, entry: Entry) -> None:
        product = entry.product or entry.candidates[0]
        entry.asked_at, entry.asking = self._clock(), True
        try:
            self.asked.emit(entry.task_id)
            outcome = await self.connection.watch(self._client.look_up(product, entry.task_id))
        except ApiError as error:
            await self._failed(entry, error)
        else:
            await self._answered(entry, product, outcome)
        finally:
            entry.asking = False
            self.asked.emit(entry.task_id)

    async def _answered(self, entry: Entry, product: Product, outcome: Outcome) -> None:
        entry.product, entry.errors, entry.note = product, 0, ""
        now = self._clock()

        def change(task: MusicTask) -> MusicTask:
            task = with_outcome(task, product, outcome, now)
            if not task.state.settled and self._is_overdue(entry):
                return with_failure(task, TaskState.TIMED_OUT, timed_out(), now)
            return task

        task = await self._rewrite(entry, change, outcome.body)
        if task is not None and not task.state.settled:
            self._put_later(entry)
        else:
            self._finish(entry, task)

    async def _failed(self, entry: Entry, error: ApiError) -> None:
        if entry.product is None and isinstance(error, NOT_HERE):
            await self._try_next_product(entry, error)
            return
        entry.note = error.sentence
        if isinstance(error, KeyMissing | KeyRefused | RateLimited):
            self._put(entry, AT_ONCE)  # as soon as the connection is open again
        elif isinstance(error, Unreachable):
            self._put(entry, time.monotonic())  # behind those who wait, so that others are the next probes
        elif error.retryable:
            await self._stumbled(entry, error)
        else:
            missing = isinstance(error, TaskNotFound)
            await self._end(entry, TaskState.NOT_FOUND if missing else TaskState.FAILED, error.sentence)

    async def _stumbled(self, entry: Entry, error: ApiError) -> None:
        """Ask again later; about a bare id then another candidate, for this one may be down for long."""
        entry.errors += 1
        entry.candidates = entry.candidates[1:] + entry.candidates[:1]
        if self._is_overdue(entry):
            await self._end(entry, TaskState.TIMED_OUT, timed_out(error.sentence))
        else:
            self._put_later(entry, error.retry_after_s or 0.0)

    async def _try_next_product(self, entry: Entry, error: ApiError) -> None:
        entry.refusals.append(error)
        if len(entry.candidates) > 1:
            entry.candidates = entry.candidates[1:]
            self._put(entry, AT_ONCE)
        elif all(isinstance(refusal, ProductRetired) for refusal in entry.refusals):
            await self._end(entry, TaskState.FAILED, entry.refusals[0].sentence)
        else:
            await self._end(entry, TaskState.NOT_FOUND, _UNKNOWN)

    async def _end(self, entry: Entry, state: TaskState, sentence: str) -> None:
        change = partial(with_failure, state=state, sentence=sentence, now=self._clock())
        self._finish(entry, await self._rewrite(entry, change))

    def _looked_up(self, task: MusicTask) -> None:
        if task.state.settled and (entry := self._line.get(task.task_id)):
            self._finish(entry, task)

    def _finish(self, entry: Entry, task: MusicTask | None) -> None:
        if self._holds(entry):
            self._line.drop(entry.task_id)
            if task is not None:
                self.settled.emit(task)

    async def _rewrite(
        self, entry: Entry, change: Callable[[MusicTask], MusicTask], answer: bytes | None = None
    ) -> MusicTask | None:
        """Change the library's task if it is still to be asked about. Being asked about, it is afresh: one
        that was removed when settled and then added again may be unfinished."""

        def change_held(task: MusicTask) -> MusicTask | None:
            return change(afresh(task, entry.since)) if self._holds(entry) else None

        return await self._record.rewrite(entry.task_id, change_held, answer)

    def _put(self, entry: Entry, due: float) -> None:
        self._line.put(entry, due)
        self._woken.set()

    def _put_later(self, entry: Entry, at_least_s: float = 0.0) -> None:
        wait_s = self._next_ask(entry.product, self._clock() - entry.since, entry.errors)
        self._put(entry, time.monotonic() + max(wait_s, at_least_s))

    def _holds(self, entry: Entry) -> bool:
        return self._line.get(entry.task_id) is entry

    def _is_overdue(self, entry: Entry) -> bool:
        return self._clock() - entry.since >= GIVE_UP_S
