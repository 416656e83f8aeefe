"""What holds for the queue whatever is done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from aimusic_desktop.listening import queue as queues
from aimusic_desktop.listening.arranging import Entry, moved, within, woven
from aimusic_desktop.listening.queue import PlayQueue, Undo
from aimusic_desktop.model import Repeat
from tests.support.listening import by_key, song, songs

LETTERS = "abcdefghij"

letters = st.sampled_from(LETTERS)
places = st.integers(0, 30)


class QueueMachine(RuleBasedStateMachine):
    """Does anything in any order, with a limit that is soon reached."""

    LIMIT = 20

    def __init__(self) -> None:
        super().__init__()
        self._most, queues.MOST_CLIPS = queues.MOST_CLIPS, self.LIMIT
        self.queue = PlayQueue()
        self.tokens: list[Undo] = []

    def teardown(self) -> None:
        queues.MOST_CLIPS = self._most

    def picked(self, wanted: Sequence[int]) -> list[int]:
        entries = self.queue.entries
        return [entries[place % len(entries)].entry_id for place in wanted] if entries else []

    @rule(names=st.text(letters, min_size=1, max_size=12), place=places)
    def play_list(self, names: str, place: int) -> None:
        clips = songs(names)
        index = place % len(clips)
        chosen = [one.clip for one in self.queue.upcoming if one.chosen]
        entry = self.queue.play_list(clips, index)
        assert entry == self.queue.current
        assert entry.clip is clips[index]
        kept = [one.clip for one in self.queue.upcoming if one.chosen]
        assert len(chosen) - len(kept) <= 1 or len(self.queue.entries) == self.LIMIT

    @rule(names=st.text(letters, max_size=6), soon=st.booleans())
    def insert(self, names: str, soon: bool) -> None:
        clips, present = songs(names), self.queue.current
        (self.queue.play_next if soon else self.queue.add)(clips)
        assert self.queue.current == present
        if soon and clips:
            assert self.queue.upcoming[0].clip is clips[0]

    @rule(auto=st.booleans())
    def advance(self, auto: bool) -> None:
        following, can = self.queue.following, self.queue.can_advance
        entry = self.queue.advance(auto)
        if auto:
            assert (entry and entry.entry_id) == (following and following.entry_id)
        else:
            assert (entry is not None) == can
        assert entry is None or entry == self.queue.current

    @rule()
    def back(self) -> None:
        at, repeat = self.queue.at, self.queue.repeat
        can = at is not None and (at > 0 or repeat is Repeat.ALL)
        assert (self.queue.back() is not None) == can

    @precondition(lambda self: self.queue.entries)
    @rule(place=places)
    def jump(self, place: int) -> None:
        (entry_id,) = self.picked([place])
        assert self.queue.jump(entry_id) == self.queue.current

    @rule(wanted=st.lists(places, max_size=4), before=st.none() | places)
    def move(self, wanted: list[int], before: int | None) -> None:
        target = self.picked([before])[0] if before is not None and self.queue.entries else None
        held, present = {*self.queue.entries}, self.queue.current
        coming = {*self.queue.upcoming}
        self.undoable(lambda: self.queue.move(self.picked(wanted), target))
        assert {*self.queue.entries} == held
        assert coming <= {*self.queue.upcoming}
        assert self.queue.current == present

    @rule(wanted=st.lists(places, max_size=4))
    def remove(self, wanted: list[int]) -> None:
        going, present = {*self.picked(wanted)}, self.queue.current
        self.undoable(lambda: self.queue.remove(going))
        assert self.queue.current == present
        assert not [one for one in self.queue.entries if one.entry_id in going and one != present]

    @rule()
    def clear(self) -> None:
        self.undoable(self.queue.clear)
        assert not self.queue.upcoming

    def undoable(self, deed: Callable[[], Undo]) -> None:
        """Do it, undo it, see that nothing happened, and do it again."""
        before = (self.queue.entries, self.queue.record(0))
        assert self.queue.undo(deed())
        assert (self.queue.entries, self.queue.record(0)) == before
        self.tokens.append(deed())

    @precondition(lambda self: self.tokens)
    @rule(place=places)
    def undo(self, place: int) -> None:
        held, present = {*self.queue.entries}, self.queue.current
        self.queue.undo(self.tokens[place % len(self.tokens)])
        assert held <= {*self.queue.entries} or len(self.queue.entries) == self.LIMIT
        assert self.queue.current == present

    @rule(repeat=st.sampled_from(Repeat))
    def set_repeat(self, repeat: Repeat) -> None:
        self.queue.set_repeat(repeat)
        assert self.queue.repeat is repeat

    @rule(wanted=st.booleans(), seed=st.integers(0, 9))
    def set_shuffled(self, wanted: bool, seed: int) -> None:
        held, present = {*self.queue.entries}, self.queue.current
        chosen = [one for one in self.queue.upcoming if one.chosen]
        self.queue.set_shuffled(wanted, Random(seed))
        assert {*self.queue.entries} == held
        assert self.queue.current == present
        assert {*chosen} <= {*self.queue.upcoming}

    @rule(position=st.integers(0, 10**7))
    def write_down_and_read(self, position: int) -> None:
        record, other = self.queue.record(position), PlayQueue()
        assert other.restore(record, by_key(LETTERS)) == (position if self.queue.current else 0)
        assert other.record(position) == record
        other.set_shuffled(False)
        self.queue.set_shuffled(False)
        assert other.record(0) == self.queue.record(0)

    @invariant()
    def is_whole(self) -> None:
        queue = self.queue
        order = [one.entry_id for one in queue.entries]
        assert len(order) == len({*order}) <= self.LIMIT
        assert sorted(queue._plain) == sorted(order)
        assert queue.shuffled or list(queue._plain) == order
        assert queue.current is None or (
            queue.current == queue.entries[queue.at or 0] and not queue.current.chosen
        )
        assert queue.entries[(queue.at + 1) if queue.at is not None else 0 :] == queue.upcoming


TestQueueMachine = QueueMachine.TestCase

numbers = st.lists(st.integers(0, 30), unique=True, max_size=20)


@given(numbers, st.sets(st.integers(0, 30)), st.data())
def test_moving_loses_nothing_and_keeps_both_orders(
    order: list[int], movers: set[int], data: st.DataObject
) -> None:
    before = data.draw(st.sampled_from([None, *order]))
    after = moved(order, movers, before)
    assert sorted(after) == sorted(order)
    for part in (movers, {*order} - movers):
        assert [one for one in after if one in part] == [one for one in order if one in part]


@given(numbers, numbers, st.sets(st.integers(0, 30)))
def test_weaving_gives_all_that_is_there_or_comes_back_in_the_old_order(
    old: list[int], now: list[int], back: set[int]
) -> None:
    after = woven(old, now, back & {*old})
    assert sorted(after) == sorted({*now} | (back & {*old}))
    assert [one for one in after if one in old] == [one for one in old if one in {*now, *back}]


@given(st.lists(st.booleans(), max_size=30), st.data(), st.integers(1, 30))
def test_the_limit_takes_the_past_first_and_the_present_never(
    chosen: list[bool], data: st.DataObject, most: int
) -> None:
    entries = [Entry(number, song("a"), one) for number, one in enumerate(chosen)]
    at = data.draw(st.none() | st.integers(0, len(entries) - 1)) if entries else None
    kept = within(entries, at, most)
    assert len(kept) == min(most, len(entries))
    assert at is None or entries[at] in kept
    assert sorted(kept, key=lambda one: one.entry_id) == list(kept)
    if at and entries[at - 1] in kept:
        assert list(kept[kept.index(entries[at]) :]) == entries[at:]
