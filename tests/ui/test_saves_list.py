"""The save list: its rows, buttons, keys and header."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QProgressBar, QToolTip

from aimusic_desktop.model import JobState
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.ui.saves.deeds import Deed
from aimusic_desktop.ui.saves.pulse import SavesPulse
from tests.support.saves import SaverDouble, SavesScene, job_of
from tests.support.waiting import until

OpenScene = Callable[..., SavesScene]


def test_each_button_of_a_row_does_its_deed(open_scene: OpenScene) -> None:
    running, paused = job_of(1, JobState.FETCHING), job_of(2, JobState.PAUSED)
    failed = job_of(3, JobState.FAILED, wrong_length=True)
    scene = open_scene(running, paused, failed)
    scene.press(running, Deed.PAUSE)
    scene.press(running, Deed.CANCEL)
    scene.press(paused, Deed.GO_ON)
    scene.press(failed, Deed.ANY_LENGTH)
    scene.press(failed, Deed.RETRY)
    assert scene.saver.told == [
        ("pause", running),
        ("cancel", running),
        ("go on", paused),
        ("retry", failed, "any"),
        ("retry", failed),
    ]
    assert scene.panel.view.selected() == []


def test_a_button_left_before_the_release_does_nothing(open_scene: OpenScene) -> None:
    running = job_of(1, JobState.FETCHING)
    scene = open_scene(running)
    view, left = scene.panel.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, Qt.KeyboardModifier.NoModifier, scene.button(running, Deed.CANCEL))
    QTest.mouseRelease(view, left, Qt.KeyboardModifier.NoModifier, QPoint(200, 20))
    assert scene.saver.told == []


def test_several_selected_jobs_are_done_with_at_once(open_scene: OpenScene) -> None:
    jobs = [job_of(1, JobState.FETCHING), job_of(2, JobState.DONE), job_of(3)]
    scene = open_scene(*jobs)
    scene.select(0, 1, 2)
    scene.actions["pause"].trigger()
    scene.actions["cancel"].trigger()
    assert scene.saver.told == [("pause", jobs[0], jobs[2]), ("cancel", jobs[0], jobs[2])]
    assert scene.said == ["Cancelled 2 saves."]


async def test_space_pauses_and_goes_on_and_delete_cancels(open_scene: OpenScene) -> None:
    job = job_of(1, JobState.FETCHING)
    scene = open_scene(job)
    scene.window.activateWindow()
    scene.panel.setFocus()
    await until(scene.panel.view.hasFocus)
    scene.select(0)
    QTest.keyClick(scene.panel.view, Qt.Key.Key_Space)
    job.state = JobState.PAUSED
    QTest.keyClick(scene.panel.view, Qt.Key.Key_Space)
    QTest.keyClick(scene.panel.view, Qt.Key.Key_Delete)
    assert scene.saver.told == [("pause", job), ("go on", job), ("cancel", job)]


def test_return_does_what_lies_nearest(open_scene: OpenScene) -> None:
    failed = job_of(1, JobState.FAILED)
    scene = open_scene(failed)
    scene.panel.view.setCurrentIndex(scene.panel.model.index(0))
    QTest.keyClick(scene.panel.view, Qt.Key.Key_Return)
    assert scene.saver.told == [("retry", failed)]


def test_escape_wants_the_list_closed(open_scene: OpenScene) -> None:
    scene = open_scene(job_of(1))
    wanted: list[bool] = []
    scene.panel.close_wanted.connect(lambda: wanted.append(True))
    QTest.keyClick(scene.panel.view, Qt.Key.Key_Escape)
    assert wanted


def test_the_context_menu_holds_what_the_selection_allows(open_scene: OpenScene) -> None:
    scene = open_scene(job_of(1, JobState.FAILED))
    scene.select(0)
    scene.panel.view.customContextMenuRequested.emit(QPoint(5, 5))
    (menu,) = scene.panel.findChildren(QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    assert texts == ["Try again", "Save elsewhere …", "Give up saving", "Clear done"]


def test_saving_elsewhere_takes_all_that_failed(open_scene: OpenScene) -> None:
    failed, done = job_of(1, JobState.FAILED), job_of(2, JobState.DONE)
    scene = open_scene(failed, done)
    scene.select(0, 1)
    scene.actions["retry_elsewhere"].trigger()
    assert scene.moved_elsewhere == [failed]


def test_all_at_once_takes_what_it_fits_and_leaves_the_failed(open_scene: OpenScene) -> None:
    running, failed, done = job_of(1, JobState.FETCHING), job_of(2, JobState.FAILED), job_of(3, JobState.DONE)
    scene = open_scene(running, failed, done)
    for name in ("pause_all", "retry_failed", "cancel_all", "clear_done"):
        assert scene.actions[name].isEnabled(), name
        scene.actions[name].trigger()
    expected = [("pause", running), ("retry", failed), ("cancel", running), ("clear done",)]
    assert scene.saver.told == expected
    assert not scene.actions["go_on_all"].isEnabled()


def test_nothing_can_be_done_with_an_empty_list(open_scene: OpenScene) -> None:
    scene = open_scene()
    assert not [name for name, action in scene.actions.items() if action.isEnabled()]
    assert scene.panel._faces.currentIndex() == 1


def test_a_button_and_a_line_have_tool_tips(open_scene: OpenScene) -> None:
    failed = job_of(1, JobState.FAILED, error="<b>No</b> room.")
    scene = open_scene(failed)
    view = scene.panel.view
    for pos, said in ((scene.button(failed, Deed.RETRY), "Try again"), (QPoint(200, 20), "&lt;b&gt;No")):
        event = QHelpEvent(QEvent.Type.ToolTip, pos, view.viewport().mapToGlobal(pos))
        QApplication.sendEvent(view.viewport(), event)
        assert said in QToolTip.text()
    QToolTip.hideText()


def test_a_screen_reader_hears_rows_totals_and_the_hold(open_scene: OpenScene) -> None:
    scene = open_scene(job_of(1, JobState.FETCHING, received=31, total=62))
    scene.saver.totals = Totals(busy=1, received=31, total=62)
    scene.saver.hold = "The network is gone. Saving goes on by itself."
    scene.panel.show_moved(set(), relisted=True)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert scene.panel.model.index(0).data(role) == "Song 1, saving, 31.0 of 62.0 bytes"
    assert scene.panel.line.text() == "Saves: 1 saving · 50 %"
    assert scene.panel.findChild(QProgressBar).value() == 500
    assert scene.panel.hold.text() == scene.saver.hold
    assert not scene.panel.hold.isHidden()


def test_jobs_come_and_go_with_the_selection_kept(open_scene: OpenScene) -> None:
    first, second, third = job_of(1), job_of(2), job_of(3)
    scene = open_scene(first, second)
    scene.select(1)
    scene.saver.jobs = [second, third]
    scene.panel.show_moved(set(), relisted=True)
    assert scene.panel.view.selected() == [second]
    assert list(scene.panel.model.jobs) == [second, third]


def test_a_job_that_moves_lays_nothing_out_again(open_scene: OpenScene) -> None:
    job = job_of(1, JobState.FETCHING, received=1, total=9)
    scene = open_scene(job)
    changed: list[int] = []
    scene.panel.model.dataChanged.connect(lambda *_: changed.append(1))
    before = scene.panel.view.grab().toImage()
    job.received = 5
    scene.panel.show_moved({job}, relisted=False)
    assert changed == []
    assert scene.panel.view.grab().toImage() != before


async def test_the_list_follows_what_is_under_way(open_scene: OpenScene) -> None:
    jobs = [job_of(number, JobState.DONE) for number in range(1, 5_001)]
    jobs[4_000].state = JobState.FETCHING
    scene = open_scene(*jobs)
    view, model = scene.panel.view, scene.panel.model

    def in_view() -> bool:
        scene.panel.show_moved({jobs[4_000]}, relisted=False)
        return view.viewport().rect().contains(view.visualRect(model.index(4_000)))

    await until(in_view)


async def test_a_thousand_chunks_are_a_few_beats(qapp: QApplication) -> None:
    job = job_of(1, JobState.FETCHING)
    saver = SaverDouble(job)
    pulse = SavesPulse(saver)
    beats: list[tuple[set[SaveJob], bool]] = []
    pulse.beat.connect(lambda moved, relisted: beats.append((moved, relisted)))
    for _ in range(1_000):
        saver.changed.emit(job)
    saver.listed.emit()
    await until(lambda: beats)
    assert beats == [({job}, True)]
    pulse.close()
    saver.changed.emit(job)
    assert not pulse._timer.isActive()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("state", JobState)
def test_every_state_is_painted_in_both_directions(
    open_scene: OpenScene, state: JobState, direction: Qt.LayoutDirection
) -> None:
    scene = open_scene(job_of(1, state, received=1, total=2))
    scene.window.setLayoutDirection(direction)
    assert not scene.window.grab().isNull()


async def test_a_file_that_the_system_refuses_to_look_at_is_said_to_be_gone(
    open_scene: OpenScene, tmp_path: Path
) -> None:
    job = job_of(1, JobState.DONE)
    job.path = tmp_path / ("x" * 300)
    scene = open_scene(job)
    await scene.commands._show(job)
    assert len(scene.said) == 1
    assert scene.said[0].endswith("is not there any more; it was moved or removed.")
