"""The shape of a song as bars: pure, no Qt."""

from __future__ import annotations

import math

from aimusic_desktop.media.peaks import BIN_MS

CONTRAST = 1.5
"""The power of the ear's sort that lets verses stand out from choruses in songs mastered loud."""

QUIET = 0.06
"""Of full scale: what never gets louder than this is drawn low, not stretched to the full height."""

MOST_LOOKED_AT = 64
"""About so many peaks make a bar, also of songs that last for hours."""


def bar_heights(levels: bytes, length_ms: int, count: int) -> list[float]:
    """Heights, 0 to 1, of the first of ``count`` bars over a song: those whose whole time is in ``levels``.

    ``levels`` are peaks of ``BIN_MS`` each, 0 to 255, from the song's beginning. The loudest bar is 1.
    """
    bins = max(math.ceil(length_ms / BIN_MS), len(levels), 1)
    means: list[float] = []
    for number in range(count):
        start = number * bins // count
        end = max(start + 1, (number + 1) * bins // count)
        if end > len(levels):
            break
        looked_at = levels[start : end : max(1, (end - start) // MOST_LOOKED_AT)]
        means.append(sum(looked_at) / len(looked_at) / 255)
    loudest = max([*means, QUIET])
    return [float((mean / loudest) ** CONTRAST) for mean in means]
