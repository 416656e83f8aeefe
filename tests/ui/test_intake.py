"""From the intake field to the library: a text is in one of them at any time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from aimusic_desktop.tracking.intake import Found, find_tasks
from aimusic_desktop.ui.commands import looking_up
from aimusic_desktop.ui.commands.looking_up import LookingUp
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.intake_bar import HELD_CHARACTERS, IntakeBar
from tests.support.desk import desk_at
from tests.support.library import id_of, in_its_thread
from tests.support.service import Service
from tests.support.waiting import LIMIT_S, until

A, B = id_of(1), id_of(2)


class Gate:
    """Texts are searched for ids once it is open."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._open = Event()

    def find(self, text: str) -> Found:
        self.asked.append(text)
        assert self._open.wait(LIMIT_S)
        return find_tasks(text)

    async def open(self) -> None:
        """Let the texts through, and wait until all is done and said of them."""
        self._open.set()
        await until(lambda: not [one for one in asyncio.all_tasks() if one.get_name() == "look up"])


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(looking_up, "find_tasks", gate.find)
    return gate


@asynccontextmanager
async def intake_at(service: Service, tmp_path: Path) -> AsyncIterator[tuple[Desk, IntakeBar]]:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        bar = IntakeBar(desk.window)
        command = LookingUp(desk, bar.clear, lambda: None)
        bar.wanted.connect(command.text)  # which does not hold it
        yield desk, bar


def submit(bar: IntakeBar, text: str) -> None:
    bar.field.insertPlainText(text)
    QTest.keyClick(bar.field, Qt.Key.Key_Return)


async def tasks(desk: Desk) -> list[str]:
    return [task.task_id for task in await desk.core.library.everything(None)]


@pytest.mark.parametrize("replaced", [True, False], ids=["instead", "behind"])
async def test_what_comes_into_the_field_during_a_look_up_stays(
    service: Service, tmp_path: Path, gate: Gate, replaced: bool
) -> None:
    async with intake_at(service, tmp_path) as (desk, bar):
        submit(bar, A)
        assert bar.field.toPlainText() == A
        if replaced:
            bar.field.selectAll()
        bar.field.insertPlainText(B)
        await gate.open()
        assert bar.field.toPlainText() == B
        assert await tasks(desk) == [A]


async def test_a_paste_too_long_for_the_field_leaves_what_it_holds(service: Service, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setText("x " * HELD_CHARACTERS + A)
    async with intake_at(service, tmp_path) as (desk, bar):
        bar.field.insertPlainText(B)
        bar.field.moveCursor(QTextCursor.MoveOperation.Start)
        bar.field.insertFromMimeData(mime)
        await until(lambda: desk.notice.text)
        assert await tasks(desk) == [A]
        assert (bar.field.toPlainText(), bar.field.textCursor().position()) == (B, 0)


async def test_what_cannot_be_written_down_stays_and_can_be_asked_for_again(
    service: Service, tmp_path: Path, gate: Gate
) -> None:
    async with intake_at(service, tmp_path) as (desk, bar):
        await in_its_thread(desk.core.library, lambda db: db.execute("PRAGMA query_only = 1"))
        submit(bar, A)
        await gate.open()
        assert bar.field.toPlainText() == A
        assert await tasks(desk) == []
        await in_its_thread(desk.core.library, lambda db: db.execute("PRAGMA query_only = 0"))
        submit(bar, "")
        await gate.open()
        assert bar.field.toPlainText() == ""
        assert await tasks(desk) == [A]


async def test_return_pressed_twice_is_one_look_up(service: Service, tmp_path: Path, gate: Gate) -> None:
    async with intake_at(service, tmp_path) as (desk, bar):
        submit(bar, A)
        submit(bar, "")
        await gate.open()
        assert gate.asked == [A]
        assert desk.notice.text == "1 task added."
        submit(bar, A)
        await gate.open()
        assert gate.asked == [A, A]
        assert desk.notice.text == "1 here already, now selected."


async def test_what_is_asked_for_with_more_behind_it_goes_too(
    service: Service, tmp_path: Path, gate: Gate
) -> None:
    async with intake_at(service, tmp_path) as (desk, bar):
        submit(bar, A)
        bar.field.insertPlainText("\n")
        submit(bar, B)
        assert bar.field.toPlainText() == f"{A}\n{B}"
        await gate.open()
        assert gate.asked == [A, f"{A}\n{B}"]
        assert bar.field.toPlainText() == ""
        assert await tasks(desk) == [A, B]


async def test_a_text_that_was_looked_up_can_be_brought_back(
    service: Service, tmp_path: Path, gate: Gate
) -> None:
    async with intake_at(service, tmp_path) as (_, bar):
        submit(bar, f" {A}\n")
        await gate.open()
        assert bar.field.toPlainText() == ""
        bar.field.undo()
        assert bar.field.toPlainText() == f" {A}\n"
