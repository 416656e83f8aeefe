"""What the lyrics view shows: its lines, and where in them each cue and each word stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aimusic_desktop.lyrics.lines import Cue, Span, Timing
from aimusic_desktop.lyrics.sections import section_name

MOST_CHARACTERS = 6_000
MOST_LINES = 500
"""More is not laid out: each change of the panel's width would hold the window up for longer than a frame.
The service takes lyrics of 5,000 characters."""

_REACH = 32
"""Characters after a word in which the next one is looked for, where the line is not sung as written."""

_MARKS = " .,;:!?…'’\"“”«»()[]-–—*~"

Place = tuple[int, int]
"""First character, and the one after the last."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown; the name of a section without its brackets."""

    text: str
    heading: bool


@dataclass(frozen=True, slots=True)
class Page:
    """``is_cut``: there is more than is shown. ``line_of`` has the line of each of the ``cues``, None for one
    that is not shown.
    """

    lines: tuple[Line, ...] = ()
    is_cut: bool = False
    cues: tuple[Cue, ...] = ()
    line_of: tuple[int | None, ...] = ()
    _cues_of: dict[int, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for index, line in enumerate(self.line_of):
            if line is not None:
                self._cues_of.setdefault(line, []).append(index)

    def places(self, index: int) -> list[Place | None]:
        """Where each word of a cue stands in its line; None for a word that is sung but not written."""
        line = self.line_of[index]
        if line is None:
            return []
        indexes = self._cues_of[line]
        found = list(_places(self.lines[line].text, [self.cues[each] for each in indexes]))
        return found[indexes.index(index)]

    def seconds_at(self, line: int, column: int) -> float | None:
        """When it is sung what stands there; None where nothing is known to be."""
        indexes = self._cues_of.get(line)
        if not indexes:
            return None
        begun = [each for each in indexes if any(place and place[0] <= column for place in self.places(each))]
        return self.cues[begun[-1] if begun else indexes[0]].start_s


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
    shown = (cue.line for cue in timing.cues)
    line_of = (line if line is not None and line < len(lines) else None for line in shown)
    return Page(lines, cut, timing.cues, tuple(line_of))


def units(text: str, characters: int) -> int:
    """How many of Qt's UTF-16 units the first ``characters`` of a text are."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2


def _is_written(timing: Timing) -> bool:
    return 2 * sum(cue.line is not None for cue in timing.cues) >= len(timing.cues)


def _line(text: str) -> Line:
    name = section_name(text)
    return Line(text, heading=False) if name is None else Line(name, heading=True)


def _sung(timing: Timing) -> Page:
    lines: list[Line] = []
    line_of: list[int | None] = [None] * len(timing.cues)
    room = MOST_CHARACTERS
    for line, index in _rows(timing):
        if len(lines) == MOST_LINES or room <= 0:
            return Page(tuple(lines), True, timing.cues, tuple(line_of))
        if index is not None:
            line_of[index] = len(lines)
        lines.append(Line(line.text[:room], line.heading))
        room -= len(line.text)
    return Page(tuple(lines), room < 0, timing.cues, tuple(line_of))


def _rows(timing: Timing) -> Iterator[tuple[Line, int | None]]:
    """Sections and cues in their order; with a cue its index."""
    sections = list(reversed(timing.sections))
    for index, cue in enumerate(timing.cues):
        while sections and sections[-1][0] <= cue.start_s:
            yield Line(sections.pop()[1], heading=True), None
        yield Line(cue.text, heading=False), index


def _places(text: str, cues: Sequence[Cue]) -> Iterator[list[Place | None]]:
    """The words of all cues of one line, in their order."""
    low, after = _low(text), 0
    for cue in cues:
        start = text.find(cue.text, after)
        found: list[Place | None] = []
        for word in cue.words:
            place = (start + word.first, start + word.last) if start >= 0 else _near(low, after, cue, word)
            found.append(place)
            after = place[1] if place else after
        yield found


def _near(low: str, after: int, cue: Cue, word: Span) -> Place | None:
    """The next place of a word, which may be written with other marks around it."""
    letters = _low(cue.text[word.first : word.last]).strip(_MARKS)
    start = low.find(letters, after, after + len(letters) + _REACH) if letters else -1
    return (start, start + len(letters)) if start >= 0 else None


def _low(text: str) -> str:
    """In small letters, where that keeps every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else text
