"""Shows a file in the desktop's own file manager."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

ANSWER_LIMIT_MS = 2_000


def show_in_folder(path: Path) -> None:
    """Open the folder of ``path`` with the file chosen, where the desktop can; else just the folder."""
    if sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    elif sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", str(path)])
    else:
        _ask_file_manager(path)


def open_folder(folder: Path) -> None:
    """Open a folder in the file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _ask_file_manager(path: Path) -> None:
    """The freedesktop.org FileManager1 interface; where nobody answers it, the folder alone."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

    message = QDBusMessage.createMethodCall(
        "org.freedesktop.FileManager1",
        "/org/freedesktop/FileManager1",
        "org.freedesktop.FileManager1",
        "ShowItems",
    )
    message.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        open_folder(path.parent)
        return
    watcher = QDBusPendingCallWatcher(bus.asyncCall(message, ANSWER_LIMIT_MS))

    def answered(done: QDBusPendingCallWatcher) -> None:
        if done.isError():
            open_folder(path.parent)
        _waiting.discard(done)

    _waiting.add(watcher)
    watcher.finished.connect(answered)


_waiting: set[object] = set()
"""Calls under way: a watcher nobody holds never answers."""
