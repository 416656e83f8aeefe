"""Tasks put together from whatever pieces a file has them in. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from aimusic_desktop.exchange.errors import ExchangeError
from aimusic_desktop.exchange.facts import (
    Facts,
    alignment_from,
    clip_from,
    conversion_from,
    task_from,
    task_part,
)
from aimusic_desktop.model import Alignment, Clip, Conversion, MusicTask, SaveFormat

MAX_ANSWER_CHARACTERS = 8 * 2**20
MAX_ENTRIES = 500_000
"""Tasks, clips, conversions, alignments and damaged pieces of one file, together."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held: tasks in order of appearance, each once, the service's answers by task id, what
    became of making songs into other formats, and when their words are sung.

    ``skipped`` counts the entries that told of nothing.
    """

    tasks: tuple[MusicTask, ...]
    answers: Mapping[str, str]
    skipped: int
    conversions: tuple[Conversion, ...] = ()
    alignments: tuple[Alignment, ...] = ()


class Gathering:
    """Takes pieces in any order; a table may have been sorted by something else meanwhile.

    ``now`` (seconds since the epoch) is for tasks that do not say when they were added.
    ``api_is_loopback`` is for :func:`~aimusic_desktop.api.links.check_media_url`. Every method may raise
    ExchangeError: there are more than ``MAX_ENTRIES``.
    """

    def __init__(self, now: float, *, api_is_loopback: bool = False) -> None:
        self._skipped = 0
        self._left = MAX_ENTRIES
        self._now = now
        self._api_is_loopback = api_is_loopback
        self._tasks: dict[str, MusicTask] = {}
        self._clips: dict[str, dict[str, Clip]] = {}
        self._answers: dict[str, str] = {}
        self._conversions: dict[tuple[str, str, SaveFormat], Conversion] = {}
        self._alignments: dict[tuple[str, str], Alignment] = {}

    def skip(self) -> None:
        """Count a piece that cannot be read."""
        self._count()
        self._skipped += 1

    def take_row(self, row: object) -> None:
        """A clip with the facts of its task beside it, or a task that has none."""
        if not isinstance(row, dict):
            self.skip()
            return
        clips = [row] if row.get("clip_id") else []
        self.take_task(task_part(row), clips, row)

    def take_task(self, facts: object, clips: object, beside: Facts) -> None:
        """A task with clips, and what stands ``beside`` it: answer, conversions and alignments.

        What was taken before of the same task, clip, conversion or alignment stays.
        """
        task = task_from(facts, self._now) if isinstance(facts, dict) else None
        if task is None:
            self.skip()
            return
        self._count()
        task = self._tasks.setdefault(task.task_id, task)
        for each in clips if isinstance(clips, list) else []:
            self._take_clip(task, each)
        for each in _listed(beside.get("conversions")):
            self._take_conversion(task, each)
        for each in _listed(beside.get("alignments")):
            self._take_alignment(task, each)
        answer = beside.get("answer")
        if isinstance(answer, str) and 0 < len(answer) <= MAX_ANSWER_CHARACTERS:
            self._answers.setdefault(task.task_id, answer)

    def result(self) -> Imported:
        conversions, alignments = self._conversions.values(), self._alignments.values()
        tasks = tuple(self._whole())
        return Imported(tasks, self._answers, self._skipped, tuple(conversions), tuple(alignments))

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ExchangeError(
                f"This file holds more than {MAX_ENTRIES:,} entries; export it in smaller parts."
            )

    def _take_clip(self, task: MusicTask, facts: object) -> None:
        clip = self._read(partial(clip_from, task=task, api_is_loopback=self._api_is_loopback), facts)
        if clip is not None:
            self._clips.setdefault(task.task_id, {}).setdefault(clip.clip_id, clip)

    def _take_conversion(self, task: MusicTask, facts: object) -> None:
        local = self._api_is_loopback
        read = partial(conversion_from, task_id=task.task_id, now=self._now, api_is_loopback=local)
        if (found := self._read(read, facts)) is not None:
            self._conversions.setdefault((task.task_id, found.clip_id, found.format), found)

    def _take_alignment(self, task: MusicTask, facts: object) -> None:
        found = self._read(partial(alignment_from, task_id=task.task_id, now=self._now), facts)
        if found is not None:
            self._alignments.setdefault((task.task_id, found.clip_id), found)

    def _read(self, read: Callable[[Facts], _T | None], facts: object) -> _T | None:
        """What these facts tell of, counted; None when that is nothing."""
        found = read(facts) if isinstance(facts, dict) else None
        if found is None:
            self.skip()
        else:
            self._count()
        return found

    def _whole(self) -> Iterable[MusicTask]:
        for task_id, task in self._tasks.items():
            clips = self._clips.get(task_id, {}).values()
            yield replace(task, clips=tuple(sorted(clips, key=lambda clip: clip.index)))


def _listed(value: object) -> list[object]:
    """The elements of a list; what is no list, is one thing, or nothing."""
    if isinstance(value, list):
        return [each for each in value if each is not None]
    return [] if value is None else [value]
