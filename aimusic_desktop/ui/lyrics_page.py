"""What the lyrics view shows: its lines, and where in them each cue and each word stands. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from aimusic_desktop.lyrics.lines import Cue, Timing
from aimusic_desktop.lyrics.sections import section_name

MOST_CHARACTERS = 6_000
MOST_LINES = 500
"""More is not laid out: each change of the panel's width would hold the window up for longer than a frame.
The service takes lyrics of 5,000 characters."""

MOST_PARTS = 100
"""A line that comes more often than that is still marked, but its words are not: nobody sings that."""

_REACH = 32
"""Characters after a word in which the next one is looked for, where the line is not sung as written."""

_MARKS = " .,;:!?…'’\"“”«»()[]-–—*~"


class Place(NamedTuple):
    """In a line as it is shown, the first character and the one after the last."""

    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown; the name of a section without its brackets."""

    text: str
    heading: bool


class Part(NamedTuple):
    """Words of a cue that stand in one line: from the one numbered ``first`` to before ``last``."""

    cue: int
    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Sung:
    """Where the words of a line's parts stand, and the columns, ascending, from which on one is sung when."""

    places: Mapping[Part, list[Place | None]]
    begins: list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Page:
    """``is_cut``: there is more than is shown. ``parts`` tells which lines show the ``cues``, in their order;
    not all need be shown. Where the words of a line stand is worked out when it is first asked for.
    """

    lines: tuple[Line, ...] = ()
    is_cut: bool = False
    cues: tuple[Cue, ...] = ()
    parts: tuple[Part, ...] = ()
    _of_cue: dict[int, list[Part]] = field(init=False, default_factory=dict)
    _of_line: dict[int, list[Part]] = field(init=False, default_factory=dict)
    _sung: dict[int, _Sung] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.parts:
            self._of_cue.setdefault(part.cue, []).append(part)
            of_line = self._of_line.setdefault(part.line, [])
            if len(of_line) < MOST_PARTS:
                of_line.append(part)

    def lines_of(self, cue: int) -> tuple[int, int] | None:
        """The first and the last line that show a cue; None when it is not shown."""
        shown = [part.line for part in self._of_cue.get(cue, ())]
        return (min(shown), max(shown)) if shown else None

    def places(self, cue: int) -> list[Place | None]:
        """Where each word of a cue stands; None for a word that is sung but not written."""
        places: list[Place | None] = [None] * len(self.cues[cue].words)
        for part in self._of_cue.get(cue, ()):
            if found := self._sung_in(part.line).places.get(part):
                places[part.first : part.last] = found
        return places

    def seconds_at(self, line: int, column: int) -> float | None:
        """When it is sung what stands there, for the name of a section its first line; None where nothing is
        known to be."""
        if line not in self._of_line:
            return self._section_begins(line) if line < len(self.lines) and self.lines[line].heading else None
        begins = self._sung_in(line).begins
        index = bisect_right(begins, column, key=lambda begin: begin[0]) - 1
        return begins[index][1] if index >= 0 else self._start_s(self._of_line[line][0])

    def _section_begins(self, heading: int) -> float | None:
        for number in range(heading + 1, len(self.lines)):
            if number in self._of_line:
                return self.seconds_at(number, 0)
            if self.lines[number].heading:
                break  # what is sung below that is another section's
        return None

    def _sung_in(self, line: int) -> _Sung:
        if line not in self._sung:
            parts = self._of_line[line]
            places = dict(zip(parts, _places(self.lines[line].text, parts, self.cues), strict=True))
            firsts = ((part, next(filter(None, places[part]), None)) for part in parts)
            begins = [(place.first, self._start_s(part)) for part, place in firsts if place]
            self._sung[line] = _Sung(places, begins)
        return self._sung[line]

    def _start_s(self, part: Part) -> float:
        return self.cues[part.cue].words[part.first].start_s


def page(lyrics: str, timing: Timing | None = None) -> Page:
    """The lyrics as they are written; as they are sung, where most of that is not what is written."""
    if timing is not None and not _is_written(timing):
        return _sung(timing)
    head = lyrics[:MOST_CHARACTERS]
    written = head.splitlines()
    lines = tuple(_line(text) for text in written[:MOST_LINES])
    cut = len(head) < len(lyrics) or len(lines) < len(written)
    if timing is None:
        return Page(lines, cut)
    parts = (part for number, cue in enumerate(timing.cues) for part in _written_parts(number, cue))
    return Page(lines, cut, timing.cues, tuple(part for part in parts if part.line < len(lines)))


def units(text: str, characters: int) -> int:
    """How many of Qt's UTF-16 units the first ``characters`` of a text are."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2


def _is_written(timing: Timing) -> bool:
    return 2 * sum(cue.line is not None for cue in timing.cues) >= len(timing.cues)


def _written_parts(number: int, cue: Cue) -> Iterator[Part]:
    first = 0
    for line, words in groupby(word.line for word in cue.words):
        last = first + sum(1 for _ in words)
        if line is not None:
            yield Part(number, line, first, last)
        first = last


def _line(text: str) -> Line:
    name = section_name(text)
    return Line(text, heading=False) if name is None else Line(name, heading=True)


def _sung(timing: Timing) -> Page:
    lines: list[Line] = []
    parts: list[Part] = []
    room = MOST_CHARACTERS
    for line, cue in _rows(timing):
        if len(lines) == MOST_LINES or room <= 0:
            return Page(tuple(lines), True, timing.cues, tuple(parts))
        if cue is not None:
            parts.append(Part(cue, len(lines), 0, len(timing.cues[cue].words)))
        lines.append(Line(line.text[:room], line.heading))
        room -= len(line.text)
    return Page(tuple(lines), room < 0, timing.cues, tuple(parts))


def _rows(timing: Timing) -> Iterator[tuple[Line, int | None]]:
    """Sections and cues in their order; with a cue its index."""
    sections = list(reversed(timing.sections))
    for index, cue in enumerate(timing.cues):
        while sections and sections[-1][0] <= cue.start_s:
            yield Line(sections.pop()[1], heading=True), None
        yield Line(cue.text, heading=False), index


def _places(text: str, parts: Iterable[Part], cues: Sequence[Cue]) -> Iterator[list[Place | None]]:
    """The words of all parts of one line, in their order."""
    low, after = _low(text), 0
    for part in parts:
        cue = cues[part.cue]
        words = cue.words[part.first : part.last]
        offset = text.find(cue.text[words[0].first : words[-1].last], after) - words[0].first
        found: list[Place | None] = []
        for word in words:
            if offset + words[0].first >= 0:
                place: Place | None = Place(part.line, offset + word.first, offset + word.last)
            else:
                place = _near(low, after, part.line, cue.text[word.first : word.last])
            found.append(place)
            after = place.last if place else after
        yield found


def _near(low: str, after: int, line: int, word: str) -> Place | None:
    """The next place of a word, which may be written with other marks around it."""
    letters = _low(word).strip(_MARKS)
    start = low.find(letters, after, after + len(letters) + _REACH) if letters else -1
    return Place(line, start, start + len(letters)) if start >= 0 else None


def _low(text: str) -> str:
    """In small letters, where that keeps every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else text
