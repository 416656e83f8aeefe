"""From values to what SQLite can hold and back. What a file holds is not trusted: a wrong type becomes
the nearest harmless value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Aims:
    """Which save jobs are meant: those of these clips, by task id and clip id, into this folder."""

    folder: str
    clips: frozenset[tuple[str, str]]


_LARGEST = 2**63 - 1


def storable(value: object) -> object:
    """What SQLite can hold of a value: an integer beyond 64 bits becomes the nearest within."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, int):
        return max(-_LARGEST, min(value, _LARGEST))
    return value


def storable_text(text: str) -> str:
    """A lone surrogate has no UTF-8 and becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def storable_path(path: str) -> str | bytes:
    """A path as it is: one whose name on the disk is no text is held as bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")
    return path


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def number(value: object) -> float | None:
    return value if isinstance(value, int | float) and math.isfinite(value) else None


def count(value: object) -> int | None:
    """A number of bytes."""
    return value if isinstance(value, int) and value >= 0 else None


def path_or_none(value: object) -> str | None:
    """An absolute path, as ``storable_path`` held it."""
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return None
    if isinstance(value, str) and "\0" not in value and Path(value).is_absolute():
        return value
    return None
