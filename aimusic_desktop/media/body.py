"""A media host's answer: its head, and its body as it is meant."""

from __future__ import annotations

import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

from aimusic_desktop.api.transport import MediaResponse, Transport
from aimusic_desktop.media.errors import HostTrouble, TooSlow

SLOW_BYTES = 64 * 2**10  # fewer than these in
SLOW_S = 60.0  # seconds of waiting is a trickle

_GZIP_OR_ZLIB = 47  # zlib's "wbits" that tells the two apart by itself
_NOT_UNPACKED = "The host sent a file that cannot be unpacked. Try again later."
_PIECE_BYTES = 256 * 2**10  # about a millisecond of the loop


@asynccontextmanager
async def get(
    transport: Transport, url: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[MediaResponse, AsyncIterator[bytes]]]:
    """GET a media link. Gives the answer's head and its bytes, uncompressed, as they come.

    Raises ``ApiError``, ``TooSlow`` when the bytes trickle, and ``HostTrouble`` when they cannot be
    unpacked. It may be left at any time.
    """
    async with AsyncExitStack() as afterwards, transport.media(url, headers=headers) as response:
        raw = cast("AsyncGenerator[bytes, None]", response.chunks())
        # Only when the response is closed: ended before, or left to the garbage collector, the HTTP
        # library's own iterators would have to wait inside a finalizer, which Qt's loop cannot do.
        afterwards.push_async_callback(raw.aclose)
        paced = _paced(raw)
        afterwards.push_async_callback(paced.aclose)
        yield response, _unpacked(paced) if is_compressed(response) else paced


async def end(response: MediaResponse, chunks: AsyncIterator[bytes]) -> None:
    """Read the end of a body all of which is here: only then can the next request go by its connection.

    One that does not say how long it is may keep its end back; it is left as it is.
    """
    if "content-length" in response.headers:
        async for _ in chunks:
            return


def is_compressed(response: MediaResponse) -> bool:
    """Whether the host compressed, though nobody asked it to: then its length and ranges say nothing."""
    return response.headers.get("content-encoding", "").strip().lower() not in ("", "identity")


async def _paced(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The same chunks, as long as they bring ``SLOW_BYTES`` in every ``SLOW_S`` seconds waited for them."""
    waited_s, came = 0.0, 0
    asked_at = time.monotonic()
    async for chunk in chunks:
        waited_s += time.monotonic() - asked_at
        came += len(chunk)
        yield chunk  # first: it may be the last one needed
        if came >= SLOW_BYTES:
            waited_s, came = 0.0, 0
        elif waited_s >= SLOW_S:
            raise TooSlow
        asked_at = time.monotonic()


async def _unpacked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same without gzip or zlib's deflate; what is packed otherwise cannot be unpacked."""
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        async for chunk in chunks:
            packed = chunk
            while piece := inflater.decompress(packed, _PIECE_BYTES):
                yield piece
                packed = inflater.unconsumed_tail
            if inflater.unused_data:  # behind the end; it would pile up
                raise HostTrouble(_NOT_UNPACKED)
    except zlib.error as error:
        raise HostTrouble(_NOT_UNPACKED) from error
    if not inflater.eof:
        raise HostTrouble(_NOT_UNPACKED)
