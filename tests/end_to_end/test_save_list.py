"""The save list in the real window, by mouse, keyboard and screen reader."""

from __future__ import annotations

import re

from tests.end_to_end.test_accessibility import unnamed
from tests.support.program import Program
from tests.support.waiting import wait_until


def list_is_open(program: Program) -> bool:
    return program.seek(lambda node: (node.role, node.name) == ("list", "Saves")) is not None


def test_the_save_list_opens_says_what_was_saved_and_closes(demo: Program) -> None:
    demo.find_row("Glass Garden", "ready")
    demo.find_row("City Lights", "ready")
    demo.hands.press("ctrl+alt+s")
    demo.find("list", "Saves")
    wait_until(
        lambda: demo.seek(lambda node: re.fullmatch(r"Saves: \d+ saved", node.name) is not None),
        "all songs are saved",
    )
    demo.find_row("City Lights", ".m4a", "saved", "MB")
    assert unnamed(demo) == []
    demo.click("button", "Clear done")
    demo.find("label", "Nothing is being saved.")
    demo.click("button", "Close the saves")
    wait_until(lambda: not list_is_open(demo), "the list is closed")
    demo.hands.press("ctrl+j")
    demo.find("label", "Nothing is being saved.")
