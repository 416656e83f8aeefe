"""The sound of one deck: made for its first song, as loud, as fast and on the device that is wanted."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.ui.player.outputs import Outputs
from aimusic_desktop.ui.player.sound import Sound


class Voice(QObject):
    """Holds one ``Sound`` at a time and tells what that tells, by the same signals.

    ``sound`` is None before the first ``open``, and after one that was stuck was let go.
    """

    ready = Signal()
    length_changed = Signal(int)
    moved = Signal(int)
    ended = Signal()
    broken = Signal()

    def __init__(self, outputs: Outputs, parent: QObject) -> None:
        super().__init__(parent)
        self.sound: Sound | None = None
        self._outputs = outputs
        self._level = 1.0
        self._rate = 1.0

    async def open(self) -> Sound:
        """The sound, on the device that is in use. Raises ``NoSound`` where there can be none."""
        await self._outputs.open()
        if self.sound is None:
            self.sound = await Sound.open(self)
            self._tie(self.sound)
        self._route()
        return self.sound

    def drop(self) -> None:
        """Let go of the source, at once even when it stalls or the device takes nothing."""
        if self.sound is None:
            return
        if self.sound.stuck:  # dropped now, it would hold up the window until the device moves again
            self._forget().leave()
        else:
            self.sound.drop()

    def close(self) -> None:
        """Let go of the source, and of the device."""
        self.drop()
        if self.sound is not None:
            self._forget().deleteLater()

    def set_level(self, level: float) -> None:
        """``level`` is what every sample is multiplied by, 0 to 1."""
        self._level = level
        if self.sound is not None:
            self.sound.set_level(level)

    def set_rate(self, rate: float) -> None:
        """``rate`` is how fast, 1 being as it was made."""
        self._rate = rate
        if self.sound is not None:
            self.sound.set_rate(rate)

    def _tie(self, sound: Sound) -> None:
        sound.ready.connect(self.ready)
        sound.length_changed.connect(self.length_changed)
        sound.moved.connect(self.moved)
        sound.ended.connect(self.ended)
        sound.broken.connect(self.broken)
        self._outputs.changed.connect(self._route)
        sound.set_level(self._level)
        sound.set_rate(self._rate)

    def _forget(self) -> Sound:
        assert self.sound is not None
        sound, self.sound = self.sound, None
        self._outputs.changed.disconnect(self._route)
        sound.disconnect(self)
        return sound

    def _route(self) -> None:
        if self.sound is not None:
            self.sound.set_device(self._outputs.device())
