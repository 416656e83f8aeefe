"""What plays is steered by keys and mouse, and what they did is heard."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.listener import Listener, start_with
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import serve
from tests.support.waiting import wait_until

LENGTH_S = 41
"""The middle of the song is the middle of a second, too."""


@pytest.fixture
def playing(start: Starter, service: Service, ears: Ears) -> Listener:
    """Alder is heard, from its beginning."""
    listener = Listener(start_with(start, service, *serve(service, Alder=LENGTH_S, Birch=LENGTH_S)), ears)
    listener.play("Alder")
    return listener


def test_twice_as_fast_is_heard_at_the_same_pitch(playing: Listener) -> None:
    playing.hands.press(*["ctrl+shift+Up"] * 4)
    playing.program.find("button", "Speed: 2×")
    second = playing.hears("Alder").second
    now = playing.hears("Alder", second + 10).second
    assert playing.position_ms > 1_000 * (now - 1), "the window shows the time of the song"
    # By its tone every second is known, and nothing else is heard: the pitch is as ever.
    heard = playing.heard(3.5)
    seconds = [spell.moment.second for spell in heard]
    assert seconds == list(range(seconds[0], seconds[-1] + 1))
    steps = [after.begin_s - before.begin_s for before, after in pairwise(heard[1:])]
    assert median(steps) == pytest.approx(0.5, rel=0.1), steps  # a busy machine may stretch one of them


def test_a_click_in_the_middle_of_the_waveform_is_heard_from_there(playing: Listener) -> None:
    playing.hands.click(playing.program.find("slider", "Position").centre)
    middle = LENGTH_S // 2
    playing.hears("Alder", middle + 1)
    seconds = [spell.moment.second for spell in playing.heard(10)]
    assert seconds[seconds.index(middle) - 1] < middle - 1


def returns(playing: Listener) -> list[tuple[int, int]]:
    """The seconds of the song from which it went back, each with the one that was heard next."""
    seconds = [spell.moment.second for spell in playing.heard(20)]
    return [(before, after) for before, after in pairwise(seconds) if after < before]


def test_a_marked_part_repeats_until_it_is_let_go(playing: Listener) -> None:
    a = playing.hears("Alder", 1).second
    playing.hands.press("ctrl+shift+a")
    b = playing.hears("Alder", a + 2).second
    playing.hands.press("ctrl+shift+b")
    wait_until(lambda: len(returns(playing)) > 1, "it goes back twice")
    (left_at, went_to), again = returns(playing)[:2]
    assert went_to >= a
    assert left_at >= b
    assert again == pytest.approx((left_at, went_to), abs=1)
    playing.hands.press("ctrl+shift+l")
    playing.hears("Alder", left_at + 2)


def test_a_question_mark_opens_the_sheet_of_shortcuts(playing: Listener) -> None:
    playing.hands.press("question")
    playing.program.find("dialog", "Keyboard shortcuts")
    playing.program.find("list item", "Play or pause: Space")


def test_space_does_what_the_focus_is_for(playing: Listener, ears: Ears) -> None:
    program, hands = playing.program, playing.hands

    def focus_is_on(name: str) -> bool:
        return program.seek(lambda node: node.name == name and "focused" in node.states) is not None

    hands.press("Down")
    wait_until(lambda: "selected" in program.find_row("Birch").states, "the next row is chosen")
    hands.press("space")
    playing.hears_nothing()  # whatever row is chosen
    hands.press("Return")
    playing.hears("Birch")

    hands.click(program.find("slider", "Position").at(0.1, 0.5))
    wait_until(lambda: focus_is_on("Position"), "the focus is where Space has no use of its own")
    hands.press("space")
    playing.hears_nothing()
    program.find("button", "Play")
    hands.press("space")
    playing.hears("Birch")

    hands.press("Tab")
    wait_until(lambda: focus_is_on("Mute"), "the focus is on a button")
    hands.press("space")
    playing.hears_nothing()
    program.find("button", "Pause")
    hands.press("space")
    playing.hears("Birch")

    hands.press("ctrl+f")
    wait_until(lambda: focus_is_on("Search"), "the focus is in a field")
    hands.type("b ")
    wait_until(lambda: program.find("text", "Search").text == "b ", "the field holds what was typed")
    now = playing.hears("Birch").second
    playing.hears("Birch", now + 1)


def test_the_small_player_plays_pauses_and_gives_the_window_back(playing: Listener) -> None:
    program = playing.program
    playing.hands.press("ctrl+shift+m")
    program.find("button", "Back to the big window")
    wait_until(lambda: not program.seek(lambda node: node.name == "Songs"), "the big window is away")
    program.click("button", "Pause")
    playing.hears_nothing()
    program.click("button", "Play")
    playing.hears("Alder")
    program.click("button", "Back to the big window")
    program.find("list", "Songs")
    wait_until(
        lambda: not program.seek(lambda node: node.name.startswith("Back to")), "the small one is away"
    )
    playing.hears("Alder")
