"""The devices sound can come out of, and which of them it does."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.ui.player.multimedia import NoAnswer, load_multimedia
from aimusic_desktop.ui.player.sinks import Sinks, answers
from aimusic_desktop.ui.player.sound_link import SoundLink

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QMediaDevices

LEFT_S = 1.0
"""So long after the default has moved on, the old one's going still counts as being pulled: systems tell
the two in either order."""

RETURN_S = 20.0
"""A song goes on by itself when the sound server is back this soon; a restart takes a few seconds."""

_PAUSED = "“{gone}” was disconnected: the song is paused. Press Play to hear it on “{other}”."
_GOES_ON = "“{gone}” was disconnected: the song plays on “{other}” now."
_NONE_LEFT = (
    "“{gone}” was disconnected, and there is no other sound device: the song is paused. "
    "Connect one, then press Play."
)
SERVER_LOST = (
    "The sound server of this computer has stopped: the song is paused. "
    "It goes on by itself if the server is back soon; later, press Play."
)


@dataclass(frozen=True, slots=True)
class Output:
    """A device by the id that the system knows it by, and by the name that people do."""

    id: str
    name: str


class Outputs(QObject):
    """The sound devices: the chosen one while it is there, else the system's default.

    ``chosen`` is the id of the user's choice, "" for the default; ``when_lost`` is "pause" or "go_on".
    ``devices`` is empty until ``open`` was awaited, which needs QtMultimedia.
    """

    changed = Signal()
    """The devices, or which one is to be used."""
    vanished = Signal(str)
    """The device in use was pulled; comes before ``changed``. The sentence says what becomes of a song."""
    returned = Signal()
    """What vanished with the sound server is back, soon enough to go on; comes after ``changed``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.devices: list[Output] = []
        self.chosen = ""
        self.when_lost = "pause"
        self._media: QMediaDevices | None = None
        self._used = Output("", "")
        self._left = Output("", "")
        self._left_at = 0.0
        self._link: SoundLink | None = None
        self._lost_at = 0.0
        self._sinks = Sinks(self)
        self._sinks.changed.connect(self._look)

    @property
    def pauses(self) -> bool:
        """Whether a song stops when its device was pulled: as the user wants, or for want of another."""
        return self.when_lost == "pause" or not self.devices

    async def open(self) -> None:
        """Look for the devices, and at every change from now on. Raises ``NoSound`` without QtMultimedia,
        and ``NoAnswer`` when the sound server hangs: Qt would wait for it, and the window with it."""
        if self._media is not None:
            return
        answered, _ = await asyncio.gather(asyncio.to_thread(answers, os.environ.copy()), load_multimedia())
        if self._media is None:  # somebody else may have opened it meanwhile
            if not answered:
                raise NoAnswer
            self._begin()

    def close(self) -> None:
        """Look no more."""
        self._sinks.close()
        if self._link is not None:
            self._link.close()

    def choose(self, device_id: str) -> None:
        """Use that device from now on, whenever it is there; "" for the system's default."""
        self.chosen = device_id
        self._left = Output("", "")  # left by the user's wish: its going is no news
        if self._media is not None:
            self._use(self._found())

    def device(self) -> QAudioDevice | None:
        """The device to play on, a null one if the system has none; None if those that Qt knows must not be
        touched. Only after ``open``."""
        return self._wanted(self._found())

    def _begin(self) -> None:
        from PySide6.QtMultimedia import QMediaDevices

        self._media = QMediaDevices(self)
        self._media.audioOutputsChanged.connect(self._look)
        self._watch()
        self._look()

    def _watch(self) -> None:
        self._link = SoundLink(self)
        self._link.changed.connect(self._link_changed)
        if self._link.server:
            self._sinks.start(self._link.server)

    def _link_changed(self) -> None:
        assert self._link is not None
        if not self._link.held:
            self._lost_at = time.monotonic()
        self._look()
        if self._link.held and time.monotonic() - self._lost_at <= RETURN_S:
            self.returned.emit()

    def _found(self) -> list[QAudioDevice]:
        """What can be played on: Qt goes on listing what was pulled, or went with the sound server."""
        assert self._media is not None
        if self._link is not None and not self._link.held:
            return []
        names = self._sinks.names
        return [
            device for device in self._media.audioOutputs() if names is None or _output(device).id in names
        ]

    def _look(self) -> None:
        found = self._found()
        self.devices = [_output(device) for device in found]
        gone = self._gone()
        previous = self._used
        if gone is not None:
            self._left = Output("", "")
            self.vanished.emit(self._sentence(gone, _output(self._wanted(found))))
        self._use(found)
        if gone is None and self._used != previous:
            self._left, self._left_at = previous, time.monotonic()

    def _use(self, found: list[QAudioDevice]) -> None:
        self._used = _output(self._wanted(found))
        self.changed.emit()

    def _gone(self) -> Output | None:
        """The device that was played on, or just before, if it is there no more."""
        recent = time.monotonic() - self._left_at <= LEFT_S
        for output in (self._used, self._left if recent else Output("", "")):
            if output.id and output.id not in {device.id for device in self.devices}:
                return output
        return None

    def _wanted(self, found: list[QAudioDevice]) -> QAudioDevice | None:
        assert self._media is not None
        if not found and self._media.audioOutputs():
            return None
        chosen = (device for device in found if self.chosen and _output(device).id == self.chosen)
        # A default that was just pulled may still be called so.
        default = self._media.defaultAudioOutput()
        return next(chosen, default if default in found or not found else found[0])

    def _sentence(self, gone: Output, other: Output) -> str:
        if self._link is not None and not self._link.held:
            return SERVER_LOST
        if not self.devices:
            return _NONE_LEFT.format(gone=gone.name)
        sentence = _PAUSED if self.when_lost == "pause" else _GOES_ON
        return sentence.format(gone=gone.name, other=other.name)


def _output(device: QAudioDevice | None) -> Output:
    if device is None:
        return Output("", "")
    return Output(bytes(device.id().data()).decode(errors="replace"), device.description())
