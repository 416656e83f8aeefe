"""What other programs are given of songs, by a drag or the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from aimusic_desktop.desktop import clipboard
from aimusic_desktop.media.staging import Stager
from aimusic_desktop.model import Clip
from aimusic_desktop.ui import theme, words
from aimusic_desktop.ui.notice import NoticeBar


async def copy(make: Callable[[], QMimeData], done: str, notice: NoticeBar) -> None:
    """Put what ``make`` makes on the clipboard, and say ``done``, or that it could not be."""
    if await clipboard.put(make):
        notice.say(done)
    else:
        notice.say(
            "Nothing was copied: the desktop did not let the clipboard be changed. Copy again in a moment."
        )


def songs_mime(stager: Stager, clips: Sequence[Clip]) -> QMimeData:
    """The staged files of these clips, kept as long as they can be asked for; their links for editors."""
    mime = QMimeData()
    mime.setText(links(clips))
    if files := stager.together(clips):
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
        release = stager.hold(files)
        mime.destroyed.connect(release)
    return mime


def text_mime(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def links(clips: Sequence[Clip]) -> str:
    """Where the songs lie, a line each."""
    return "\n".join(clip.audio_url for clip in clips if clip.audio_url)


def picture(count: int) -> QPixmap:
    """What hangs at the pointer: a note, and how many."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    palette, ratio = app.palette(), app.devicePixelRatio()
    text = words.count(count, "song")
    metrics = QFontMetrics(app.font())
    size = QSize(metrics.horizontalAdvance(text) + 52, 36)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.accent(palette))
    painter.setBrush(palette.base())
    painter.drawRoundedRect(0, 0, size.width() - 1, size.height() - 1, theme.RADIUS, theme.RADIUS)
    color = palette.color(palette.ColorRole.Text)
    painter.drawPixmap(10, 8, theme.tinted_pixmap("note", QSize(20, 20), color, ratio))
    painter.setPen(color)
    painter.drawText(QRect(38, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignVCenter.value, text)
    painter.end()
    return pixmap
