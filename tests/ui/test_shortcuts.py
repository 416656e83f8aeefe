"""The sheet of shortcuts: what it lists, and how it is searched and read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QWidget

from aimusic_desktop.ui.actions import SAVES_SPECS, SPECS, make_actions
from aimusic_desktop.ui.dialogs.shortcuts import GROUPS, WINDOW, ShortcutsDialog, shortcuts
from aimusic_desktop.ui.queue.deeds import QUEUE_SPECS
from aimusic_desktop.ui.theme import GRID

SCREEN = QRect(0, 0, 1080, 720)
FRAME = 30
"""What a window manager adds to a dialog's height."""


@pytest.fixture
def actions(qapp: object) -> Iterator[dict[str, QAction]]:
    """All of the window, of its list of saves and of its queue."""
    window, view = QWidget(), QWidget()
    specs = (SPECS, SAVES_SPECS, QUEUE_SPECS)
    made = [make_actions(window, view, dict.fromkeys(some, lambda: None), some) for some in specs]
    yield {name: action for some in made for name, action in some.items()}
    window.deleteLater()
    view.deleteLater()


@pytest.fixture
def sheet(actions: dict[str, QAction]) -> Iterator[ShortcutsDialog]:
    parent = QWidget()
    dialog = ShortcutsDialog(parent, actions)
    dialog.show()
    yield dialog
    parent.deleteLater()


def spoken(sheet: ShortcutsDialog) -> list[str]:
    """What a screen reader says of the lines and headings in sight, column by column."""
    items = [(one, one.item(row)) for one in sheet.columns for row in range(one.count())]
    shown = [item for column, item in items if not column.isRowHidden(column.row(item))]
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) or item.text() for item in shown]


def test_every_action_that_has_keys_is_there_once_under_its_group(actions: dict[str, QAction]) -> None:
    found = shortcuts(actions)
    texts = {action.text().rstrip(" …") for action in actions.values() if action.shortcuts()}
    assert texts - {one.text for one in found} == {actions["repeat"].text()}  # which says how it stands
    assert len(found) == len(set(found))
    assert list(dict.fromkeys(one.group for one in found)) == list(GROUPS)
    assert {one.text for one in found if one.group == WINDOW} == {
        "Small player",
        "Settings",
        "Keyboard shortcuts",
        "Quit",
    }


def test_the_text_and_all_keys_of_an_action_are_read_in_one_sentence(sheet: ShortcutsDialog) -> None:
    said = spoken(sheet)
    assert "Keyboard shortcuts: ? or F1" in said
    assert "Search: Ctrl+F" in said
    assert "Settings: Ctrl+," in said
    assert not any("…" in sentence or "&" in sentence for sentence in said)


def test_media_keys_are_named_and_space_is_known(sheet: ShortcutsDialog) -> None:
    said = spoken(sheet)
    assert "Play or pause: Space or Media Play" in said
    assert "Stop: Ctrl+. or Media Stop" in said
    assert "Previous song: Ctrl+Left or Media Previous" in said
    assert "Next song: Ctrl+Right or Media Next" in said


def test_enter_has_one_name_here_and_in_menus(sheet: ShortcutsDialog, actions: dict[str, QAction]) -> None:
    named = {"play": "Enter", "play_next": "Shift+Enter", "add_to_queue": "Ctrl+Enter"}
    for name, keys in named.items():
        action = actions[name]
        assert action.shortcut().toString() == keys, "what menus show"
        assert QKeySequence(keys.replace("Enter", "Return")) in action.shortcuts(), "and what is pressed"
        assert f"{action.text()}: {keys}" in spoken(sheet)


def test_keys_are_painted_alike_in_both_directions(qapp: QApplication, actions: dict[str, QAction]) -> None:
    """Not ``,+Ctrl`` where people read from the right."""
    parent = QWidget()
    caps = []
    try:
        for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
            qapp.setLayoutDirection(direction)
            sheet = ShortcutsDialog(parent, actions)
            sheet.show()
            caps.append(cap_of(sheet.columns[1], "Settings", "Ctrl+,"))
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        parent.deleteLater()
    assert caps[0] == caps[1]


def cap_of(column: QListWidget, text: str, keys: str) -> QImage:
    """The only key of a line, as it is painted at the end of it."""
    [item] = column.findItems(text, Qt.MatchFlag.MatchExactly)
    line = column.visualItemRect(item)
    cap = QRect(0, line.top(), column.fontMetrics().horizontalAdvance(keys) + GRID, line.height())
    if column.isRightToLeft():
        cap.moveLeft(line.left() + GRID)
    else:
        cap.moveRight(line.right() - GRID)
    return column.viewport().grab(cap).toImage()


def test_what_is_typed_narrows_the_lines_by_text_key_and_group(sheet: ShortcutsDialog) -> None:
    QTest.keyClicks(sheet.search, "next song")
    assert spoken(sheet) == ["Listening", "Next song: Ctrl+Right or Media Next"]
    sheet.search.setText("CTRL+F")
    assert spoken(sheet) == ["List", "Search: Ctrl+F"]
    sheet.search.setText("window quit")
    assert spoken(sheet) == ["Window", "Quit: Ctrl+Q"]
    sheet.search.clear()
    assert len(spoken(sheet)) > 30


def test_a_search_that_finds_nothing_is_told(sheet: ShortcutsDialog) -> None:
    sheet.search.setText("zither")
    assert spoken(sheet) == []
    assert sheet.findChild(QWidget, "nothing").isVisible()
    sheet.search.setText("search")
    assert not sheet.findChild(QWidget, "nothing").isVisible()


def test_a_question_mark_is_a_letter_in_the_search(sheet: ShortcutsDialog) -> None:
    sheet.search.setFocus()
    QTest.keyClicks(sheet.search, "?")
    assert spoken(sheet) == ["Window", "Keyboard shortcuts: ? or F1"]


def test_it_fits_a_small_screen_without_scrolling(sheet: ShortcutsDialog) -> None:
    assert sheet.width() <= SCREEN.width()
    assert sheet.height() + FRAME <= SCREEN.height()
    assert [column.verticalScrollBar().maximum() for column in sheet.columns] == [0, 0]


def test_the_keyboard_goes_through_the_lines_and_escape_closes(sheet: ShortcutsDialog) -> None:
    first = sheet.columns[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    before = first.currentRow()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert first.currentRow() == before + 1
    assert first.accessibleName() == "Listening"
    QTest.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_sheet_is_drawn_in_both_directions(sheet: ShortcutsDialog) -> None:
    """Keys end the line, where reading ends."""
    column = sheet.columns[0]
    for direction, from_right in (
        (Qt.LayoutDirection.LeftToRight, True),
        (Qt.LayoutDirection.RightToLeft, False),
    ):
        column.setLayoutDirection(direction)
        line = column.visualItemRect(column.item(1))
        picture = column.viewport().grab(line).toImage()
        ground = picture.pixelColor(picture.width() // 2, 1)
        end = range(picture.width() - 60, picture.width() - 10) if from_right else range(10, 60)
        rows = range(picture.height())
        assert any(picture.pixelColor(x, y) != ground for x in end for y in rows)
