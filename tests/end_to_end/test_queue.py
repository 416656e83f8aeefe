"""Songs are heard one after the other, as they were queued, also by the next run of the program."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.desktop import Desktop
from tests.support.listener import Listener, start_with
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import serve, silence_between, spells
from tests.support.waiting import wait_until

GAP_S = 0.15

LONG_S = 20.0
"""Of listening; what is looked for is in it, however busy the machine is."""


@pytest.fixture
def listener(start: Starter, service: Service, ears: Ears) -> Listener:
    """Alder is heard; Birch, Cedar and Damson are in the list below it."""
    tasks = serve(service, Alder=60, Birch=60, Cedar=60, Damson=60)
    listener = Listener(start_with(start, service, *tasks), ears)
    listener.play("Alder")
    return listener


def answer_late(service: Service, path: str) -> None:
    """Let the host of a song think before it answers."""
    (answer,) = service.routes[path]
    assert callable(answer)
    service.on(path, lambda request: replace(answer(request), stall_s=2 * GAP_S))


def play_next(listener: Listener, title: str) -> None:
    listener.choose(title)
    listener.hands.press("shift+Return")
    listener.program.find("label", f"“{title}” plays next.")


def test_a_song_to_play_next_is_heard_next(listener: Listener) -> None:
    play_next(listener, "Damson")
    play_next(listener, "Cedar")
    for title in ("Cedar", "Damson", "Birch"):
        listener.hands.press("ctrl+Right")
        listener.hears(title)


def test_play_next_is_in_the_menu_of_a_song(listener: Listener, desktop: Desktop) -> None:
    def windows() -> int:
        """A menu is a window of its own; no screen reader is told of it before it is gone through."""
        own = ("--pid", str(listener.program.process.pid))
        return len(desktop.run("xdotool", "search", "--all", "--onlyvisible", *own, "--name", ".*").split())

    before = windows()
    listener.choose("Cedar", button=3)
    wait_until(lambda: windows() > before, "the menu is open")
    listener.hands.press("Down", "Down", "Return")
    listener.program.find("label", "“Cedar” plays next.")
    listener.hands.press("ctrl+Right")
    listener.hears("Cedar")


def test_queue_and_position_survive_a_restart(
    listener: Listener, start: Starter, service: Service, ears: Ears
) -> None:
    play_next(listener, "Cedar")
    listener.hears("Alder", 3)
    listener.program.close_window()
    listener.hears_nothing()
    left_at = listener.heard(LONG_S)[-1].moment.second

    again = Listener(start_with(start, service), ears)
    wait_until(lambda: again.position_ms >= 3_000, "it stands where it was left")
    came_back_at = int(again.position_ms / 1_000)
    assert came_back_at == pytest.approx(left_at, abs=2)
    assert ears.silent
    resumed = again.resumes("Alder", lambda: again.program.click("button", "Play"))
    assert resumed.second in (came_back_at, came_back_at + 1)
    again.program.click("button", "Next")
    again.hears("Cedar")


def test_the_song_that_follows_begins_without_a_wait(start: Starter, service: Service, ears: Ears) -> None:
    tasks = serve(service, Alder=4, Birch=4, Cedar=4)
    for title in ("Alder", "Birch", "Cedar"):
        answer_late(service, f"/{title}.wav")
    before = start_with(start, service, *tasks)
    before.find_row("Cedar", "ready")
    before.close_window()
    shutil.rmtree(start.home / "cache")  # songs that have just been looked up are fetched without being asked
    listener = Listener(start_with(start, service), ears)
    listener.play("Alder")
    gaps = []
    for title, following in (("Alder", "Birch"), ("Birch", "Cedar")):
        listener.hears(following, 1)
        recording = ears.recent(10)
        heard = spells(recording)
        old, new = next(pair for pair in pairwise(heard) if pair[1].moment == (following, 0))
        assert old.moment == (title, 3)
        gaps.append(silence_between(recording, old, new))
    assert min(gaps) < GAP_S, gaps  # a busy machine may make one of them longer
