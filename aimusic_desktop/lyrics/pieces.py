"""Timed words taken apart: what is sung, where lines end, and the headings among them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aimusic_desktop.lyrics.sections import TAG
from aimusic_desktop.model import TimedWord

MOST_WORDS = 20_000
MOST_CHARACTERS = 400_000
LONGEST_S = 12 * 3600.0

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BARE = re.compile(rf"(?:\s|{TAG.pattern})*")
# A heading is marked by as many characters as it had, so that places in the text stay what they were.
_HEADING, _MORE = "\x01", "\x00"
_PARTS = re.compile(f"{_HEADING}|\n|[^{_HEADING}{_MORE}\n]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)


@dataclass(frozen=True, slots=True)
class Sung:
    """A piece of a line, blanks around it included, and its time in seconds."""

    text: str
    start_s: float
    end_s: float

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it to sing."""
        return self.text.isspace()


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a section, and when the service says it comes, in seconds; None if that makes no sense."""

    name: str
    start_s: float | None


class LineEnd:
    """Where a line of the lyrics ends."""


Piece = Sung | Heading | LineEnd


@dataclass(frozen=True, slots=True)
class _Token:
    place: int
    text: str
    order_s: float
    start_s: float
    end_s: float
    sensible: bool


def pieces_of(words: Sequence[TimedWord]) -> list[Piece]:
    """What the words are made of, by their time; no more are looked at than ``MOST_WORDS``, and those of
    ``MOST_CHARACTERS``.

    What is sung at no sensible time (negative, endless, beyond ``LONGEST_S``) is left out; line ends and
    headings stay with the word they follow.
    """
    tokens = _parted(_with_blanks(_in_order(words)))
    text = "".join(token.text for token in tokens)
    marked = TAG.sub(lambda tag: _HEADING + _MORE * (len(tag[0]) - 1), text)
    names = (tag[1] for tag in TAG.finditer(text))
    pieces: list[Piece] = []
    at = 0
    for token in tokens:
        pieces += _pieces(token, marked[at : at + len(token.text)], names)
        at += len(token.text)
    return pieces


def _in_order(words: Sequence[TimedWord]) -> list[_Token]:
    tokens: list[_Token] = []
    order_s = 0.0
    left = MOST_CHARACTERS
    for place, word in enumerate(words[:MOST_WORDS]):
        if (left := left - len(word.text)) < 0:
            break
        text = _LINE_ENDS.sub("\n", word.text).replace(_HEADING, "").replace(_MORE, "")
        sensible = 0 <= word.start_s <= LONGEST_S and math.isfinite(word.end_s) and word.end_s >= 0
        if sensible and not _BARE.fullmatch(text):
            order_s = word.start_s
        tokens.append(_Token(place, text, order_s, word.start_s, min(word.end_s, LONGEST_S), sensible))
    return sorted(tokens, key=lambda token: token.order_s)


def _with_blanks(tokens: list[_Token]) -> list[_Token]:
    """The tokens with blanks between them, where the service sends bare words."""
    if any(" " in (token.text[:1], token.text[-1:]) for token in tokens):
        return tokens
    return [
        replace(token, text=f"{token.text} ") if token.text and not _UNSPACED.match(token.text[-1]) else token
        for token in tokens
    ]


def _parted(tokens: list[_Token]) -> list[_Token]:
    """The tokens with a blank between those that only their times brought together."""
    return tokens[:1] + [
        replace(token, text=f" {token.text}")
        if token.place != before.place + 1 and before.text and not _UNSPACED.match(before.text[-1])
        else token
        for before, token in pairwise(tokens)
    ]


def _pieces(token: _Token, marked: str, names: Iterator[str]) -> Iterator[Piece]:
    """The pieces of a token; those that are sung share its time by their lengths."""
    parts = _PARTS.findall(marked)
    sung = sum(len(part.strip()) for part in parts if part != _HEADING)
    share_s = max(token.end_s - token.start_s, 0.0) / max(sung, 1)
    at_s = token.start_s
    for part in parts:
        if part == _HEADING:
            yield Heading(" ".join(next(names).split()), token.start_s if token.sensible else None)
        elif part == "\n":
            yield LineEnd()
        elif token.sensible or part.isspace():
            yield Sung(part, at_s, at_s + share_s * len(part.strip()))
            at_s += share_s * len(part.strip())
