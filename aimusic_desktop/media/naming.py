"""File names from titles: safe on every system, the same for the same title. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_STEM_BYTES = 160  # with number, suffix and the temporary name's ends still below the 255 of file systems

# Invisible characters that change what a name seems to be, or nothing: bidirectional controls, soft
# hyphens, blanks of no width, the byte order mark.
_DECEIVING = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# Joiners, which emoji and some scripts need, where there are no two characters to join.
_LOOSE_JOINER = re.compile(
    "(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
_ENDS = " .\u00a0\u200c\u200d"
_UNSEEN = {"Cf", "Mn", "Me", "Zs"}  # categories; marks alone are nothing to read either


@lru_cache(maxsize=4096)
def safe_stem(title: str, fallback: str) -> str:
    """A file name without suffix for ``title``; for ``fallback`` when nothing of the title can stay.

    NFC, at most ``MAX_STEM_BYTES`` in UTF-8, no path in it, no name that Windows keeps for itself, no
    dots or blanks at its ends, never empty.
    """
    return _clean(title) or _clean(fallback) or "Song"


def numbered(stem: str, number: int, suffix: str) -> str:
    """The file name of the ``number``-th of that stem: ``Title.m4a``, ``Title (2).m4a``, …"""
    return f"{stem}{suffix}" if number == 1 else f"{stem} ({number}){suffix}"


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", _DECEIVING.sub("", text).encode(errors="ignore").decode())
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    text = _LOOSE_JOINER.sub("", text)
    if all(unicodedata.category(char) in _UNSEEN for char in text):
        return ""
    text = _portable(_cut(" ".join(text.split()).strip(_ENDS)))
    before_dot = text.partition(".")[0].rstrip()
    if _portable(before_dot) != before_dot:  # to Windows "con .x" is the console too
        text = f"_{text}"
    return text.strip(_ENDS)


def _portable(text: str) -> str:
    """Without the characters and names that some system refuses."""
    from pathvalidate import sanitize_filename  # 10 ms: not at start

    return sanitize_filename(text, platform="universal", replacement_text="_")


def _cut(text: str) -> str:
    """At most ``MAX_STEM_BYTES`` long, no character torn from the marks that belong to it."""
    kept = text.encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    if kept == text:
        return text
    length = len(kept)
    while length and _joins(text[length], text[length - 1]):
        length -= 1
    return text[:length].rstrip(_ENDS)


def _joins(char: str, before: str) -> bool:
    """Whether ``char`` continues what the reader sees as one character with ``before``."""
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\u200d" in (char, before)
    )
