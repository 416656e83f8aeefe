"""Timed words as lines: what people hear and see, whatever the service sends."""

from __future__ import annotations

import math
import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.lyrics.lines import MOST_LYRICS, SHORTEST_CUE_S, Cue, Timing, cue_at, timing
from aimusic_desktop.model import TimedWord

LYRICS = "[Verse 1]\nWalking down\nthe street\n\n[Chorus]\nHey, hey!\n"
WORDS = (
    TimedWord("[Verse 1]\nWalking ", 1.0, 1.5),
    TimedWord("down\n", 1.5, 2.0),
    TimedWord("the ", 3.0, 3.2),
    TimedWord("street\n\n", 3.2, 5.0),
    TimedWord("[Chorus]\nHey, ", 7.0, 7.4),
    TimedWord("hey!\n", 7.4, 8.5),
)


def texts(found: Timing) -> list[str]:
    return [cue.text for cue in found.cues]


def bare(line: str, start_s: float = 0.0, step_s: float = 1.0) -> list[TimedWord]:
    """Words without blanks or line ends, one after the other."""
    return [
        TimedWord(word, start_s + number * step_s, start_s + (number + 1) * step_s)
        for number, word in enumerate(line.split())
    ]


def test_newlines_in_words_end_lines_and_tags_are_headings() -> None:
    found = timing(WORDS, LYRICS)
    assert [(cue.start_s, cue.end_s, cue.text, cue.line) for cue in found.cues] == [
        (1.0, 2.0, "Walking down", 1),
        (3.0, 5.0, "the street", 2),
        (7.0, 8.5, "Hey, hey!", 5),
    ]
    assert found.sections == ((1.0, "Verse 1"), (7.0, "Chorus"))
    spans = [(span.start_s, span.end_s, "Hey, hey!"[span.first : span.last]) for span in found.cues[2].words]
    assert spans == [(7.0, 7.4, "Hey,"), (7.4, 8.5, "hey!")]


def test_a_tag_may_be_split_over_words() -> None:
    words = [TimedWord(word, 1.0, 1.0) for word in ("[Ver", "se ", "2", "]\nHel", "lo ", "[", "Out", "ro]")]
    found = timing(words, "")
    assert (texts(found), found.sections) == (["Hello"], ((1.0, "Verse 2"), (1.0, "Outro")))


def test_what_is_sung_in_round_brackets_or_after_a_lone_bracket_is_no_tag() -> None:
    words = [TimedWord("(ooh) ", 0, 1), TimedWord("a [b\n", 1, 2), TimedWord("c] ", 2, 3)]
    assert texts(timing(words, "")) == ["(ooh) a [b", "c]"]


def test_a_section_without_words_is_where_the_service_says_if_nobody_sings_there() -> None:
    words = [
        TimedWord("[Intro]\n", 0.0, 4.0),
        TimedWord("[Verse]\nHey\n", 8.0, 9.0),
        TimedWord("[Solo]\n", 9.5, 20.0),
        TimedWord("[Lost]\n", 2.0, 2.0),
        TimedWord("[Chorus]\nHo\n", 21.0, 22.0),
        TimedWord("[End]", 22.5, 30.0),
    ]
    found = timing(words, "")
    expected = ((0.0, "Intro"), (8.0, "Verse"), (9.5, "Solo"), (21.0, "Chorus"), (22.5, "End"))
    assert found.sections == expected


def test_where_the_words_have_no_tags_sections_are_those_of_the_lyrics() -> None:
    words = [TimedWord(word.text.rpartition("]\n")[2], word.start_s, word.end_s) for word in WORDS]
    assert timing(words, LYRICS).sections == ((1.0, "Verse 1"), (7.0, "Chorus"))


def test_a_chorus_that_comes_again_finds_its_lines_again() -> None:
    lyrics = "[Verse]\none\n[Chorus]\nla la\nlo lo\n[Verse 2]\ntwo"
    sung = ("one", "la la", "lo lo", "two", "la la", "lo lo")
    words = [TimedWord(f"{line}\n", 2.0 * number, 2.0 * number + 1) for number, line in enumerate(sung)]
    found = timing(words, lyrics)
    assert [cue.line for cue in found.cues] == [1, 3, 4, 6, 3, 4]
    assert [name for _, name in found.sections] == ["Verse", "Chorus", "Verse 2", "Chorus"]


@pytest.mark.parametrize("sung", ["walking DOWN…", "Walking down, oh", "Walking"])
def test_a_line_is_found_though_it_is_not_sung_to_the_letter(sung: str) -> None:
    assert timing([TimedWord(sung, 0, 1)], LYRICS).cues[0].line == 1


def test_bare_words_get_blanks_and_the_lines_of_the_lyrics() -> None:
    found = timing(bare("Walking down the street Hey hey"), LYRICS)
    assert texts(found) == ["Walking down", "the street", "Hey hey"]
    assert [cue.line for cue in found.cues] == [1, 2, 5]


def test_without_lyrics_or_newlines_silences_part_the_lines() -> None:
    found = timing([*bare("la la la", 0.0), *bare("lo lo", 6.0)], "")
    assert texts(found) == ["la la la", "lo lo"]


def test_signs_of_scripts_without_blanks_stand_together() -> None:
    words = [TimedWord(sign, number, number + 1) for number, sign in enumerate("夜の街\n光")]
    assert texts(timing(words, "")) == ["夜の街", "光"]


def test_words_out_of_order_are_sorted_and_overlaps_cut() -> None:
    words = [TimedWord("two ", 2.0, 9.0), TimedWord("one ", 1.0, 5.0), TimedWord("three\n", 3.0, 1.0)]
    [cue] = timing(words, "").cues
    assert cue.text == "one two three"
    assert [(span.start_s, span.end_s) for span in cue.words] == [(1.0, 2.0), (2.0, 3.0), (3.0, 3.0)]
    assert cue.end_s == pytest.approx(3.0)


def test_a_short_line_lasts_longer_but_not_into_the_next() -> None:
    words = [TimedWord("a\n", 1.0, 1.1), TimedWord("b\n", 5.0, 5.1), TimedWord("c\n", 5.9, 6.0)]
    ends = [cue.end_s for cue in timing(words, "").cues]
    assert ends == [1.0 + SHORTEST_CUE_S, 5.0 + SHORTEST_CUE_S, 5.9 + SHORTEST_CUE_S]


def test_lines_sung_too_soon_after_each_other_to_be_read_share_a_cue_and_keep_their_places() -> None:
    lyrics = "Hey\nho\nlet us go\nnow"
    sung = (("Hey\n", 5.0, 5.2), ("ho\n", 5.4, 5.6), ("let us go\n", 5.79, 8.0), ("now\n", 8.0, 8.1))
    found = timing([TimedWord(*each) for each in sung], lyrics)
    assert texts(found) == ["Hey ho let us go", "now"]
    assert [(cue.start_s, cue.end_s) for cue in found.cues] == [(5.0, 8.0), (8.0, 8.0 + SHORTEST_CUE_S)]
    words = [
        (span.start_s, cue.text[span.first : span.last], span.line)
        for cue in found.cues
        for span in cue.words
    ]
    assert words == [(5.0, "Hey", 0), (5.4, "ho", 1), (5.79, "let us go", 2), (8.0, "now", 3)]


def test_many_lines_in_a_short_time_are_shown_when_they_are_sung() -> None:
    words = [TimedWord(f"la{number}\n", number * 0.3, number * 0.3 + 0.3) for number in range(1_000)]
    for cue in timing(words, "").cues:
        assert cue.end_s - cue.start_s < SHORTEST_CUE_S + 0.5
        assert cue.start_s == cue.words[0].start_s


def test_a_section_that_begins_within_a_cue_begins_at_its_line() -> None:
    words = [TimedWord("[Verse]\noh\n", 1.0, 1.2), TimedWord("[Chorus]\nyes\n", 1.5, 3.0)]
    found = timing(words, "")
    assert (texts(found), found.sections) == (["oh yes"], ((1.0, "Verse"), (1.5, "Chorus")))


def test_lyrics_beyond_what_words_can_be_are_not_looked_through() -> None:
    lyrics = "\n" * MOST_LYRICS + "hello"
    assert timing([TimedWord("hello", 0, 1)], lyrics).cues[0].line is None
    assert timing([TimedWord("hello", 0, 1)], lyrics[5:]).cues[0].line == MOST_LYRICS - 5


@pytest.mark.parametrize("start_s", [math.nan, math.inf, -math.inf, -0.1, 1e9])
def test_a_word_at_no_sensible_time_is_left_out_but_still_ends_its_line(start_s: float) -> None:
    words = [TimedWord("a ", 0, 1), TimedWord("lost\n[Chorus]\n", start_s, start_s), TimedWord("b", 2, 3)]
    found = timing(words, "")
    assert (texts(found), found.sections) == (["a", "b"], ((2, "Chorus"),))


@pytest.mark.parametrize("words", [(), (TimedWord("", 0, 1),), (TimedWord(" \n", 0, 1),)])
def test_an_empty_alignment_is_an_empty_timing(words: tuple[TimedWord, ...]) -> None:
    assert timing(words, LYRICS) == Timing()


def test_a_word_over_two_lines_shares_its_time() -> None:
    [first, second] = timing([TimedWord("ab\ncdef", 0.0, 6.0)], "").cues
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == (0.0, 2.0, 2.0, 6.0)


@pytest.mark.parametrize(
    ("position_s", "found"),
    [(0.0, None), (0.94, None), (0.96, 0), (1.9, 0), (2.9, 0), (2.96, 1), (6.9, 1), (7.0, 2), (10.6, None)],
)
def test_the_line_of_a_moment(position_s: float, found: int | None) -> None:
    assert cue_at(timing(WORDS, LYRICS), position_s) == found


def test_nothing_is_sung_before_or_in_an_empty_timing() -> None:
    assert cue_at(Timing(), 5.0) is None


def test_a_jump_to_a_line_in_whole_milliseconds_is_in_that_line() -> None:
    words = [TimedWord("a\n", 1.0, 2.0), TimedWord("b\n", 2.0007, 3.0)]
    assert cue_at(timing(words, ""), int(2.0007 * 1000) / 1000) == 1


@pytest.mark.parametrize(
    ("word", "lyrics"),
    [
        ("la ", "la la la\n" * 111_111),
        ("la\n", "\n" * 1_000_000),
        ("x" * 50 + "\n", "x" * 1_000_000),
        ("[" * 300 + "\n", "[a]\n" * 250_000),
        (" \n" * 500, "ab " * 333_333),
        ("[a]" * 300, "(chorus" * 140_000),
        ("a ", "a\n" * 500_000),
    ],
)
def test_a_million_characters_of_lyrics_and_20000_words_take_a_bounded_time(word: str, lyrics: str) -> None:
    words = [TimedWord(word, number / 10, number / 10 + 1) for number in range(30_000)]
    begun = time.process_time()
    found = timing(words, lyrics)
    assert time.process_time() - begun < 5
    assert sum(len(cue.words) for cue in found.cues) <= 20_000


WORD = st.builds(
    TimedWord,
    st.text(st.sampled_from("ab [](\n\r\u2028【】'é日"), max_size=8),
    st.floats(0, 30) | st.floats(),
    st.floats(0, 30) | st.floats(),
)


@given(st.lists(WORD, max_size=30), st.text(st.sampled_from("ab []\n"), max_size=60), st.floats())
def test_whatever_comes_the_lines_follow_each_other(
    words: list[TimedWord], lyrics: str, position_s: float
) -> None:
    found = timing(words, lyrics)
    for cue in found.cues:
        assert 0 <= cue.start_s <= cue.end_s < math.inf
        assert cue.text
        assert cue.text == " ".join(cue.text.split())
        assert cue.end_s - cue.start_s >= SHORTEST_CUE_S - 1e-9
        assert all(span.line is None or span.line < len(lyrics.splitlines()) for span in cue.words)
        check_spans(cue)
    for before, after in pairwise(found.cues):
        assert before.end_s <= after.start_s
    starts = [start_s for start_s, _ in found.sections]
    assert starts == sorted(starts)
    index = cue_at(found, position_s)
    assert index is None or found.cues[index].start_s <= position_s + 0.1


def check_spans(cue: Cue) -> None:
    ends = [(cue.start_s, 0), *((span.end_s, span.last) for span in cue.words)]
    for (end_s, last), span in zip(ends, cue.words, strict=False):
        assert end_s <= span.start_s <= span.end_s <= cue.end_s
        assert last <= span.first < span.last <= len(cue.text)


SENSIBLE = st.builds(
    lambda text, start_s, length_s: TimedWord(text, start_s, start_s + length_s),
    st.text(st.sampled_from("abé日(' \n"), max_size=8),
    st.floats(0, 30),
    st.floats(0, 5),
)


@given(st.lists(SENSIBLE, max_size=30), st.text(st.sampled_from("ab\n"), max_size=60))
def test_every_letter_that_is_sung_is_in_the_lines_in_the_order_of_time(
    words: list[TimedWord], lyrics: str
) -> None:
    in_order = sorted((word for word in words if word.text.strip()), key=lambda word: word.start_s)
    sung = "".join(word.text for word in in_order)
    assert re.sub(r"\s", "", "".join(texts(timing(words, lyrics)))) == re.sub(r"\s", "", sung)


def test_a_word_that_its_time_moves_behind_another_lines_last_one_keeps_apart() -> None:
    words = [
        TimedWord("Hey\n", 0.0, 0.5),
        TimedWord("Sing", 2.5, 3.0),  # belongs behind all others
        TimedWord("\nSing ", 1.0, 1.2),
        TimedWord("it ", 1.2, 1.4),
        TimedWord("loud", 1.4, 2.0),
    ]
    assert texts(timing(words, "")) == ["Hey", "Sing it loud Sing"]
