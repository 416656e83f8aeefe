"""The library as JSON, a task a line. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.errors import ExchangeError
from aimusic_desktop.exchange.facts import alignment_facts, clip_facts, conversion_facts, task_facts
from aimusic_desktop.exchange.gathering import Gathering
from aimusic_desktop.exchange.lines import CHUNK

_MARK = re.compile(r'\s*\{[^\[]*"format"\s*:\s*"aimusic-library"')
_VERSION = 1
_WRITTEN_BY = re.compile(r'"version"\s*:\s*(\d{1,9})')
_TASKS = re.compile(r'"tasks"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_NEXT_LINE = '\n{"task_id"'
_DECODER = json.JSONDecoder(strict=False)


def is_json(head: str) -> bool:
    """Whether a text that begins like this was written by :func:`to_json`."""
    return _MARK.match(head) is not None


def to_json(entries: Iterable[Entry]) -> Iterator[str]:
    """The file, piece by piece: one task a line."""
    yield f'{{"format": "aimusic-library", "version": {_VERSION}, "tasks": [\n'
    between = ""
    for entry in entries:
        clips = [clip_facts(clip) for clip in entry.task.clips]
        facts = {**task_facts(entry.task), "clips": clips, "answer": entry.answer}
        facts["conversions"] = [*map(conversion_facts, entry.conversions)]
        facts["alignments"] = [*map(alignment_facts, entry.alignments)]
        yield between + json.dumps(facts, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def from_json(file: TextIO, gathering: Gathering) -> None:
    """Take in what :func:`to_json` wrote, also when another program laid it out anew.

    A damaged task costs no more than itself where each has its line. Raises ExchangeError when a newer
    version wrote it.
    """
    for value in _Elements(file):
        if isinstance(value, dict):
            gathering.take_task(value, value.get("clips"), value)
        else:
            gathering.skip()


class _Elements:
    """The elements of the list of tasks; None for each that is damaged, and for a list without an end.

    One after the other, with no more of the file in memory than that takes: one call for all of a large
    file would hold up the window's thread.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0

    def __iter__(self) -> Iterator[object]:
        self._more(CHUNK)
        start = _TASKS.search(self._text)
        self._at = start.end() if start else len(self._text)
        _check_version(self._text[: self._at])
        while self._after_gap():
            if self._text[self._at] == "]":
                return
            yield self._element()
        yield None

    def _after_gap(self) -> bool:
        """Go to the next element or the end of the list; False at the end of the file."""
        while True:
            gap = _BETWEEN.match(self._text, self._at)
            self._at = gap.end() if gap else self._at
            if self._at < len(self._text):
                return True
            if not self._more(CHUNK):
                return False

    def _element(self) -> object:
        size = CHUNK
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):  # damaged, or not all of it is here yet
                line = self._text.find(_NEXT_LINE, self._at)
                if line >= 0 or not self._more(size):
                    self._at = line if line >= 0 else len(self._text)
                    return None
                size *= 2
            else:
                return value

    def _more(self, size: int) -> bool:
        """Read on, and forget what is done with."""
        piece = self._file.read(size)
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)


def _check_version(head: str) -> None:
    """Raises ExchangeError for what this version does not know; ``head`` is what stands before the tasks."""
    written_by = _WRITTEN_BY.search(head)
    if written_by and int(written_by[1]) > _VERSION:
        raise ExchangeError(
            "This file was written by a newer version of the program. Update this one, then import it again."
        )
