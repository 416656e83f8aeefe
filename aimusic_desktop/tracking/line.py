"""The line of tasks that are to be asked about: one heap of due times for all of them."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field

from aimusic_desktop.api.errors import ApiError
from aimusic_desktop.api.products import CANDIDATES
from aimusic_desktop.model import Product

AT_ONCE = -math.inf
"""Due before everybody else."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the tracker is doing about a task; times in seconds since the epoch.

    ``asked_at`` is None before the first question, ``next_at`` while it is not known. ``note`` is the
    sentence of the last trouble that asking again may end, or empty.
    """

    asked_at: float | None
    next_at: float | None
    asking: bool
    note: str


@dataclass(slots=True, eq=False)
class Entry:
    """What is remembered of one task while it is asked about.

    ``since`` is when its 30-minute clock started and ``asked_at`` when it was last asked about, in
    seconds since the epoch; ``due`` is on the line's clock. ``candidates`` are the products that may
    still know a bare id, the next one first, ``refusals`` what the others said. ``errors`` counts those in a
    row.
    """

    task_id: str
    product: Product | None
    since: float
    due: float = AT_ONCE
    place: int = field(default=0, repr=False)
    candidates: tuple[Product, ...] = CANDIDATES
    refusals: list[ApiError] = field(default_factory=list, repr=False)
    errors: int = 0
    asked_at: float | None = None
    asking: bool = False
    note: str = ""


class Line:
    """Entries by task id and by due time (seconds, on any one clock); those of one time keep their order."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._heap: list[tuple[float, int, Entry]] = []
        self._places = itertools.count(1)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self._entries

    def get(self, task_id: str) -> Entry | None:
        """The entry of a task, waiting or being asked about."""
        return self._entries.get(task_id)

    def add(self, entry: Entry, due: float) -> None:
        """Let a task in, in place of an entry it had."""
        self.drop(entry.task_id)
        self._entries[entry.task_id] = entry
        self.put(entry, due)

    def put(self, entry: Entry, due: float) -> None:
        """Let an entry wait until ``due``, also if it waits already; one that was dropped stays out."""
        if self._entries.get(entry.task_id) is not entry:
            return
        entry.due, entry.place = due, next(self._places)
        heapq.heappush(self._heap, (due, entry.place, entry))

    def drop(self, task_id: str) -> bool:
        """Forget a task; says whether it was there."""
        entry = self._entries.pop(task_id, None)
        if entry is not None:
            entry.place = 0
        return entry is not None

    def next_due(self) -> float:
        """When the first one waiting is due; infinity when none waits."""
        while self._heap and self._heap[0][1] != self._heap[0][2].place:
            heapq.heappop(self._heap)  # dropped, taken or put elsewhere since
        return self._heap[0][0] if self._heap else math.inf

    def take(self) -> Entry | None:
        """The first one waiting, due or not; it waits no more until it is put back."""
        if self.next_due() == math.inf:
            return None
        _, _, entry = heapq.heappop(self._heap)
        entry.place = 0
        return entry
