"""The queue over a restart, and at its limit."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from aimusic_desktop.listening.queue import MOST_CLIPS, PlayQueue
from aimusic_desktop.model import Repeat
from tests.support.library import library_at
from tests.support.listening import by_key, name_of, playing, read, song, songs


async def test_a_queue_survives_a_restart_with_its_position(tmp_path: Path) -> None:
    before = playing("abcdefgh", 2)
    before.add(songs("x"))
    before.set_repeat(Repeat.ALL)
    before.set_shuffled(True, Random(1))
    before.advance(auto=False)
    async with library_at(tmp_path / "library.sqlite3") as library:
        await library.save_queue(before.record(81_000))
    after = PlayQueue()
    async with library_at(tmp_path / "library.sqlite3") as library:
        assert after.restore(await library.queue(), by_key("abcdefghx")) == 81_000
    assert read(after) == read(before)
    assert (after.repeat, after.shuffled) == (Repeat.ALL, True)
    for queue in (before, after):
        queue.set_shuffled(False)
    assert read(after) == read(before)


@pytest.mark.parametrize(
    ("left", "stands", "position"),
    [("abcd", "ab[c]d", 9), ("acd", "a[c]d", 9), ("abd", "ab[d]", 0), ("ab", "a[b]", 0), ("", "", 0)],
)
def test_songs_that_are_gone_are_left_out(left: str, stands: str, position: int) -> None:
    record = playing("abcd", 2).record(9)
    queue = PlayQueue()
    assert queue.restore(record, by_key(left)) == position
    assert read(queue) == stands


def test_before_the_first_play_nothing_is_present_after_a_restart() -> None:
    before, after = PlayQueue(), PlayQueue()
    before.add(songs("ab"))
    after.restore(before.record(0), by_key("ab"))
    assert (read(after), after.at) == ("ab", None)
    assert all(one.chosen for one in after.entries)


def test_too_many_songs_are_cut_at_the_end() -> None:
    queue = playing("abc", 1)
    queue.add([song(str(number)) for number in range(2 * MOST_CLIPS)])
    assert len(queue.entries) == MOST_CLIPS
    assert name_of(queue.current) == "b"
    assert name_of(queue.entries[-1]) == str(MOST_CLIPS - 2)


def test_the_oldest_past_goes_first_when_there_is_no_room() -> None:
    queue = PlayQueue()
    queue.add([song(str(number)) for number in range(MOST_CLIPS)])
    queue.jump(queue.entries[-1].entry_id)
    queue.add(songs("xyz"))
    assert len(queue.entries) == MOST_CLIPS
    assert [name_of(one) for one in queue.entries[:1]] == ["3"]
    assert [name_of(one) for one in queue.entries[-4:]] == [str(MOST_CLIPS - 1), "x", "y", "z"]
