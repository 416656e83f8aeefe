"""Decodes a song to measure its shape, in a thread of its own: opening waits for the index."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEventLoop, QMetaObject, QObject, Qt, QTimer, QUrl, Signal

from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.media.peaks import Meter, Peaks
from aimusic_desktop.ui.player.stream import Stream

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioBuffer, QAudioFormat

LOOK_MS = 50
"""How often the thread looks whether it is to end."""
TELL_EVERY = 3
"""Looks between two signs of progress, which are for eyes."""
STILL_LIMIT_MS = 10_000
"""Without a sample, though nothing is waited for; then it is given up."""


def can_decode() -> bool:
    """Whether there is a plugin that decodes; loads it, a few tens of milliseconds once.

    QtMultimedia must have been loaded before. On the GUI thread, where the plugin makes objects that stay.
    """
    from PySide6.QtMultimedia import QAudioDecoder

    return QAudioDecoder().isSupported()


class Decoding(QObject):
    """One song being decoded and measured. ``can_decode`` must have been asked before.

    Whoever made it calls ``wait`` when it has ended, and keeps it until then.
    """

    grew = Signal(object)
    """The ``Peaks`` so far, some times a second."""
    ended = Signal(object)
    """The ``Peaks`` of the whole song; None when it cannot be decoded, or was broken off."""

    def __init__(self, source: GrowingFile | Path) -> None:
        super().__init__()
        self._stream = Stream(source, patient=True) if isinstance(source, GrowingFile) else None
        self._over = threading.Event()
        work = _Work(self._stream or QUrl.fromLocalFile(str(source)), self._over, self.grew.emit)
        self._thread = threading.Thread(target=self._run, args=(work,), name="peaks", daemon=True)

    @property
    def interrupted(self) -> bool:
        """Whether it was broken off, or its file will not be completed as it began."""
        return self._over.is_set() or (self._stream is not None and self._stream.lost)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Break it off; ``ended`` follows, also when the song stalls."""
        self._over.set()
        if self._stream is not None:
            self._stream.end()

    def wait(self, limit_s: float) -> bool:
        """Wait for the thread's end, ``limit_s`` seconds at most. Gives whether it has ended."""
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _run(self, work: _Work) -> None:
        peaks = work.run()
        self.ended.emit(None if self.interrupted else peaks)


class _Work:
    """What happens in the thread. No QObject, so that Qt calls it there and nowhere else."""

    def __init__(self, source: Stream | QUrl, over: threading.Event, tell: Callable[[Peaks], None]) -> None:
        self._source = source
        self._over = over
        self._tell = tell
        self._format: QAudioFormat | None = None
        self._meter: Meter | None = None
        self._result: Peaks | None = None
        self._looks = 0
        self._moved = 0  # the look at which something came last

    def run(self) -> Peaks | None:
        """Decode to the end, or until it is over; None unless that was the song's."""
        from PySide6.QtMultimedia import QAudioFormat

        self._decode(QAudioFormat(), self._take_format)
        if self._format is not None:
            self._meter = Meter(self._format.sampleRate(), self._format.channelCount())
            self._decode(self._format, self._take)
        return self._result

    def _decode(self, wanted: QAudioFormat, take: Callable[[QAudioBuffer, QEventLoop], None]) -> None:
        """Give each buffer to ``take``, until that ends the loop, or nothing more is to come."""
        from PySide6.QtMultimedia import QAudioDecoder

        loop, timer, decoder = QEventLoop(), QTimer(interval=LOOK_MS), QAudioDecoder()
        timer.timeout.connect(lambda: self._look(loop))
        decoder.bufferReady.connect(lambda: take(decoder.read(), loop))
        decoder.finished.connect(lambda: self._finish(loop))
        decoder.error.connect(loop.quit)
        decoder.setAudioFormat(wanted)
        if isinstance(self._source, Stream):
            decoder.setSourceDevice(self._source)
        else:
            decoder.setSource(self._source)
        timer.start()
        # Both in the loop, which lets go of the interpreter. Called from here, "start" would hold the window
        # up, and "stop" wait for ever for ffmpeg's threads, which need the interpreter to leave the stream.
        QMetaObject.invokeMethod(decoder, "start", Qt.ConnectionType.QueuedConnection)
        loop.exec()
        decoder.finished.disconnect()  # it comes of stopping, too
        QMetaObject.invokeMethod(decoder, "stop", Qt.ConnectionType.QueuedConnection)
        QTimer.singleShot(0, loop.quit)  # behind it
        loop.exec()
        for each in (decoder, timer, loop):
            shiboken6.delete(each)  # here: a QObject must die in its own thread

    def _take_format(self, buffer: QAudioBuffer, loop: QEventLoop) -> None:
        self._format = measured_format(buffer.format())
        loop.quit()

    def _take(self, buffer: QAudioBuffer, loop: QEventLoop) -> None:
        assert self._meter is not None
        self._moved = self._looks
        if buffer.isValid():
            self._meter.add(buffer.constData())
        if self._meter.full:
            self._finish(loop)

    def _finish(self, loop: QEventLoop) -> None:
        self._result = self._meter.whole() if self._meter is not None else Peaks(b"", None, True)
        loop.quit()

    def _look(self, loop: QEventLoop) -> None:
        self._looks += 1
        if isinstance(self._source, Stream) and self._source.waiting:
            self._moved = self._looks
        if self._over.is_set() or (self._looks - self._moved) * LOOK_MS >= STILL_LIMIT_MS:
            loop.quit()
        elif self._meter is not None and self._looks % TELL_EVERY == 0:
            self._tell(self._meter.so_far())


def measured_format(native: QAudioFormat) -> QAudioFormat:
    """What a song of this format is decoded to: 16 bits, and nothing else changed.

    A decoder that is to change the rate stands still for good where the first samples make none of the new
    rate, as those of an MP3 do: Qt goes on when a buffer was read, and an empty one does not count.
    """
    native.setSampleFormat(native.SampleFormat.Int16)
    return native
