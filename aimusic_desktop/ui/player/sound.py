"""One source of sound on one device: what QtMultimedia's player is needed for, without its traps."""

from __future__ import annotations

import logging
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal, SignalInstance

from aimusic_desktop.ui.player.multimedia import NO_SOUND, NoSound, load_multimedia
from aimusic_desktop.ui.player.stream import Stream

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QMediaPlayer

__all__ = ["NO_SOUND", "NoSound", "Sound"]

log = logging.getLogger(__name__)

LAST_MS = 50
"""A seek to the end of a source leaves so much of it."""
STUCK_S = 0.4
"""So long without a move, where one comes every 50 ms, the device has stopped taking sound."""


class Sound(QObject):
    """Plays one source at a time on the device that it is given, at first the system's default.

    A source is a stream or a whole local file, never a URL: ffmpeg would print it. After ``drop`` nothing
    of the source is read any more, and no signal of it comes.
    """

    ready = Signal()
    """The source can be played, from the position it was loaded with."""
    length_changed = Signal(int)
    """Milliseconds."""
    moved = Signal(int)
    """The position, in milliseconds, some twenty times a second."""
    ended = Signal()
    """Nothing is left to play."""
    broken = Signal()
    """The source cannot be played, or not on."""

    def __init__(self, parent: QObject) -> None:
        """Use ``open``, which has QtMultimedia imported first."""
        from PySide6.QtMultimedia import QAudioBufferOutput, QAudioOutput, QMediaPlayer

        super().__init__(parent)
        self.source: Stream | Path | None = None
        self._start_ms = 0
        self.loaded = False
        """Whether ``play`` would be heard."""
        self._moving_since: float | None = None  # or when it moved last
        self._end_due = False  # the end was reached, and is told when Qt's own calls have returned
        self._player = QMediaPlayer(self)
        self._output = QAudioOutput(self)
        self._unheard = QAudioBufferOutput(self)
        for sender in (self._player, self._output, self._unheard):
            _ask_once(sender)
        self._player.setAudioOutput(self._output)
        self._player.setPitchCompensation(True)
        self._player.mediaStatusChanged.connect(self._status_changed)
        self._player.errorOccurred.connect(self._failed)
        self._player.durationChanged.connect(self._length_known)
        self._player.positionChanged.connect(self._moved)

    @classmethod
    async def open(cls, parent: QObject) -> Sound:
        """Import QtMultimedia, then build on it. Raises ``NoSound`` without it or its plugin."""
        await load_multimedia()
        sound = cls(parent)
        if not sound._player.isAvailable():
            sound.deleteLater()
            raise NoSound
        return sound

    @property
    def waiting(self) -> bool:
        """Whether the source waits for bytes that have not arrived."""
        return isinstance(self.source, Stream) and self.source.waiting

    @property
    def stuck(self) -> bool:
        """Whether the device seems to take nothing, as when the sound server hangs: ``drop`` would wait."""
        since = self._moving_since
        return since is not None and not self.waiting and time.monotonic() - since > STUCK_S

    @property
    def empty(self) -> bool:
        """Whether a source that is loaded holds no sound at all; Qt would never come to its end."""
        return self.loaded and self._player.duration() <= 0

    @property
    def keeps_pitch(self) -> bool:
        """Whether a song sounds as high as ever at other speeds."""
        return self._player.pitchCompensation()

    def load(self, source: Stream | Path, start_ms: int) -> None:
        """Take a source in place of the present one; ``ready`` or ``broken`` follows."""
        self.drop()
        self.source, self._start_ms = source, start_ms
        if isinstance(source, Stream):
            self._player.setSourceDevice(source, QUrl())
        else:
            self._player.setSource(QUrl.fromLocalFile(str(source)))

    def drop(self) -> None:
        """Let go of the source, within ``stream.POLL_S`` even when it stalls."""
        source, self.source, self.loaded = self.source, None, False
        self._moving_since = None
        self._end_due = False
        if isinstance(source, Stream):
            source.end()
        if source is not None:
            # Never stop(): it waits for a source that stalls. When this returns, ffmpeg's threads have left
            # the stream and it may be deleted; Qt keeps no reference to it.
            self._player.setSource(QUrl())

    def leave(self) -> None:
        """Be heard no more; let go of the source, and of everything, once the device moves again."""
        self.set_level(0.0)
        # Destroyed before that, its player waits for threads that still read the source.
        self._player.destroyed.connect(partial(_nothing, self.source))
        if isinstance(self.source, Stream):
            self.source.end()
        for signal in (self.moved, self.ended, self.broken):
            for end in (self.drop, self.deleteLater):  # when Qt's own calls have returned
                signal.connect(end, Qt.ConnectionType.QueuedConnection)

    def play(self) -> None:
        self._player.play()
        self._moving_since = time.monotonic()

    def pause(self) -> None:
        self._player.pause()
        self._moving_since = None
        self._end_due = False

    def seek(self, position_ms: int) -> None:
        if not self.loaded:
            self._start_ms = position_ms
        elif isinstance(self.source, Stream) and self.source.waiting:
            # ffmpeg finishes the read it waits in before it seeks: begin anew instead.
            self.load(Stream(self.source.growing), position_ms)
        else:
            self._go_to(position_ms)
            if self._end_due:  # whoever seeks before the end is told hears the song go on
                self._end_due = False
                self.play()

    def set_level(self, level: float) -> None:
        """``level`` is what every sample is multiplied by, 0 to 1."""
        self._output.setVolume(level)

    def set_rate(self, rate: float) -> None:
        """``rate`` is how fast, 1 being as it was made."""
        self._player.setPlaybackRate(rate)

    def set_device(self, device: QAudioDevice | None) -> None:
        """Play there from now on, or unheard; Qt itself would go on where the system's default once was."""
        if device is not None and device != self._output.device():
            self._output.setDevice(device)
        if (device is None) != (self._player.audioOutput() is None):
            # Without any output Qt would never come to the end of a song.
            unheard, output = (self._unheard, None) if device is None else (None, self._output)
            self._player.setAudioBufferOutput(unheard)  # type: ignore[arg-type]
            self._player.setAudioOutput(output)  # type: ignore[arg-type]

    def _go_to(self, position_ms: int) -> None:
        # From its very end on a source would never come to an end.
        self._player.setPosition(max(0, min(position_ms, self._player.duration() - LAST_MS)))

    def _status_changed(self, status: QMediaPlayer.MediaStatus) -> None:
        if self.source is None:
            return
        if status is status.LoadedMedia and not self.loaded:  # it comes again after every seek
            self.loaded = True
            if self._start_ms:
                self._go_to(self._start_ms)
            self._tell(self.ready)
        elif status is status.EndOfMedia:
            self._moving_since = None
            self._end_due = True
            QTimer.singleShot(0, self, self._tell_end)

    def _failed(self, error: QMediaPlayer.Error, text: str) -> None:
        if self.source is not None:
            log.info("cannot play: %s (%s)", text, error.name)
            self._tell(self.broken)

    def _tell(self, signal: SignalInstance) -> None:
        """Emit when Qt's own calls have returned: whoever hears it may drop the source they work on."""
        source = self.source
        QTimer.singleShot(0, self, lambda: signal.emit() if source is self.source else None)

    def _tell_end(self) -> None:
        if self._end_due:
            self._end_due = False
            self.ended.emit()

    def _length_known(self, length_ms: int) -> None:
        if self.source is not None and length_ms > 0:
            self.length_changed.emit(length_ms)

    def _moved(self, position_ms: int) -> None:
        if self.source is not None and self.loaded:
            if self._moving_since is not None:
                self._moving_since = time.monotonic()
            self.moved.emit(position_ms)


def _ask_once(sender: QObject) -> None:
    """Have PySide learn that nothing here overrides how ``sender`` is told of its connections.

    One of Qt's sound threads, taking its connections down, would ask at the first of them: it holds the
    sender's lock and waits for the interpreter, while the GUI thread holds that and waits for the lock.
    """
    sender.objectNameChanged.connect(_nothing)
    sender.objectNameChanged.disconnect(_nothing)


def _nothing(*_: object) -> None: ...
