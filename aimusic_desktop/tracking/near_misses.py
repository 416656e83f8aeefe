"""What a list or prose holds that looks meant as a task id and is none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aimusic_desktop.tracking.search import CUT_UUID, URL, UUID

# Enough for 10,000 ids; what is wrong with a longer list shows in its beginning.
LOOKED_AT_BYTES = 2**19

_LONG_TOKEN = re.compile(rb"\w[\w-]{12,}+")
_LONE_TOKEN = re.compile(rb"(?m)(?:^|[,;])[^\w\n,;]*+(\w[\w-]{2,}+)[^\w\n,;]*+(?=$|[,;])")
_TWO_WORDS = re.compile(rb"\w[^\S\n]++\w")


def near_misses(data: bytes) -> list[str]:
    """Links that hold a UUID but name no task, cut UUIDs, and odd tokens that stand alone."""
    head = data if len(data) <= LOOKED_AT_BYTES else data[:LOOKED_AT_BYTES].rpartition(b"\n")[0]
    links = (link.partition(b"?")[0] for link in URL.findall(head) if b"/task/" not in link)
    words = URL.sub(b"x.x", head)  # no token of its own, and not alone with a token beside it
    found = [link for link in links if UUID.search(link)]
    found += [token for token in _LONG_TOKEN.findall(words) if _is_cut(token)]
    found += _odd_tokens(words)
    return [each.decode("ascii", "replace") for each in found]


def _is_cut(token: bytes) -> bool:
    return CUT_UUID.fullmatch(token) is not None and not UUID.search(token)


def _odd_tokens(words: bytes) -> Iterator[bytes]:
    """Every token of a list with one a line; elsewhere only what mixes letters and digits, as ids do."""
    is_list = not _TWO_WORDS.search(words)
    for token in _LONE_TOKEN.findall(UUID.sub(b",", words)):
        signs = token.translate(None, b"-_")
        if is_list or not (signs.isalpha() or signs.isdigit()):
            yield token
