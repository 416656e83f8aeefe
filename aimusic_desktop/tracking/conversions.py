"""Songs made into WAV or MP3 by the service: asked for once, paid for once, waited for across runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import Clip, Conversion, ConversionState, Product, SaveFormat
from aimusic_desktop.runs import Runs
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.tracking.finishing import ConversionTrouble, Finisher
from aimusic_desktop.tracking.formats import free_link, price
from aimusic_desktop.tracking.ledger import Ledger, Outdated
from aimusic_desktop.tracking.schedule import next_ask_s

__all__ = ["ConversionTrouble", "Conversions"]

CLOSE_LIMIT_S = 2.0

_PAID = (ConversionState.ASKED, ConversionState.RUNNING, ConversionState.DONE)
_Key = tuple[str, str, SaveFormat]

log = logging.getLogger(__name__)


class Conversions:
    """What was converted and what is being converted, each with a row in the library.

    The row is written before the one request that costs credits, so that a crash cannot lead to a
    second one. It names this run of ``runs``: as long as that lives, nobody else doubts what became of the
    request. Nothing is looked up before ``resume``. ``clock`` gives seconds since the epoch, and
    ``next_ask`` is the schedule of look-ups.
    """

    def __init__(
        self,
        library: Library,
        client: ApiClient,
        connection: Connection,
        runs: Runs,
        *,
        clock: Callable[[], float] = time.time,
        next_ask: Callable[[Product | None, float, int], float] = next_ask_s,
    ) -> None:
        self._library = library
        self._client = client
        self._connection = connection
        self._runs = runs
        self._clock = clock
        self._begun: dict[_Key, asyncio.Task[None]] = {}
        self._awaited: dict[_Key, asyncio.Task[Conversion]] = {}
        self._finisher = Finisher(client, connection, clock, next_ask)
        self._ledger = Ledger[_Key, Conversion](
            runs,
            lambda row: _key(row, row.format),
            read=library.conversion,
            claim=library.claim_conversion,
            save=library.save_conversion,
        )

    def cost(self, clip: Clip, format: SaveFormat) -> int | None:  # noqa: A002
        """What it takes to have a clip in this format, in credits; None when it cannot be had.

        Nothing for what lies there already, and for what was paid for before.
        """
        known = self.known(clip, format)
        paid = known is not None and known.state in _PAID
        return 0 if paid or free_link(clip, format) else price(clip, format)

    def trouble(self, clip: Clip, format: SaveFormat) -> str | None:  # noqa: A002
        """Why the conversion asked for last did not come to its end; None when nothing went wrong."""
        known = self.known(clip, format)
        return known.error if known is not None and known.state not in _PAID else None

    def known(self, clip: Clip, format: SaveFormat) -> Conversion | None:  # noqa: A002
        """What is known of it, as far as ``recall`` has told; None when it was never asked for."""
        return self._ledger.known(_key(clip, format))

    async def recall(self, clips: Sequence[Clip], format: SaveFormat) -> None:  # noqa: A002
        """Learn what the library knows of these, from earlier runs and other windows. Raises LibraryError."""
        for clip in clips:
            if not free_link(clip, format):
                await self._recall(_key(clip, format))

    async def begin(self, clip: Clip, format: SaveFormat, seen: Conversion | None = None) -> None:  # noqa: A002
        """Ask the service for a conversion, whose price the user agreed to; nothing where that is 0.

        ``seen`` is what was known when the user was asked. Raises Outdated when more is known by now,
        ApiError when the service did not take it, or (Unsure) may not have, ConversionTrouble where it takes
        no such thing, and LibraryError when the request could not be written down before it.
        """
        key = _key(clip, format)
        begun = self._begun.get(key)
        if begun is None:
            begun = asyncio.create_task(self._begin(clip, format, seen), name=f"convert {clip.clip_id}")
            self._begun[key] = begun
            begun.add_done_callback(partial(_ended, self._begun, key))
        # Shielded: a request that was paid for is heard to its end.
        await asyncio.shield(begun)

    async def link(self, clip: Clip, format: SaveFormat) -> str:  # noqa: A002
        """Where the clip lies in this format, once it is made; asks for nothing that costs credits.

        Raises ConversionTrouble when it was not converted or that went wrong, and LibraryError.
        """
        if url := free_link(clip, format):
            return url
        key = _key(clip, format)
        if begun := self._begun.get(key):
            await asyncio.wait([begun])
        conversion = self._ledger.known(key)
        if conversion is None or conversion.state is ConversionState.ASKED:  # by another window, then
            conversion = await self._recall(key)
        if conversion is not None and self._goes_on(conversion):
            conversion = await asyncio.shield(self._await(conversion))
        if conversion is None or conversion.url is None:
            raise ConversionTrouble(_not_there(conversion, format))
        return conversion.url

    async def fresh_link(self, clip: Clip, format: SaveFormat) -> str:  # noqa: A002
        """The same, when the link given before has expired. Raises ApiError too."""
        key = _key(clip, format)
        conversion = None if free_link(clip, format) else await self._recall(key)
        if conversion is not None and conversion.conversion_id is not None:
            if conversion.state is ConversionState.DONE:
                await self._ledger.keep(replace(conversion, state=ConversionState.RUNNING, url=None))
            return await self.link(clip, format)
        if url := await self._renewed(clip, format):
            return url
        if conversion is not None:
            expired = f"The link to the {format.upper()} of this song has expired."
            await self._ledger.keep(
                replace(conversion, state=ConversionState.FAILED, url=None, error=expired)
            )
        return await self.link(clip, format)

    async def resume(self) -> None:
        """Take up what a run before this one left, once the key is known. Raises LibraryError."""
        self._finisher.start()
        rows = await self._library.conversions()
        # The simple ones first, at one go: while others are read again, these may become old.
        for written in sorted(rows, key=lambda row: row.state is ConversionState.ASKED):
            key = _key(written, written.format)
            asked = written.state is ConversionState.ASKED
            conversion = await self._recall(key) if asked else self._learn(key, written)
            if conversion is not None and conversion.state is ConversionState.RUNNING:
                self._await(conversion)

    async def close(self) -> None:
        """Let requests that cost credits be answered, for a moment, and stop waiting for the rest."""
        if self._begun:
            await asyncio.wait([*self._begun.values()], timeout=CLOSE_LIMIT_S)
        running = [*self._begun.values(), *self._awaited.values()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CLOSE_LIMIT_S)
        await self._ledger.close()

    async def _renewed(self, clip: Clip, wanted: SaveFormat) -> str | None:
        """The link that the song's own task has now."""
        if clip.product is None:
            return None
        await self._connection.admit()
        outcome = await self._connection.watch(self._client.look_up(clip.product, clip.task_id))
        links = (free_link(each, wanted) for each in outcome.clips if each.clip_id == clip.clip_id)
        return next(links, None)

    async def _recall(self, key: _Key) -> Conversion | None:
        return self._learn(key, await self._ledger.read(key))

    def _learn(self, key: _Key, written: Conversion | None) -> Conversion | None:
        """What is known of it after the library has been asked; what is being waited for, that knows best."""
        return self._ledger.known(key) if key in self._awaited else self._ledger.learn(key, written)

    async def _begin(self, clip: Clip, wanted: SaveFormat, seen: Conversion | None) -> None:
        key = _key(clip, wanted)
        written = await self._ledger.read(key)
        known = self._learn(key, written)
        cost = self.cost(clip, wanted)
        if cost == 0:
            return
        if cost is None or clip.product is None:
            raise ConversionTrouble(_cannot_be_had(clip, wanted))
        if known != seen:
            raise Outdated
        await self._connection.admit()
        asked = Conversion(
            task_id=clip.task_id,
            clip_id=clip.clip_id,
            format=wanted,
            product=clip.product,
            state=ConversionState.ASKED,
            asked_at=self._clock(),
            owner=self._runs.token,
        )
        if await self._ledger.claim(asked, written):
            await self._ask(asked)
            return
        await self._recall(key)  # another window was quicker
        if self.cost(clip, wanted):
            raise Outdated

    async def _ask(self, asked: Conversion) -> None:
        request = self._client.convert(asked.product, asked.clip_id, asked.format)
        try:
            submitted = await self._connection.watch(request)
        except Exception as error:
            await self._ledger.fail(asked, error)
            raise
        state = ConversionState.DONE if submitted.url else ConversionState.RUNNING
        made = replace(asked, state=state, conversion_id=submitted.conversion_id, url=submitted.url)
        await self._ledger.keep(made)
        if self._goes_on(made):
            self._await(made)

    def _goes_on(self, conversion: Conversion) -> bool:
        """Whether asking for it may still bring it; also where a look-up was refused, by another key, say."""
        under_way = conversion.state in (ConversionState.RUNNING, ConversionState.UNKNOWN)
        return under_way and conversion.conversion_id is not None

    def _await(self, conversion: Conversion) -> asyncio.Task[Conversion]:
        """The one task that waits for this conversion."""
        key = _key(conversion, conversion.format)
        awaited = self._awaited.get(key)
        if awaited is None:
            awaited = asyncio.create_task(self._finish(conversion), name=f"conversion {conversion.clip_id}")
            self._awaited[key] = awaited
            awaited.add_done_callback(partial(_ended, self._awaited, key))
        return awaited

    async def _finish(self, conversion: Conversion) -> Conversion:
        return await self._ledger.keep(await self._finisher.finished(conversion))


def _key(song: Clip | Conversion, wanted: SaveFormat) -> _Key:
    return song.task_id, song.clip_id, wanted


def _cannot_be_had(clip: Clip, wanted: SaveFormat) -> str:
    whose = f"{clip.product.label} songs" if clip.product else "Songs of an unknown product"
    return f"{whose} cannot be had as {wanted.upper()}."


def _not_there(conversion: Conversion | None, wanted: SaveFormat) -> str:
    if conversion is not None and conversion.state is ConversionState.ASKED:
        return f"Another window is having the {wanted.upper()} of this song made. Try again in a moment."
    if conversion is None or conversion.error is None:
        return (
            f"This song was not made into {wanted.upper()} yet. Save it as {wanted.upper()} to have it made."
        )
    return f"{conversion.error} Save it as {wanted.upper()} to have it made again."


def _ended(held: dict[_Key, Any], key: _Key, task: asyncio.Task[Any]) -> None:
    del held[key]
    if task.cancelled() or (error := task.exception()) is None:
        return
    if not isinstance(error, AppError):
        log.error("%s failed", task.get_name(), exc_info=error)
