"""LRC as players read it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.lyrics.lines import Timing, timing
from aimusic_desktop.lyrics.lrc import to_lrc
from aimusic_desktop.model import TimedWord

WORDS = (
    TimedWord("[Verse]\nWalking ", 1.0, 1.5),
    TimedWord("down\n", 1.5, 2.0),
    TimedWord("the ", 3.0, 3.2),
    TimedWord("street\n", 3.2, 5.0),
    TimedWord("Hey\n", 61.499, 62.0),
)
FACTS = {"ti": "City\nLights", "ar": "", "length": "03:05"}


def test_each_line_has_its_time_and_a_silence_ends_the_one_before() -> None:
    assert to_lrc(timing(WORDS, ""), FACTS) == (
        "[ti:City Lights]\n[length:03:05]\n[00:01.00]Walking down\n[00:03.00]the street\n[00:05.00]\n"
        "[01:01.50]Hey\n[01:02.30]\n"
    )


def test_words_may_have_their_times_too() -> None:
    text = to_lrc(timing(WORDS[:2], ""), {}, words=True)
    assert text == "[00:01.00]<00:01.00>Walking <00:01.50>down<00:02.00>\n[00:02.00]\n"


def test_nothing_timed_is_nothing_but_facts() -> None:
    assert to_lrc(Timing(), {"ti": "x"}) == "[ti:x]\n"
    assert to_lrc(Timing(), {}) == ""


@given(
    st.lists(st.builds(TimedWord, st.text(max_size=8), st.floats(0, 40_000), st.floats(0, 40_000))),
    st.booleans(),
)
def test_every_line_begins_with_a_time_and_none_is_lost(given_words: list[TimedWord], words: bool) -> None:
    found = timing(given_words, "")
    lines = to_lrc(found, {}, words=words).split("\n")[:-1]
    assert all(re.match(r"\[\d{2,3}:[0-5]\d\.\d\d\]", line) for line in lines)
    assert sum(line[-1] != "]" or line.count("]") > 1 for line in lines) == len(found.cues)
