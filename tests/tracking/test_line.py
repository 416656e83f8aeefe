"""Who is next in line."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.tracking.line import AT_ONCE, Entry, Line


def entry(task_id: str) -> Entry:
    return Entry(task_id, None, 0.0)


def taken(line: Line) -> list[str]:
    """Everybody in line, in order."""
    entries = iter(line.take, None)
    return [entry.task_id for entry in entries]


def test_who_is_due_first_is_first_and_equals_keep_their_order() -> None:
    line = Line()
    for task_id, due in [("late", 9.0), ("first", 1.0), ("second", 1.0), ("now", AT_ONCE)]:
        line.add(entry(task_id), due)
    assert line.next_due() == AT_ONCE
    assert taken(line) == ["now", "first", "second", "late"]
    assert line.next_due() == math.inf


def test_who_was_taken_waits_again_only_when_put_back() -> None:
    line = Line()
    line.add(entry("a"), 1.0)
    first = line.take()
    assert first is not None
    assert line.take() is None
    assert "a" in line
    line.put(first, 2.0)
    assert line.take() is first


def test_who_was_dropped_or_replaced_stays_out() -> None:
    line = Line()
    old = entry("a")
    line.add(old, 1.0)
    line.add(entry("a"), 3.0)
    assert line.next_due() == 3.0
    line.put(old, 0.0)
    assert line.next_due() == 3.0
    assert line.drop("a")
    assert not line.drop("a")
    assert (len(line), line.next_due()) == (0, math.inf)


moves = st.tuples(st.sampled_from(["add", "put", "take", "drop"]), st.sampled_from("abc"), st.integers(0, 5))


@given(st.lists(moves, max_size=40))
def test_everybody_in_line_is_taken_once_and_in_order(steps: list[tuple[str, str, int]]) -> None:
    line = Line()
    due: dict[str, int] = {}
    for move, task_id, time in steps:
        known = line.get(task_id)
        if move == "add" or (move == "put" and known):
            (line.add(entry(task_id), time) if move == "add" else line.put(known or entry(task_id), time))
            due[task_id] = time
        elif move == "take" and (first := line.take()):
            assert due.pop(first.task_id) == min([first.due, *due.values()])
        elif move == "drop":
            line.drop(task_id)
            due.pop(task_id, None)
    assert [due[task_id] for task_id in taken(line)] == sorted(due.values())
