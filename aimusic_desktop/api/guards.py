"""What is checked on the way out and in: the key, and the size of what comes. Pure."""

from __future__ import annotations

import re
import zlib

from aimusic_desktop.api.errors import BadAnswer, KeyMissing, KeyRefused

MAX_ANSWER_BYTES = 8 * 2**20

TOO_LARGE = "The service's answer is far too large; asking again in a while."
CUT_SHORT = "{} broke off its answer; trying again in a while."

_SENDABLE_KEY = re.compile(r"[\x21-\x7e]+")
_SHORTEST_SECRET = 16


def checked_key(key: str | None) -> str:
    """The key if it can be sent. Raises KeyMissing, or KeyRefused for one that is no header value."""
    if not key:
        raise KeyMissing
    if not _SENDABLE_KEY.fullmatch(key):  # httpx would quote it in its exception
        raise KeyRefused
    return key


def without_key(body: bytes, key: str) -> bytes:
    """A body that does not repeat the key. A word as short as "demo" is no secret."""
    return body.replace(key.encode(), b"[key]") if len(key) >= _SHORTEST_SECRET else body


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
