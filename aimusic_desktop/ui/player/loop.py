"""A span of a song, from A to B, that plays over and over: its rules, and who watches for its end."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal

SHORTEST_MS = 500
_SOON_MS = 150
"""Positions are told every 50 ms, which the ear would notice: the last stretch is timed."""


@dataclass(frozen=True, slots=True)
class Loop:
    """The marked ends, in milliseconds; None where there is none. Nothing repeats before both are there."""

    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def complete(self) -> bool:
        return self.start_ms is not None and self.end_ms is not None

    def within(self, length_ms: int) -> Loop | None:
        """The same inside a song of that length (0: unknown), its ends in order; None if it is too short."""
        start_ms, end_ms = (_inside(mark_ms, length_ms) for mark_ms in (self.start_ms, self.end_ms))
        if start_ms is None or end_ms is None:
            return Loop(start_ms, end_ms)
        if abs(end_ms - start_ms) < SHORTEST_MS:
            return None
        return Loop(min(start_ms, end_ms), max(start_ms, end_ms))

    def jump(self, before_ms: int, now_ms: int) -> int | None:
        """Where to go when the song has played on from one position to another, or None to let it go on.

        Only who passes the end goes back: a listener who seeks behind it hears the rest of the song.
        """
        if self.start_ms is None or self.end_ms is None:
            return None
        return self.start_ms if before_ms < self.end_ms <= now_ms else None


class LoopWatch(QObject):
    """Says in time when a playing song has come to the end of its loop."""

    over = Signal(int)
    """The end is reached: go back to this position, in milliseconds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._loop = Loop()
        self._was_ms = 0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._time_is_up)

    def look(self, loop: Loop, position_ms: int, rate: float) -> None:
        """The song has played on to a position, at that speed; call it at every one."""
        before_ms, self._was_ms, self._loop = self._was_ms, position_ms, loop
        self._timer.stop()
        if loop.end_ms is not None and loop.jump(position_ms, position_ms + _SOON_MS) is not None:
            self._timer.start(round((loop.end_ms - position_ms) / rate))
        else:
            self._jump(before_ms, position_ms)

    def rest(self, position_ms: int) -> None:
        """The song does not play on from where it was: it is paused, or sought to ``position_ms``."""
        self._was_ms = position_ms
        self._timer.stop()

    def back_at_end(self, loop: Loop, length_ms: int) -> int | None:
        """Where to go from the end of the song, if the loop had ended there too."""
        return loop.jump(self._was_ms, length_ms)

    def _time_is_up(self) -> None:
        assert self._loop.end_ms is not None
        self._jump(self._was_ms, self._loop.end_ms)

    def _jump(self, before_ms: int, now_ms: int) -> None:
        if (start_ms := self._loop.jump(before_ms, now_ms)) is not None:
            self.over.emit(start_ms)


def _inside(mark_ms: int | None, length_ms: int) -> int | None:
    if mark_ms is None:
        return None
    return max(0, min(mark_ms, length_ms or mark_ms))
