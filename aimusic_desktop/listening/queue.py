"""The songs that were played, the one that plays, and those that will be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from psygnal import Signal

from aimusic_desktop.library.queue import MOST_CLIPS
from aimusic_desktop.listening.arranging import (
    Entry,
    held_behind,
    inserted,
    moved,
    nearest,
    shuffled,
    unshuffled,
    upcoming,
    within,
    woven,
)
from aimusic_desktop.model import Clip, QueuedClip, QueueRecord, Repeat

__all__ = ["MOST_AFTER", "MOST_BEFORE", "MOST_CLIPS", "Entry", "PlayQueue", "Undo"]

MOST_BEFORE = 100
MOST_AFTER = 200
"""Songs of a list that are taken before and after the one that is played."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back a change: how the queue stood before it, and what it removed."""

    order: tuple[int, ...]
    plain: tuple[int, ...]
    shuffled: bool
    removed: Mapping[int, Entry]
    generation: int


class PlayQueue:
    """One list with a pointer to what plays: what stands before it is past, what stands after comes.

    Holds ``MOST_CLIPS`` entries; beyond that the oldest past ones go, then the end of what comes. The present
    one stays whatever is removed, moved or shuffled. Entry ids are never used twice.
    """

    changed = Signal()

    def __init__(self) -> None:
        self._ids = count(1)
        self._generation = 0
        self._entries: tuple[Entry, ...] = ()
        self._plain: tuple[int, ...] = ()  # the order before shuffling; the same while nothing is shuffled
        self._present: int | None = None  # the id of the present entry
        self._at: int | None = None  # and its number
        self._repeat = Repeat.OFF
        self._shuffled = False
        self._random = Random()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """In the order in which they play."""
        return self._entries

    @property
    def at(self) -> int | None:
        """The number of the present entry; None before the first play."""
        return self._at

    @property
    def repeat(self) -> Repeat:
        return self._repeat

    @property
    def shuffled(self) -> bool:
        return self._shuffled

    @property
    def current(self) -> Entry | None:
        """What plays, or was played last when the queue has come to its end."""
        return self._entries[self._at] if self._at is not None else None

    @property
    def upcoming(self) -> tuple[Entry, ...]:
        """What stands after the present one; with "repeat all" the past follows it."""
        return tuple(upcoming(self._entries, self._at))

    @property
    def following(self) -> Entry | None:
        """What plays when the present song has ended, if the queue stays as it is."""
        return self._entry(self._after(auto=True))

    @property
    def can_advance(self) -> bool:
        """Whether a user's "next" leads anywhere."""
        return self._after(auto=False) is not None

    # -- what plays -------------------------------------------------------

    def play_list(self, clips: Sequence[Clip], index: int) -> Entry:
        """Play a song of a list: what stands before it there is past, the rest comes after it, but only
        after what the user had chosen and not heard yet. For the song that is the present one already, only
        the list around it changes. Raises ``IndexError``."""
        wanted = clips[index]
        chosen = self._still_chosen(wanted)
        before = self._new(clips[max(0, index - MOST_BEFORE) : index])
        present = self._new([wanted])
        after = self._new(clips[index + 1 : index + 1 + MOST_AFTER])
        order = [*before, *present, *chosen, *after]
        self._generation += 1
        self._plain = tuple(one.entry_id for one in order)
        self._present = present[0].entry_id
        self._hold(shuffled(order, len(before), self._random) if self._shuffled else order)
        return present[0]

    def jump(self, entry_id: int) -> Entry:
        """Make an entry the present one. Raises ``KeyError`` if it is not there any more."""
        return self._go(self._place(entry_id))

    def advance(self, auto: bool) -> Entry | None:
        """On to the next, and give it; None at the end. ``auto``: the song ended by itself, so that "repeat
        one" gives it once more; a user's "next" leads on."""
        after = self._after(auto)
        return self._go(after) if after is not None else None

    def back(self) -> Entry | None:
        """Back to the one before, and give it; None at the beginning."""
        before = self._before()
        return self._go(before) if before is not None else None

    def set_repeat(self, repeat: Repeat) -> None:
        if repeat is not self._repeat:
            self._repeat = repeat
            self.changed.emit()

    def set_shuffled(self, wanted: bool, random: Random | None = None) -> None:
        """Shuffle all but the present one and what was chosen to come, or go back to the order before."""
        self._random = random or self._random
        if wanted == self._shuffled:
            return
        self._shuffled = wanted
        order = (
            shuffled(self._entries, self._at, self._random)
            if wanted
            else unshuffled(self._entries, self._at, self._plain)
        )
        self._hold(order)

    # -- what comes -------------------------------------------------------

    def play_next(self, clips: Sequence[Clip]) -> None:
        """Put songs right after the present one."""
        self._insert(clips, self.current)

    def add(self, clips: Sequence[Clip]) -> None:
        """Put songs after what the user chose before, and before the rest of the list."""
        chosen = [one for one in self.upcoming if one.chosen]
        self._insert(clips, chosen[-1] if chosen else self.current)

    def move(self, entry_ids: Collection[int], before: int | None) -> Undo:
        """Put entries before another one, or at the end when None. The present one stays where it is, and
        what comes stays behind it, at the nearest right behind. Raises ``KeyError`` if ``before`` is gone."""
        if before is not None:
            self._place(before)
        token, by_id = self._token(), {one.entry_id: one for one in self._entries}
        order = moved(token.order, set(entry_ids) - {self._present}, before)
        if self._present is not None:
            order = held_behind(order, self._present, {one.entry_id for one in self.upcoming})
        self._hold([by_id[entry_id] for entry_id in order])
        return token

    def remove(self, entry_ids: Collection[int]) -> Undo:
        """Take entries out, but for the present one."""
        going = set(entry_ids) - {self._present}
        token = self._token([one for one in self._entries if one.entry_id in going])
        self._hold([one for one in self._entries if one.entry_id not in going])
        return token

    def clear(self) -> Undo:
        """Take out all that comes."""
        return self.remove([one.entry_id for one in self.upcoming])

    def can_undo(self, token: Undo) -> bool:
        """Not when the queue was replaced by another since."""
        return token.generation == self._generation

    def undo(self, token: Undo) -> bool:
        """Take back a move or removal, keeping what was added or played since. False, and nothing is done,
        when that is not possible any more."""
        if not self.can_undo(token):
            return False
        by_id = {**token.removed, **{one.entry_id: one for one in self._entries}}
        now = [one.entry_id for one in self._entries]
        shuffled_before = token.order if token.shuffled else [*dict.fromkeys((*now, *token.removed))]
        before = shuffled_before if self._shuffled else token.plain
        self._plain = tuple(woven(token.plain, self._plain, token.removed))
        self._hold([by_id[entry_id] for entry_id in woven(before, now, token.removed)])
        return True

    def refresh(self, clips: Mapping[tuple[str, str], Clip]) -> None:
        """Take newer facts of the same clips."""
        if any(clips.get(one.clip.ids, one.clip) != one.clip for one in self._entries):
            self._hold([replace(one, clip=clips.get(one.clip.ids, one.clip)) for one in self._entries])

    # -- written down -----------------------------------------------------

    def record(self, position_ms: int) -> QueueRecord:
        """The queue as it is written down; ``position_ms`` is where the present song stands."""
        places = {entry_id: place for place, entry_id in enumerate(self._plain)}
        return QueueRecord(
            clips=tuple(QueuedClip(*one.clip.ids, chosen=one.chosen) for one in self._entries),
            unshuffled=tuple(places[one.entry_id] for one in self._entries),
            at=self._at,
            position_ms=position_ms,
            repeat=self._repeat,
            shuffled=self._shuffled,
        )

    def restore(self, record: QueueRecord, clips: Mapping[tuple[str, str], Clip]) -> int:
        """Stand as written down, without clips that are gone. Gives where the present one stands, in
        milliseconds: at its beginning if it took the place of one that is gone."""
        kept = [place for place, one in enumerate(record.clips) if (one.task_id, one.clip_id) in clips]
        by_place = {place: self._restored(record.clips[place], clips) for place in kept}
        self._generation += 1
        self._repeat, self._shuffled = record.repeat, record.shuffled
        self._plain = tuple(
            by_place[place].entry_id for place in sorted(kept, key=record.unshuffled.__getitem__)
        )
        present = nearest(kept, record.at)
        self._present = by_place[present].entry_id if present is not None else None
        self._hold([*by_place.values()])
        return record.position_ms if present is not None and present == record.at else 0

    def _restored(self, one: QueuedClip, clips: Mapping[tuple[str, str], Clip]) -> Entry:
        return Entry(next(self._ids), clips[one.task_id, one.clip_id], one.chosen)

    # -- within -----------------------------------------------------------

    def _new(self, clips: Sequence[Clip], *, chosen: bool = False) -> list[Entry]:
        return [Entry(next(self._ids), clip, chosen) for clip in clips]

    def _still_chosen(self, playing: Clip) -> list[Entry]:
        """What was chosen to come; a song that begins now need not come once more."""
        chosen = [one for one in self.upcoming if one.chosen]
        if self.current is not None and self.current.clip.ids == playing.ids:  # it has begun before
            return chosen
        same = next((one for one in chosen if one.clip.ids == playing.ids), None)
        return [one for one in chosen if one is not same]

    def _insert(self, clips: Sequence[Clip], after: Entry | None) -> None:
        new = self._new(clips[:MOST_CLIPS], chosen=True)
        ids, anchor = [one.entry_id for one in new], after.entry_id if after else None
        self._plain = tuple(inserted(self._plain, ids, anchor))
        self._hold(inserted(self._entries, new, after))

    def _after(self, auto: bool) -> int | None:
        if auto and self._repeat is Repeat.ONE and self._at is not None:
            return self._at
        return self._wrapped(0 if self._at is None else self._at + 1)

    def _before(self) -> int | None:
        return self._wrapped(self._at - 1) if self._at is not None else None

    def _wrapped(self, place: int) -> int | None:
        if self._repeat is Repeat.ALL and self._entries:
            return place % len(self._entries)
        return place if 0 <= place < len(self._entries) else None

    def _go(self, place: int) -> Entry:
        heard = replace(self._entries[place], chosen=False)
        if place != self._at or heard != self._entries[place]:
            self._present = heard.entry_id
            self._hold([*self._entries[:place], heard, *self._entries[place + 1 :]])
        return heard

    def _entry(self, place: int | None) -> Entry | None:
        return self._entries[place] if place is not None else None

    def _place(self, entry_id: int) -> int:
        for place, one in enumerate(self._entries):
            if one.entry_id == entry_id:
                return place
        raise KeyError(entry_id)

    def _token(self, removed: Sequence[Entry] = ()) -> Undo:
        order = tuple(one.entry_id for one in self._entries)
        gone = {one.entry_id: one for one in removed}
        return Undo(order, self._plain, self._shuffled, gone, self._generation)

    def _hold(self, entries: Sequence[Entry]) -> None:
        """Hold these entries, as many as there is room for."""
        at = next((place for place, one in enumerate(entries) if one.entry_id == self._present), None)
        self._entries = tuple(within(entries, at, MOST_CLIPS))
        order = [one.entry_id for one in self._entries]
        held = set(order)
        self._plain = tuple(one for one in self._plain if one in held) if self._shuffled else tuple(order)
        self._at = order.index(self._present) if self._present is not None else None
        self.changed.emit()
