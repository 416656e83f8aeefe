"""Songs that have arrived in part: whose they are, what is known of them, how a later run goes on with them.

A part is named after its song and the run that fetches it; beside it lies a note of what is there. The note
may be missing, old or spoilt: then the part is worth nothing, and no more than that. Everything here
touches the disk: call it in a thread.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from aimusic_desktop.media.bounded import PART, STATES, unlink
from aimusic_desktop.runs import Runs

_MAX_NOTE_BYTES = 64 * 2**10
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,256}")  # it goes into a header


@dataclass(frozen=True, slots=True)
class PartState:
    """What is known of a part: the whole's ``size`` (None: unknown) and whether the host stated it, which
    bytes [start, end) are there, and the ``validator`` that tells the host's file from a later one."""

    size: int | None
    size_stated: bool
    validator: str
    spans: tuple[tuple[int, int], ...]


def is_validator(text: str) -> bool:
    """Whether the host can be asked with it."""
    return _VALIDATOR.fullmatch(text) is not None


def key_of(path: Path) -> str:
    """The key of the song that a file of the cache holds, whole or in part."""
    return path.name.partition(".")[0]


def owner_of(part: Path) -> str:
    """The token of the run that a part belongs to."""
    return part.stem.partition(".")[2]


def part_path(root: Path, key: str, token: str) -> Path:
    """Where the run of that token keeps its part of a song."""
    return root / f"{key}.{token}{PART}"


def take_over(root: Path, key: str, runs: Runs) -> None:
    """Make the newest part that a dead run left of a song this run's, unless this run has one."""
    own = part_path(root, key, runs.token)
    if own.exists():
        return
    left = ((path.stat().st_mtime, path) for path in root.glob(f"{key}.*{PART}"))
    with suppress(OSError):  # another run was quicker: then it is fetched from its beginning
        for _, part in sorted(left, reverse=True):
            if not runs.alive(owner_of(part)):
                part.rename(own)
                _note_of(part).rename(_note_of(own))
                return


def read_state(part: Path) -> PartState | None:
    """What was noted of a part, or None unless all of it can be believed."""
    try:
        with _note_of(part).open("rb") as file:
            note = json.loads(file.read(_MAX_NOTE_BYTES))
        spans = tuple((start, end) for start, end in note["spans"])
        state = PartState(note["size"], note.get("stated") is True, note["validator"], spans)
        return state if _is_sound(state, part.stat().st_size) else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def write_state(part: Path, state: PartState) -> None:
    """Note it, all or nothing; the part's own bytes must be on the disk before. Raises ``OSError``."""
    note, new = (part.with_name(part.stem + end) for end in STATES)
    facts = {"size": state.size, "stated": state.size_stated, "validator": state.validator}
    new.write_text(json.dumps(facts | {"spans": state.spans}))
    new.replace(note)


def drop_state(part: Path) -> None:
    """Forget what was noted; comes before the part's bytes become others. Raises ``OSError``."""
    _note_of(part).unlink(missing_ok=True)


def remove(part: Path) -> bool:
    """Remove a part and its note. Gives whether the part is gone."""
    gone = unlink(part)
    for end in STATES:
        unlink(part.with_name(part.stem + end))
    return gone


def _note_of(part: Path) -> Path:
    return part.with_name(part.stem + STATES[0])


def _is_sound(state: PartState, length: int) -> bool:
    """Whether the types are right and the spans lie in order within the file, which has ``length`` bytes."""
    size = length if state.size is None else state.size
    ends = [0, *chain.from_iterable(state.spans), min(length, size)]
    are_numbers = all(type(number) is int for number in (*ends, size))
    return are_numbers and ends == sorted(ends) and is_validator(state.validator)
