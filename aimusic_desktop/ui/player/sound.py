"""The one door to QtMultimedia, opened at the first play: it costs start-up time, and it may not be there."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLoggingCategory, QObject, QTimer, QUrl, Signal, SignalInstance

from aimusic_desktop.errors import AppError
from aimusic_desktop.ui.player.stream import Stream

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

log = logging.getLogger(__name__)

NO_SOUND = (
    "Sound cannot be played here: a system library is missing, most often libpulse. "
    "Run “aimusic-desktop self-check” to see which."
)


class NoSound(AppError):
    """QtMultimedia, or what it stands on, is missing."""

    def __init__(self) -> None:
        super().__init__(NO_SOUND)


class Sound(QObject):
    """Plays one source at a time on the system's default device, following it when it changes.

    A source is a stream or a whole local file, never a URL: ffmpeg would print it. After ``drop`` nothing
    of the source is read any more, and no signal of it comes.
    """

    ready = Signal()
    """The source can be played, from the position it was loaded with."""
    length_changed = Signal(int)
    """Milliseconds."""
    moved = Signal(int)
    """The position, in milliseconds."""
    ended = Signal()
    """Nothing is left to play."""
    broken = Signal()
    """The source cannot be played, or not on."""
    devices_changed = Signal()
    """``has_device`` may have changed."""

    def __init__(self, parent: QObject) -> None:
        """Use ``open``, which has QtMultimedia imported first."""
        from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer

        super().__init__(parent)
        self.source: Stream | Path | None = None
        self._start_ms = 0
        self.loaded = False
        """Whether ``play`` would be heard."""
        self._player = QMediaPlayer(self)
        self._output = QAudioOutput(self)
        self._player.setAudioOutput(self._output)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._follow_default)
        self._player.mediaStatusChanged.connect(self._status_changed)
        self._player.errorOccurred.connect(self._failed)
        self._player.durationChanged.connect(self._length_known)
        self._player.positionChanged.connect(self._moved)

    @classmethod
    async def open(cls, parent: QObject) -> Sound:
        """Import QtMultimedia, then build on it. Raises ``NoSound`` without it or its plugin.

        On the GUI thread, a few tens of milliseconds once: Qt's classes made elsewhere meanwhile crash it.
        """
        if "QT_FFMPEG_DEBUG" not in os.environ:
            # Through Qt's log, and dropped there: ffmpeg's chatter about every file stays off the terminal.
            os.environ["QT_FFMPEG_DEBUG"] = "1"
            QLoggingCategory.setFilterRules("default.debug=false\ndefault.info=false")
        try:
            importlib.import_module("PySide6.QtMultimedia")
            await asyncio.sleep(0)
        except ImportError as error:
            log.warning("QtMultimedia cannot be imported: %s", error)
            raise NoSound from error
        sound = cls(parent)
        if not sound._player.isAvailable():
            sound.deleteLater()
            raise NoSound
        return sound

    @property
    def has_device(self) -> bool:
        """Whether there is anything to hear it on; without, the position advances all the same."""
        return bool(self._devices.audioOutputs())

    @property
    def waiting(self) -> bool:
        """Whether the source waits for bytes that have not arrived."""
        return isinstance(self.source, Stream) and self.source.waiting

    def load(self, source: Stream | Path, start_ms: int) -> None:
        """Take a source in place of the present one; ``ready`` or ``broken`` follows."""
        self.drop()
        self._follow_default()
        self.source, self._start_ms = source, start_ms
        if isinstance(source, Stream):
            self._player.setSourceDevice(source, QUrl())
        else:
            self._player.setSource(QUrl.fromLocalFile(str(source)))

    def drop(self) -> None:
        """Let go of the source, within ``stream.POLL_S`` even when it stalls."""
        source, self.source, self.loaded = self.source, None, False
        if isinstance(source, Stream):
            source.end()
        if source is not None:
            # Never stop(): it waits for a source that stalls. When this returns, ffmpeg's threads have left
            # the stream and it may be deleted; Qt keeps no reference to it.
            self._player.setSource(QUrl())

    def play(self) -> None:
        self._player.play()

    def pause(self) -> None:
        self._player.pause()

    def seek(self, position_ms: int) -> None:
        if not self.loaded:
            self._start_ms = position_ms
        elif isinstance(self.source, Stream) and self.source.waiting:
            # ffmpeg finishes the read it waits in before it seeks: begin anew instead.
            self.load(Stream(self.source.growing), position_ms)
        else:
            self._player.setPosition(position_ms)

    def set_volume(self, volume: float) -> None:
        """``volume`` is the slider's, 0 to 1; ears hear in decibels."""
        from PySide6.QtMultimedia import QtAudio

        scale = QtAudio.VolumeScale
        self._output.setVolume(
            QtAudio.convertVolume(volume, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
        )

    def set_muted(self, muted: bool) -> None:
        self._output.setMuted(muted)

    def _follow_default(self) -> None:
        # Qt does not: it goes on playing to where the default was.
        device = self._devices.defaultAudioOutput()
        if device != self._output.device():
            self._output.setDevice(device)
        self.devices_changed.emit()

    def _status_changed(self, status: QMediaPlayer.MediaStatus) -> None:
        if self.source is None:
            return
        if status is status.LoadedMedia and not self.loaded:  # it comes again after every seek
            self.loaded = True
            if self._start_ms:
                self._player.setPosition(self._start_ms)
            self._tell(self.ready)
        elif status is status.EndOfMedia:
            self._tell(self.ended)

    def _failed(self, error: QMediaPlayer.Error, text: str) -> None:
        if self.source is not None:
            log.info("cannot play: %s (%s)", text, error.name)
            self._tell(self.broken)

    def _tell(self, signal: SignalInstance) -> None:
        """Emit when Qt's own calls have returned: whoever hears it may drop the source they work on."""
        source = self.source
        QTimer.singleShot(0, self, lambda: signal.emit() if source is self.source else None)

    def _length_known(self, length_ms: int) -> None:
        if self.source is not None and length_ms > 0:
            self.length_changed.emit(length_ms)

    def _moved(self, position_ms: int) -> None:
        if self.source is not None and self.loaded:
            self.moved.emit(position_ms)
