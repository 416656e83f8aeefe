"""File names from any text: safe on every system, the same for the same text. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_STEM_BYTES = 160
"""In UTF-8, so never more UTF-16 units either. With number and suffix, and even decomposed as macOS does,
a name stays below the 255 that file systems allow."""

# Invisible characters that change what a name seems to be, or nothing: bidirectional controls, soft
# hyphens, blanks of no width, fillers, the byte order mark.
_DECEIVING = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb]"
)
# Joiners, which emoji and some scripts need, where there are no two characters to join.
_LOOSE_JOINER = re.compile(
    "(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
_ENDS = " .\u00a0\u200c\u200d"
_UNSEEN = {"Cf", "Mn", "Me", "Zs"}  # categories; marks alone are nothing to read either
# What pathvalidate does not know of: to Windows "con .x" is the console too, and it has two more of them.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def safe_part(text: str) -> str:
    """``text`` as the name of a folder, or of a file without its suffix; empty when nothing can stay.

    NFC, at most ``MAX_STEM_BYTES`` in UTF-8, no path in it, no name that Windows keeps for itself, no
    dots or blanks at its ends.
    """
    text = unicodedata.normalize("NFC", _DECEIVING.sub("", text).encode(errors="ignore").decode())
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    text = _LOOSE_JOINER.sub("", text)
    if all(unicodedata.category(char) in _UNSEEN for char in text):
        return ""
    text = _portable(_shortened(" ".join(text.split()).strip(_ENDS)))
    if _DEVICE.fullmatch(text.partition(".")[0].rstrip()):
        text = f"_{text}"
    return _shortened(text).strip(_ENDS)


def safe_stem(title: str, fallback: str) -> str:
    """A file name without suffix for ``title``, as ``safe_part`` makes it; for ``fallback`` when nothing of
    the title can stay. Never empty.
    """
    return safe_part(title) or safe_part(fallback) or "Song"


def numbered(stem: str, number: int, suffix: str) -> str:
    """The file name of the ``number``-th of that stem: ``Title.m4a``, ``Title (2).m4a``, …"""
    return f"{stem}{suffix}" if number == 1 else f"{stem} ({number}){suffix}"


def cut(text: str, length: int) -> str:
    """At most ``length`` characters, none torn from the marks that belong to it."""
    if len(text) <= length:
        return text
    while length and _joins(text[length], text[length - 1]):
        length -= 1
    return text[:length].rstrip(_ENDS)


def _portable(text: str) -> str:
    """Without the characters and names that some system refuses."""
    from pathvalidate import sanitize_filename  # 10 ms: not at start

    return sanitize_filename(text, platform="universal", replacement_text="_")


def _shortened(text: str) -> str:
    return cut(text, len(text.encode()[:MAX_STEM_BYTES].decode(errors="ignore")))


def _joins(char: str, before: str) -> bool:
    """Whether ``char`` continues what the reader sees as one character with ``before``."""
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\u200d" in (char, before)
    )
