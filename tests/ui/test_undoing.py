"""One stack of what can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aimusic_desktop.ui.commands.removing import MOST_UNDOS, Removing


@dataclass
class Notice:
    """What it was told last."""

    text: str = ""
    do: Any = None

    def say(self, text: str, *, action: str = "", do: Any = None) -> None:
        self.text, self.do = text, do


@dataclass
class NoticedDesk:
    notice: Notice = field(default_factory=Notice)


def removing() -> tuple[Removing, Notice]:
    desk: Any = NoticedDesk()
    return Removing(desk), desk.notice


def test_the_newest_is_undone_first_and_what_cannot_be_is_passed_over() -> None:
    one, notice = removing()
    undone: list[str] = []
    one.offer_undo("Removed a.", lambda: undone.append("a"))
    one.offer_undo("", lambda: undone.append("b"))
    one.offer_undo("Removed c.", lambda: False)
    one.undo()
    one.undo()
    assert undone == ["b", "a"]
    one.undo()
    assert notice.text == "There is nothing to undo."


def test_the_button_undoes_just_what_it_stands_by_and_once() -> None:
    one, notice = removing()
    undone: list[str] = []
    one.offer_undo("Removed a.", lambda: undone.append("a"))
    one.offer_undo("", lambda: undone.append("b"))
    notice.do()
    notice.do()
    one.undo()
    assert undone == ["a", "b"]


def test_the_oldest_are_forgotten() -> None:
    one, _ = removing()
    undone: list[int] = []
    for number in range(MOST_UNDOS + 5):
        one.offer_undo("", partial(undone.append, number))
    for _ in range(MOST_UNDOS + 5):
        one.undo()
    assert undone == [*reversed(range(5, MOST_UNDOS + 5))]
