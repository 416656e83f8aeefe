"""A file that is being fetched while others already read it, from any thread."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from aimusic_desktop.media import parts

NOTE_EVERY_S = 1.0  # what a crash may cost

_sync = getattr(os, "fdatasync", os.fsync)  # some systems have only the latter


class Spans:
    """Which bytes are there: disjoint spans [start, end), kept in order. Not thread-safe."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """The bytes from ``start`` to before ``end`` are there now."""
        apart = [span for span in self._spans if span[1] < start or end < span[0]]
        touching = [span for span in self._spans if start <= span[1] and span[0] <= end]
        touching.append((start, end))
        merged = min(span[0] for span in touching), max(span[1] for span in touching)
        self._spans = sorted([*apart, merged])

    def end_from(self, offset: int) -> int:
        """Where the bytes that are there from ``offset`` on end; ``offset`` itself if it is not there."""
        return next((end for start, end in self._spans if start <= offset < end), offset)

    def gap_from(self, offset: int) -> tuple[int, int | None]:
        """The first gap at or behind ``offset``: its start and end (None: nothing is there behind it)."""
        gap = self.end_from(offset)
        return gap, next((start for start, _ in self._spans if start > gap), None)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._spans)

    @property
    def total(self) -> int:
        """How many bytes are there."""
        return sum(end - start for start, end in self._spans)


class GrowingFile:
    """One file on disk, written in any order by one fetcher and read by any number of threads.

    A ``resumable`` one goes on with what a file of its name holds already, as far as that was noted, and
    outlives ``close`` while it is not whole. ``validator`` is what its host tells its file from a later one
    by; "" means that nobody could go on with it. ``size_stated`` says whether the host told the size, or
    the answer just came to its end there.

    ``read`` blocks and belongs on threads that may wait, never on the GUI thread. Everything else that a
    loop's thread uses (``size``, ``received``, ``complete``, ``wanted``, ``missing``, ``abort``) returns at
    once. ``open``, ``write``, ``note``, ``move_to`` and ``close`` touch the disk: call them in a thread.
    """

    def __init__(self, path: Path, *, resumable: bool = False) -> None:
        self.path = path
        self.validator = ""
        self.size_stated = False
        self._resumable = resumable
        self._state = threading.Condition()  # guards all below; never held while the disk works
        self._spans = Spans()
        self._size: int | None = None
        self._aborted = False
        self._waiting: dict[object, int] = {}
        self._disk = threading.Lock()  # guards the file object and its position
        self._file: BinaryIO | None = None
        self._outdated = False  # the file on disk holds bytes that are forgotten
        self._moved = False
        self._noting = threading.Lock()  # guards the note on the disk
        self._noted_at = time.monotonic()

    @property
    def size(self) -> int | None:
        """How many bytes there will be; None until that is known."""
        return self._size

    @property
    def received(self) -> int:
        """How many bytes are there."""
        with self._state:
            return self._spans.total

    @property
    def complete(self) -> bool:
        """Whether every byte is there."""
        with self._state:
            return self._size is not None and self._spans.end_from(0) >= self._size

    @property
    def aborted(self) -> bool:
        """Whether nothing more will come and reads end at once."""
        return self._aborted

    @property
    def wanted(self) -> int | None:
        """The offset that the longest-waiting reader waits for, or None."""
        with self._state:  # a reader that has its bytes may not have woken yet
            return next((offset for offset in self._waiting.values() if not self._settled(offset)), None)

    def missing(self, offset: int) -> tuple[int, int | None]:
        """The gap to fill next: the first at or behind ``offset``, else the first of all.

        Gives its start and end; the end is None while nobody knows the size.
        """
        with self._state:
            start, end = self._spans.gap_from(offset)
            if self._size is not None and start >= self._size:
                start, end = self._spans.gap_from(0)
            return start, self._size if end is None else end

    def read(self, offset: int, size: int, timeout_s: float | None = None, *, patient: bool = False) -> bytes:
        """Up to ``size`` bytes at ``offset``, waiting until at least one is there.

        Gives b"" at the end of the file, after ``abort``, and when ``timeout_s`` seconds have passed. A
        ``patient`` reader takes the bytes as they come: it is never ``wanted``.
        """
        with self._state:
            if not self._settled(offset):
                self._wait_for(offset, timeout_s, patient)
            count = 0 if self._aborted else min(size, self._spans.end_from(offset) - offset)
        with self._disk:
            if count <= 0 or self._file is None:
                return b""
            self._file.seek(offset)
            return self._file.read(count)

    def open(self) -> None:
        """Open the file, or create it, and its folder if need be. Raises ``OSError``."""
        with self._disk:
            if self._aborted:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._resumable and (state := parts.read_state(self.path)):
                self._file = self.path.open("r+b", buffering=0)
                self._take(state)
            else:
                parts.remove(self.path)
                self._file = self.path.open("x+b", buffering=0)

    def write(self, offset: int, data: bytes) -> None:
        """Put bytes in their place, and note now and then what is there. Raises ``OSError``; does nothing
        once closed."""
        with self._disk:
            if self._file is None:
                return
            if self._outdated:
                parts.drop_state(self.path)
                self._file.truncate(0)
                self._outdated = False
            self._file.seek(offset)
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        with self._state:
            self._spans.add(offset, offset + len(data))
            self._state.notify_all()
        if time.monotonic() - self._noted_at >= NOTE_EVERY_S:
            self.note()

    def note(self) -> None:
        """Put what is there on the disk, and then a note of it, for a later run. Raises ``OSError``."""
        self._noted_at = time.monotonic()
        with self._noting:
            with self._disk:  # not for long: readers wait for it
                if self._file is None or not self._keepable:
                    return
                with self._state:
                    state = parts.PartState(self._size, self.size_stated, self.validator, tuple(self._spans))
                twin = os.dup(self._file.fileno())
            _put_on_disk(twin)
            parts.write_state(self.path, state)

    def set_size(self, size: int) -> None:
        """Say how many bytes there will be."""
        with self._state:
            self._size = size
            self._state.notify_all()

    def forget(self) -> None:
        """Forget what is there: the host has other bytes now."""
        with self._state:
            self._spans = Spans()
            self._size = None
            self._outdated = True
        self.validator, self.size_stated = "", False

    def abort(self) -> None:
        """Wake every reader; from now on all of them get b""."""
        with self._state:
            self._aborted = True
            self._state.notify_all()

    def move_to(self, target: Path) -> None:
        """Move the complete file to its lasting place; readers go on reading, also when it cannot be moved.
        Raises ``OSError``."""
        with self._noting:  # who closes it waits for this, and readers do not
            with self._disk:
                if self._file is None:
                    return
                twin = os.dup(self._file.fileno())
            _put_on_disk(twin)  # once it has its place, nobody checks it again; and nothing more is written
            with self._disk:
                if self._file is not None:
                    self._move(self._file, target)

    def close(self) -> None:
        """End all reading and close. The file stays if it has its place, or a later run can go on with it."""
        self.abort()
        noted = False
        with suppress(OSError):  # not noted, so worth nothing
            self.note()
            noted = self._keepable
        with self._disk:
            if self._file is None:
                return
            self._file.close()
            self._file = None
            if not (noted or self._moved):  # another thread may have moved it just now
                parts.remove(self.path)

    def _move(self, file: BinaryIO, target: Path) -> None:
        """Leave it open where it is then."""
        part = self.path
        file.close()  # some systems refuse to rename an open file
        self._file = None  # until it is open again, if it can be
        try:
            part.replace(target)
            self.path, self._moved = target, True
            parts.remove(part)  # its note
        finally:
            self._file = self.path.open("rb")

    @property
    def _keepable(self) -> bool:
        """Whether a later run could go on with it."""
        return self._resumable and not self._moved and bool(self.validator) and self._spans.total > 0

    def _take(self, state: parts.PartState) -> None:
        with self._state:
            self._size, self.size_stated, self.validator = state.size, state.size_stated, state.validator
            for start, end in state.spans:
                self._spans.add(start, end)

    def _settled(self, offset: int) -> bool:
        """Whether a read at ``offset`` has its answer."""
        at_end = self._size is not None and offset >= self._size
        return self._aborted or at_end or self._spans.end_from(offset) > offset

    def _wait_for(self, offset: int, timeout_s: float | None, patient: bool) -> None:
        waiter = object()
        if not patient:
            self._waiting[waiter] = offset
        try:
            self._state.wait_for(lambda: self._settled(offset), timeout_s)
        finally:
            self._waiting.pop(waiter, None)


def _put_on_disk(twin: int) -> None:
    """All that was written to the file so far; then close this descriptor of it."""
    try:
        _sync(twin)
    finally:
        os.close(twin)
