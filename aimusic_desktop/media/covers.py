"""Covers: fetched once, kept on disk within a bound."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from pathlib import Path

from aimusic_desktop.api.errors import ApiError
from aimusic_desktop.api.transport import Transport
from aimusic_desktop.errors import AppError
from aimusic_desktop.media import body, bounded
from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.errors import (
    DiskTrouble,
    HostTrouble,
    LinkExpired,
    MediaError,
    NotImage,
    TooLarge,
    disk_trouble,
)
from aimusic_desktop.media.picture_size import suffix_of
from aimusic_desktop.media.shared import SharedWork

MAX_COVER_BYTES = 16 * 2**20
LIMIT_BYTES = 256 * 2**20
AT_ONCE = 2  # with three saves and two stagings there is always a way left for what is played now
FAILURE_KEPT_S = 600.0  # a link that gave no picture will not give one soon
TROUBLE_KEPT_S = 15.0  # network or host may be back any moment
BYTES_WAIT_S = 20.0

_TRIM_EVERY = 50  # covers: the bound is looked after now and then
_MAX_FAILURES = 2000


class CoverStore:
    """Pictures by their link. Files have no suffix; what they are is told by their bytes.

    They are part of ``bound``, with a limit of their own.
    """

    def __init__(self, transport: Transport, root: Path, bound: Bound) -> None:
        self._transport = transport
        self._root = root
        self._bound = bound
        bound.add(root, bounded.unlink_settled, LIMIT_BYTES)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._work: SharedWork[Path] = SharedWork("cover")
        self._failures: dict[str, tuple[float, MediaError]] = {}
        self._stored = 0

    def cached(self, url: str) -> Path | None:
        """The picture's file if it is here. Cheap."""
        path = self._path(url)
        return path if path.is_file() else None

    async def fetch(self, url: str) -> Path:
        """The picture's file, fetched if need be. JPEG, PNG, WebP or GIF by its first bytes.

        Raises ``MediaError``; for a while also from memory, without asking the host again.
        """
        if path := self.cached(url):
            return path
        until, error = self._failures.get(url, (0.0, None))
        if error is not None and time.monotonic() < until:
            raise error.with_traceback(None)
        return await self._work.run(self._path(url).name, lambda: self._fetch(url))

    async def bytes_of(self, url: str | None) -> bytes | None:
        """The picture's bytes, or None when it cannot be had in ``BYTES_WAIT_S`` seconds. Never fails."""
        if url is None:
            return None
        try:
            async with asyncio.timeout(BYTES_WAIT_S):
                path = await self.fetch(url)
                return await asyncio.to_thread(path.read_bytes)
        except (AppError, OSError):  # TimeoutError is an OSError
            return None

    async def close(self) -> None:
        """End every fetch and wait for that, a few seconds at most."""
        await self._work.close()

    async def _fetch(self, url: str) -> Path:
        async with self._gate:
            try:
                data = await self._download(url)
                return await asyncio.to_thread(self._store, url, data)
            except MediaError as error:
                self._remember(url, error)
                raise

    def _remember(self, url: str, error: MediaError) -> None:
        passing = isinstance(error, HostTrouble | DiskTrouble)
        if len(self._failures) >= _MAX_FAILURES:
            self._failures.clear()
        kept_s = TROUBLE_KEPT_S if passing else FAILURE_KEPT_S
        self._failures[url] = time.monotonic() + kept_s, error

    async def _download(self, url: str) -> bytes:
        data = bytearray()
        try:
            async with body.get(self._transport, url) as (response, chunks):
                if response.status != 200:
                    raise _refusal(response.status)
                async for chunk in chunks:
                    data += chunk
                    if len(data) > MAX_COVER_BYTES:
                        raise TooLarge(MAX_COVER_BYTES)
        except ApiError as error:
            kind = HostTrouble if error.retryable else MediaError
            raise kind(error.sentence) from error
        picture = bytes(data)
        if suffix_of(picture) is None:
            raise NotImage
        return picture

    def _store(self, url: str, data: bytes) -> Path:
        path = self._path(url)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{bounded.PART}")
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            bounded.unlink(part)
            raise disk_trouble(error, self._root) from error
        if self._stored % _TRIM_EVERY == 0:
            self._bound.trim()
        self._stored += 1
        return path

    def _path(self, url: str) -> Path:
        return self._root / hashlib.sha256(url.encode()).hexdigest()


def _refusal(status: int) -> MediaError:
    if status == 429 or status >= 500:
        return HostTrouble(f"The cover's host has trouble (HTTP {status}).")
    return LinkExpired("The link to this cover has expired.")
