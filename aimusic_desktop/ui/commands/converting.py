"""Songs saved as WAV or MP3: what costs credits is asked before, once for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aimusic_desktop.api.errors import InvalidRequest
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip, Conversion, Group, SaveFormat
from aimusic_desktop.tracking.ledger import Outdated
from aimusic_desktop.tracking.merge import without_promise
from aimusic_desktop.ui import words
from aimusic_desktop.ui.commands.paying import ask_price
from aimusic_desktop.ui.desk import Desk

PRICED_ROWS = 200
"""Of more selected rows the price is told in the question only: at each selection it would be felt."""

_OF_THAT_SONG = (InvalidRequest, Outdated)
_NONE_READY = "Only finished songs can be saved; none of these is ready."


@dataclass(frozen=True, slots=True)
class _Order:
    """``free`` songs are there already; the service makes the ``priced`` ones, each with what is known of it,
    for ``price`` credits together, and cannot make the ``impossible`` ones. ``trouble`` is what went wrong
    before."""

    format: SaveFormat
    free: Sequence[Clip]
    priced: Sequence[tuple[Clip, Conversion | None]]
    price: int
    impossible: int
    trouble: str


class Converting:
    """Nothing is asked of the service twice but by the user."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save_wav(self) -> None:
        """Save the selected songs as WAV."""
        self._desk.background.run(self._save_chosen(SaveFormat.WAV), "save as wav")

    def save_mp3(self) -> None:
        """Save the selected songs as MP3."""
        self._desk.background.run(self._save_chosen(SaveFormat.MP3), "save as mp3")

    def label(self, format: SaveFormat, rows: Sequence[SongRow]) -> str:  # noqa: A002
        """What the command is called for these rows: with the credits it takes, if it takes any."""
        if len(rows) > PRICED_ROWS:
            return f"Save as {format.upper()} …"
        clips = [row.clip for row in rows if row.clip is not None and row.group is Group.READY]
        price = sum(self._desk.core.conversions.cost(clip, format) or 0 for clip in clips)
        return f"Save as {format.upper()}" + (f" ({words.count(price, 'credit')})" if price else "")

    async def _save_chosen(self, wanted: SaveFormat) -> None:
        rows = await self._desk.chosen()
        ready = [row for row in rows if row.group is Group.READY]
        if not ready:
            self._desk.notice.say(_NONE_READY if rows else "Choose a song first.")
            return
        await self._save(await self._desk.whole_clips(ready), wanted)

    async def _save(self, clips: Sequence[Clip], wanted: SaveFormat) -> None:
        await self._desk.core.conversions.recall(clips, wanted)
        order = self._order(clips, wanted)
        if order.priced:
            await self._ask(order)
        elif order.free:
            await self._carry_out(order)
        else:
            self._desk.notice.say(_cannot(order, len(clips)))

    def _order(self, clips: Sequence[Clip], wanted: SaveFormat) -> _Order:
        conversions = self._desk.core.conversions
        costs = [(clip, conversions.cost(clip, wanted)) for clip in clips]
        troubles = (conversions.trouble(clip, wanted) for clip, cost in costs if cost)
        return _Order(
            wanted,
            free=[clip for clip, cost in costs if cost == 0],
            priced=[(clip, conversions.known(clip, wanted)) for clip, cost in costs if cost],
            price=sum(cost or 0 for _, cost in costs),
            impossible=sum(cost is None for _, cost in costs),
            trouble=next((each for each in troubles if each), ""),
        )

    async def _ask(self, order: _Order) -> None:
        await ask_price(
            self._desk,
            title=f"Save as {order.format.upper()}",
            question=_question(order),
            agree="Convert again" if order.trouble else "Convert",
            price=order.price,
            more=_more(order),
            do=lambda: self._desk.background.run(self._carry_out(order), f"save as {order.format}"),
        )

    async def _carry_out(self, order: _Order) -> None:
        """Each song is in the save list as soon as the service took it: what was paid for is not lost."""
        folder, saver = self._desk.core.settings.value.save_path, self._desk.core.saver
        begun: list[Clip] = []
        failures: list[AppError] = []
        if order.free:
            await saver.save(order.free, folder, format=order.format)
        for clip, seen in order.priced:
            try:
                await self._desk.core.conversions.begin(clip, order.format, seen)
            except AppError as error:
                failures.append(error)
                if not isinstance(error, _OF_THAT_SONG):  # it would not fare better with the next one
                    break
            else:
                begun.append(clip)
                await saver.save([clip], folder, format=order.format)
        self._tell(order, begun, failures)
        if begun:
            await self._desk.core.refresh_credits()

    def _tell(self, order: _Order, begun: Sequence[Clip], failures: Sequence[AppError]) -> None:
        to = order.format.upper()
        if failures:
            left = [clip for clip, _ in order.priced if clip not in begun]
            some = f"Converting {len(begun)} of {words.count(len(order.priced), 'song')}. "
            self._desk.notice.say(
                (some if begun else "") + without_promise(failures[0].sentence),
                action="Convert again …",
                do=lambda: self._desk.background.run(self._save(left, order.format), "convert again"),
                stays=True,
            )
        elif begun:
            what = "it is" if len(begun) == 1 else "each is"
            said = f"Converting {words.count(len(begun), 'song')} to {to}; {what} saved when it is made."
            self._desk.notice.say(said)
        else:
            self._desk.notice.say(f"Saving {words.count(len(order.free), 'song')} as {to} …")


def _more(order: _Order) -> list[str]:
    """What else to know before one agrees."""
    more = [order.trouble] if order.trouble else []
    if order.free:
        more.append(f"{words.count(len(order.free), 'more song')} can be had for nothing.")
    if order.impossible:
        more.append(f"{words.count(order.impossible, 'song')} cannot be had as {order.format.upper()}.")
    return more


def _question(order: _Order) -> str:
    one = len(order.priced) == 1
    first, _ = order.priced[0]
    what = f"“{first.title or 'this song'}”" if one else words.count(len(order.priced), "song")
    return f"Convert {what} to {order.format.upper()} for {words.count(order.price, 'credit')}?"


def _cannot(order: _Order, songs: int) -> str:
    which = "This song" if songs == 1 else "These songs"
    return f"{which} cannot be had as {order.format.upper()}; the service does not make that of them."
