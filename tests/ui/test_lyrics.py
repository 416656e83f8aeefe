"""The lyrics as they are shown: what stands out, what a click or a key does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from aimusic_desktop.ui.lyrics import LyricsView
from aimusic_desktop.ui.lyrics_page import MOST_CHARACTERS
from tests.support.timed import LYRICS, timed

CITY, NEON, BLANK, CHORUS, HOLD = 1, 2, 3, 4, 5
"""Lines of the lyrics."""


@pytest.fixture
def view(qapp: QApplication) -> Iterator[LyricsView]:
    """The lyrics with their times, in a window."""
    window = QWidget()
    made = LyricsView(window)
    QVBoxLayout(window).addWidget(made)
    window.resize(400, 300)
    window.show()
    made.show_lyrics(LYRICS)
    made.show_timing(timed())
    QApplication.processEvents()
    yield made
    window.close()
    window.deleteLater()


def wanted(view: LyricsView) -> list[float]:
    """The lines wanted from now on."""
    seconds: list[float] = []
    view.line_wanted.connect(seconds.append)
    return seconds


def point(view: LyricsView, line: int, column: int = 2) -> QPoint:
    block = view.document().findBlockByNumber(line)
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.Right, n=min(column, len(block.text())))
    return view.cursorRect(cursor).center()


def click(view: LyricsView, line: int) -> None:
    """One that is no double click."""
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point(view, line))
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    while view._click.isActive():  # a wait that was held up ends without looking at what is due by then
        QTest.qWait(10)


def word(view: LyricsView) -> str:
    """The word that stands out."""
    return " ".join(mark.cursor.selectedText() for mark in view.extraSelections())


def line(view: LyricsView) -> str | None:
    """The line that stands out."""
    rect = view.line_rect()
    return None if rect is None else view.cursorForPosition(rect.center()).block().text()


def test_sections_stand_apart_from_what_is_sung(view: LyricsView) -> None:
    lines = view.toPlainText().splitlines()
    assert lines[:3] == ["Verse 1", "City lights, carry me home", "Neon rain on my window"]
    assert lines[3:] == ["", "Chorus", "Hold on", "Never alone"]


def test_line_and_word_follow_the_song(view: LyricsView) -> None:
    assert view.show_moment(10.2)
    assert (line(view), word(view)) == ("City lights, carry me home", "City")
    assert not view.show_moment(12.1)
    assert word(view) == "carry"
    assert not view.show_moment(12.9)
    assert word(view) == "carry", "until the next word begins"
    assert view.show_moment(20.0)
    assert (line(view), word(view)) == ("Neon rain on my window", "Neon")
    assert view.show_moment(None)
    assert (line(view), word(view)) == (None, "")


def test_nothing_stands_out_where_nobody_sings(view: LyricsView) -> None:
    view.show_moment(1.0)
    assert line(view) is None


def test_following_lays_nothing_out_and_moves_no_caret(view: LyricsView) -> None:
    moved: list[str] = []
    view.document().contentsChanged.connect(lambda: moved.append("text"))
    view.document().documentLayout().documentSizeChanged.connect(lambda _: moved.append("size"))
    view.cursorPositionChanged.connect(lambda: moved.append("caret"))
    for tenth in range(600):
        view.show_moment(tenth / 10)
    assert moved == []


def test_characters_that_qt_counts_twice_shift_no_word(view: LyricsView) -> None:
    lyrics = "🌧🌧 rain 🌆 lights\nnext"
    view.show_lyrics(lyrics)
    view.show_timing(timed(lyrics))
    words = []
    for second in (10.1, 11.1, 12.1, 13.1):
        view.show_moment(second)
        words.append(word(view))
    assert words == ["🌧🌧", "rain", "🌆", "lights"]


def test_a_click_on_a_line_wants_it(view: LyricsView) -> None:
    seconds = wanted(view)
    click(view, NEON)
    click(view, HOLD)
    assert seconds == [20.0, 30.0]


def test_a_click_on_what_is_not_timed_wants_nothing(view: LyricsView) -> None:
    seconds = wanted(view)
    click(view, BLANK)
    view.show_timing(None)
    click(view, NEON)
    assert seconds == []


def test_a_click_on_the_name_of_a_section_wants_its_first_line(view: LyricsView) -> None:
    seconds = wanted(view)
    click(view, CHORUS)
    assert seconds == [30.0]


def test_only_the_keyboard_has_a_caret(view: LyricsView) -> None:
    view.clearFocus()
    widths = [view.cursorWidth()]
    view.setFocus(Qt.FocusReason.TabFocusReason)
    widths.append(view.cursorWidth())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point(view, BLANK))
    widths.append(view.cursorWidth())
    QTest.keyClick(view, Qt.Key.Key_Down)
    widths.append(view.cursorWidth())
    assert [width > 0 for width in widths] == [False, True, False, True]


def test_space_is_left_to_the_window(view: LyricsView) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    event.accept()
    view.keyPressEvent(event)
    assert not event.isAccepted()


def test_selecting_by_dragging_wants_nothing(view: LyricsView) -> None:
    seconds = wanted(view)
    start, end = point(view, CITY, 0), point(view, NEON, 4)
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert view.textCursor().selectedText() == "City lights, carry me home\u2029Neon"
    click(view, HOLD)
    assert seconds == [], "the click that ends the selection"
    assert not view.textCursor().hasSelection()


def test_enter_wants_the_line_of_the_caret(view: LyricsView) -> None:
    seconds = wanted(view)
    for _ in range(NEON):
        QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert seconds == [20.0, 20.0]


def test_the_caret_says_where_a_key_moved_it(view: LyricsView) -> None:
    rects: list[int] = []
    view.caret_moved.connect(lambda rect: rects.append(rect.y()))
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Shift)
    assert rects == [view.cursorRect().y()]


def test_the_hand_is_over_timed_lines_only(view: LyricsView) -> None:
    shapes = []
    for number in (CITY, BLANK):
        place = QPointF(point(view, number))
        none = Qt.MouseButton.NoButton
        where = QPointF(view.viewport().mapToGlobal(place))
        move = QMouseEvent(QEvent.Type.MouseMove, place, where, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view.viewport(), move)
        shapes.append(view.viewport().cursor().shape())
    assert shapes == [Qt.CursorShape.PointingHandCursor, Qt.CursorShape.IBeamCursor]


def test_letters_and_the_space_bar_stay_commands_of_the_window(view: LyricsView) -> None:
    done: list[str] = []
    for key in ("Space", "X"):
        shortcut = QShortcut(QKeySequence(key), view.window())
        shortcut.activated.connect(lambda key=key: done.append(key))
    view.setFocus()
    QTest.keyClick(view.window().windowHandle(), Qt.Key.Key_Space)
    QTest.keyClick(view.window().windowHandle(), Qt.Key.Key_X)
    assert done == ["Space", "X"]


def test_the_same_lyrics_again_keep_selection_and_times(view: LyricsView) -> None:
    view.selectAll()
    view.show_lyrics(LYRICS)
    view.show_timing(timed())
    assert view.textCursor().hasSelection()
    assert view.show_moment(10.0)


def test_other_lyrics_have_no_times(view: LyricsView) -> None:
    view.show_lyrics("City lights, carry me home")
    assert not view.show_moment(10.0)
    assert view.accessibleDescription() == ""


@pytest.mark.parametrize("piece", ["a", "word ", "\n", "la la\n", "我", "[x]\n"])
def test_of_a_million_characters_only_the_first_are_laid_out(view: LyricsView, piece: str) -> None:
    lyrics = piece * (1_000_000 // len(piece))
    view.show_lyrics(lyrics)
    assert view.is_cut
    assert view.document().characterCount() <= MOST_CHARACTERS + 1
    view.show_timing(timed(lyrics[:5_000]))
    view.show_moment(12.0)


def test_it_is_as_tall_as_its_text(view: LyricsView) -> None:
    tall = view.height()
    view.show_lyrics("one line")
    assert 0 < view.height() < tall


def test_a_dark_palette_recolours_the_word(view: LyricsView) -> None:
    view.show_moment(10.0)
    [before] = view.extraSelections()
    palette = view.palette()
    palette.setColor(palette.ColorRole.Base, Qt.GlobalColor.black)
    palette.setColor(palette.ColorRole.Text, Qt.GlobalColor.white)
    view.setPalette(palette)
    [after] = view.extraSelections()
    assert after.format.foreground().color() != before.format.foreground().color()


def test_a_double_click_selects_a_word_and_wants_nothing(view: LyricsView) -> None:
    seconds, at = wanted(view), point(view, NEON)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.qWait(QApplication.doubleClickInterval() + 100)
    assert (seconds, view.textCursor().selectedText()) == ([], "Neon")


def test_the_wheel_is_left_to_the_panel_and_the_text_stays_in_its_box(view: LyricsView) -> None:
    view.setFixedHeight(40)
    QApplication.processEvents()
    view.verticalScrollBar().setValue(30)
    assert view.verticalScrollBar().value() == 0
    at, none = QPointF(20, 20), Qt.MouseButton.NoButton
    plain, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, at, QPoint(), QPoint(0, -120), none, plain, phase, False)
    QApplication.sendEvent(view.viewport(), wheel)
    assert not wheel.isAccepted()


def test_a_click_on_lyrics_that_are_gone_wants_nothing(view: LyricsView) -> None:
    seconds = wanted(view)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point(view, NEON))
    view.show_timing(None)
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    assert seconds == []
