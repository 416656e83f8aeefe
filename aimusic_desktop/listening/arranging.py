"""Orders of the queue's songs, worked out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from aimusic_desktop.model import Clip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the queue; the same clip may have several. ``chosen``: the user put it there and it was
    not played since; else it followed in a list."""

    entry_id: int
    clip: Clip
    chosen: bool = False


def moved(order: Sequence[T], movers: Collection[T], before: T | None) -> list[T]:
    """``movers``, in the order they stand in, put before another one, or at the end when None. If
    ``before`` is moved itself, the next that stays stands for it."""
    start = order.index(before) if before is not None else len(order)
    ahead = [one for one in order[:start] if one not in movers]
    behind = [one for one in order[start:] if one not in movers]
    return [*ahead, *(one for one in order if one in movers), *behind]


def held_behind(order: Sequence[T], present: T, coming: Collection[T]) -> list[T]:
    """Those of ``coming`` that stand before ``present`` put right behind it."""
    early = [one for one in order[: order.index(present)] if one in coming]
    return inserted([one for one in order if one not in early], early, present)


def inserted(order: Sequence[T], new: Sequence[T], after: T | None) -> list[T]:
    """``new`` put right behind ``after``, or at the front when None."""
    place = order.index(after) + 1 if after is not None else 0
    return [*order[:place], *new, *order[place:]]


def woven(old: Sequence[int], now: Sequence[int], back: Collection[int]) -> list[int]:
    """``now`` as it stood in ``old``, with those of ``back`` again. What is newer than ``old`` stays behind
    the one it stands behind now."""
    known, here = set(old), {*now, *back}
    newer: dict[int | None, list[int]] = {None: []}
    anchor = None
    for one in now:
        if one in known:
            anchor = one
        else:
            newer.setdefault(anchor, []).append(one)
    standing = [one for one in old if one in here]
    return [*newer[None], *(each for one in standing for each in (one, *newer.get(one, ())))]


def upcoming(entries: Sequence[Entry], at: int | None) -> Sequence[Entry]:
    """What comes after the present one; everything before the first play."""
    return entries if at is None else entries[at + 1 :]


def within(entries: Sequence[Entry], at: int | None, most: int) -> Sequence[Entry]:
    """At most so many: the oldest past ones go first, then the end of what followed in a list, then the end
    of what was chosen. The one at ``at`` stays."""
    cut = max(0, min(len(entries) - most, at or 0))
    excess = max(0, len(entries) - cut - most)
    by_worth = sorted(upcoming(entries, at), key=lambda one: not one.chosen)
    going = {one.entry_id for one in by_worth[len(by_worth) - excess :]}
    return [one for one in entries[cut:] if one.entry_id not in going]


def shuffled(entries: Sequence[Entry], at: int | None, random: Random) -> list[Entry]:
    """The present one, what was chosen to come, then all others, played before or not, at random."""
    ahead = [] if at is None else [entries[at]]
    ahead += [one for one in upcoming(entries, at) if one.chosen]
    taken = {one.entry_id for one in ahead}
    others = [one for one in entries if one.entry_id not in taken]
    random.shuffle(others)
    return [*ahead, *others]


def unshuffled(entries: Sequence[Entry], at: int | None, plain: Sequence[int]) -> list[Entry]:
    """In the order of the ids ``plain``; but what was chosen to come does not end up among the past."""
    by_id = {one.entry_id: one for one in entries}
    if at is None:
        return [by_id[entry_id] for entry_id in plain]
    coming = {one.entry_id for one in upcoming(entries, at) if one.chosen}
    return [by_id[entry_id] for entry_id in held_behind(plain, entries[at].entry_id, coming)]


def nearest(kept: Sequence[int], at: int | None) -> int | None:
    """``at`` itself if it was kept, else the next that was, else the last."""
    if at is None or not kept:
        return None
    return next((place for place in kept if place >= at), kept[-1])
