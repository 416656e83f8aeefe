"""What marks a section of lyrics."""

from __future__ import annotations

import re

_LONGEST = 200
_CALLED = (
    r"(?:(?:pre|post|final|last)[- ]?)?chorus|verse|bridge|hook|refrain|intro|outro|interlude|instrumental"
    r"|solo|break(?:down)?|build[- ]?up|drop|coda|end|[主副導导]歌|[前間间尾]奏|サビ|[AB]メロ"
)

SECTION_MARK = re.compile(
    # What stands in round brackets is mostly sung, "(ooh)": there it must be what sections are called.
    rf"\s*(?=[\[【]|[(（]\s*(?:{_CALLED})[\s\dx×]*[)）])"
    rf"[\[(（【]([^\[\]()（）【】\n]{{1,{_LONGEST}}})[\])）】]\s*",
    re.IGNORECASE,
)
"""A line that is nothing but ``[Verse 1]`` or ``(Chorus)``; group 1 is its name."""

TAG = re.compile(rf"[\[【]([^\[\]【】\n]{{0,{_LONGEST}}})[\]】]")
"""A mark in square brackets, wherever it stands: nobody sings it. Group 1 is what it says."""


def section_name(line: str) -> str | None:
    """The section that a line of lyrics names; None for one that is sung."""
    mark = SECTION_MARK.fullmatch(line)
    return (mark.group(1).strip() or None) if mark else None
