"""However the program ends, it ends soon and loses nothing."""

from __future__ import annotations

from tests.end_to_end.conftest import Starter
from tests.support.api import KEY, TASK
from tests.support.program import Program
from tests.support.service import Service
from tests.support.songs import NOT_READY, song
from tests.support.waiting import wait_until

UNFINISHED = "b1d7ad9f-44a1-4a8b-9f0e-1d4c2f6f2a10"


def test_closing_the_window_ends_the_program(demo: Program) -> None:
    demo.find_row("City Lights")
    demo.close_window()


def test_quitting_from_the_small_player_ends_the_program(demo: Program) -> None:
    demo.find_row("City Lights")
    demo.hands.press("ctrl+shift+m")
    demo.find("button", "Back to the big window")
    wait_until(lambda: not demo.seek(lambda node: node.name == "Songs"), "the big window is away")
    demo.quit()


def test_a_signal_ends_the_program(demo: Program) -> None:
    demo.find_row("City Lights")
    demo.terminate()


def test_a_program_that_only_just_began_ends_too(start: Starter) -> None:
    program = start("--demo", wait=False)
    program.find("frame", "AI Music Desktop")
    program.terminate()


def test_what_was_there_before_a_crash_is_there_after_it(start: Starter, service: Service) -> None:
    service.on_task("producer", TASK, song(service))
    service.on_task("producer", UNFINISHED, NOT_READY)
    begin = ("--api-url", service.api_url)
    key = {"AIMUSIC_API_KEY": KEY}
    crashed = start(*begin, TASK, UNFINISHED, env=key)
    crashed.find_row("City Lights")
    crashed.find_row(f"Task {UNFINISHED}", "working")
    crashed.kill()

    service.requests.clear()
    service.on_task("producer", UNFINISHED, song(service, clip_id="second", title="Neon Rain"))
    again = start(*begin, env=key)
    again.find_row("City Lights")
    again.find_row("Neon Rain")
    assert service.paths().count(f"/api/v1/producer/task/{TASK}") == 0, "it was settled already"
