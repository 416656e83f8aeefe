"""One song from its host into a growing file: ranges, jumps, resuming, a fresh link, checks."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from aimusic_desktop.api.errors import ApiError
from aimusic_desktop.api.transport import MediaResponse, Transport
from aimusic_desktop.errors import AppError
from aimusic_desktop.logs import short_url
from aimusic_desktop.media import body
from aimusic_desktop.media.audio_type import HEAD_BYTES, AudioType, sniff
from aimusic_desktop.media.errors import (
    CutShort,
    HostTrouble,
    LinkExpired,
    MediaError,
    NotAudio,
    TooLarge,
    TooSlow,
)
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.model import Clip

log = logging.getLogger(__name__)

Renew = Callable[[Clip], Awaitable[Clip]]

MAX_SONG_BYTES = 512 * 2**20
JUMP_BYTES = 512 * 2**10  # a reader waiting farther ahead than this gets its bytes by a request of its own
MIN_RUN_BYTES = 64 * 2**10  # between two jumps, lest two readers starve each other
WAITS_S = (0.5, 1.5, 4.0)  # before each further try; they count anew when something came, and not slowly

_REFUSED = {400, 401, 403, 404, 410}  # hosts of signed links answer 400 or 401 for an expired one
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class SongFetch:
    """Fetches one clip's audio into ``growing``, in the order its readers want it.

    ``renew`` looks the clip up again for a fresh link; it is asked once at most. ``progress`` is called
    on the loop after every piece. ``length_stated`` says whether the host told how long the file is.
    """

    def __init__(
        self,
        transport: Transport,
        growing: GrowingFile,
        clip: Clip,
        renew: Renew,
        progress: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._growing = growing
        self._clip = clip
        self._renew = renew
        self._progress = progress
        self.length_stated = False
        self._url = clip.audio_url or ""
        self._renewed = False
        self._jumps = False  # the host has shown that it gives ranges
        self._compressed = False  # ranges would be of the compressed bytes
        self._validator = ""
        self._head = b""

    async def run(self) -> AudioType:
        """Fetch until every byte is there. Raises ``MediaError``, and ``OSError`` when the disk refuses."""
        failures, most = 0, 0
        while not self._growing.complete:
            try:
                await self._request()
            except (LinkExpired, NotAudio) as error:
                await self._take_fresh_link(error)
            except (HostTrouble, CutShort) as error:
                trickled = isinstance(error, TooSlow)
                if not trickled and self._growing.received >= most + MIN_RUN_BYTES:
                    failures, most = 0, self._growing.received
                if failures == len(WAITS_S):
                    raise
                log.info("%s: %s Trying again.", short_url(self._url), error)
                await asyncio.sleep(WAITS_S[failures])
                failures += 1
        return self._audio_type()

    async def _request(self) -> None:
        """One request, from the first byte that is wanted and missing."""
        wanted = self._growing.wanted if self._jumps else None
        start, end = self._growing.missing(wanted or 0)
        try:
            async with body.get(self._transport, self._url, self._range(start, end)) as (response, chunks):
                offset, stop = self._accept(response, start)
                await self._receive(chunks, offset, stop)
        except ApiError as error:
            raise _as_media_error(error, self._growing.received > 0) from error

    def _range(self, start: int, end: int | None) -> Mapping[str, str]:
        """The headers that ask for [start, end); none for the whole file (RFC 9110 §14.2, §13.1.5)."""
        if self._compressed or (start == 0 and end == self._growing.size):
            return {}
        headers = {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
        return headers | ({"If-Range": self._validator} if self._validator else {})

    def _accept(self, response: MediaResponse, start: int) -> tuple[int, int | None]:
        """Judge an answer's head. Gives where its bytes begin and end (None: nobody knows)."""
        if response.status in _REFUSED:
            raise LinkExpired
        self._compressed = body.is_compressed(response)
        if response.status == 200:
            return 0, self._accept_all(response)
        part = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        if response.status == 206 and part and int(part[1]) == start and not self._compressed:
            self._jumps = True
            self._set_size(int(part[3]))
            return start, min(int(part[2]) + 1, int(part[3]))
        if response.status in (206, 416):  # not the bytes asked for: the host's file is another one now
            self._start_over()
        raise HostTrouble(f"The song's host has trouble (HTTP {response.status}). Try again later.")

    def _accept_all(self, response: MediaResponse) -> int | None:
        """Get ready for the whole file, which replaces what is there if the host's file has changed."""
        headers = response.headers
        length = headers.get("content-length", "")
        size = int(length) if length.isdigit() and not self._compressed else None
        tag = headers.get("etag", "")
        validator = headers.get("last-modified", "") if not tag or tag.startswith("W/") else tag
        if validator != self._validator or size != self._growing.size:
            self._start_over()
        self._validator = validator
        self._jumps = headers.get("accept-ranges", "").lower() == "bytes" and not self._compressed
        if size is not None:
            self._set_size(size)
        return size

    def _set_size(self, size: int) -> None:
        if size > MAX_SONG_BYTES:
            raise TooLarge(MAX_SONG_BYTES)
        if self._growing.size not in (None, size):
            self._start_over()
            raise HostTrouble("The song changed on its host. Try again.")
        self._growing.set_size(size)
        self.length_stated = True

    async def _receive(self, chunks: AsyncIterator[bytes], offset: int, stop: int | None) -> None:
        """Write the body to its place until its end, the gap's end, or until a reader waits elsewhere."""
        begin = offset
        async for arrived in chunks:
            chunk = arrived if stop is None else arrived[: stop - offset]
            self._check_head(offset, chunk)
            await asyncio.to_thread(self._growing.write, offset, chunk)
            offset += len(chunk)
            self._progress()
            if offset > MAX_SONG_BYTES:
                raise TooLarge(MAX_SONG_BYTES)
            if self._growing.complete or (offset - begin >= MIN_RUN_BYTES and self._should_jump(offset)):
                return
        if stop is None:
            self._growing.set_size(offset)
        elif offset < stop:
            raise CutShort
        if self._growing.complete:
            self._audio_type()

    def _should_jump(self, offset: int) -> bool:
        """Whether a reader waits for bytes that this request would bring late or never."""
        wanted = self._growing.wanted
        return self._jumps and wanted is not None and not offset <= wanted <= offset + JUMP_BYTES

    def _check_head(self, offset: int, chunk: bytes) -> None:
        """Look at the first bytes before anybody reads them: an error page stops here."""
        if offset != len(self._head) or offset >= HEAD_BYTES:
            return
        self._head += chunk[: HEAD_BYTES - offset]
        if len(self._head) == HEAD_BYTES:
            self._audio_type()

    def _audio_type(self) -> AudioType:
        audio_type = sniff(self._head)
        if audio_type is None:
            raise NotAudio
        return audio_type

    async def _take_fresh_link(self, error: MediaError) -> None:
        """Look the clip up again, once; the second time ``error`` is raised."""
        if self._renewed:
            raise error
        self._renewed = True
        log.info("%s: %s Looking the task up for a fresh link.", short_url(self._url), error)
        try:
            fresh = await self._renew(self._clip)
        except AppError as trouble:
            raise LinkExpired(
                f"The link to this song has expired, and no fresh one could be had. {trouble.sentence}"
            ) from trouble
        if not fresh.audio_url:
            raise error
        self._url = fresh.audio_url
        if isinstance(error, NotAudio):
            self._start_over()

    def _start_over(self) -> None:
        self._growing.forget()
        self.length_stated = False
        self._validator = ""
        self._head = b""


def _as_media_error(error: ApiError, begun: bool) -> MediaError:
    if not error.retryable:
        return MediaError(error.sentence)
    return CutShort() if begun else HostTrouble(error.sentence)
