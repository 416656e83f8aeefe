"""What moved among the save jobs, gathered: chunks arrive far oftener than anyone can see."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.saver import Saver

PULSE_MS = 100


class SavesPulse(QObject):
    """Listens to the saver, and tells of it ten times a second at most."""

    beat = Signal(object, bool)
    """The jobs that moved since the last beat, as a set, and whether jobs came or went."""

    def __init__(self, saver: Saver) -> None:
        super().__init__()
        self._saver = saver
        self._moved: set[SaveJob] = set()
        self._relisted = False
        self._timer = QTimer(self, singleShot=True, interval=PULSE_MS)
        self._timer.timeout.connect(self._beat)
        saver.changed.connect(self._note)
        saver.listed.connect(self._note_list)
        saver.held.connect(self._wake)

    def close(self) -> None:
        """Listen no more."""
        self._saver.changed.disconnect(self._note)
        self._saver.listed.disconnect(self._note_list)
        self._saver.held.disconnect(self._wake)
        self._timer.stop()

    def _note(self, job: SaveJob) -> None:
        self._moved.add(job)
        self._wake()

    def _note_list(self) -> None:
        self._relisted = True
        self._wake()

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _beat(self) -> None:
        moved, self._moved = self._moved, set()
        relisted, self._relisted = self._relisted, False
        self.beat.emit(moved, relisted)
