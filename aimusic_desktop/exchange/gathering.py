"""Tasks put together from whatever pieces a file has them in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aimusic_desktop.exchange.errors import ExchangeError
from aimusic_desktop.exchange.facts import clip_from, conversion_from, task_from, task_part
from aimusic_desktop.model import Clip, Conversion, MusicTask, SaveFormat

MAX_ANSWER_CHARACTERS = 8 * 2**20
MAX_ENTRIES = 500_000
"""Tasks, clips, conversions and damaged pieces of one file, together."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held: tasks in order of appearance, each once, the service's answers by task id, and what
    became of making songs into other formats.

    ``skipped`` counts the entries that told of nothing.
    """

    tasks: tuple[MusicTask, ...]
    answers: Mapping[str, str]
    skipped: int
    conversions: tuple[Conversion, ...] = ()


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
        self.take_task(task_part(row), clips, row.get("answer"), row.get("conversions"))

    def take_task(
        self, facts: object, clips: object, answer: object = None, conversions: object = None
    ) -> None:
        """A task with clips. What was taken before of the same task, clip or conversion stays."""
        task = task_from(facts, self._now) if isinstance(facts, dict) else None
        if task is None:
            self.skip()
            return
        self._count()
        task = self._tasks.setdefault(task.task_id, task)
        for each in clips if isinstance(clips, list) else []:
            self._take_clip(task, each)
        for each in conversions if isinstance(conversions, list) else [conversions]:
            if each is not None:
                self._take_conversion(task, each)
        if isinstance(answer, str) and 0 < len(answer) <= MAX_ANSWER_CHARACTERS:
            self._answers.setdefault(task.task_id, answer)

    def result(self) -> Imported:
        conversions = tuple(self._conversions.values())
        return Imported(tuple(self._whole()), self._answers, self._skipped, conversions)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ExchangeError(
                f"This file holds more than {MAX_ENTRIES:,} entries; export it in smaller parts."
            )

    def _take_clip(self, task: MusicTask, facts: object) -> None:
        local = self._api_is_loopback
        clip = clip_from(facts, task, api_is_loopback=local) if isinstance(facts, dict) else None
        if clip is None:
            self.skip()
        else:
            self._count()
            self._clips.setdefault(task.task_id, {}).setdefault(clip.clip_id, clip)

    def _take_conversion(self, task: MusicTask, facts: object) -> None:
        local, id_ = self._api_is_loopback, task.task_id
        found = (
            conversion_from(facts, id_, self._now, api_is_loopback=local) if isinstance(facts, dict) else None
        )
        if found is None:
            self.skip()
        else:
            self._count()
            self._conversions.setdefault((id_, found.clip_id, found.format), found)

    def _whole(self) -> Iterable[MusicTask]:
        for task_id, task in self._tasks.items():
            clips = self._clips.get(task_id, {}).values()
            yield replace(task, clips=tuple(sorted(clips, key=lambda clip: clip.index)))
