"""How loud a song is, and what makes two equally loud."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.media.loudness import MOST_DB, equal_gains, loudness_db

FULL = 32768**2

decibels = st.floats(-60, 0)
powers = st.lists(st.integers(0, FULL), max_size=200)


def tone(db: float, bins: int) -> list[int]:
    """So many bins of one power."""
    return [round(FULL * 10 ** (db / 10))] * bins


@given(decibels, st.integers(1, 100))
def test_an_even_song_is_as_loud_as_its_samples(db: float, bins: int) -> None:
    assert loudness_db(tone(db, bins), FULL) == pytest.approx(db, abs=0.01)


@given(st.lists(st.integers(FULL // 10**4, FULL), min_size=1, max_size=200), st.integers(0, 20))
def test_a_song_turned_down_is_quieter_by_just_that(song: list[int], down_db: int) -> None:
    loudness = loudness_db(song, FULL)
    assert loudness is not None
    quieter = [round(power * 10 ** (-down_db / 10)) for power in song]
    assert loudness_db(quieter, FULL) == pytest.approx(loudness - down_db, abs=0.5)


@given(powers)
def test_no_song_is_louder_than_its_loudest_moment(song: Sequence[int]) -> None:
    loudness = loudness_db(song, FULL)
    assert loudness is None or loudness <= 10 * math.log10(max(song) / FULL) + 1e-9


@pytest.mark.parametrize("song", [[], [0] * 100, tone(-71, 100)])
def test_silence_has_no_loudness(song: list[int]) -> None:
    assert loudness_db(song, FULL) is None


def test_pauses_do_not_make_a_song_quieter() -> None:
    song = tone(-20, 400)
    assert loudness_db(song + tone(-90, 4000) + song, FULL) == pytest.approx(-20, abs=0.1)
    assert loudness_db(song + tone(-40, 4000) + song, FULL) == pytest.approx(-20, abs=0.1)


def test_a_quiet_part_counts() -> None:
    assert loudness_db(tone(-20, 400) + tone(-26, 400), FULL) == pytest.approx(-22.0, abs=0.1)


@given(decibels, decibels)
def test_gains_make_both_equally_loud_and_neither_louder(one: float, other: float) -> None:
    first, second = equal_gains(one, other)
    assert max(first, second) == 1
    assert min(first, second) >= 10 ** (-MOST_DB / 20) - 1e-9
    if abs(one - other) <= MOST_DB:
        assert one + 20 * math.log10(first) == pytest.approx(other + 20 * math.log10(second))
