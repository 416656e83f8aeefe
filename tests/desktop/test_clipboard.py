"""What is put on the clipboard is there, or is not said to be; end_to_end pastes it into other programs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication

from aimusic_desktop.desktop import clipboard, x11


def some_text() -> QMimeData:
    mime = QMimeData()
    mime.setText("some text")
    return mime


async def test_what_is_put_there_is_there(qapp: QApplication) -> None:
    assert await clipboard.put(some_text)
    assert QGuiApplication.clipboard().text() == "some text"


async def test_a_clipboard_that_stays_another_programs_is_known(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x11, "is_here", lambda: True)
    monkeypatch.setattr(QClipboard, "mimeData", lambda self: some_text())
    assert not await clipboard.put(some_text)


def test_off_x11_no_clock_is_set(qapp: QApplication) -> None:
    assert not x11.is_here()
    assert x11.set_qt_clock() is None
