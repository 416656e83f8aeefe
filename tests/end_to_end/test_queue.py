"""Songs are heard one after the other, as they were queued, also by the next run of the program."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.listener import Listener, start_with
from tests.support.processes import wait_until
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import longest_silence, serve

GAP_S = 0.15


def queue_behind(listener: Listener, title: str, way: str = "keys") -> None:
    """Choose "Play next" for a song."""
    listener.choose(title, button=3 if way == "menu" else 1)
    if way == "menu":
        listener.program.click("menu item", "Play next")
    else:
        listener.hands.press("shift+Return")
    listener.program.find("label", f"“{title}” plays next.")


@pytest.mark.parametrize("way", ["menu", "keys"])
def test_a_song_to_play_next_is_heard_next(start: Starter, service: Service, ears: Ears, way: str) -> None:
    listener = Listener(start_with(start, service, *serve(service, Alder=60, Birch=60, Cedar=60)), ears)
    listener.play("Alder")
    queue_behind(listener, "Cedar", way)
    listener.hands.press("ctrl+Right")
    listener.hears("Cedar")
    listener.hands.press("ctrl+Right")
    listener.hears("Birch")


def test_queue_and_position_survive_a_restart(start: Starter, service: Service, ears: Ears) -> None:
    listener = Listener(start_with(start, service, *serve(service, Alder=60, Birch=60, Cedar=60)), ears)
    listener.play("Alder")
    queue_behind(listener, "Cedar")
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
    again.hands.press("ctrl+Right")
    again.hears("Cedar")


def test_the_song_that_follows_begins_without_a_wait(start: Starter, service: Service, ears: Ears) -> None:
    listener = Listener(start_with(start, service, *serve(service, Alder=6, Birch=6, Cedar=6)), ears)
    listener.play("Alder")
    listener.hears("Birch", 1)
    heard = ears.recent(4)
    assert longest_silence(heard) < GAP_S
    followed = [spell.moment for spell in listener.heard(4)]
    assert followed[-2:] == [("Alder", 5), ("Birch", 0)]
