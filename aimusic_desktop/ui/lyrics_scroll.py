"""Scrolls a page that has lyrics in it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from aimusic_desktop.ui.following import Following
from aimusic_desktop.ui.lyrics import LyricsView
from aimusic_desktop.ui.theme import GRID


class LyricsScroll(QScrollArea):
    """Keeps the line that is sung within view, and the caret where the keyboard moves it."""

    def __init__(self, name: str, page: QWidget, lyrics: LyricsView, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._lyrics = page, lyrics
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A screen reader that still asks for a bar which has just gone makes Qt 6 read beyond its list of
        # children and crash.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        page.setBackgroundRole(QPalette.ColorRole.Base)
        page.setAutoFillBackground(True)
        self.setWidget(page)
        self._following = Following(self)
        # Lyrics that were just shown have their place once Qt has laid them out.
        self._laid_out = QTimer(self, interval=0, singleShot=True)
        self._laid_out.timeout.connect(self._follow)
        lyrics.caret_moved.connect(self._show_caret)
        lyrics.selectionChanged.connect(self._following.touch)

    def follow_line(self) -> None:
        """Bring the line that is sung into view, unless the user looks around."""
        self._laid_out.start()

    def _follow(self) -> None:
        rect = self._lyrics.line_rect()
        if rect is not None and self.isVisible():
            self._following.follow(self._lyrics, rect)

    def _show_caret(self, caret: QRect) -> None:
        self._following.touch()
        place = self._lyrics.mapTo(self._page, caret.center())
        self.ensureVisible(place.x(), place.y(), 0, 4 * GRID)
