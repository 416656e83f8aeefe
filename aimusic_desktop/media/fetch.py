"""One song from its host into a growing file: ranges, jumps, resuming, a fresh link, checks."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from aimusic_desktop.api.envelope import retry_after_s
from aimusic_desktop.api.errors import ApiError, SlowAnswer, Unreachable
from aimusic_desktop.api.transport import MediaResponse, Transport
from aimusic_desktop.errors import AppError
from aimusic_desktop.logs import short_url
from aimusic_desktop.media import body, parts
from aimusic_desktop.media.audio_type import HEAD_BYTES, AudioType, sniff
from aimusic_desktop.media.errors import (
    CutShort,
    HostTrouble,
    LinkExpired,
    MediaError,
    NotAudio,
    Offline,
    TooLarge,
    TooSlow,
)
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.media.tries import Busy, Tries
from aimusic_desktop.model import Clip

log = logging.getLogger(__name__)

Renew = Callable[[Clip], Awaitable[Clip]]

MAX_SONG_BYTES = 512 * 2**20
JUMP_BYTES = 512 * 2**10  # a reader waiting farther ahead than this gets its bytes by a request of its own
MIN_RUN_BYTES = 64 * 2**10  # between two jumps, lest two readers starve each other

_BUSY = {429, 503}
_FRESH_REFUSED = "The song's host refuses its link, and a fresh one too. It may be gone; try again later."
_REFUSED = {400, 401, 403, 404, 410}  # hosts of signed links answer 400 or 401 for an expired one
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_TROUBLE = "The song's host has trouble (HTTP {}). Try again later."
_CHANGED = "The song changed on its host while it was fetched. Try again."
_WRONG_PART = "The song's host did not send the part it was asked for. Try again."
_TOO_MUCH = "The song's host sent more than it said. Try again later."
_SILENT = "The song's host fell silent. Try again later."


class SongFetch:
    """Fetches one clip's audio into ``growing``, in the order its readers want it.

    ``renew`` looks the clip up again for a fresh link; it is asked once at most. ``progress`` is called
    on the loop after every piece.
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
        self._url = clip.audio_url or ""
        self._renewed = False
        self._jumps = False  # the host has shown that it gives ranges
        self._compressed = False  # ranges would be of the compressed bytes
        self._head = b""

    async def run(self) -> AudioType:
        """Fetch until every byte is there. Raises ``MediaError``, and ``OSError`` when the disk refuses."""
        if self._growing.received:
            self._head = await asyncio.to_thread(self._growing.read, 0, HEAD_BYTES, 0.0)
        try:
            await self._fill()
            return self._audio_type()
        except (NotAudio, TooLarge):  # nothing of it is worth keeping
            self._start_over()
            raise

    async def _fill(self) -> None:
        tries = Tries(self._growing.received)
        while not self._growing.complete:
            try:
                await self._request()
            except (LinkExpired, NotAudio) as error:
                await self._take_fresh_link(error)
            except (HostTrouble, CutShort) as error:
                wait_s = tries.after(error, self._growing.received)
                log.info("%s: %s Trying again.", short_url(self._url), error)
                await asyncio.to_thread(self._growing.note)
                await asyncio.sleep(wait_s)

    async def _request(self) -> None:
        """One request, from the first byte that is wanted and missing."""
        wanted = self._growing.wanted if self._jumps else None
        start, end = self._growing.missing(wanted or 0)
        if start > 0 and not self._growing.validator:
            # Nothing would tell that the rest is of the same file: not its size, which a remixed WAV keeps,
            # and not a date of the answer. Rather all of it again than a song of two halves.
            self._start_over()
            start, end = 0, None
        begun = False
        try:
            async with body.get(self._transport, self._url, self._range(start, end)) as (response, chunks):
                begun = True
                offset, stop = self._accept(response, start)
                offset = await self._receive(chunks, offset, stop)
                if offset == stop:
                    await body.end(response, chunks)
        except ApiError as error:
            raise self._as_media_error(error, begun) from error
        if end is not None and offset == stop and stop < end:
            raise CutShort

    def _range(self, start: int, end: int | None) -> Mapping[str, str]:
        """The headers that ask for [start, end); none for the whole file (RFC 9110 §14.2, §13.1.5)."""
        if self._compressed or (start == 0 and end == self._growing.size):
            return {}
        last = "" if end is None else end - 1
        return {"Range": f"bytes={start}-{last}", "If-Range": self._growing.validator}

    def _accept(self, response: MediaResponse, start: int) -> tuple[int, int | None]:
        """Judge an answer's head. Gives where its bytes begin and end (None: nobody knows)."""
        if response.status in _REFUSED:
            raise LinkExpired
        self._compressed = body.is_compressed(response)
        if response.status == 200:
            return 0, self._accept_all(response.headers, in_place_of_part=start > 0)
        if response.status == 206:
            return start, self._accept_part(response.headers, start)
        if response.status == 416:  # the host's file is another one now
            raise self._over(_CHANGED)
        if response.status in _BUSY and (wait_s := retry_after_s(response.headers, time.time())):
            raise Busy(_TROUBLE.format(response.status), wait_s)
        raise HostTrouble(_TROUBLE.format(response.status))

    def _accept_all(self, headers: Mapping[str, str], *, in_place_of_part: bool) -> int | None:
        """Get ready for the whole file, which replaces what is there if the host's file has changed."""
        length = headers.get("content-length", "")
        size = int(length) if length.isdecimal() and not self._compressed else None
        validator = _validator(headers)
        if validator != self._growing.validator or size != self._growing.size:
            self._start_over()
        self._growing.validator = validator
        gives_ranges = headers.get("accept-ranges", "").lower() == "bytes"
        # Without a validator a jump could bring bytes of another file: its reader waits for their turn.
        # One that promises ranges and sends it all instead would be asked for a part again and again.
        promised = gives_ranges and not in_place_of_part
        self._jumps = promised and bool(validator) and not self._compressed
        if size is not None:
            self._set_size(size)
        return size

    def _accept_part(self, headers: Mapping[str, str], start: int) -> int:
        """Check that it is the part asked for, of the same file. Gives its end."""
        part = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
        first, last, size = map(int, part.groups()) if part else (-1, -1, -1)
        if not start == first <= last < size or self._compressed:
            raise self._over(_WRONG_PART)
        if not self._growing.validator and last + 1 < size:  # nobody asked for a part
            raise self._over(_WRONG_PART)
        if not _is_same(self._growing.validator, headers):
            raise self._over(_CHANGED)
        self._jumps = bool(self._growing.validator)
        self._set_size(size)
        return last + 1

    def _set_size(self, size: int) -> None:
        if size > MAX_SONG_BYTES:
            raise TooLarge(MAX_SONG_BYTES)
        if self._growing.size not in (None, size):
            raise self._over(_CHANGED)
        self._growing.set_size(size)
        self._growing.size_stated = True

    async def _receive(self, chunks: AsyncIterator[bytes], offset: int, stop: int | None) -> int:
        """Write the body to its place until its end or until a reader waits elsewhere; gives that place."""
        begin = offset
        async for chunk in chunks:
            self._check(chunk, offset, stop)
            await asyncio.to_thread(self._growing.write, offset, chunk)
            offset += len(chunk)
            self._progress()
            if self._growing.complete or (offset - begin >= MIN_RUN_BYTES and self._should_jump(offset)):
                return offset
        if stop is None:
            self._growing.set_size(offset)
        elif offset < stop:
            raise CutShort
        if self._growing.complete:
            self._audio_type()
        return offset

    def _check(self, chunk: bytes, offset: int, stop: int | None) -> None:
        """Look at bytes before they are written."""
        if stop is not None and offset + len(chunk) > stop:
            raise self._over(_TOO_MUCH)
        if offset + len(chunk) > MAX_SONG_BYTES:
            raise TooLarge(MAX_SONG_BYTES)
        self._check_head(offset, chunk)

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
        """Look the clip up again, once; the second time ``error`` is raised, or what it then means."""
        if self._renewed:
            raise LinkExpired(_FRESH_REFUSED) if isinstance(error, LinkExpired) else error
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

    def _over(self, sentence: str) -> HostTrouble:
        """Start over; gives what to raise."""
        self._start_over()
        return HostTrouble(sentence)

    def _start_over(self) -> None:
        self._growing.forget()
        self._head = b""

    def _as_media_error(self, error: ApiError, begun: bool) -> MediaError:
        if isinstance(error, Unreachable):
            return Offline(error.sentence)
        if isinstance(error, SlowAnswer):
            return TooSlow(_SILENT)
        if not error.retryable:
            return MediaError(error.sentence)
        return CutShort() if begun else HostTrouble(error.sentence)


def _validator(headers: Mapping[str, str]) -> str:
    """What tells this file from a later one for certain, or ""."""
    tag = headers.get("etag", "")
    validator = headers.get("last-modified", "") if not tag or tag.startswith("W/") else tag
    return validator if parts.is_validator(validator) else ""


def _is_same(validator: str, headers: Mapping[str, str]) -> bool:
    """Whether a part's headers do not deny that it is of the file with that validator."""
    found = headers.get("etag" if validator.startswith('"') else "last-modified", "")
    return not validator or found.removeprefix("W/") in ("", validator)
