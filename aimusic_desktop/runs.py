"""Which programs of this user run now: what a run has begun, another takes over only when it has died.

A run holds a lock on a file of its own as long as its process lives, however that ends. What all runs
write in turn has a lock for as long as that takes. Everything here touches the disk: call it in a thread.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aimusic_desktop.paths import make_private

if TYPE_CHECKING:
    from filelock import BaseFileLock

log = logging.getLogger(__name__)

_SUFFIX = ".lock"
_BEGIN_LIMIT_S = 2.0
_TURN_LIMIT_S = 2.0
_TOKEN = re.compile("[0-9a-f]{16}")


class Runs:
    """The runs that share the folder ``root``. ``token`` names this one and is never used again."""

    def __init__(self, root: Path) -> None:
        self.token = secrets.token_hex(8)
        self._root = root
        self._lock: BaseFileLock | None = None

    def begin(self) -> None:
        """Say that this run lives. Raises OSError; without it, others take this run for a dead one."""
        if self._lock is None:
            make_private(self._root)
            self._lock = self._held()
            self._sweep()

    def alive(self, token: str) -> bool:
        """Whether the run of that token still lives; this one always does."""
        if token == self.token:
            return True
        from filelock import Timeout

        if not _TOKEN.fullmatch(token):
            return False
        path = self._path(token)
        lock = _lock(path)
        try:
            path.stat()  # locking would make the file
            lock.acquire()
        except FileNotFoundError:
            return False
        except Timeout:
            return True
        except OSError as error:
            log.warning("a run's lock cannot be looked at: %s", error.strerror)
            return True  # rather leave its work alone than do it twice
        self._end(lock, path)
        return False

    def close(self) -> None:
        """Say that this run is over."""
        if self._lock is not None:
            self._end(self._lock, self._path(self.token))
            self._lock = None

    def _held(self) -> BaseFileLock:
        path = self._path(self.token)
        lock = _lock(path)
        lock.acquire(timeout=_BEGIN_LIMIT_S)
        while not path.exists():  # another that sweeps came between the file and its lock
            lock.release()
            lock.acquire(timeout=_BEGIN_LIMIT_S)
        return lock

    def _sweep(self) -> None:
        """Remove what killed runs left."""
        for path in self._root.glob(f"*{_SUFFIX}"):
            self.alive(path.stem)

    def _path(self, token: str) -> Path:
        return self._root / f"{token}{_SUFFIX}"

    def _end(self, lock: BaseFileLock, path: Path) -> None:
        # Removed while it is held: whoever comes later finds no file, never one that means nothing.
        with suppress(OSError):  # Windows removes no open file
            path.unlink(missing_ok=True)
        lock.release()
        if os.name == "nt":  # elsewhere it may be another's by now: of a run that is just beginning
            with suppress(OSError):
                path.unlink(missing_ok=True)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Hold a lock on the file ``path``, which stays, so that one run at a time does what is done meanwhile.
    Where that lock is not to be had soon, it is done without."""
    lock = _lock(path)
    with suppress(OSError, NotImplementedError):  # a disk without locks, another run that stands still
        lock.acquire(timeout=_TURN_LIMIT_S)
    try:
        yield
    finally:
        lock.release()


def _lock(path: Path) -> BaseFileLock:
    from filelock import FileLock  # not at start

    return FileLock(path, timeout=0, thread_local=False)
