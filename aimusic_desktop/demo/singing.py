"""When the words of the demo's songs are sung, as sonic would tell it. Pure."""

from __future__ import annotations

import re

from aimusic_desktop.demo.tasks import Json

# Sonic's words: blanks and line ends hang on to what is before them, headings to what comes after.
_WORD = re.compile(r"(?:\[[^\]]*\]\s*)*(\S+)(\s*)")
_INTRO, _OUTRO = 0.08, 0.1
"""Shares of the song before the first word and after the last."""
_BREATH = 4
"""Letters that could be sung meanwhile, after each line; twice as many after a section."""


def aligned(lyrics: str, duration_s: float) -> list[Json]:
    """The words in order, spread over the song by their lengths; times are seconds."""
    words = [*_WORD.finditer(lyrics)]
    whole = sum(map(_weight, words)) or 1
    letter_s = duration_s * (1 - _INTRO - _OUTRO) / whole
    at_s = duration_s * _INTRO
    listed: list[Json] = []
    for word in words:
        end_s = at_s + letter_s * len(word[1])
        listed.append(
            {
                "word": word[0],
                "start_s": round(at_s, 3),
                "end_s": round(end_s, 3),
                "p_align": 0.98,
                "success": True,
            }
        )
        at_s += letter_s * _weight(word)
    return listed


def _weight(word: re.Match[str]) -> int:
    return len(word[1]) + 1 + _BREATH * word[2].count("\n")
