"""Buttons of a row that fold to icons, and the window that fits a small screen because they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from aimusic_desktop.ui.folding import FoldingRow
from tests.support.listening_window import row, songs
from tests.support.service import Service
from tests.support.waiting import until

NARROW = 640
"""A screen of 1280 pixels at 200 %."""


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    QHBoxLayout(made).setContentsMargins(0, 0, 0, 0)
    yield made
    made.close()
    made.deleteLater()


def make_row(owner: QWidget, *actions: QAction) -> tuple[FoldingRow, list[QPushButton]]:
    made = FoldingRow(owner)
    for action in actions:
        made.add_button(action)
    made.add_menu("More", [QAction("Another", owner)])
    layout = owner.layout()
    assert layout is not None
    layout.addWidget(made)
    owner.show()
    return made, made.findChildren(QPushButton)


def action(owner: QWidget, text: str, keys: str = "") -> QAction:
    made = QAction(QIcon(), text, owner)
    made.setShortcut(keys)
    return made


async def test_names_give_way_where_they_do_not_fit_and_come_back(owner: QWidget) -> None:
    made, buttons = make_row(owner, action(owner, "Save", "Ctrl+S"), action(owner, "Show in folder"))
    wide = made.sizeHint().width()
    owner.resize(wide, 60)
    await until(lambda: [each.text() for each in buttons] == ["Save", "Show in folder"])
    assert [each.toolTip() for each in buttons] == ["Ctrl+S", ""]
    owner.resize(wide - 1, 60)
    await until(lambda: [each.text() for each in buttons] == ["", ""])
    assert [each.toolTip() for each in buttons] == ["Save (Ctrl+S)", "Show in folder"]
    assert made.sizeHint().width() == wide, "what they need with names is not forgotten"
    owner.resize(wide, 60)
    await until(lambda: [each.text() for each in buttons] == ["Save", "Show in folder"])


async def test_a_folded_button_keeps_its_name_for_the_ear_and_does_its_deed(owner: QWidget) -> None:
    save = action(owner, "Save")
    done: list[bool] = []
    save.triggered.connect(lambda: done.append(True))
    made, [button] = make_row(owner, save)
    owner.resize(1, 60)
    await until(lambda: not button.text())
    assert owner.width() == made.minimumSizeHint().width() < made.sizeHint().width()
    assert button.accessibleName() == "Save"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    save.setEnabled(False)
    assert (len(done), button.isEnabled()) == (1, False)


async def test_another_font_needs_another_width(owner: QWidget) -> None:
    made, buttons = make_row(owner, action(owner, "Save"), action(owner, "Show in folder"))
    wide = made.sizeHint().width()
    owner.resize(wide, 60)
    await until(lambda: buttons[0].text())
    font, plain = owner.font(), owner.font()
    font.setPointSizeF(2 * font.pointSizeF())
    owner.setFont(font)
    await until(lambda: not buttons[0].text())
    larger = made.sizeHint().width()
    assert larger > wide
    owner.resize(larger - 1, 60)
    await until(lambda: made.width() == larger - 1)
    assert buttons[0].text() == ""
    owner.resize(larger, 60)
    await until(lambda: buttons[0].text())
    await until(lambda: all(button.width() >= button.sizeHint().width() for button in buttons))
    owner.setFont(plain)
    await until(lambda: made.sizeHint().width() == wide)


@pytest.mark.usefixtures("no_sound_server", "with_key")
async def test_with_a_song_shown_the_window_fits_a_small_screen(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a") as session:
        session.workspace.view.select_ids([row(session, "a").row_id])
        await until(lambda: session.workspace.details.clip is not None)
        session.window.resize(NARROW, session.window.height())
        await until(lambda: session.window.width() == NARROW)
        for button in session.workspace.details.buttons.findChildren(QPushButton):
            assert button.isVisible()
            assert button.text() == ""
