"""When the words of songs are sung: asked of the service once, paid for once, known for ever."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from psygnal import Signal

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.products import PRODUCTS
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import Alignment, Clip, ConversionState
from aimusic_desktop.runs import Runs
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.tracking.ledger import Ledger, Outdated

CLOSE_LIMIT_S = 2.0
NO_WORDS = "The service found no words to time in this song."

_PAID = (ConversionState.ASKED, ConversionState.DONE)
_ELSEWHERE = "Another window is having the lyrics of this song timed. Try again in a moment."
_Key = tuple[str, str]

log = logging.getLogger(__name__)


class AlignmentTrouble(AppError):
    """The words of a song cannot be had with their times."""


class Alignments:
    """What is known of when words are sung, each with a row in the library.

    The row is written before the one request that costs credits, and names this run of ``runs``, as a
    conversion's does. ``changed`` is emitted with the task's and the clip's id when more is known.
    ``clock`` gives seconds since the epoch.
    """

    changed = Signal(tuple)

    def __init__(
        self,
        library: Library,
        client: ApiClient,
        connection: Connection,
        runs: Runs,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._connection = connection
        self._runs = runs
        self._clock = clock
        self._asking: dict[_Key, asyncio.Task[Alignment]] = {}
        self._ledger = Ledger[_Key, Alignment](
            runs,
            lambda row: (row.task_id, row.clip_id),
            read=library.alignment,
            claim=library.claim_alignment,
            save=library.save_alignment,
        )
        self._ledger.changed.connect(self.changed.emit)

    def cost(self, clip: Clip) -> int | None:
        """What it takes to have the words timed, in credits; None when that cannot be had.

        Nothing for what was paid for, as far as ``known`` has told since the program started.
        """
        known = self._ledger.known(clip.ids)
        if known is not None and known.state in _PAID:
            return 0
        offered = clip.product is not None and clip.ready and bool(clip.lyrics.strip())
        return PRODUCTS[clip.product].alignment if offered and clip.product is not None else None

    async def known(self, clip: Clip) -> Alignment | None:
        """What is known by now, from other windows too; None when it was never asked. Raises LibraryError.

        Its ``error`` is the sentence of an asking that went wrong, or ``NO_WORDS`` when there are none.
        """
        return self._ledger.learn(clip.ids, await self._ledger.read(clip.ids))

    async def ask(self, clip: Clip, seen: Alignment | None = None) -> Alignment:
        """Ask the service, whose price the user agreed to; what was paid for already is not asked again.

        ``seen`` is what was known when the user was asked. Raises Outdated when more is known by now,
        ApiError when the service did not take it, or (Unsure) may not have, AlignmentTrouble where it cannot
        be had or another window is asking, and LibraryError when the request could not be written down
        before it.
        """
        key = clip.ids
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.create_task(self._ask_once(clip, seen), name=f"time lyrics {clip.clip_id}")
            self._asking[key] = asking
            asking.add_done_callback(lambda task: self._ended(key, task))
        # Shielded: a request that was paid for is heard to its end.
        return await asyncio.shield(asking)

    async def close(self) -> None:
        """Let requests that cost credits be answered, for a moment, and written down."""
        asking = [*self._asking.values()]
        if asking:
            _, late = await asyncio.wait(asking, timeout=CLOSE_LIMIT_S)
            for task in late:
                task.cancel()
            await asyncio.wait(asking, timeout=CLOSE_LIMIT_S)
        await self._ledger.close()

    async def _ask_once(self, clip: Clip, seen: Alignment | None) -> Alignment:
        written = await self._ledger.read(clip.ids)
        known = self._ledger.learn(clip.ids, written)
        if known is not None and known.state in _PAID:
            return _answered(known)
        if self.cost(clip) is None:
            raise AlignmentTrouble(_cannot_be_had(clip))
        if known != seen:
            raise Outdated
        await self._connection.admit()
        asked = Alignment(
            task_id=clip.task_id,
            clip_id=clip.clip_id,
            state=ConversionState.ASKED,
            asked_at=self._clock(),
            owner=self._runs.token,
        )
        if await self._ledger.claim(asked, written):
            return await self._request(asked)
        known = await self.known(clip)  # another window was quicker
        if known is None or known.state not in _PAID:
            raise Outdated
        return _answered(known)

    async def _request(self, asked: Alignment) -> Alignment:
        try:
            words = await self._connection.watch(self._client.align(asked.clip_id))
        except Exception as error:
            await self._ledger.fail(asked, error)
            raise
        nothing = None if any(word.text.strip() for word in words) else NO_WORDS
        return await self._ledger.keep(replace(asked, state=ConversionState.DONE, words=words, error=nothing))

    def _ended(self, key: _Key, task: asyncio.Task[Alignment]) -> None:
        del self._asking[key]
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not isinstance(error, AppError):
            log.error("%s failed", task.get_name(), exc_info=error)


def _answered(alignment: Alignment) -> Alignment:
    """The alignment, unless another window still waits for it. Raises AlignmentTrouble then."""
    if alignment.state is ConversionState.ASKED:
        raise AlignmentTrouble(_ELSEWHERE)
    return alignment


def _cannot_be_had(clip: Clip) -> str:
    if not clip.lyrics.strip():
        return "This song has no lyrics, so there is nothing to time."
    if not clip.ready:
        return "This song is not finished yet. Have its lyrics timed when it is."
    whose = f"{clip.product.label} songs" if clip.product else "songs of an unknown product"
    return f"The service does not time the lyrics of {whose}."
