"""Where things lie in a row of the queue."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStyle

from aimusic_desktop.ui.songs.layout import SIDE, RowFonts
from aimusic_desktop.ui.theme import GRID

COVER = 40
BUTTON = 28
GLYPH = 14

_LONGEST = " 0:00:00 "


def row_height(fonts: RowFonts) -> int:
    """In device-independent pixels."""
    title, text, _ = fonts.heights()
    return max(COVER, title + 2 + text) + GRID


@dataclass(frozen=True)
class QueueLayout:
    """The rectangles of one row, already mirrored for right-to-left. ``line`` begins after ``glyph``,
    ``wide_line`` where it does."""

    cover: QRect
    title: QRect
    glyph: QRect
    line: QRect
    wide_line: QRect
    length: QRect
    remove: QRect

    @classmethod
    def of(cls, rect: QRect, fonts: RowFonts, direction: Qt.LayoutDirection) -> QueueLayout:
        def placed(x: int, y: int, width: int, height: int) -> QRect:
            return QStyle.visualRect(direction, rect, QRect(x, y, max(0, width), height))

        title, text, _ = fonts.heights()
        left = rect.x() + SIDE + COVER + SIDE
        end = rect.right() + 1 - SIDE - BUTTON
        side = QFontMetrics(fonts.text).horizontalAdvance(_LONGEST)
        width = end - GRID - side - left
        top = rect.y() + (rect.height() - title - text - 2) // 2
        second, indent = top + title + 2, GLYPH + GRID // 2
        return cls(
            cover=placed(rect.x() + SIDE, rect.y() + (rect.height() - COVER) // 2, COVER, COVER),
            title=placed(left, top, width, title),
            glyph=placed(left, second, GLYPH, text),
            line=placed(left + indent, second, width - indent, text),
            wide_line=placed(left, second, width, text),
            length=placed(end - GRID - side, rect.y() + (rect.height() - text) // 2, side, text),
            remove=placed(end, rect.y() + (rect.height() - BUTTON) // 2, BUTTON, BUTTON),
        )

    def part_at(self, pos: QPoint) -> str:
        """``cover``, ``remove`` or nothing, for a point of the row."""
        if self.cover.contains(pos):
            return "cover"
        return "remove" if self.remove.contains(pos) else ""
