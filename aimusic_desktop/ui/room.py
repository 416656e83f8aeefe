"""How much room a window has: what its screen gives, and what its parts took for a while."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from aimusic_desktop.ui.theme import GRID

MARGIN = QSize(GRID, 5 * GRID)
"""What of a screen is left to the frame of a window, whose width no system tells before it is shown."""


def fitting(wanted: QSize, window: QWidget) -> QSize:
    """``wanted``, or what of it there is room for on the screen of ``window``."""
    return wanted.boundedTo(window.screen().availableGeometry().size() - MARGIN)


class GivenRoom:
    """Gives the height back by which a window's own parts made it higher.

    A window grows when a part that opens would not fit otherwise; Qt leaves it so when the part has gone.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._before, self._after = 0, 0  # heights; equal while there is nothing to give back

    def resized(self, before: int, after: int, by_user: bool) -> None:
        """Its height has become another. Only what its parts force makes it just as high as it must be."""
        if by_user:
            self._before = self._after = 0
        elif 0 < before < after == self._window.minimumHeight():
            grew_already = before == self._after
            self._before, self._after = self._before if grew_already else before, after

    def laid_out(self) -> None:
        """The parts may need less now: be as high as before, unless the user chose a height meanwhile."""
        window = self._window
        height = max(self._before, window.minimumHeight())
        if height < window.height() == self._after and not window.isMaximized():
            self._after = height
            window.resize(window.width(), height)
