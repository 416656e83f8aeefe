"""What a screen reader is told of the window, asked from another process."""

from __future__ import annotations

import re

from tests.end_to_end.conftest import Starter
from tests.support.eyes import Node
from tests.support.program import BUTTONS, Program
from tests.support.service import Service
from tests.support.waiting import wait_until

CONTROLS = BUTTONS | {"radio button", "combo box", "text", "password text", "slider", "list"}
CONTRACT = (
    *(("text", "Task ids"), ("text", "Search"), ("list", "Songs")),
    *(("button", name) for name in ("Look up", "Play", "Previous", "Next", "Mute", "Save")),
    *(("slider", "Position"), ("slider", "Volume")),
)
ROW = re.compile(r"[^,].*, (ready|working|failed|not found|not finished)")


def unnamed(program: Program) -> list[Node]:
    return [node for node in program.nodes() if node.showing and node.role in CONTROLS and not node.name]


def test_every_control_has_a_name(demo: Program) -> None:
    demo.hands.click(demo.find_row("City Lights", "ready").centre)
    demo.find("text", "Lyrics")
    assert unnamed(demo) == []
    demo.click("text", "Search")
    demo.hands.type("lanterns")
    wait_until(lambda: len(demo.rows()) == 1, "one song is found")
    assert unnamed(demo) == []


def test_every_control_of_the_dialogs_has_a_name(start: Starter, service: Service) -> None:
    program = start("--api-url", service.api_url)
    program.find("dialog", "API key")
    assert unnamed(program) == []
    program.hands.press("Escape", "ctrl+comma")
    program.find("dialog", "Settings")
    assert unnamed(program) == []


def test_the_names_scripts_rely_on_are_there(demo: Program) -> None:
    for role, name in CONTRACT:
        assert demo.find(role, name).name == name


def test_every_row_is_a_sentence(demo: Program) -> None:
    assert demo.find_row("City Lights", "ready").name == (
        "City Lights, emotional pop with gentle piano, 3:05, ready"
    )
    assert [row.name for row in demo.rows() if not ROW.fullmatch(row.name)] == []


def test_the_chips_say_their_counts(demo: Program) -> None:
    demo.find_row("City Lights", "ready")
    for name in ("All", "Working", "Ready", "Failed"):
        wait_until(
            lambda name=name: demo.seek(
                lambda node: node.name == name and re.fullmatch(r"\d+ songs?", node.description)
            ),
            f"{name} has its count as description",
        )
