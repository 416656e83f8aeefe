"""Songs are heard one after the other, as they were queued, also by the next run of the program."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.listener import Listener, start_with
from tests.support.processes import wait_until
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import serve, silence_near, spells

GAP_S = 0.15


def play_next(listener: Listener, title: str) -> None:
    listener.choose(title)
    listener.hands.press("shift+Return")
    listener.program.find("label", f"“{title}” plays next.")


def play_next_from_menu(listener: Listener, title: str) -> None:
    before = windows(listener)
    listener.choose(title, button=3)
    # No screen reader is told of Qt's menus before they are gone through.
    wait_until(lambda: windows(listener) > before, "the menu is open")
    listener.hands.press("Down", "Down", "Return")
    listener.program.find("label", f"“{title}” plays next.")


@pytest.mark.parametrize("put", [play_next, play_next_from_menu])
def test_a_song_to_play_next_is_heard_next(
    start: Starter, service: Service, ears: Ears, put: Callable[[Listener, str], None]
) -> None:
    listener = Listener(start_with(start, service, *serve(service, Alder=60, Birch=60, Cedar=60)), ears)
    listener.play("Alder")
    put(listener, "Cedar")
    listener.hands.press("ctrl+Right")
    listener.hears("Cedar")
    listener.hands.press("ctrl+Right")
    listener.hears("Birch")


def test_queue_and_position_survive_a_restart(start: Starter, service: Service, ears: Ears) -> None:
    listener = Listener(start_with(start, service, *serve(service, Alder=60, Birch=60, Cedar=60)), ears)
    listener.play("Alder")
    play_next(listener, "Cedar")
    left_at = listener.hears("Alder", 3).second
    listener.program.close_window()
    listener.hears_nothing()

    again = Listener(start_with(start, service), ears)
    wait_until(lambda: again.position_ms >= left_at * 1_000, "it stands where it was left")
    came_back_at = int(again.position_ms / 1_000)
    assert came_back_at <= left_at + 3
    assert ears.silent
    again.program.click("button", "Play")
    assert again.hears("Alder").second in (came_back_at, came_back_at + 1)
    again.program.click("button", "Next")
    again.hears("Cedar")


def test_the_song_that_follows_begins_without_a_wait(start: Starter, service: Service, ears: Ears) -> None:
    listener = Listener(start_with(start, service, *serve(service, Alder=4, Birch=4, Cedar=4)), ears)
    listener.play("Alder")
    gaps = []
    for title, following in (("Alder", "Birch"), ("Birch", "Cedar")):
        listener.hears(following, 1)
        recording = ears.recent(4)
        heard = spells(recording)
        assert [spell.moment for spell in heard][-3:] == [(title, 3), (following, 0), (following, 1)]
        gaps.append(silence_near(recording, heard[-2].begin_s))
    assert min(gaps) < GAP_S, gaps  # a busy machine may make one of them longer
