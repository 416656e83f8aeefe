"""What can be fetched again, kept below one size: the longest unused goes first, unfinished before finished.

Everything here reads the disk: call it in a thread.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PART = ".part"  # the suffix of files that are not finished yet
STATES = (f"{PART}.json", f"{PART}.json.tmp")  # the ends of what is noted beside a part
STALE_S = 7 * 24 * 3600.0  # nobody comes back for a part this old
NEW_S = 3600.0  # a part this new may be somebody's who is at it now

Evict = Callable[[Path], bool]


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file of a folder. Sorted, entries stand in the order in which they go."""

    finished: bool
    used_at: float
    size: int
    path: Path
    root: Path


@dataclass(frozen=True, slots=True)
class _Share:
    root: Path
    evict: Evict
    limit_bytes: int | None


class Bound:
    """One bound over the files of several folders. ``limit_bytes`` may be changed at any time.

    Any thread may call, several at once too.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._shares: list[_Share] = []
        self._asked = False
        self._trimming = threading.Lock()

    def add(self, root: Path, evict: Evict, limit_bytes: int | None = None) -> None:
        """Bound the files below ``root`` too; with ``limit_bytes`` apart from the others.

        ``evict`` is called in a thread: it removes one file and says whether it is gone. It declines what is
        in use, which unfinished files (``PART``) may be as well. Does not touch the disk.
        """
        self._shares.append(_Share(root, evict, limit_bytes))

    def trim(self) -> None:
        """Remove what is beyond the bounds, and what was forgotten. Never raises.

        Returns at once while another thread does so: that one looks again then.
        """
        self._asked = True
        while self._asked and self._trimming.acquire(blocking=False):
            try:
                self._asked = False
                _trim([share for share in self._shares if share.limit_bytes is None], self.limit_bytes)
                for share in self._shares:
                    if share.limit_bytes is not None:
                        _trim([share], share.limit_bytes)
            finally:
                self._trimming.release()

    def clear(self) -> None:
        """Remove everything that is not in use. Never raises."""
        _trim(self._shares, 0)

    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for share in self._shares for entry in _entries(share.root))


def unlink(path: Path) -> bool:
    """Remove a file. Gives whether it is gone."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def unlink_settled(path: Path) -> bool:
    """The plainest ``Evict``: declines only parts that were written to in the last ``NEW_S`` seconds."""
    with suppress(OSError):
        if path.suffix == PART and path.stat().st_mtime > time.time() - NEW_S:
            return False
    return unlink(path)


def touch(path: Path) -> None:
    """Say that the file was used now."""
    with suppress(OSError):
        os.utime(path)


def _trim(shares: Iterable[_Share], limit_bytes: int) -> None:
    evicts = {share.root: share.evict for share in shares}
    entries = sorted(entry for root in evicts for entry in _entries(root))
    total = sum(entry.size for entry in entries)
    oldest = time.time() - STALE_S
    for entry in entries:
        stale = not entry.finished and entry.used_at < oldest
        if (total > limit_bytes or stale) and evicts[entry.root](entry.path):
            total -= entry.size
            _remove_empty(entry)


def _remove_empty(entry: Entry) -> None:
    if entry.path.parent != entry.root:
        with suppress(OSError):  # there is more in it
            entry.path.parent.rmdir()


def _entries(root: Path) -> Iterator[Entry]:
    """All files below ``root``; notes whose part is gone are removed on the way."""
    for folder, _, names in os.walk(root):
        yield from _entries_of(root, Path(folder), names)


def _entries_of(root: Path, folder: Path, names: Sequence[str]) -> Iterator[Entry]:
    for name in names:
        path = folder / name
        with suppress(OSError):  # gone meanwhile
            if name.endswith(STATES):
                if not path.with_name(name[: name.rindex(PART) + len(PART)]).exists():
                    path.unlink()
                continue
            status = path.stat()
            yield Entry(path.suffix != PART, status.st_mtime, status.st_size, path, root)
