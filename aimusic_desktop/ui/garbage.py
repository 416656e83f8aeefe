"""Collects Python's reference cycles on the GUI thread only.

The collector runs in whichever thread happens to allocate. Were that a worker, it would destroy widgets
and timers of the GUI thread from there, and Qt would crash at their next event.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1_000


class GuiGarbage(QObject):
    """Takes the automatic collector's place as long as it lives, by the same thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collect the oldest generation that is due, which takes the younger ones along."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def settle(self) -> None:
        """Leave what is alive now out of later collections: the program itself, made once and kept."""
        gc.collect()
        gc.freeze()
