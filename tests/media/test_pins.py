"""What was handed over stays, for a time, while the rest may go."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimusic_desktop.media.bounded import unlink
from aimusic_desktop.media.pins import KEPT_S, Pins


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pins(clock: Clock) -> Pins:
    return Pins(clock)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song"
    path.write_text("la")
    return path


def test_what_nobody_keeps_goes(pins: Pins, song: Path) -> None:
    assert pins.remove(song, unlink)
    assert not song.exists()


def test_what_is_kept_stays_for_ten_minutes(pins: Pins, clock: Clock, song: Path) -> None:
    pins.keep([song])
    clock.now += KEPT_S - 1
    assert not pins.remove(song, unlink)
    clock.now += 1
    assert pins.remove(song, unlink)


def test_what_is_held_stays_however_long_and_ten_minutes_more(pins: Pins, clock: Clock, song: Path) -> None:
    release = pins.hold([song])
    clock.now += 100 * KEPT_S
    assert not pins.remove(song, unlink)
    release()
    clock.now += KEPT_S - 1
    assert not pins.remove(song, unlink)
    clock.now += 1
    assert pins.remove(song, unlink)


def test_a_file_held_twice_is_held_until_both_are_done(pins: Pins, clock: Clock, song: Path) -> None:
    first, second = pins.hold([song]), pins.hold([song, song])
    second()
    clock.now += 2 * KEPT_S
    assert not pins.remove(song, unlink)
    first()
    clock.now += 2 * KEPT_S
    assert pins.remove(song, unlink)
