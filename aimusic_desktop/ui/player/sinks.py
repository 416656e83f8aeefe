"""Which sound devices PulseAudio truly has: Qt does not tell when one that is not the default has gone."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Mapping

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

log = logging.getLogger(__name__)

FIRST_MS = 1_000
"""So long after the first song was opened, which is to sound without delay, the watching begins."""
LISTENS_MS = 2_000
"""So long after its start the watcher surely hears of changes; what went before is seen by a second look."""
LONGEST_MS = 60_000
"""Between two attempts to watch; the first come sooner."""

ANSWER_LIMIT_S = 2.0
"""A server that works answers within a hundredth of that."""

_LIST_LIMIT = 64 * 1024  # bytes
_END_LIMIT_MS = 500
_EVENTS = (b"'new' on sink #", b"'remove' on sink #")
_TAIL = 40  # bytes: an event may come in two pieces


class Sinks(QObject):
    """Watches by ``pactl``; where that is not installed, ``names`` is never known."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.names: frozenset[str] | None = None
        """As PulseAudio and Qt's ids call them; None while unknown."""
        self._pactl = shutil.which("pactl")
        self._pause_ms = FIRST_MS
        self._tail = b""
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._watch)
        self._once_more = QTimer(self, singleShot=True, interval=LISTENS_MS)
        self._once_more.timeout.connect(self._list)
        self._watcher = QProcess(self)
        self._watcher.readyReadStandardOutput.connect(self._heard)
        self._watcher.finished.connect(self._lost)
        self._lister = QProcess(self)
        self._lister.finished.connect(self._listed)
        self._stale = False

    def start(self, server: str) -> None:
        """Watch the server at that path, from soon on, and again after it was gone for a while."""
        if self._pactl is None:
            return
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PULSE_SERVER", f"unix:{server}")
        environment.insert("LC_ALL", "C")
        for process in (self._watcher, self._lister):
            process.setProgram(self._pactl)
            process.setProcessEnvironment(environment)
            process.setStandardErrorFile(QProcess.nullDevice())
        self._watcher.setArguments(["subscribe"])
        self._lister.setArguments(["list", "short", "sinks"])
        self._again.start(self._pause_ms)

    def close(self) -> None:
        """Watch no more."""
        self._again.stop()
        self._once_more.stop()
        for process in (self._watcher, self._lister):
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(_END_LIMIT_MS)

    def _watch(self) -> None:
        self._watcher.start()
        self._pause_ms = min(2 * self._pause_ms, LONGEST_MS)
        self._list()
        self._once_more.start()

    def _lost(self) -> None:
        self._know(None)
        self._again.start(self._pause_ms)

    def _heard(self) -> None:
        self._pause_ms = FIRST_MS
        text = self._tail + bytes(self._watcher.readAllStandardOutput().data())
        self._tail = text[-_TAIL:]
        if any(event in text for event in _EVENTS):
            self._tail = b""
            self._list()

    def _list(self) -> None:
        if self._lister.state() is QProcess.ProcessState.NotRunning:
            self._stale = False
            self._lister.start()
        else:
            self._stale = True

    def _listed(self, code: int) -> None:
        text = bytes(self._lister.read(_LIST_LIMIT).data()).decode(errors="replace")
        if self._stale:
            self._list()
        elif code == 0:
            self._know(sink_names(text))

    def _know(self, names: frozenset[str] | None) -> None:
        if names != self.names:
            self.names = names
            self.changed.emit()


def answers(environment: Mapping[str, str]) -> bool:
    """Whether the sound server answers, as far as can be known: there may be none. Blocks: call it in a
    thread, with a copy of the ``environment``: its own may be moving, under the eyes of what is started."""
    pactl = shutil.which("pactl")
    if pactl is None:
        return True
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603 - it asks for nothing but an answer
            [pactl, "info"], env=environment, stdout=quiet, stderr=quiet, timeout=ANSWER_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    except OSError as error:
        log.warning("whether the sound server answers cannot be asked: %s", error)
    return True


def sink_names(text: str) -> frozenset[str]:
    """The names in what ``pactl list short sinks`` says; lines of another form are passed over."""
    fields = (line.split("\t") for line in text.splitlines())
    return frozenset(each[1] for each in fields if len(each) > 1 and each[1])
