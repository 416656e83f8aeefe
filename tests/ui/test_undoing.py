"""One stack of what can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from aimusic_desktop.ui.commands.queueing import Queueing
from aimusic_desktop.ui.commands.removing import MOST_UNDOS, Removing
from aimusic_desktop.ui.notice import NoticeBar
from tests.support.listening import playing, songs


@dataclass
class Notice:
    """What it was told last."""

    text: str = ""
    do: Any = None

    def say(self, text: str, *, action: str = "", do: Any = None, can: Any = None) -> None:
        self.text, self.do = text, do

    def look_again(self) -> None:
        """It has nothing that could go."""


@dataclass
class NoticedDesk:
    notice: Notice = field(default_factory=Notice)


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[tuple[Removing, NoticeBar]]:
    """With a notice as the window has it."""
    window = QWidget()
    notice = NoticeBar(window, window)
    desk: Any = SimpleNamespace(notice=notice)
    yield Removing(desk), notice
    window.deleteLater()


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


def test_a_notice_goes_when_what_it_offers_was_undone_by_other_means(
    shown: tuple[Removing, NoticeBar],
) -> None:
    one, notice = shown
    one.offer_undo("Removed a.", lambda: True)
    one.offer_undo("", lambda: True)
    one.undo()  # what came after it
    assert not notice.isHidden()
    one.undo()
    assert notice.isHidden()
    one.offer_undo("Removed a.", lambda: True)
    notice.say("Saved.", action="Show", do=lambda: None)
    one.undo()
    assert (notice.isHidden(), notice.text) == (False, "Saved.")


def test_a_notice_goes_when_another_queue_leaves_nothing_to_undo(shown: tuple[Removing, NoticeBar]) -> None:
    one, notice = shown
    queue, desk = playing("abc"), SimpleNamespace(notice=notice)
    queueing = Queueing(desk, queue)  # type: ignore[arg-type]  # it only looks at the notice
    token = queue.clear()
    one.offer_undo("Removed 2 songs.", partial(queue.undo, token), partial(queue.can_undo, token))
    queueing.cycle_repeat()
    assert not notice.isHidden()
    queue.play_list(songs("xy"), 0)
    assert notice.isHidden()


def test_what_could_not_be_done_is_said_without_a_button(shown: tuple[Removing, NoticeBar]) -> None:
    one, notice = shown
    one.offer_undo("It stays.", None, None)
    assert notice.text == "It stays."
    assert all(button.isHidden() for button in notice.findChildren(QPushButton))
    one.undo()
    assert notice.text == "There is nothing to undo."
