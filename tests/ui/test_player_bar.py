"""The player's bar: what it shows and says, how it folds, and what its buttons and menus want."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.ui.player.bar import ROOMY, SNUG, WORDY, PlayerBar
from aimusic_desktop.ui.player.loop import Loop
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.player.sleep import SleepTimer
from aimusic_desktop.ui.player.slider import JumpSlider
from tests.support.shown_player import LENGTH_MS, ShownPlayer, quiet_actions

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A bar on the screen, and what was done through its actions."""

    def __init__(self, qtbot: QtBot) -> None:
        self.player = ShownPlayer()
        self.bar = PlayerBar(self.player)
        qtbot.addWidget(self.bar)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.actions, self.done = quiet_actions(self.window)
        for name in ("queue", "lyrics"):
            self.actions[name].setCheckable(True)
        self.bar.add_actions(self.actions)
        self.bar.resize(1200, 64)
        self.bar.show()
        self.wave, self.transport = self.bar.timeline.wave, self.bar.transport

    def find(self, kind: type[W], name: str) -> W:
        (found,) = [child for child in self.bar.findChildren(kind) if child.accessibleName() == name]
        return found

    def chip(self, name: str) -> QToolButton | None:
        buttons = self.bar.findChildren(QToolButton)
        shown = (button for button in buttons if button.isVisible())
        return next((button for button in shown if button.accessibleName().startswith(f"{name}: ")), None)

    def texts(self) -> list[str]:
        return [label.text() for label in self.bar.findChildren(QLabel) if label.isVisible() and label.text()]

    def more(self) -> list[str]:
        """What the menu "More" holds when it opens."""
        menu = self.find(QToolButton, "More").menu()
        menu.aboutToShow.emit()
        return [action.text() for action in menu.actions() if not action.isSeparator()]

    def be_wide(self, width: int) -> None:
        self.bar.resize(width, 64)
        QApplication.processEvents()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_every_control_has_its_name_and_is_reached_in_order(desk: Desk) -> None:
    desk.player.show(PlayState.PAUSED)
    chain = [desk.bar.nextInFocusChain()]
    while chain[-1] is not desk.bar:
        chain.append(chain[-1].nextInFocusChain())
    controls = [widget for widget in chain if isinstance(widget, QToolButton | JumpSlider)]
    names = [
        "Shuffle",
        "Previous",
        "Play",
        "Next",
        "Repeat off",
        "Position",
        "Mute",
        "Volume",
        "Lyrics",
        "Up next",
        "More",
    ]
    assert [widget.accessibleName() for widget in controls if widget.isVisible()] == names


def test_it_shows_what_plays(desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING, sentence="No sound device was found.")
    shown = ["City Lights", "emotional pop with gentle piano", "1:12", "3:05", "No sound device was found."]
    assert desk.texts() == shown
    assert (desk.wave.value(), desk.wave.maximum()) == (72_000, LENGTH_MS)
    desk.player.position_changed.emit(73_999)
    assert "1:13" in desk.texts()


def test_play_becomes_pause_while_a_song_sounds_or_loads(desk: Desk) -> None:
    for state in (PlayState.LOADING, PlayState.PLAYING):
        desk.player.show(state)
        assert desk.find(QToolButton, "Pause").isEnabled()
    for state in (PlayState.PAUSED, PlayState.IDLE, PlayState.FAILED):
        desk.player.show(state)
        assert desk.find(QToolButton, "Play").isEnabled()


def test_without_a_song_there_is_nothing_to_skip_or_seek(desk: Desk) -> None:
    assert desk.texts() == ["Nothing is playing"]
    skips = [desk.find(QToolButton, name) for name in ("Previous", "Next")]
    assert [widget.isEnabled() for widget in (*skips, desk.wave)] == [False] * 3
    assert desk.find(JumpSlider, "Volume").isEnabled()
    desk.player.show(PlayState.IDLE)
    assert [widget.isEnabled() for widget in (*skips, desk.wave)] == [True] * 3


def test_the_buttons_say_what_is_wanted(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PAUSED)
    wanted: list[str] = []
    desk.bar.previous_wanted.connect(lambda: wanted.append("previous"))
    desk.bar.play_wanted.connect(lambda: wanted.append("play"))
    desk.bar.next_wanted.connect(lambda: wanted.append("next"))
    desk.bar.go_to_wanted.connect(lambda: wanted.append("go to"))
    for name in ("Previous", "Play", "Next"):
        qtbot.mouseClick(desk.find(QToolButton, name), LEFT)
    qtbot.mouseClick(desk.bar.childAt(30, 30), LEFT)
    qtbot.mouseClick(next(x for x in desk.bar.findChildren(QLabel) if x.text() == "City Lights"), LEFT)
    assert wanted == ["previous", "play", "next", "go to", "go to"]


def test_toggles_follow_their_actions_and_trigger_them(qtbot: QtBot, desk: Desk) -> None:
    queue, repeat = desk.find(QToolButton, "Up next"), desk.find(QToolButton, "Repeat off")
    for button in (queue, repeat):
        qtbot.mouseClick(button, LEFT)
    assert (desk.done, queue.isChecked()) == (["queue", "repeat"], True)
    desk.actions["repeat"].setText("Repeat one")
    desk.actions["repeat"].setEnabled(False)
    assert (repeat.accessibleName(), repeat.isEnabled()) == ("Repeat one", False)
    assert repeat.toolTip() == "Repeat one (Ctrl+R)"


def test_a_checked_toggle_is_told_by_more_than_a_frame(qtbot: QtBot, desk: Desk) -> None:
    queue = desk.find(QToolButton, "Up next")
    before = queue.grab().toImage()
    desk.actions["queue"].setChecked(True)
    after = queue.grab().toImage()
    assert before.pixelColor(queue.width() // 2, queue.height() - 4) != after.pixelColor(
        queue.width() // 2, queue.height() - 4
    )


def test_loading_is_said_when_it_takes_a_while(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.LOADING)
    assert "Loading…" not in desk.texts()
    qtbot.waitUntil(lambda: "Loading…" in desk.texts(), timeout=20_000)
    desk.player.show(PlayState.PLAYING)
    assert "Loading…" not in desk.texts()


def test_a_drag_shows_where_it_is_and_seeks_when_it_ends(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING, at_ms=0)
    middle = QPoint(desk.wave.width() // 2, 20)
    qtbot.mousePress(desk.wave, LEFT, pos=QPoint(20, 20))
    qtbot.mouseMove(desk.wave, middle)
    desk.player.position_changed.emit(3000)
    desk.player.changed.emit()
    assert desk.texts()[2] == "1:32"
    assert desk.player.sought == []
    qtbot.mouseRelease(desk.wave, LEFT, pos=middle)
    assert desk.player.sought == [pytest.approx(92_510, rel=0.01)]


def test_a_drag_ends_without_a_seek_when_another_song_begins(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    qtbot.mousePress(desk.wave, LEFT, pos=QPoint(20, 20))
    desk.player.show(PlayState.PLAYING, at_ms=0, title="Neon Rain")
    qtbot.mouseMove(desk.wave, QPoint(100, 20))
    qtbot.mouseRelease(desk.wave, LEFT, pos=QPoint(100, 20))
    assert (desk.player.sought, desk.wave.value()) == ([], 0)


def test_a_dragged_edge_changes_the_loop_of_the_player(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    desk.player.set_loop(Loop(0, LENGTH_MS // 2))
    middle, end = QPoint(desk.wave.width() // 2, 20), QPoint(desk.wave.width() - 1, 20)
    qtbot.mousePress(desk.wave, LEFT, pos=middle)
    qtbot.mouseMove(desk.wave, end)
    qtbot.mouseRelease(desk.wave, LEFT, pos=end)
    assert desk.player.loop == Loop(0, LENGTH_MS)


def test_volume_and_mute_follow_the_player_both_ways(qtbot: QtBot, desk: Desk) -> None:
    volume, mute = desk.find(JumpSlider, "Volume"), desk.find(QToolButton, "Mute")
    desk.player.set_volume(0.3)
    desk.player.set_muted(True)
    assert (volume.value(), mute.isChecked()) == (30, True)
    qtbot.mouseClick(mute, LEFT)
    assert not desk.player.muted
    desk.player.set_muted(True)
    volume.setValue(55)
    assert (desk.player.volume, desk.player.muted) == (0.55, False)


def test_volume_grows_to_the_left_where_people_read_so(qtbot: QtBot, desk: Desk) -> None:
    desk.bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    volume = desk.find(JumpSlider, "Volume")
    qtbot.mouseClick(volume, LEFT, pos=QPoint(2, volume.height() // 2))
    assert desk.player.volume == 1.0


def test_what_is_not_as_ever_is_shown_and_opens_what_changes_it(desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    chips = ("Speed", "Loop", "Sleep timer")
    assert [desk.chip(name) for name in chips] == [None] * 3
    sleep = SleepTimer(desk.player, desk.bar)
    desk.bar.watch_sleep(sleep)
    desk.player.set_rate(1.25)
    desk.player.set_loop(Loop(30_000, 62_000))
    sleep.start(15)
    shown = [chip.toolTip() for chip in map(desk.chip, chips) if chip is not None]
    assert shown == ["Speed: 1.25×", "Loop: 0:30 – 1:02", "Sleep timer: 15 min"]
    sleep.at_end_of_song()
    chip = desk.chip("Sleep timer")
    assert chip is not None
    assert chip.text() == "end of song"
    off = chip.menu().actions()[-1]
    assert off.text() == "Turn off"
    desk.actions["sleep_off"].setEnabled(False)
    assert not off.isEnabled()
    desk.actions["sleep_off"].setEnabled(True)
    off.trigger()
    assert (desk.done, desk.actions["sleep_off"].text()) == (["sleep_off"], "Turn off the sleep timer")
    sleep.cancel()
    desk.player.set_rate(1.0)
    desk.player.clear_loop()
    assert [desk.chip(name) for name in chips] == [None] * 3


def test_a_speed_is_chosen_from_the_menu(desk: Desk) -> None:
    desk.player.set_rate(1.5)
    (menu,) = [menu for menu in desk.bar.findChildren(QMenu) if menu.title() == "Speed"]
    menu.aboutToShow.emit()
    speeds = {action.text(): action for action in menu.actions() if action.isCheckable()}
    assert [text for text, action in speeds.items() if action.isChecked()] == ["1.5×"]
    speeds["0.75×"].trigger()
    assert desk.player.rate == 0.75


def test_what_has_no_room_is_in_the_menu(desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    lesser = [desk.find(QWidget, name) for name in ("Shuffle", "Repeat off", "Volume", "Lyrics")]
    folded = {"Shuffle", "Repeat off", "Volume up", "Volume down", "Lyrics"}
    assert all(widget.isVisible() for widget in lesser)
    assert not folded & set(desk.more())
    desk.be_wide(ROOMY - 1)
    assert not any(widget.isVisible() for widget in lesser)
    assert folded < set(desk.more())
    assert "emotional pop with gentle piano" in desk.texts()
    desk.be_wide(SNUG - 1)
    assert "emotional pop with gentle piano" not in desk.texts()
    assert "City Lights" in desk.texts()
    desk.be_wide(ROOMY)
    assert all(widget.isVisible() for widget in lesser)
    assert "emotional pop with gentle piano" in desk.texts()


@pytest.mark.parametrize("width", [1200, ROOMY, SNUG, 0], ids=str)
def test_nothing_overlaps_however_narrow_it_is(desk: Desk, width: int) -> None:
    desk.player.show(PlayState.PLAYING, title="A long title " * 9)
    desk.player.set_rate(1.25)
    desk.player.set_loop(Loop(30_000, 62_000))
    desk.be_wide(width or desk.bar.minimumSizeHint().width())
    assert desk.bar.minimumSizeHint().width() < SNUG
    shown = [child for child in desk.bar.findChildren(QWidget) if child.isVisible() and not child.children()]
    boxes = sorted(
        (child.mapTo(desk.bar, QPoint()).x(), child.width())
        for child in shown
        if child.mapTo(desk.bar, QPoint()).y() < 48 and not isinstance(child, QLabel)
    )
    ends = [x + wide for x, wide in boxes]
    assert all(end <= x for end, (x, _) in zip(ends, boxes[1:], strict=False))
    assert ends[-1] <= desk.bar.width()
    assert desk.wave.width() >= desk.wave.minimumSizeHint().width()


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2], ids=lambda each: each.name)
@pytest.mark.parametrize("width", [SNUG, 800, ROOMY, WORDY, 1180, 1900])
def test_the_buttons_stay_whatever_chips_come_and_go(
    desk: Desk, width: int, direction: Qt.LayoutDirection
) -> None:
    def lefts() -> list[int]:
        QApplication.processEvents()
        widgets = (*(desk.find(QWidget, name) for name in names), desk.transport.play, desk.wave)
        return [widget.mapTo(desk.bar, QPoint()).x() for widget in widgets]

    names = ("Shuffle", "Previous", "Next", "Repeat off", "Mute", "Lyrics", "More")
    desk.bar.setLayoutDirection(direction)
    desk.player.show(PlayState.PLAYING)
    desk.be_wide(width)
    sleep = SleepTimer(desk.player, desk.bar)
    desk.bar.watch_sleep(sleep)
    before, wide = lefts(), desk.wave.width()
    desk.player.set_rate(1.25)
    desk.player.set_loop(Loop(30_000, 62_000))
    sleep.at_end_of_song()
    assert lefts() == before
    assert all(desk.chip(name) is not None for name in ("Speed", "Loop", "Sleep timer"))
    assert wide > desk.wave.width() >= desk.wave.minimumSizeHint().width()


def test_a_wider_bar_has_more_of_the_title(desk: Desk) -> None:
    def width() -> int:
        QApplication.processEvents()
        return next(x for x in desk.bar.findChildren(QLabel) if x.text() == "City Lights").width()

    desk.player.show(PlayState.PLAYING)
    widths = []
    for wide in (SNUG, 800, 1180, 1900):
        desk.be_wide(wide)
        widths.append(width())
    assert widths == sorted(set(widths))


def test_tooltips_tell_the_keys(desk: Desk) -> None:
    names = {"Play": "Space", "Previous": "Ctrl+Left", "Next": "Ctrl+Right", "Mute": "Ctrl+M"}
    for name, keys in names.items():
        assert desk.find(QToolButton, name).toolTip() == f"{name} ({keys})"
    desk.player.show(PlayState.PLAYING)
    assert desk.find(QToolButton, "Pause").toolTip() == "Pause (Space)"


def test_keys_in_a_tooltip_keep_their_order_where_people_read_from_the_right(
    qapp: QApplication, desk: Desk
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        desk.actions["repeat"].setText("Repeat one")
        assert desk.find(QToolButton, "Repeat one").toolTip() == "Repeat one (\u2066Ctrl+R\u2069)"
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_long_title_is_plain_text(desk: Desk) -> None:
    title = "<img src=x> " + "long " * 60
    desk.player.show(PlayState.PLAYING, title=title)
    label = next(label for label in desk.bar.findChildren(QLabel) if label.text() == title)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_song_without_a_title_is_named_by_its_task(desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING, title="")
    assert desk.texts()[0].startswith("Task 9329c1ad")


def test_the_cover_is_shown_and_taken_away(desk: Desk) -> None:
    def middle() -> QColor:
        return desk.bar.grab().toImage().pixelColor(12 + 40, 8 + 40)

    empty = middle()
    red = QPixmap(96, 96)
    red.fill(Qt.GlobalColor.red)
    desk.bar.set_cover(red)
    assert middle() == QColor(Qt.GlobalColor.red)
    desk.bar.set_cover(None)
    assert middle() == empty
