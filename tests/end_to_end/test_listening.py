"""What is played reaches the ears, and what is paused does not."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.hands import Hands
from tests.support.program import Program
from tests.support.songs import TONES_HZ
from tests.support.sound import Ears, steady_share
from tests.support.waiting import wait_until


def wait_to_hear(ears: Ears, name: str) -> None:
    """Waits until that song's own steady tone stands out from those of all other songs of the demo."""

    def heard() -> bool:
        sound = ears.recent(2.0)
        shares = {song: steady_share(sound, hz) for song, hz in TONES_HZ.items()}
        return shares[name] > 0.001 and shares[name] == max(shares.values())

    wait_until(heard, f"{name} is heard")


@pytest.fixture
def playing(demo: Program, ears: Ears, hands: Hands) -> Program:
    """The demo with City Lights to be heard."""
    hands.click(demo.find_row("City Lights", "ready").centre, times=2)
    wait_to_hear(ears, "city-lights")
    return demo


def test_a_song_is_paused_and_goes_on(playing: Program, ears: Ears) -> None:
    playing.click("button", "Pause")
    wait_until(lambda: ears.silent, "it is silent")
    playing.click("button", "Play")
    wait_to_hear(ears, "city-lights")


def test_next_plays_the_next_song(playing: Program, ears: Ears) -> None:
    playing.click("button", "Next")
    wait_to_hear(ears, "orange-grove")
    # More than three seconds into a song the first click goes to its beginning.
    playing.hands.click(playing.find("button", "Previous").centre, times=2)
    wait_to_hear(ears, "city-lights")


def test_a_click_on_the_position_goes_there_and_plays_on(playing: Program, ears: Ears) -> None:
    def position_ms() -> float:
        return playing.find("slider", "Position").value or 0.0

    before_ms = position_ms()
    playing.hands.click(playing.find("slider", "Position").at(0.5, 0.5))
    wait_until(lambda: position_ms() > before_ms + 5_000, "it went there")
    wait_to_hear(ears, "city-lights")


def test_mute_silences_and_the_song_goes_on(playing: Program, ears: Ears) -> None:
    playing.click("button", "Mute")
    wait_until(lambda: ears.silent, "it is silent")
    playing.find("button", "Pause")


def test_space_plays_the_chosen_row(demo: Program, ears: Ears, hands: Hands) -> None:
    hands.click(demo.find_row("Paper Lanterns", "ready").centre)
    hands.press("space")
    wait_to_hear(ears, "paper-lanterns")


def test_ffmpeg_prints_nothing_about_what_it_plays(playing: Program, ears: Ears) -> None:
    playing.click("button", "Next")
    wait_to_hear(ears, "orange-grove")
    playing.hands.click(playing.find_row("City Lights", "ready").centre, times=2)  # from the whole file now
    wait_to_hear(ears, "city-lights")
    printed = playing.process.output
    assert "Input #0" not in printed
    assert str(playing.home) not in printed


def test_without_a_sound_server_a_sentence_says_so_and_the_rest_works(start: Starter, hands: Hands) -> None:
    program = start("--demo", env={"PULSE_SERVER": "unix:/nonexistent"})
    hands.click(program.find_row("City Lights", "ready").centre, times=2)
    program.find("label", "No sound device was found")
    hands.click(program.find_row("Paper Lanterns", "ready").centre)
    program.find("label", "lo-fi hip hop")
