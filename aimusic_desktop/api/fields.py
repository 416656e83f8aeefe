"""Reading what a stranger sent: JSON values of any type become safe text, numbers or nothing. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_WORDS = 500
MAX_LISTED = 100

_NEWLINES = re.compile("\r\n?|[\u2028\u2029]")
# Control characters except tab and newline, bidi embeddings, overrides and isolates, lone
# surrogates (which no file and no database takes).
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ud800-\udfff]")
_NUMBER_LENGTH = 40
_WORD_FIELDS = ("error_message", "error", "message", "detail", "msg")


def plain_text(text: str, limit: int, *, newlines: bool = False) -> str:
    """Text that is safe to show and store, of at most ``limit`` characters.

    Control and direction-overriding characters are left out, as are blanks around it. Newlines
    become blanks unless ``newlines``. What is too long ends in an ellipsis.
    """
    text = cleaned(text[: 2 * limit])
    if not newlines:
        text = re.sub("[\t\n]", " ", text)
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cleaned(text: str) -> str:
    """All of a text but its unsafe characters; every kind of line end becomes a newline."""
    return _UNSAFE.sub("", _NEWLINES.sub("\n", text))


def parse_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body, or None when there is none.

    Bytes that are not UTF-8 and raw control characters in strings are let pass: a song whose
    title is damaged is still a song.
    """
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def number_of(value: Any) -> float | None:
    """A finite number given as a number or as text, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > _NUMBER_LENGTH:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def text_of(value: Any, limit: int, *, newlines: bool = False) -> str:
    """A text or number as plain text; empty for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    return plain_text(str(value), limit, newlines=newlines)


def first_text(element: dict[str, Any], *names: str, limit: int, newlines: bool = False) -> str:
    """The first of these fields that holds a text, as plain text; empty when none does."""
    texts = (text_of(element.get(name), limit, newlines=newlines) for name in names)
    return next((text for text in texts if text), "")


def list_text(value: Any, limit: int) -> str:
    """A text, or a list of texts joined by commas, as plain text; empty for anything else."""
    if not isinstance(value, list):
        return text_of(value, limit)
    texts = (text_of(each, limit) for each in value[:MAX_LISTED])
    return plain_text(", ".join(text for text in texts if text), limit)


def word_of(value: Any) -> str:
    """A state or type word in lower case; empty when it is no text."""
    return plain_text(value, 50).lower() if isinstance(value, str) else ""


def words_of(value: Any, depth: int = 4) -> str:
    """What an error says, wherever it says it: a text, or the first one in objects in objects.

    ``error`` comes before ``message`` before ``detail``; the words of a success say nothing.
    """
    if isinstance(value, str):
        words = plain_text(value, MAX_WORDS)
        return "" if words.lower() in ("success", "ok") else words
    if isinstance(value, dict):
        inner = [value.get(name) for name in _WORD_FIELDS]
    else:
        inner = value[:3] if isinstance(value, list) else []
    found = (words_of(each, depth - 1) for each in inner if depth)
    return next((words for words in found if words), "")
