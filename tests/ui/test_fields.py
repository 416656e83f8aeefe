"""The intake field, the search field, chips, notices and lyrics, each by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QAbstractSlider, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.library.store import Counts, SortKey
from aimusic_desktop.model import Group
from aimusic_desktop.ui.filter_bar import FilterBar
from aimusic_desktop.ui.intake_bar import HELD_CHARACTERS, IntakeBar
from aimusic_desktop.ui.lyrics import LyricsView
from aimusic_desktop.ui.notice import NoticeBar
from aimusic_desktop.ui.search_field import SearchField
from tests.support.waiting import LIMIT_S

LIMIT_MS = round(LIMIT_S * 1000)


@pytest.fixture
def intake(qtbot: QtBot) -> IntakeBar:
    bar = IntakeBar()
    qtbot.addWidget(bar)
    bar.resize(600, 60)
    bar.show()
    return bar


def text_mime(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def test_return_submits_and_the_text_stays(qtbot: QtBot, intake: IntakeBar) -> None:
    asked: list[str] = []
    intake.wanted.connect(asked.append)
    qtbot.keyClicks(intake.field, " abc ")
    qtbot.keyClick(intake.field, Qt.Key.Key_Return)
    assert asked == ["abc"]
    assert intake.field.toPlainText() == " abc "


def test_shift_return_breaks_the_line_and_the_field_grows(qtbot: QtBot, intake: IntakeBar) -> None:
    before = intake.field.height()
    qtbot.keyClicks(intake.field, "one")
    qtbot.keyClick(intake.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(intake.field, "two")
    assert intake.field.toPlainText() == "one\ntwo"
    assert intake.field.height() > before


def test_look_up_can_be_pressed_only_with_a_text(qtbot: QtBot, intake: IntakeBar) -> None:
    asked: list[str] = []
    intake.wanted.connect(asked.append)
    assert not intake.button.isEnabled()
    intake.field.setPlainText("abc")
    qtbot.mouseClick(intake.button, Qt.MouseButton.LeftButton)
    assert asked == ["abc"]
    intake.field.setPlainText("  \n ")
    assert not intake.button.isEnabled()


def test_a_huge_paste_is_taken_at_once_and_not_laid_out(intake: IntakeBar) -> None:
    asked: list[str] = []
    intake.wanted.connect(asked.append)
    huge = "x" * (HELD_CHARACTERS + 1)
    intake.field.insertFromMimeData(text_mime(huge))
    assert asked == [huge]
    assert intake.field.toPlainText() == ""


def test_a_drag_beyond_the_lower_edge_leaves_the_line_where_it_is(qtbot: QtBot, intake: IntakeBar) -> None:
    bar = intake.field.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=LIMIT_MS)  # Qt's own idea; a drag then steps there
    bar.triggerAction(QAbstractSlider.SliderAction.SliderSingleStepAdd)
    assert bar.value() == 0
    intake.field.setPlainText("\n".join("abcdefgh"))
    bar.triggerAction(QAbstractSlider.SliderAction.SliderSingleStepAdd)
    assert bar.value() == 1


def test_files_dropped_on_the_field_are_files_not_text(intake: IntakeBar) -> None:
    given: list[list[str]] = []
    intake.files_given.connect(given.append)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/ids.txt")])
    intake.field.insertFromMimeData(mime)
    assert given == [["/tmp/ids.txt"]]
    assert intake.field.toPlainText() == ""


def test_search_waits_for_the_typing_to_stop_and_escape_clears(qtbot: QtBot) -> None:
    field = SearchField()
    qtbot.addWidget(field)
    field.show()
    with qtbot.waitSignal(field.wanted, timeout=LIMIT_MS) as said:
        qtbot.keyClicks(field, " rain ")
    assert said.args == ["rain"]
    field.setFocus()
    with qtbot.waitSignal(field.wanted, timeout=LIMIT_MS) as said:
        field.clear()
    assert said.args == [""]


def test_chips_say_their_counts_and_exclude_each_other(qtbot: QtBot) -> None:
    bar = FilterBar(SortKey.ADDED, True)
    qtbot.addWidget(bar)
    chosen: list[object] = []
    bar.group_wanted.connect(chosen.append)
    bar.show_counts(Counts(all=1_128, working=3, ready=1_121, failed=1))
    chips = {chip.accessibleName(): chip for chip in bar.findChildren(QPushButton)}
    assert list(chips) == ["All", "Working", "Ready", "Failed"]
    assert chips["All"].text() == "All 1,128"
    assert chips["Failed"].accessibleDescription() == "1 song"
    qtbot.mouseClick(chips["Ready"], Qt.MouseButton.LeftButton)
    assert chosen == [Group.READY]
    assert [name for name, chip in chips.items() if chip.isChecked()] == ["Ready"]


def test_the_sort_menu_tells_key_and_direction(qtbot: QtBot) -> None:
    bar = FilterBar(SortKey.ADDED, True)
    qtbot.addWidget(bar)
    wanted: list[tuple[SortKey, bool]] = []
    bar.sort_wanted.connect(lambda key, descending: wanted.append((key, descending)))
    actions = {action.text(): action for action in bar.sort_menu.actions()}
    actions["Title"].trigger()
    actions["Ascending"].trigger()
    assert wanted == [(SortKey.TITLE, True), (SortKey.TITLE, False)]


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    """What a notice floats over: most of a window."""
    window = QWidget()
    window.resize(600, 500)
    over = QWidget(window)
    over.setGeometry(0, 0, 600, 400)
    over.window_kept = window  # type: ignore[attr-defined]
    qtbot.addWidget(window)
    window.show()
    return over


@pytest.fixture
def notice(over: QWidget) -> NoticeBar:
    return NoticeBar(over.window(), over)


def test_a_notice_floats_over_the_foot_of_the_list_and_moves_nothing(
    notice: NoticeBar, over: QWidget
) -> None:
    notice.say("Saved “City Lights”.")
    assert 300 < notice.geometry().top() < notice.geometry().bottom() < 400
    over.resize(300, 200)
    assert notice.geometry().right() < 300
    assert notice.geometry().bottom() < 200


def test_a_notice_has_one_thing_to_do_and_goes_away_by_itself(qtbot: QtBot, notice: NoticeBar) -> None:
    done: list[str] = []
    notice.say("Removed “A”.", action="Undo", do=lambda: done.append("undo"))
    undo = next(one for one in notice.findChildren(QPushButton) if one.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert done == ["undo"]
    assert notice.isHidden()
    notice.say("Short.")
    notice.expire()
    assert notice.isHidden()


def test_a_notice_with_markup_shows_the_markup(notice: NoticeBar) -> None:
    notice.say("<b>bold</b> <img src=x>")
    assert notice.text == "<b>bold</b> <img src=x>"


def test_lyrics_are_plain_text_with_their_marks_set_apart(qtbot: QtBot) -> None:
    view = LyricsView()
    qtbot.addWidget(view)
    view.resize(300, 100)
    view.show_lyrics("[Verse 1]\n<i>I've been</i> running\n\n[Chorus]\nHome")
    assert view.toPlainText() == "Verse 1\n<i>I've been</i> running\n\nChorus\nHome"
    block = view.document().begin()
    weights = []
    while block.isValid():
        weights.append(block.begin().fragment().charFormat().fontWeight() if block.text() else 0)
        block = block.next()
    assert weights[0] == weights[3] > weights[1]


def test_a_million_characters_of_lyrics_are_cut_with_a_sign(qtbot: QtBot) -> None:
    view = LyricsView()
    qtbot.addWidget(view)
    view.show_lyrics("la " * 400_000)
    assert view.is_cut
    assert len(view.toPlainText()) < 25_000
