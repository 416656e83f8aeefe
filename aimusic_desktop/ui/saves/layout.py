"""Where things lie in a row of the save list."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QStyle

from aimusic_desktop.ui.saves.deeds import Deed
from aimusic_desktop.ui.songs.layout import SIDE, RowFonts
from aimusic_desktop.ui.theme import GRID

COVER = 40
BUTTON = 28
GLYPH = 14
BAR = 3

_SLOTS = 2
"""Buttons that every row has room for, so that all lines end at one edge."""


def row_height(fonts: RowFonts) -> int:
    """In device-independent pixels."""
    title, text, _ = fonts.heights()
    return max(COVER, title + 2 + text) + 2 * GRID


@dataclass(frozen=True)
class SaveLayout:
    """The rectangles of one row, already mirrored for right-to-left. ``line`` begins after ``glyph``,
    ``wide_line`` where it does."""

    cover: QRect
    title: QRect
    glyph: QRect
    line: QRect
    wide_line: QRect
    bar: QRect
    buttons: tuple[tuple[Deed, QRect], ...]

    @classmethod
    def of(
        cls, rect: QRect, fonts: RowFonts, direction: Qt.LayoutDirection, deeds: tuple[Deed, ...]
    ) -> SaveLayout:
        def placed(x: int, y: int, width: int, height: int) -> QRect:
            return QStyle.visualRect(direction, rect, QRect(x, y, max(0, width), height))

        title, text, _ = fonts.heights()
        left = rect.x() + SIDE + COVER + SIDE
        end = rect.right() + 1 - SIDE
        width = end - _SLOTS * BUTTON - 2 * GRID - left
        top = rect.y() + (rect.height() - title - text - 2) // 2
        second, indent = top + title + 2, GLYPH + GRID // 2
        middle = rect.y() + (rect.height() - BUTTON) // 2
        return cls(
            cover=placed(rect.x() + SIDE, rect.y() + (rect.height() - COVER) // 2, COVER, COVER),
            title=placed(left, top, width, title),
            glyph=placed(left, second, GLYPH, text),
            line=placed(left + indent, second, width - indent, text),
            wide_line=placed(left, second, width, text),
            bar=placed(left, rect.bottom() - BAR - 2, width, BAR),
            buttons=tuple(
                (deed, placed(end - (len(deeds) - number) * BUTTON, middle, BUTTON, BUTTON))
                for number, deed in enumerate(deeds)
            ),
        )

    def deed_at(self, pos: QPoint) -> Deed | None:
        """The button under a point of the row."""
        return next((deed for deed, button in self.buttons if button.contains(pos)), None)
