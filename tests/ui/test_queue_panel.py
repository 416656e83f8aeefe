"""The queue in the window: its rows, keys, dragging and header."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QToolTip

from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.ui.player.parts import Button
from aimusic_desktop.ui.queue.words import NOT_MOVED, NOT_REMOVED
from tests.support.listening import entry_of, ids, playing, read, song, songs
from tests.support.queue_panel import LEFT, PLAIN, QueueScene
from tests.support.waiting import until

OpenQueue = Callable[[PlayQueue], QueueScene]


@pytest.fixture
def open_queue(qapp: QApplication) -> Iterator[OpenQueue]:
    """Opens the queue's page over queues; closes them after the test."""
    made: list[QueueScene] = []

    def open_one(queue: PlayQueue) -> QueueScene:
        made.append(QueueScene(queue))
        return made[-1]

    yield open_one
    for scene in made:
        scene.close()


def test_the_rows_are_the_queue_and_say_where_they_stand(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abc", 1))
    present = entry_of(scene.queue, "b")
    scene.panel.show_trouble({present.clip.ids: "The file is broken."})
    assert scene.spoken() == [
        "Song a, 1:00, played",
        "Song b, The file is broken., 1:00, the present song",
        "Song c, 1:00, up next",
    ]
    scene.panel.show_playing(present.entry_id, sounding=True)
    assert scene.spoken()[1].endswith("playing")
    scene.panel.show_playing(present.entry_id, sounding=False)
    assert scene.spoken()[1].endswith("the present song")


def test_the_header_says_how_much_is_still_to_come(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abc"))
    assert scene.panel._line.text() == "2 songs · 2 min"
    scene.queue.add([song("x", duration_s=None)])
    assert scene.panel._line.text() == "3 songs · 2 min+"
    scene.queue.jump(entry_of(scene.queue, "c").entry_id)
    assert scene.panel._line.text() == ""


def test_an_empty_queue_says_what_to_do(open_queue: OpenQueue) -> None:
    scene = open_queue(PlayQueue())
    assert scene.panel._faces.currentWidget() is not scene.view
    scene.queue.add(songs("a"))
    assert scene.panel._faces.currentWidget() is scene.view


def test_return_a_double_click_and_the_cover_want_a_song_played(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    scene.select("b")
    QTest.keyClick(scene.view, Qt.Key.Key_Return)
    scene.click(2, "title")
    QTest.mouseDClick(scene.view.viewport(), LEFT, PLAIN, scene.point(2))
    scene.click(3, "cover")
    assert scene.wanted == ids(scene.queue, "bcd")
    assert scene.selected() == "c"


def test_space_is_left_to_the_window_and_escape_closes(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("ab"))
    closed: list[bool] = []
    scene.panel.close_wanted.connect(lambda: closed.append(True))
    scene.select("b")
    QTest.keyClick(scene.view, Qt.Key.Key_Space)
    assert (scene.window.keys, scene.selected()) == ([Qt.Key.Key_Space], "b")
    QTest.keyClick(scene.view, Qt.Key.Key_Escape)
    assert closed


async def test_keys_move_and_remove(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcdef"))
    scene.window.activateWindow()
    scene.panel.setFocus()
    await until(scene.view.hasFocus)
    scene.select("de")
    QTest.keyClick(scene.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert (read(scene.queue), scene.selected()) == ("[a]bdecf", "de")
    QTest.keyClick(scene.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(scene.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(scene.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert (read(scene.queue), scene.selected()) == ("[a]bcfde", "de")
    QTest.keyClick(scene.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert read(scene.queue) == "[a]debcf"
    QTest.keyClick(scene.view, Qt.Key.Key_Delete)
    assert (read(scene.queue), scene.selected()) == ("[a]bcf", "b")
    assert scene.wanted == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
def test_only_the_plain_enter_plays(open_queue: OpenQueue, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    scene = open_queue(playing("abc", 1))
    scene.select("b")  # which "play next" is not for
    QTest.keyClick(scene.view, key, held | Qt.KeyboardModifier.KeypadModifier)
    assert (scene.wanted, read(scene.queue)) == ([], "a[b]c")
    QTest.keyClick(scene.view, key, Qt.KeyboardModifier.KeypadModifier)
    assert scene.wanted == ids(scene.queue, "b")


async def test_the_present_song_says_why_it_stays(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abc", 1))
    scene.window.activateWindow()
    scene.panel.setFocus()
    await until(scene.view.hasFocus)
    scene.select("b")
    QTest.keyClick(scene.view, Qt.Key.Key_Delete)
    QTest.keyClick(scene.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(scene.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert (read(scene.queue), scene.selected(), scene.undos) == ("a[b]c", "b", [])
    assert scene.refused == [NOT_REMOVED, NOT_MOVED, NOT_MOVED]


def test_keys_move_the_songs_around_the_present_one(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcde", 1))
    scene.select("c")
    scene.panel.deeds.actions["entry_up"].trigger()
    assert (read(scene.queue), scene.undos) == ("a[b]cde", [])
    scene.select("be")
    scene.panel.deeds.actions["entry_up"].trigger()
    assert read(scene.queue) == "a[b]ced"
    scene.select("bc")
    scene.panel.deeds.actions["entry_down"].trigger()
    assert read(scene.queue) == "a[b]ecd"
    assert scene.refused == []


def test_the_line_of_a_drag_is_where_the_song_comes(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcdef", 2))
    scene.lift(4, scene.edge(0))
    assert scene.view._reordering._gap == 3
    QTest.mouseRelease(scene.view.viewport(), LEFT, PLAIN, scene.edge(0))
    assert read(scene.queue) == "ab[c]edf"
    scene.drag(1, scene.edge(0))  # one that was heard
    assert read(scene.queue) == "ba[c]edf"
    scene.drag(0, scene.edge(4))
    assert read(scene.queue) == "a[c]ebdf"


def test_the_present_song_is_not_lifted(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    scene.lift(0, scene.edge(3))
    assert not scene.view._reordering.held
    QTest.mouseRelease(scene.view.viewport(), LEFT, PLAIN, scene.point(0))
    assert (scene.selected(), scene.refused, scene.wanted) == ("a", [NOT_MOVED], [])
    scene.select("ac")
    scene.drag(2, scene.edge(1))
    assert (read(scene.queue), scene.selected()) == ("[a]cbd", "ac")


async def test_shuffling_and_unshuffling_bring_the_present_song_into_view(open_queue: OpenQueue) -> None:
    queue = PlayQueue()
    queue.play_list([song(str(number)) for number in range(120)], 90)
    scene = open_queue(queue)
    scene.window.activateWindow()
    scene.panel.setFocus()
    await until(scene.view.hasFocus)
    for wanted in (True, False):
        scene.view.setCurrentIndex(scene.model.index(60))  # the keyboard is busy here
        scene.view.scrollTo(scene.model.index(60))
        queue.set_shuffled(wanted)
        assert queue.at is not None
        row = scene.view.visualRect(scene.model.index(queue.at))
        assert scene.view.viewport().rect().contains(row)


def test_the_highest_row_moves_no_higher(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abc", 1))
    scene.select("a")
    scene.panel.deeds.actions["entry_up"].trigger()
    assert read(scene.queue) == "a[b]c"


def test_what_was_removed_can_be_brought_back(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    scene.select("bd")
    scene.panel.deeds.actions["entry_remove"].trigger()
    scene.panel.deeds.actions["clear_queue"].trigger()
    assert [said for said, _ in scene.undos] == [
        "Removed 2 songs from the queue.",
        "Removed “Song c” from the queue.",
    ]
    for _, undo in reversed(scene.undos):
        undo()
    assert read(scene.queue) == "[a]bcd"


def test_the_button_of_a_row_removes_it_and_leaves_the_selection(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    scene.select("d")
    scene.click(1, "remove")
    scene.click(0, "remove")  # the present song has no such button: its row is selected
    assert read(scene.queue) == "[a]cd"
    assert [said for said, _ in scene.undos] == ["Removed “Song b” from the queue."]
    assert scene.selected() == "a"


def test_the_present_song_cannot_come_next_and_nothing_is_cleared_when_nothing_comes(
    open_queue: OpenQueue,
) -> None:
    scene = open_queue(playing("ab", 1))
    scene.select("b")
    actions = scene.panel.deeds.actions
    assert not actions["entry_next"].isEnabled()
    assert not actions["clear_queue"].isEnabled()
    scene.queue.add(songs("x"))
    assert actions["clear_queue"].isEnabled()


@pytest.mark.parametrize(
    ("place", "to", "after"),
    [(3, 1, "[a]dbcef"), (1, 6, "[a]cdefb"), (0, 3, "[a]bcdef"), (4, 0, "[a]ebcdf"), (2, 2, "[a]bcdef")],
)
def test_a_row_is_dragged_to_its_new_place(open_queue: OpenQueue, place: int, to: int, after: str) -> None:
    scene = open_queue(playing("abcdef"))
    scene.drag(place, scene.edge(to))
    assert read(scene.queue) == after
    assert scene.selected() == "abcdef"[place]


def test_selected_rows_are_dragged_together(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcdef"))
    scene.select("ce")
    scene.drag(4, scene.edge(1))
    assert (read(scene.queue), scene.selected()) == ("[a]cebdf", "ce")


def test_a_drag_shows_a_line_and_escape_gives_it_up(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcdef"))
    scene.lift(3, scene.edge(3))
    before = scene.view.grab().toImage()
    QTest.mouseMove(scene.view.viewport(), scene.edge(1))
    assert scene.view.grab().toImage() != before
    QTest.keyClick(scene.view, Qt.Key.Key_Escape)
    QTest.mouseRelease(scene.view.viewport(), LEFT, PLAIN, scene.edge(1))
    assert read(scene.queue) == "[a]bcdef"


async def test_a_drag_at_the_edge_scrolls(open_queue: OpenQueue) -> None:
    queue = PlayQueue()
    queue.add([song(str(number)) for number in range(100)])
    scene = open_queue(queue)
    bar = scene.view.verticalScrollBar()
    await until(lambda: bar.maximum() > 2_000)
    below = QPoint(200, scene.view.viewport().height() + 40)
    scene.lift(1, below)
    await until(lambda: bar.value() == bar.maximum())
    QTest.mouseRelease(scene.view.viewport(), LEFT, PLAIN, below)
    assert queue.entries[-1].clip.clip_id == "1"


def test_a_song_that_leaves_during_a_drag_moves_nothing_else(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    scene.lift(3, scene.edge(1))
    scene.queue.remove(ids(scene.queue, "d"))
    QTest.mouseRelease(scene.view.viewport(), LEFT, PLAIN, scene.edge(1))
    assert read(scene.queue) == "[a]bc"


def test_going_on_keeps_the_selection_and_lays_nothing_out(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    told: list[bool] = []
    for signal in (scene.model.dataChanged, scene.model.layoutChanged, scene.model.modelReset):
        signal.connect(lambda *_: told.append(True))
    scene.select("c")
    before = scene.view.grab().toImage()
    scene.queue.advance(auto=True)
    assert (scene.selected(), told) == ("c", [])
    assert scene.view.grab().toImage() != before


def test_shuffling_keeps_the_selection(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcdefgh"))
    scene.select("cf")
    scene.queue.set_shuffled(True)
    assert sorted(scene.selected()) == ["c", "f"]
    assert list(scene.model.order) == [one.entry_id for one in scene.queue.entries]


async def test_the_list_follows_the_present_song(open_queue: OpenQueue) -> None:
    queue = PlayQueue()
    queue.add([song(str(number)) for number in range(5_000)])
    scene = open_queue(queue)

    def in_view() -> bool:
        queue.back()
        queue.jump(queue.entries[3_000].entry_id)
        return scene.view.viewport().rect().contains(scene.view.visualRect(scene.model.index(3_000)))

    await until(in_view)


def test_a_closed_page_catches_up_when_it_opens(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("ab"))
    scene.panel.hide()
    scene.queue.add(songs("xy"))
    assert scene.model.rowCount() == 2
    scene.panel.show()
    assert scene.model.rowCount() == 4


def test_the_header_gets_the_windows_buttons(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("ab"))
    actions = {name: QAction(name.title(), scene.window, checkable=True) for name in ("shuffle", "repeat")}
    scene.panel.add_actions(actions)
    buttons = scene.panel.findChildren(Button)
    assert [button.accessibleName() for button in buttons] == ["Shuffle", "Repeat"]
    buttons[0].click()
    assert actions["shuffle"].isChecked()
    assert all(button.accessibleName() or button.text() for button in scene.panel.findChildren(QToolButton))


def test_the_context_menu_holds_the_deeds(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("ab"))
    scene.select("b")
    scene.view.customContextMenuRequested.emit(scene.point(1))
    (menu,) = scene.view.findChildren(QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.actions()[0].trigger()
    menu.close()
    assert texts[:2] == ["Play", "Play next"]
    assert texts[-2:] == ["Remove from the queue", "Clear"]
    assert scene.wanted == ids(scene.queue, "b")


def test_tool_tips_show_outside_text_as_text(open_queue: OpenQueue) -> None:
    queue = PlayQueue()
    queue.add([song("a", title="<b>Loud</b>", style="pop & rock")])
    scene = open_queue(queue)
    for part, said in (("remove", "Remove from"), ("cover", "Play or"), ("title", "&lt;b&gt;Loud")):
        pos = scene.point(0, part)
        event = QHelpEvent(QEvent.Type.ToolTip, pos, scene.view.viewport().mapToGlobal(pos))
        QApplication.sendEvent(scene.view.viewport(), event)
        assert said in QToolTip.text()
    QToolTip.hideText()


def test_past_present_and_playing_look_different(open_queue: OpenQueue) -> None:
    queue = PlayQueue()
    queue.add([song("a")] * 3)  # rows that differ in nothing but where they stand
    queue.jump(queue.entries[1].entry_id)
    scene = open_queue(queue)

    def look(place: int) -> QImage:
        return scene.view.viewport().grab(scene.view.visualRect(scene.model.index(place))).toImage()

    past, present, coming = look(0), look(1), look(2)
    scene.panel.show_playing(queue.entries[1].entry_id, sounding=True)
    playing_now = look(1)
    scene.panel.show_trouble({song("a").ids: "The file is broken."})
    looks = [past, present, coming, playing_now, look(2)]
    assert not [pair for pair in combinations(looks, 2) if pair[0] == pair[1]]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_every_standing_is_painted_in_both_directions(
    open_queue: OpenQueue, direction: Qt.LayoutDirection
) -> None:
    scene = open_queue(playing("abcd", 1))
    scene.window.setLayoutDirection(direction)
    scene.panel.show_trouble({entry_of(scene.queue, "c").clip.ids: "The file is broken."})
    QTest.mouseMove(scene.view.viewport(), scene.point(3, "remove"))
    assert not scene.window.grab().isNull()


async def test_the_page_opens_at_the_present_song_though_the_keyboard_was_in_the_list(
    open_queue: OpenQueue,
) -> None:
    queue = playing("abcdefghijklmnopqrstuvwxyz", 12)
    scene = open_queue(queue)
    scene.panel.resize(800, 240)
    scene.window.activateWindow()
    scene.panel.setFocus()
    await until(scene.view.hasFocus)
    scene.select("a")
    scene.panel.hide()
    scene.panel.show()
    scene.panel.setFocus()
    await until(lambda: scene.view.visualRect(scene.model.index(11)).top() == 0)


def test_a_move_can_be_taken_back_without_a_word(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("abcd"))
    scene.select("c")
    scene.panel.deeds.actions["entry_up"].trigger()
    scene.drag(1, scene.edge(1))  # to where it is
    ((said, undo),) = scene.undos
    assert (said, read(scene.queue)) == ("", "[a]cbd")
    undo()
    assert read(scene.queue) == "[a]bcd"


def test_what_was_chosen_is_marked_and_said(open_queue: OpenQueue) -> None:
    scene = open_queue(playing("ab"))
    before = scene.view.grab(scene.view.visualRect(scene.model.index(1))).toImage()
    scene.queue.remove(ids(scene.queue, "b"))
    scene.queue.add(songs("b"))
    assert scene.spoken()[1] == "Song b, 1:00, chosen, up next"
    assert scene.view.grab(scene.view.visualRect(scene.model.index(1))).toImage() != before
