"""Where things lie in a row of the list."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QStyle

from aimusic_desktop.ui.theme import COVER, GRID

SIDE = 12
"""Distance from the row's edge to the cover and to the text's end."""

TRY_AGAIN = "Try again"


@dataclass(frozen=True)
class RowFonts:
    """The three voices of a row, made from the list's own font."""

    title: QFont
    text: QFont
    small: QFont

    @classmethod
    def of(cls, base: QFont) -> RowFonts:
        title, small = QFont(base), QFont(base)
        title.setWeight(QFont.Weight.DemiBold)
        if base.pointSizeF() > 0:
            small.setPointSizeF(base.pointSizeF() * 0.92)
        return cls(title, base, small)

    def heights(self) -> tuple[int, int, int]:
        """Line heights in device-independent pixels."""
        title, text, small = (QFontMetrics(font).height() for font in (self.title, self.text, self.small))
        return title, text, small

    @property
    def row_height(self) -> int:
        return max(COVER, sum(self.heights()) + 4) + 2 * GRID


@dataclass(frozen=True)
class RowLayout:
    """The rectangles of one row, already mirrored for right-to-left."""

    cover: QRect
    title: QRect
    text: QRect
    facts: QRect
    length: QRect
    state: QRect
    again: QRect

    @classmethod
    def of(cls, rect: QRect, fonts: RowFonts, direction: Qt.LayoutDirection) -> RowLayout:
        heights = fonts.heights()
        cover = QRect(rect.x() + SIDE, rect.y() + (rect.height() - COVER) // 2, COVER, COVER)
        left = cover.right() + 1 + SIDE
        side_width = QFontMetrics(fonts.text).horizontalAdvance(f" {TRY_AGAIN} ") + GRID
        right = rect.right() + 1 - SIDE - side_width
        top = rect.y() + (rect.height() - sum(heights) - 4) // 2
        tops = (top, top + heights[0] + 2, top + heights[0] + heights[1] + 4)
        lines = [QRect(left, y, max(0, right - left - GRID), h) for y, h in zip(tops, heights, strict=True)]
        sides = [QRect(right, y, side_width, h) for y, h in zip(tops, heights, strict=True)]
        placed = (QStyle.visualRect(direction, rect, one) for one in (cover, *lines, *sides))
        return cls(*placed)

    def part_at(self, pos: QPoint) -> str:
        """``cover``, ``again`` or nothing, for a point of the row."""
        if self.cover.contains(pos):
            return "cover"
        return "again" if self.again.adjusted(-4, -4, 4, 4).contains(pos) else ""
