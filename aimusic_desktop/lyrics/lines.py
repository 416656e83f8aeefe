"""Timed words become lines that follow the song. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from aimusic_desktop.lyrics.matching import WrittenLines
from aimusic_desktop.lyrics.pieces import Heading, LineEnd, Piece, Sung, pieces_of
from aimusic_desktop.model import TimedWord

SHORTEST_CUE_S = 0.8
MOST_LYRICS = 100_000
"""Characters of the lyrics that are looked through for what is sung; all that so many words can be."""

_SILENCE_S = 1.5
"""Where nothing else tells lines apart, such a silence does."""
_EARLY_S = 0.05
_LINGER_S = 2.0


@dataclass(frozen=True, slots=True)
class Span:
    """When the characters from ``first`` to before ``last`` of a cue are sung, in seconds; ``line`` is the
    index in ``lyrics.splitlines()`` of the line they belong to, if it was found."""

    start_s: float
    end_s: float
    first: int
    last: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A line as it is sung, in seconds, or several that are sung too soon after each other to be read one by
    one. There is a word at least."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Span, ...]

    @property
    def line(self) -> int | None:
        """The written line that its first word belongs to."""
        return self.words[0].line


@dataclass(frozen=True, slots=True)
class Timing:
    """What a song's lines are shown as, in the order in which they are sung, and where its sections begin, in
    seconds."""

    cues: tuple[Cue, ...] = ()
    sections: tuple[tuple[float, str], ...] = ()


@dataclass(slots=True)
class _Line:
    sung: list[Sung] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    """Those that stand before it."""


def timing(words: Sequence[TimedWord], lyrics: str) -> Timing:
    """Lines and sections of a song from the words the service timed and the lyrics as they were written.

    Words are taken by their time; one that goes on into the next is cut there. A newline within a word
    ends a line, a mark in square brackets is a heading and no word. Where no newline tells, the lines of
    the lyrics do, and silences. Cues begin one after the other, never overlap and last 0.8 s at least:
    lines that begin sooner after the first of a cue belong to it, so that none is shown late. Words at no
    sensible time, and those beyond 20,000 or 400,000 characters, are left out, and so are lyrics beyond
    ``MOST_LYRICS``.
    """
    pieces = pieces_of(words)
    written = WrittenLines(lyrics[:MOST_LYRICS])
    if not _breaks(pieces):
        pieces = [*_broken(pieces, written)]
    lines, rest = _lines(pieces)
    cues = _cues(lines)
    found = written.find(cue.text for cue in cues)
    if any(isinstance(piece, Heading) for piece in pieces):
        sections = tuple(_sections(lines, cues, rest))
    else:
        sections = tuple(_written_sections(cues, found, written))
    return Timing(tuple(_lasting([*map(_in_line, cues, found)])), sections)


def cue_at(timing: Timing, position_s: float) -> int | None:
    """The index of the line that is sung at a position in seconds, None while none is.

    A line counts from a moment before it, as a jump to it may land there, and for 2 s beyond its end.
    """
    cues = timing.cues
    index = bisect_right(cues, position_s + _EARLY_S, key=lambda cue: cue.start_s) - 1
    return index if index >= 0 and position_s < cues[index].end_s + _LINGER_S else None


def _breaks(pieces: Sequence[Piece]) -> bool:
    """Whether a line ends somewhere before the last words."""
    sung = [index for index, piece in enumerate(pieces) if isinstance(piece, Sung) and not piece.blank]
    return bool(sung) and any(isinstance(piece, LineEnd) for piece in pieces[sung[0] : sung[-1]])


def _voiced(pieces: Iterable[Piece]) -> list[Sung]:
    """Those that are sung and are no blanks."""
    return [piece for piece in pieces if isinstance(piece, Sung) and not piece.blank]


def _broken(pieces: Sequence[Piece], written: WrittenLines) -> Iterator[Piece]:
    """The pieces with line ends where the lyrics have theirs, and where nobody sings."""
    starts = written.line_starts(piece.text for piece in _voiced(pieces))
    number, end_s = 0, 0.0
    for piece in pieces:
        if isinstance(piece, Sung) and not piece.blank:
            if number in starts or piece.start_s - end_s >= _SILENCE_S:
                yield LineEnd()
            number, end_s = number + 1, piece.end_s
        yield piece


def _lines(pieces: Iterable[Piece]) -> tuple[list[_Line], list[Heading]]:
    """The lines with something to sing, and the headings after the last."""
    lines: list[_Line] = [_Line()]
    for piece in pieces:
        if not isinstance(piece, Sung) and lines[-1].sung:
            lines.append(_Line())
        if isinstance(piece, Sung):
            if lines[-1].sung or not piece.blank:
                lines[-1].sung.append(piece)
        elif isinstance(piece, Heading) and piece.name:
            lines[-1].headings.append(piece)
    if lines[-1].sung:
        return lines, []
    return lines[:-1], lines[-1].headings


def _cues(lines: Sequence[_Line]) -> list[Cue]:
    """A cue for each line, as long as it is sung."""
    times = iter(_times(_voiced(piece for line in lines for piece in line.sung)))
    return [_cue(line, times) for line in lines]


def _times(sung: Sequence[Sung]) -> list[tuple[float, float]]:
    """Start and end of each piece, in seconds, none before the one before it and none into the next."""
    starts = [*accumulate((piece.start_s for piece in sung), max)]
    ends = [
        max(start_s, min(piece.end_s, cut_s))
        for piece, start_s, cut_s in zip(sung, starts, [*starts[1:], math.inf], strict=False)
    ]
    return [*zip(starts, ends, strict=True)]


def _cue(line: _Line, times: Iterator[tuple[float, float]]) -> Cue:
    """The line as one text, with single blanks, and its words in there."""
    text, blank = "", False
    spans: list[Span] = []
    for piece in line.sung:
        blank = blank or piece.text[:1].isspace()
        if piece.blank:
            continue
        word = " ".join(piece.text.split())
        text += " " if blank and text else ""
        spans.append(Span(*next(times), len(text), len(text) + len(word)))
        text += word
        blank = piece.text[-1:].isspace()
    return Cue(spans[0].start_s, spans[-1].end_s, text, tuple(spans))


def _in_line(cue: Cue, line: int | None) -> Cue:
    return replace(cue, words=tuple(replace(word, line=line) for word in cue.words))


def _lasting(cues: Sequence[Cue]) -> Iterator[Cue]:
    """The cues in such a way that each can be read."""
    groups: list[list[Cue]] = []
    for cue in cues:
        if groups and cue.start_s - groups[-1][0].start_s < SHORTEST_CUE_S:
            groups[-1].append(cue)
        else:
            groups.append([cue])
    cuts = [*(group[0].start_s for group in groups[1:]), math.inf]
    for group, cut_s in zip(groups, cuts, strict=False):
        cue = _joined(group)
        yield replace(cue, end_s=min(max(cue.end_s, cue.start_s + SHORTEST_CUE_S), cut_s))


def _joined(cues: Sequence[Cue]) -> Cue:
    """One cue of several that follow each other."""
    starts = accumulate((len(cue.text) + 1 for cue in cues), initial=0)
    words = (
        replace(word, first=start + word.first, last=start + word.last)
        for cue, start in zip(cues, starts, strict=False)
        for word in cue.words
    )
    return Cue(cues[0].start_s, cues[-1].end_s, " ".join(cue.text for cue in cues), tuple(words))


def _sections(
    lines: Sequence[_Line], cues: Sequence[Cue], rest: Sequence[Heading]
) -> Iterator[tuple[float, str]]:
    """Where the sections begin: at their first line, and those without any where the service says so, if
    nobody sings there."""
    silent_from = 0.0
    for line, cue in zip(lines, cues, strict=True):
        yield from _unsung(line.headings[:-1], silent_from, cue.start_s)
        if line.headings:
            yield cue.start_s, line.headings[-1].name
        silent_from = cue.words[-1].end_s
    yield from _unsung(rest, silent_from, math.inf)


def _unsung(headings: Sequence[Heading], from_s: float, to_s: float) -> Iterator[tuple[float, str]]:
    for heading in headings:
        if heading.start_s is not None and from_s <= heading.start_s < to_s:
            from_s = heading.start_s
            yield heading.start_s, heading.name


def _written_sections(
    cues: Sequence[Cue], found: Sequence[int | None], written: WrittenLines
) -> Iterator[tuple[float, str]]:
    """Where the sections of the lyrics begin, for a service that leaves them out."""
    places = zip(cues, found, strict=True)
    at = [(cue.start_s, written.heading_at(line)) for cue, line in places if line is not None]
    for (_, before), (start_s, heading) in pairwise([(0.0, None), *at]):
        if heading is not None and heading != before:
            yield start_s, written.headings[heading][1]
