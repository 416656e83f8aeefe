"""Lyrics as a read-only text whose section marks stand apart. Plain text only, whatever the service sends."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from aimusic_desktop.ui import theme

SECTION_MARK = re.compile(r"\s*[\[(（【]([^\[\]()（）【】]{1,60})[\])）】]\s*")
"""A line that is nothing but ``[Verse 1]`` or ``(Chorus)``."""

MOST_CHARACTERS = 20_000


class LyricsView(QTextEdit):
    """As tall as its text: the panel around it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName("Lyrics")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self._shown = ""

    def show_lyrics(self, lyrics: str) -> None:
        """Show these lyrics; the same again keeps the reader's selection."""
        if lyrics == self._shown:
            return
        self._shown = lyrics
        self.clear()
        cut = lyrics[:MOST_CHARACTERS]
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for number, line in enumerate(cut.splitlines()):
            self._write_line(cursor, line, first=number == 0)
        if len(cut) < len(lyrics):
            self._write_line(cursor, "…", first=False)
        cursor.endEditBlock()
        self._fit()

    def _write_line(self, cursor: QTextCursor, line: str, *, first: bool) -> None:
        block, letters = QTextBlockFormat(), QTextCharFormat()
        block.setLineHeight(135.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        mark = SECTION_MARK.fullmatch(line)
        if mark:
            block.setTopMargin(0 if first else theme.GRID)
            letters.setFontWeight(QFont.Weight.DemiBold)
            line = mark.group(1).strip()
        if first:
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.insertText(line, letters)

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 4
        if height != self.height():
            self.setFixedHeight(height)

    # -- Qt ---------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)
