"""Which lines the lyrics view shows, and where its cues and words stand."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.lyrics.lines import Cue, Span, Timing, timing
from aimusic_desktop.model import TimedWord
from aimusic_desktop.ui.lyrics_page import MOST_CHARACTERS, MOST_LINES, Line, Page, Place, page, units
from tests.support.timed import LYRICS, timed

SYLLABLES = st.sampled_from(["la", "La,", "oh\n", " ", "[Verse]\n", "🌧️ ", "ß", "İ", "\n", "long word "])


def cue(text: str, start_s: float = 0.0, line: int | None = 0) -> Cue:
    """A cue whose words are sung a second each."""
    words: list[Span] = []
    for number, word in enumerate(text.split()):
        first = text.index(word, words[-1].last if words else 0)
        words.append(Span(start_s + number, start_s + number + 1, first, first + len(word), line))
    return Cue(start_s, start_s + len(words), text, tuple(words))


def shown(lyrics: str, *cues: Cue) -> list[list[str | None]]:
    """What of the lyrics stands out for each word of each cue."""
    found = page(lyrics, Timing(cues))
    return [[read(found, place) for place in found.places(index)] for index in range(len(cues))]


def read(found: Page, place: Place | None) -> str | None:
    return found.lines[place.line].text[place.first : place.last] if place else None


def test_marks_of_sections_are_headings_without_brackets() -> None:
    found = page("[Verse 1]\nCity lights\n(ooh)")
    assert found.lines == (Line("Verse 1", True), Line("City lights", False), Line("(ooh)", False))
    assert not found.is_cut


@pytest.mark.parametrize("lyrics", ["a" * 1_000_000, "word " * 200_000, "\n" * 1_000_000, "la\n" * 340_000])
def test_a_million_characters_are_cut(lyrics: str) -> None:
    found = page(lyrics)
    assert found.is_cut
    assert len(found.lines) <= MOST_LINES
    assert sum(len(line.text) for line in found.lines) <= MOST_CHARACTERS


def test_a_word_is_found_in_its_line() -> None:
    assert shown("  City lights, carry", cue("City lights, carry")) == [["City", "lights,", "carry"]]


def test_the_same_word_is_found_where_it_comes_next() -> None:
    assert shown("la la, la", cue("La la la")) == [["la", "la", "la"]]


def test_what_is_sung_but_not_written_is_passed_over() -> None:
    assert shown("City lights", cue("City (oh) LIGHTS")) == [["City", None, "lights"]]


def test_two_cues_share_a_line() -> None:
    cues = cue("City lights", 1.0), cue("City nights", 5.0)
    assert shown("City lights City nights", *cues) == [["City", "lights"], ["City", "nights"]]
    found = page("City lights City nights", Timing(cues))
    assert [found.seconds_at(0, column) for column in (0, 8, 12, 20)] == [1.0, 1.0, 5.0, 5.0]


def test_the_name_of_a_section_has_the_time_of_its_first_line_and_what_is_not_sung_has_none() -> None:
    found = page(LYRICS, timed())
    times = [found.seconds_at(line, 0) for line in range(len(found.lines))]
    assert times == [10.0, 10.0, 20.0, None, 30.0, 30.0, 40.0]


def test_a_section_that_is_not_sung_does_not_lead_to_the_next_one() -> None:
    found = page("[Intro]\n\n[Verse]\nCity lights\n[Outro]", Timing((cue("City lights", 5.0, 3),)))
    assert [found.seconds_at(line, 0) for line in (0, 2, 4)] == [None, 5.0, None]


def test_lyrics_that_are_not_what_is_sung_give_way_to_it() -> None:
    cues = (cue("Wholly other words", 5.0, None), cue("and more", 9.0, None))
    found = page("City lights", Timing(cues, ((4.0, "Verse"), (9.0, "Chorus"))))
    assert [line.text for line in found.lines] == ["Verse", "Wholly other words", "Chorus", "and more"]
    assert [found.lines_of(index) for index in (0, 1)] == [(1, 1), (3, 3)]
    assert found.places(0) == [(1, 0, 6), (1, 7, 12), (1, 13, 18)]


def test_what_is_sung_is_cut_too() -> None:
    found = page("", Timing(tuple(cue("word " * 400, float(number), None) for number in range(100))))
    assert found.is_cut
    assert sum(len(line.text) for line in found.lines) == MOST_CHARACTERS
    assert found.lines_of(99) is None


def test_qt_counts_some_characters_twice() -> None:
    assert units("🌧a", 0) == 0
    assert units("🌧a", 1) == 2
    assert units("🌧a", 2) == 3


@given(st.lists(SYLLABLES, max_size=40), st.lists(SYLLABLES, max_size=40))
def test_every_place_is_within_its_line(written: list[str], heard: list[str]) -> None:
    words = [TimedWord(text, float(number), number + 0.5) for number, text in enumerate(heard)]
    found = page("".join(written), timing(words, "".join(written)))
    for index, cue in enumerate(found.cues):
        assert len(found.places(index)) == len(cue.words)
        assert_in_order(found, [place for place in found.places(index) if place], found.lines_of(index))


def assert_in_order(found: Page, places: list[Place], lines: tuple[int, int] | None) -> None:
    for place in places:
        assert lines is not None
        assert lines[0] <= place.line <= lines[1]
        assert 0 <= place.first < place.last <= len(found.lines[place.line].text)
    for one, two in pairwise(places):
        assert one.line != two.line or one.last <= two.first


def test_each_line_of_a_cue_of_several_is_found_and_has_its_own_time() -> None:
    sung = (("Hey\n", 5.0, 5.2), ("ho, let us\n", 5.4, 6.0))
    lyrics = "[Verse]\nHey\nho, let us"
    found = page(lyrics, timing([TimedWord(*each) for each in sung], lyrics))
    assert [read(found, place) for place in found.places(0)] == ["Hey", "ho, let us"]
    assert found.lines_of(0) == (1, 2)
    assert [found.seconds_at(line, 0) for line in range(3)] == [5.0, 5.0, 5.4]


@pytest.mark.parametrize(
    ("words", "lyrics"),
    [
        ([TimedWord("la\n", float(n), n + 0.5) for n in range(20_000)], "la"),
        ([TimedWord("la ", n / 10, n / 10 + 0.05) for n in range(20_000)], "la " * 2_000),
        ([TimedWord("la\n", 1.0, 1.0) for _ in range(20_000)], "la\n" * 500),
    ],
)
def test_lines_that_never_end_do_not_hold_the_pointer_up(words: list[TimedWord], lyrics: str) -> None:
    found = page(lyrics, timing(words, lyrics))
    begun = time.process_time()
    assert found.seconds_at(0, 1) is not None
    assert time.process_time() - begun < 0.2, "the first time its words are looked for"
    begun = time.process_time()
    for number in range(100):
        assert found.seconds_at(0, number % 3) is not None
        assert found.lines_of(number % len(found.cues)) is not None
    assert time.process_time() - begun < 0.1
