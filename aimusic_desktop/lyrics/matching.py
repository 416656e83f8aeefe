"""Finds what is sung in the lyrics as they were written, which need not agree letter by letter."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from aimusic_desktop.lyrics.sections import section_name

_SILENT = re.compile(r"[\W_]+")
_LONGEST_KEY = 400
_NEAR = 3
"""Lines around the expected one that may say a little more, or less, than what is sung."""
_SHORTEST_PART = 4
_AHEAD = 40
"""Letters of the lyrics that may be left out between two words."""


class WrittenLines:
    """The lines of lyrics, counted as ``str.splitlines`` does; headings and empty lines are never found."""

    def __init__(self, lyrics: str) -> None:
        self.headings: list[tuple[int, str]] = []
        self._numbers: list[int] = []
        self._keys: list[str] = []
        self._where: dict[str, list[int]] = {}
        for number, line in enumerate(lyrics.splitlines()):
            if name := section_name(line):
                self.headings.append((number, name))
            elif key := _key(line):
                self._where.setdefault(key[:_LONGEST_KEY], []).append(len(self._keys))
                self._numbers.append(number)
                self._keys.append(key)

    def find(self, sung: Iterable[str]) -> list[int | None]:
        """The line of each of these texts, None where there is none like it.

        Each is looked for where the one before leaves off, as choruses come again.
        """
        found: list[int | None] = []
        expected = 0
        for text in sung:
            place = self._place(_key(text)[:_LONGEST_KEY], expected)
            found.append(None if place is None else self._numbers[place])
            expected = expected if place is None else place + 1
        return found

    def heading_at(self, line: int) -> int | None:
        """The index of the heading that a line stands below, if any."""
        index = bisect_right(self.headings, line, key=lambda heading: heading[0]) - 1
        return index if index >= 0 else None

    def line_starts(self, words: Iterable[str]) -> set[int]:
        """Which of these words, by index, begin a line."""
        letters = "".join(self._keys)
        starts = [0, *accumulate(map(len, self._keys))]
        found: set[int] = set()
        at = 0
        for index, key in enumerate(map(_key, words)):
            place = letters.find(key, at, at + len(key) + _AHEAD) if key else -1
            if place >= 0:
                begun = bisect_left(starts, at)
                if starts[begun] <= place:
                    found.add(index)
                at = place + len(key)
        return found

    def _place(self, key: str, expected: int) -> int | None:
        if not key:
            return None
        if same := self._where.get(key):
            return _nearest(same, expected)
        near = range(max(expected - _NEAR, 0), min(expected + _NEAR, len(self._keys)))
        alike = (place for place in near if _is_part(key, self._keys[place][:_LONGEST_KEY]))
        return min(alike, key=lambda place: abs(place - expected), default=None)


def _key(text: str) -> str:
    """What of a text is heard: neither case nor punctuation nor blanks."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text).casefold())


def _nearest(places: list[int], expected: int) -> int:
    """The next of these places; one that lies behind only if that is much nearer."""
    after = bisect_left(places, expected)
    around = places[max(after - 1, 0) : after + 1]
    return min(around, key=lambda place: place - expected if place >= expected else 2 * (expected - place))


def _is_part(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_PART and short in long
