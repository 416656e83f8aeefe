"""Which files another program may still be reading: those must not be removed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

KEPT_S = 600.0  # a receiver may copy slowly, or open what it was given a little later


class Pins:
    """Files that were handed over. Any thread may call. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: Counter[Path] = Counter()
        self._until: dict[Path, float] = {}
        self._lock = threading.RLock()

    def keep(self, paths: Iterable[Path]) -> None:
        """Keep these for ``KEPT_S`` seconds from now."""
        with self._lock:
            now = self._clock()
            self._until = {path: end for path, end in self._until.items() if end > now}
            self._until |= dict.fromkeys(paths, now + KEPT_S)

    def hold(self, paths: Iterable[Path]) -> Callable[[], None]:
        """Keep these until what this gives is called, once, and ``KEPT_S`` seconds more."""
        held = tuple(paths)

        def release() -> None:
            with self._lock:
                self._held -= Counter(held)
                self.keep(held)

        with self._lock:
            self._held.update(held)
        return release

    def remove(self, path: Path, unlink: Callable[[Path], bool]) -> bool:
        """``unlink`` a file that is not kept, and not let it be kept meanwhile. Gives whether it is gone."""
        with self._lock:
            kept = self._held[path] > 0 or self._until.get(path, 0.0) > self._clock()
            return not kept and unlink(path)
