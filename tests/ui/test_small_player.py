"""The small player: what it shows, what its buttons and keys do, and how it comes and goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.ui.player.bubble import Bubble
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.small_player import SmallPlayer
from tests.support.shown_player import ShownPlayer, quiet_actions

LEFT = Qt.MouseButton.LeftButton


class Painted(QObject):
    """Covers of one colour, once they have come."""

    arrived = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.here = False

    def pixmap(self, url: str | None, side: int) -> QPixmap | None:
        cover = QPixmap(side, side)
        cover.fill(Qt.GlobalColor.red)
        return cover if self.here and url else None


class Desk:
    """A small player on the screen, its main window beside it, and what was done through its actions."""

    def __init__(self, qtbot: QtBot) -> None:
        self.main = QWidget()
        qtbot.addWidget(self.main)
        self.player, self.covers = ShownPlayer(), Painted()
        self.actions, self.done = quiet_actions(self.main)
        self.actions["shuffle"].setCheckable(True)
        self.small = SmallPlayer(self.player, self.covers, self.actions)  # type: ignore[arg-type]  # see Painted
        qtbot.addWidget(self.small)
        self.small.show()
        qtbot.waitExposed(self.small)
        self.small.activateWindow()

    def button(self, name: str) -> QToolButton:
        buttons = self.small.findChildren(QToolButton)
        (found,) = [button for button in buttons if button.accessibleName() == name]
        return found

    def texts(self) -> list[str]:
        return [
            label.text() for label in self.small.findChildren(QLabel) if label.isVisible() and label.text()
        ]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_it_shows_what_plays_and_stays_above_other_windows(desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    assert desk.texts() == ["City Lights", "emotional pop with gentle piano", "1:12", "3:05"]
    assert desk.small.windowTitle() == "City Lights"
    assert desk.small.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert (desk.small.width(), desk.small.height() < 150) == (420, True)


def test_its_buttons_do_what_the_actions_do(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    for name in ("Previous", "Pause", "Next", "Repeat off", "Shuffle"):
        qtbot.mouseClick(desk.button(name), LEFT)
    assert desk.done == ["previous", "play_pause", "next", "repeat", "shuffle"]
    assert desk.button("Shuffle").isChecked()


def test_the_keys_of_listening_work_there_while_the_main_window_is_hidden(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.waitUntil(lambda: desk.small.isActiveWindow(), timeout=20_000)
    qtbot.keyClick(desk.small, Qt.Key.Key_Right, control)
    qtbot.keyClick(desk.small, Qt.Key.Key_Up, control)
    qtbot.keyClick(desk.small, Qt.Key.Key_Q, control)
    qtbot.keyClick(desk.small, Qt.Key.Key_F, control)  # nothing to search in here
    assert desk.done == ["next", "louder", "quit"]


def test_space_plays_and_pauses_from_the_first_moment_on(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PAUSED)
    assert desk.small.focusWidget() is desk.button("Play")
    qtbot.keyClick(desk.button("Play"), Qt.Key.Key_Space)
    assert desk.done == ["play_pause"]


def test_space_and_arrows_are_the_players_whatever_has_the_focus(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    qtbot.waitUntil(lambda: desk.small.isActiveWindow(), timeout=20_000)
    mute = desk.button("Mute")
    mute.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(desk.small.windowHandle(), key)
    assert mute.hasFocus()
    desk.small.timeline.wave.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClick(desk.small.windowHandle(), Qt.Key.Key_Right)
    QTest.keyClick(desk.small.windowHandle(), Qt.Key.Key_Space)
    assert desk.done == ["forward_5", "back_5", "forward_5", "play_pause"]


def test_tooltips_tell_the_keys(desk: Desk) -> None:
    assert [desk.button(name).toolTip() for name in ("Play", "Previous", "Next", "Mute")] == [
        "Play (Space)",
        "Previous (Ctrl+Left)",
        "Next (Ctrl+Right)",
        "Mute (Ctrl+M)",
    ]


def test_what_the_waveform_tells_of_the_place_covers_no_button(qtbot: QtBot, desk: Desk) -> None:
    wave = desk.small.timeline.wave
    [bubble] = desk.small.findChildren(Bubble)
    screen = desk.small.screen().availableGeometry()
    desk.player.show(PlayState.PLAYING, sentence="No sound device was found.")
    sentence = next(each for each in desk.small.findChildren(QLabel) if each.text().startswith("No sound"))
    for top in (60, screen.bottom() - desk.small.height()):  # the second time there is no room below
        desk.small.move(80, top)
        for x in (10, wave.width() // 2, wave.width() - 10):
            bubble.say("1:12 · Chorus", x)
            place = QRect(bubble.mapToGlobal(QPoint()), bubble.size())
            buttons = [each for each in desk.small.findChildren(QToolButton) if each.isVisible()]
            covered = [each for each in buttons if place.intersects(on_screen(each))]
            assert bubble.isVisible()
            assert covered == []
            assert not any(place.intersects(on_screen(each)) for each in (wave, sentence))
            assert screen.contains(place)
    desk.small.hide()
    assert not bubble.isVisible()


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint()), widget.size())


def test_its_waveform_seeks(qtbot: QtBot, desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    wave = desk.small.timeline.wave
    qtbot.mouseClick(wave, LEFT, pos=wave.rect().center())
    assert desk.player.sought == [pytest.approx(92_510, rel=0.01)]


def test_a_sentence_makes_it_higher_for_as_long_as_it_is_there(desk: Desk) -> None:
    desk.player.show(PlayState.PLAYING)
    before = desk.small.height()
    desk.player.show(PlayState.FAILED, sentence="This song cannot be played: its file is damaged. " * 2)
    assert desk.small.height() > before + 20
    desk.player.show(PlayState.PLAYING)
    assert desk.small.height() == before


def test_the_cover_comes_when_it_is_there(desk: Desk) -> None:
    def middle() -> QColor:
        return desk.small.grab().toImage().pixelColor(12 + 80, 12 + 80)

    desk.player.show(PlayState.PLAYING)
    assert middle() != QColor(Qt.GlobalColor.red)
    desk.covers.here = True
    desk.covers.arrived.emit("https://media.example/another.png")
    assert middle() != QColor(Qt.GlobalColor.red)
    desk.covers.arrived.emit("https://media.example/cover.png")
    assert middle() == QColor(Qt.GlobalColor.red)


def test_it_says_when_it_is_closed_and_when_the_big_window_is_wanted(qtbot: QtBot, desk: Desk) -> None:
    said: list[str] = []
    desk.small.closed.connect(lambda: said.append("closed"))
    desk.small.expand_wanted.connect(lambda: said.append("expand"))
    qtbot.mouseClick(desk.button("Back to the big window"), LEFT)
    desk.small.close()
    assert said == ["expand", "closed"]


def test_it_stands_where_it_stood(qtbot: QtBot, desk: Desk) -> None:
    desk.small.resize(500, desk.small.height())
    desk.small.move(70, 90)
    geometry = desk.small.remembered()
    other = SmallPlayer(desk.player, desk.covers, desk.actions)  # type: ignore[arg-type]  # see Painted
    qtbot.addWidget(other)
    other.restore(geometry)
    assert other.size() == desk.small.size()
    assert (other.pos() - desk.small.pos()).manhattanLength() < 10  # but for the frame, which it has not yet
    other.restore("no geometry at all")


def test_actions_serve_both_windows(desk: Desk) -> None:
    def windows(action: QAction) -> list[QObject]:
        return [
            thing for thing in action.associatedObjects() if isinstance(thing, QWidget) and thing.isWindow()
        ]

    assert set(windows(desk.actions["next"])) == {desk.main, desk.small}
    assert windows(desk.actions["search"]) == [desk.main]
