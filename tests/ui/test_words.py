"""What the window says about songs."""

from __future__ import annotations

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.model import Clip, ClipState, Group, Product, TaskState
from aimusic_desktop.tracking.tracker import Asking
from aimusic_desktop.ui import words
from tests.support.rows import ready_row, task_row

TODAY = date(2025, 10, 2)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0:00"), (9.4, "0:09"), (185.02, "3:05"), (3600, "1:00:00"), (-5, "0:00")],
)
def test_length_reads_as_on_a_player(seconds: float | None, text: str) -> None:
    assert words.length(seconds) == text


@given(st.floats(0, 1e6))
def test_a_span_is_short_and_never_negative(seconds: float) -> None:
    assert 3 <= len(words.span(seconds)) <= 7
    assert not words.span(-seconds).startswith("-")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-10-02T08:49:47.934443Z", "today"),
        ("2025-10-01T08:49:47Z", "yesterday"),
        ("2024-02-29T00:00:00Z", "29 Feb 2024"),
        ("last week", "last week"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59"),
    ],
)
def test_created_is_a_day_of_the_calendar(text: str, said: str) -> None:
    assert words.created(text, TODAY, UTC) == said


def test_a_ready_row_reads_as_a_sentence() -> None:
    assert words.sentence(ready_row()) == "City Lights, emotional pop, 3:05, ready"


def test_a_task_without_clips_reads_with_its_id_and_state() -> None:
    assert (
        words.sentence(task_row(state=TaskState.RUNNING))
        == "Task 11111111-1111-4111-8111-111111111111, working"
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TaskState.FAILED, "failed"),
        (TaskState.NOT_FOUND, "not found"),
        (TaskState.TIMED_OUT, "not finished"),
    ],
)
def test_each_bad_end_has_its_own_word(state: TaskState, said: str) -> None:
    assert words.state(task_row(state=state, group=Group.FAILED)) == said


def test_a_clip_that_failed_beside_a_good_one_says_its_own_reason() -> None:
    clip = Clip(task_id="t", clip_id="c", state=ClipState.FAILED, error="The lyrics were refused.")
    row = task_row(state=TaskState.PARTIAL, group=Group.FAILED, clip=clip, error="One of two failed.")
    assert words.trouble(row) == "The lyrics were refused."
    assert words.state(row) == "failed"


def test_the_facts_line_leaves_out_what_is_not_known() -> None:
    assert words.facts(ready_row(), TODAY) == "Producer · FUZZ-2.0 Pro · yesterday"
    assert words.facts(task_row(product=Product.SONIC), TODAY) == "Sonic"


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        (None, "waiting for its turn"),
        (Asking(asked_at=90.0, next_at=110.0, asking=True, note=""), "asking now"),
        (Asking(asked_at=96.0, next_at=106.0, asking=False, note=""), "asked 4 s ago, again in 6 s"),
        (Asking(asked_at=96.0, next_at=100.2, asking=False, note=""), "asked 4 s ago, asking again"),
        (
            Asking(asked_at=96.0, next_at=106.0, asking=False, note="The service is in trouble."),
            "asked 4 s ago, again in 6 s · The service is in trouble.",
        ),
        (Asking(asked_at=None, next_at=160.0, asking=False, note=""), "not asked yet, again in 1 min"),
    ],
)
def test_a_working_row_says_when_it_was_asked_and_will_be(asking: Asking | None, said: str) -> None:
    assert words.waiting(asking, 100.0) == said


def test_one_song_and_many() -> None:
    assert [words.count(number, "song") for number in (0, 1, 12_000)] == ["0 songs", "1 song", "12,000 songs"]
