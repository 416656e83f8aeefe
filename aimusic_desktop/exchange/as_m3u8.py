"""The library as a playlist: any player plays it, this program reads all of it back. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.facts import rows_of
from aimusic_desktop.exchange.gathering import Gathering
from aimusic_desktop.exchange.lines import lines_of
from aimusic_desktop.model import Clip

_HEAD = "#EXTM3U\n#AIMUSIC-LIBRARY:1\n"
_FACTS, _MORE = "#AIMUSIC:", "#AIMUSIC-MORE:"
_PIECE = 1_500
"""Characters of facts in a line: longer ones than 8 KiB, some players take for several."""


def is_m3u8(head: str) -> bool:
    """Whether a text that begins like this was written by :func:`to_m3u8`."""
    return head.replace("\r\n", "\n").startswith(_HEAD)


def to_m3u8(entries: Iterable[Entry]) -> Iterator[str]:
    """The playlist, song by song: the saved file where there is one, else the link. What cannot be played
    is there as a comment only."""
    yield _HEAD
    for entry in entries:
        for row, clip in rows_of(entry):
            yield _comment(row)
            if clip is not None and (place := _place(clip, entry)):
                yield f"#EXTINF:{_seconds(clip)},{_title(clip)}\n{place}\n"


def from_m3u8(file: TextIO, gathering: Gathering) -> None:
    """Take in the facts of a playlist; what it plays does not matter."""
    pieces: list[str] = []
    for line in lines_of(file):
        if line.startswith(_FACTS):
            _take(pieces, gathering)
            pieces = [line.removeprefix(_FACTS)]
        elif line.startswith(_MORE):
            pieces.append(line.removeprefix(_MORE))
    _take(pieces, gathering)


def _comment(row: dict[str, Any]) -> str:
    text = json.dumps(row, ensure_ascii=False)
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    between = f"\n{_MORE}"
    return f"{_FACTS}{between.join(pieces)}\n"


def _take(pieces: Sequence[str], gathering: Gathering) -> None:
    if not pieces:
        return
    try:
        row = json.loads("".join(piece.rstrip("\r\n") for piece in pieces), strict=False)
    except (ValueError, RecursionError):
        row = None
    gathering.take_row(row)


def _place(clip: Clip, entry: Entry) -> str | None:
    path = entry.saved.get(clip.clip_id)
    if path and path.isprintable():  # a line break would make two entries of it
        return path
    return clip.audio_url if clip.ready else None


def _seconds(clip: Clip) -> int:
    """A length of -1 means that it is not known."""
    return -1 if clip.duration_s is None else round(clip.duration_s)


def _title(clip: Clip) -> str:
    return " ".join(clip.title.split()) or clip.clip_id
