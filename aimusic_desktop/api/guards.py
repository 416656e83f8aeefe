"""What is checked on the way out and in: the key, and the size of what comes. Pure."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable

from aimusic_desktop.api.errors import BadAnswer, KeyMissing, KeyRefused
from aimusic_desktop.api.fields import cleaned

MAX_ANSWER_BYTES = 8 * 2**20

TOO_LARGE = "The service's answer is far too large; asking again in a while."
CUT_SHORT = "{} broke off its answer; trying again in a while."

_SENDABLE_KEY = re.compile(r"[\x21-\x7e]+")
_SHORTEST_SECRET = 6
_BEARER = r"((?i:\bbearer)[\s:=]+)"
_LONG_WORD = r"[A-Za-z0-9._~+/=-]{16,}"  # long enough not to be a word of a song
# A JSON string, or what begins as one and is cut. Possessive: linear, whatever a stranger sends.
_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"?', re.DOTALL)


def checked_key(key: str | None) -> str:
    """The key if it can be sent. Raises KeyMissing, or KeyRefused for one that is no header value."""
    if not key:
        raise KeyMissing
    if not _SENDABLE_KEY.fullmatch(key):  # httpx would quote it in its exception
        raise KeyRefused
    return key


def hider(key: str) -> Callable[[str], str]:
    """What takes the key, and whatever was sent as a bearer, out of a text.

    A word as short as "demo" is no secret, unless it is the bearer.
    """
    word = re.escape(key)
    alone = f"|{word}" if len(key) >= _SHORTEST_SECRET else ""
    secret = re.compile(f"{_BEARER}(?:{word}|{_LONG_WORD}){alone}")
    return lambda text: secret.sub(lambda found: f"{found[1] or ''}[key]", text)


def without_key(body: bytes, key: str) -> bytes:
    """A body that does not repeat the key, however its JSON spells it; else as it came.

    Every string is looked at as it will be read: without escapes and unsafe characters. That is done
    string by string, for a reader drops what a field given twice said first.
    """
    hide = hider(key)

    def hidden(string: re.Match[str]) -> str:
        if len(string[1]) < _SHORTEST_SECRET:  # most are; and "Bearer " is longer too
            return string[0]
        try:
            escaped = "\\" in string[1]
            value = cleaned(json.loads(f'"{string[1]}"', strict=False) if escaped else string[1])
        except ValueError:  # no JSON, so it will be read as it is
            return string[0]
        shown = hide(value)
        return string[0] if shown == value else json.dumps(shown, ensure_ascii=False)

    text = body.decode("utf-8", "replace")
    kept = hide(_STRING.sub(hidden, text))
    return body if kept == text else kept.encode()


def unpack(body: bytes) -> bytes:
    """A gzip body unpacked, at most MAX_ANSWER_BYTES of it in memory. Raises BadAnswer."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_ANSWER_BYTES + 1)
    except zlib.error as error:
        raise BadAnswer(CUT_SHORT.format("The service")) from error
    if len(unpacked) > MAX_ANSWER_BYTES:
        raise BadAnswer(TOO_LARGE)
    if not unpacker.eof:
        raise BadAnswer(CUT_SHORT.format("The service"))
    return unpacked
