"""The sleep timer: the sound fades out and pauses after a while, or stops with the song."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.ui.player.player import Player, PlayState

FADE_MS = 10_000
"""How long before the time is over the sound begins to fade."""

FADE_STEP_MS = 100
AFTER_SONG_MS = 300
"""How soon after a song ended, or failed, what follows it is stopped; nothing of it is heard meanwhile."""

STILL_HEARD_MS = 500
"""How long a sound server may go on with what it was given before the pause."""

_STEP_MS = 1_000


class SleepTimer(QObject):
    """Ends the sound of one player. What is played later is as loud as ever."""

    changed = Signal()
    """It was set or is off, or ``remaining_ms`` has moved on."""

    def __init__(
        self, player: Player, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``clock`` gives seconds and is never set back."""
        super().__init__(parent)
        self.ends_with_song = False
        self._player, self._clock = player, clock
        self._end_s: float | None = None
        self._steps = QTimer(self, singleShot=True)
        self._steps.timeout.connect(self._step)
        self._song_over = QTimer(self, singleShot=True, interval=AFTER_SONG_MS)
        self._song_over.timeout.connect(self._end)
        self._loud_again = QTimer(self, singleShot=True, interval=STILL_HEARD_MS)
        self._loud_again.timeout.connect(lambda: player.set_fade(1.0))
        player.finished.connect(self._song_ended)
        player.failed.connect(self._song_ended)

    @property
    def running(self) -> bool:
        return self.ends_with_song or self._end_s is not None

    @property
    def remaining_ms(self) -> int | None:
        """Milliseconds until the sound ends; None while the timer is off or waits for the end of the song."""
        return None if self._end_s is None else max(0, round((self._end_s - self._clock()) * 1000))

    def start(self, minutes: int) -> None:
        """Fade out and pause in so many minutes, in place of what was set before."""
        self._set(self._clock() + minutes * 60, ends_with_song=False)
        self._step()

    def at_end_of_song(self) -> None:
        """Let the song that plays be the last one, in place of what was set before."""
        self._set(None, ends_with_song=True)
        self.changed.emit()

    def cancel(self) -> None:
        """Let the music play; what had begun to fade is as loud as before."""
        self._set(None, ends_with_song=False)
        self.changed.emit()

    def _set(self, end_s: float | None, *, ends_with_song: bool) -> None:
        self._end_s, self.ends_with_song = end_s, ends_with_song
        self._steps.stop()
        self._song_over.stop()
        self._loud_again.stop()
        self._player.set_fade(1.0)

    def _step(self) -> None:
        remaining_ms = self.remaining_ms
        if remaining_ms is None:
            return
        if remaining_ms == 0:
            self._player.pause()
            self._off()
            return
        if remaining_ms < FADE_MS:
            # Squared, since ears hear in decibels: in a straight line most of the fall came at its very end.
            self._player.set_fade((remaining_ms / FADE_MS) ** 2)
        self._steps.start(FADE_STEP_MS if remaining_ms <= FADE_MS else min(_STEP_MS, remaining_ms - FADE_MS))
        self.changed.emit()

    def _song_ended(self) -> None:
        if self.ends_with_song:
            self._player.set_fade(0.0)  # the next song may have begun already, or begin in a moment
            self._song_over.start()

    def _end(self) -> None:
        if self._player.state is PlayState.FAILED:
            self._player.pause()  # what it says of the song stays, and no other follows
        else:
            self._player.stop()
        self._off()

    def _off(self) -> None:
        self._end_s, self.ends_with_song = None, False
        self._loud_again.start()
        self.changed.emit()
