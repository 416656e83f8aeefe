"""The queue: what plays next, by example."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from aimusic_desktop.listening.queue import MOST_AFTER, MOST_BEFORE, PlayQueue
from aimusic_desktop.model import Repeat
from tests.support.listening import entry_of, ids, name_of, playing, read, song, songs


def test_a_new_queue_has_nothing_to_play() -> None:
    queue = PlayQueue()
    assert (queue.current, queue.following, queue.advance(auto=False), queue.back()) == (None,) * 4
    assert not queue.can_advance


def test_playing_a_row_makes_the_list_the_queue() -> None:
    queue = playing("abcde", 2)
    assert read(queue) == "ab[c]de"
    assert name_of(queue.following) == "d"
    assert not any(one.chosen for one in queue.entries)


def test_of_a_long_list_only_the_neighbours_are_taken() -> None:
    queue = PlayQueue()
    clips = [song(str(number)) for number in range(1_000)]
    assert queue.play_list(clips, 500).clip is clips[500]
    assert queue.at == MOST_BEFORE
    assert len(queue.upcoming) == MOST_AFTER
    assert queue.upcoming[0].clip is clips[501]


def test_what_was_chosen_outlives_another_list() -> None:
    queue = playing("abc")
    queue.add(songs("xy"))
    queue.play_list(songs("def"), 1)
    assert read(queue) == "d[e]xyf"
    assert [one.clip.clip_id for one in queue.entries if one.chosen] == ["x", "y"]


def test_what_was_chosen_and_heard_does_not_come_again_with_another_list() -> None:
    queue = playing("abc")
    queue.add(songs("xy"))
    queue.advance(auto=True)
    queue.play_list(songs("def"), 1)
    assert read(queue) == "d[e]yf"


def test_a_chosen_song_played_from_a_list_does_not_come_once_more() -> None:
    queue = playing("abc")
    queue.add(songs("xe"))
    queue.play_list(songs("def"), 1)
    assert read(queue) == "d[e]xf"


def test_the_list_of_a_song_that_comes_after_it_takes_nothing_that_was_chosen() -> None:
    """A row begins at once, alone; the rows around it are read meanwhile."""
    queue = playing("a")
    queue.add(songs("cbc"))
    queue.play_list(songs("c"), 0)
    assert read(queue) == "[c]bc"
    queue.play_list(songs("acd"), 1)
    assert read(queue) == "a[c]bcd"


def test_play_next_comes_right_after_and_added_songs_after_the_chosen_ones() -> None:
    queue = playing("abc")
    queue.add(songs("x"))
    queue.add(songs("y"))
    queue.play_next(songs("pq"))
    assert read(queue) == "[a]pqxybc"


def test_songs_added_to_an_empty_queue_wait_for_the_first_play() -> None:
    queue = PlayQueue()
    queue.add(songs("ab"))
    assert (read(queue), queue.at) == ("ab", None)
    assert name_of(queue.advance(auto=False)) == "a"
    assert read(queue) == "[a]b"


def test_the_end_is_the_end_until_something_is_added() -> None:
    queue = playing("ab", 1)
    assert queue.advance(auto=True) is None
    assert read(queue) == "a[b]"
    queue.add(songs("x"))
    assert name_of(queue.advance(auto=False)) == "x"


def test_repeat_one_plays_it_again_but_next_leads_on() -> None:
    queue = playing("ab")
    queue.set_repeat(Repeat.ONE)
    assert name_of(queue.following) == "a"
    assert name_of(queue.advance(auto=True)) == "a"
    assert name_of(queue.advance(auto=False)) == "b"
    assert queue.advance(auto=False) is None
    assert not queue.can_advance


def test_repeat_all_goes_round_both_ways() -> None:
    queue = playing("abc", 2)
    queue.set_repeat(Repeat.ALL)
    assert name_of(queue.following) == "a"
    assert name_of(queue.advance(auto=True)) == "a"
    assert name_of(queue.back()) == "c"


def test_back_ends_at_the_first_song() -> None:
    queue = playing("ab", 1)
    assert name_of(queue.back()) == "a"
    assert queue.back() is None
    assert read(queue) == "[a]b"


def test_jumping_makes_what_was_skipped_past() -> None:
    queue = playing("abcd")
    queue.jump(entry_of(queue, "c").entry_id)
    assert read(queue) == "ab[c]d"
    with pytest.raises(KeyError):
        queue.jump(12_345)


@pytest.mark.parametrize(
    ("movers", "before", "after"),
    [
        ("d", "b", "[a]dbcef"),
        ("bd", None, "[a]cefbd"),
        ("db", "f", "[a]cebdf"),
        ("bc", "c", "[a]bcdef"),
        ("a", "d", "[a]bcdef"),
        ("ef", "a", "[a]efbcd"),
    ],
)
def test_moving(movers: str, before: str | None, after: str) -> None:
    queue = playing("abcdef")
    token = queue.move(ids(queue, movers), entry_of(queue, before).entry_id if before else None)
    assert read(queue) == after
    queue.undo(token)
    assert read(queue) == "[a]bcdef"


@pytest.mark.parametrize(
    ("movers", "before", "after"),
    [
        ("c", "f", "ab[c]def"),
        ("cd", None, "ab[c]efd"),
        ("fe", "a", "ab[c]efd"),
        ("b", "a", "ba[c]def"),
        ("b", "e", "a[c]dbef"),
        ("be", "a", "ba[c]edf"),
    ],
)
def test_the_present_song_stays_and_what_was_not_heard_stays_behind_it(
    movers: str, before: str | None, after: str
) -> None:
    queue = playing("abcdef", 2)
    token = queue.move(ids(queue, movers), entry_of(queue, before).entry_id if before else None)
    assert read(queue) == after
    queue.undo(token)
    assert read(queue) == "ab[c]def"


def test_before_the_first_play_every_song_moves() -> None:
    queue = PlayQueue()
    queue.add(songs("abc"))
    queue.move(ids(queue, "c"), entry_of(queue, "a").entry_id)
    assert read(queue) == "cab"


def test_moving_before_what_is_gone_changes_nothing() -> None:
    queue = playing("abc")
    with pytest.raises(KeyError):
        queue.move(ids(queue, "b"), 12_345)
    assert read(queue) == "[a]bc"


def test_removing_leaves_the_present_song() -> None:
    queue = playing("abcd", 1)
    queue.remove(ids(queue, "abc"))
    assert read(queue) == "[b]d"


def test_clearing_takes_what_comes_and_gives_it_back() -> None:
    queue = playing("abcd", 1)
    token = queue.clear()
    assert read(queue) == "a[b]"
    assert len(token.removed) == 2
    assert queue.undo(token)
    assert read(queue) == "a[b]cd"


def test_undo_keeps_what_was_added_and_played_since() -> None:
    queue = playing("abcd", 1)
    token = queue.clear()
    queue.add(songs("xy"))
    queue.advance(auto=True)
    queue.undo(token)
    assert read(queue) == "ab[x]ycd"


def test_undo_brings_back_only_what_it_removed() -> None:
    queue = playing("abcd")
    first = queue.remove(ids(queue, "b"))
    queue.remove(ids(queue, "c"))
    assert queue.undo(first)
    assert queue.undo(first)
    assert read(queue) == "[a]bd"


def test_undo_after_another_list_was_played_does_nothing() -> None:
    queue = playing("abcd")
    token = queue.clear()
    assert queue.can_undo(token)
    queue.play_list(songs("xy"), 0)
    assert not queue.can_undo(token)
    assert not queue.undo(token)
    assert read(queue) == "[x]y"


def test_shuffling_keeps_the_present_song_and_the_chosen_ones_in_front_and_takes_the_past_too() -> None:
    queue = playing("abcdefgh", 3)
    queue.add(songs("xy"))
    queue.set_shuffled(True, Random(1))
    assert read(queue).startswith("[d]xy")
    assert sorted(read(queue)[5:]) == list("abcefgh")
    assert read(queue)[5:] != "abcefgh"


def test_unshuffling_stands_at_the_same_song_in_the_old_order() -> None:
    queue = playing("abcdefgh", 3)
    queue.set_shuffled(True, Random(1))
    present = queue.advance(auto=True)
    queue.set_shuffled(False)
    assert read(queue).replace("[", "").replace("]", "") == "abcdefgh"
    assert queue.current == present


def test_unshuffling_does_not_lose_a_chosen_song_among_the_past() -> None:
    queue = playing("abcdefgh", 3)
    queue.set_shuffled(True, Random(1))
    queue.play_next(songs("x"))
    queue.jump(entry_of(queue, "h").entry_id)
    queue.play_next(songs("y"))
    queue.move(ids(queue, "x"), None)
    queue.set_shuffled(False)
    assert read(queue) == "abcdefg[h]xy"


def test_a_list_played_while_shuffled_is_shuffled_around_the_song() -> None:
    queue = PlayQueue()
    queue.set_shuffled(True, Random(1))
    queue.play_list(songs("abcdefgh"), 3)
    assert read(queue).startswith("[d]")
    queue.set_shuffled(False)
    assert read(queue) == "abc[d]efgh"


def test_undo_after_shuffling_or_unshuffling_brings_songs_back() -> None:
    queue = playing("abcd")
    token = queue.remove(ids(queue, "b"))
    queue.set_shuffled(True, Random(1))
    queue.undo(token)
    assert sorted(read(queue)[3:]) == list("bcd")
    token = queue.remove(ids(queue, "c"))
    queue.set_shuffled(False)
    queue.undo(token)
    assert read(queue) == "[a]bcd"


def test_newer_facts_replace_older_ones_and_say_so_once() -> None:
    queue = playing("ab")
    told: list[bool] = []
    queue.changed.connect(lambda: told.append(True))
    newer = replace(song("b"), title="Renamed")
    queue.refresh({newer.ids: newer})
    queue.refresh({newer.ids: newer})
    assert queue.upcoming[0].clip.title == "Renamed"
    assert told == [True]


def test_every_change_is_told() -> None:
    queue = playing("abc")
    told: list[str] = []
    queue.changed.connect(lambda: told.append(read(queue)))
    queue.advance(auto=True)
    queue.back()
    queue.set_repeat(Repeat.ONE)
    queue.advance(auto=True)  # the same once more: nothing to tell
    queue.set_shuffled(False)
    assert told == ["a[b]c", "[a]bc", "[a]bc"]
