"""A folder of things that can be fetched again, kept below a size: the least recently used go first.

Everything here reads the disk: call it in a thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PART = ".part"  # the suffix of files not finished yet; they neither count nor go
STALE_S = 24 * 3600.0  # a part this old was left by a crash


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file of the folder: when it was used last, its size in bytes, where it lies."""

    used_at: float
    size: int
    path: Path


def unlink(path: Path) -> bool:
    """Remove a file. Gives whether it is gone."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def trim(root: Path, limit_bytes: int, remove: Callable[[Path], bool] = unlink) -> None:
    """Remove the least recently used files until the rest fits; ``remove`` may decline one. Never raises."""
    entries = sorted(_entries(root))
    total = sum(entry.size for entry in entries)
    for entry in entries:
        if total <= limit_bytes:
            break
        if remove(entry.path):
            total -= entry.size
            if entry.path.parent != root:
                with suppress(OSError):  # there is more in it
                    entry.path.parent.rmdir()


def size_of(root: Path) -> int:
    """The bytes of all files in the folder."""
    return sum(entry.size for entry in _entries(root))


def touch(path: Path) -> None:
    """Say that the file was used now."""
    with suppress(OSError):
        os.utime(path)


def _entries(root: Path) -> Iterator[Entry]:
    """All finished files below ``root``; parts left by a crash are removed on the way."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            with suppress(OSError):  # gone meanwhile
                status = path.stat()
                if path.suffix != PART:
                    yield Entry(status.st_mtime, status.st_size, path)
                elif status.st_mtime < time.time() - STALE_S:
                    path.unlink()
