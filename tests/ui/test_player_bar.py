"""The player's bar: what it shows and says, and a hand on its sliders."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.ui.player.bar import PlayerBar
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.player.slider import JumpSlider
from tests.support.media import song_clip

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A bar on the screen, and the wishes it passes on."""

    def __init__(self, qtbot: QtBot) -> None:
        self.player = Player(None)  # type: ignore[arg-type]  # nothing is played here
        self.sought: list[int] = []
        self.player.seek = self.sought.append  # type: ignore[method-assign]
        self.bar = PlayerBar(self.player)
        qtbot.addWidget(self.bar)
        self.bar.resize(1000, 64)
        self.bar.show()
        self.position = self.find(JumpSlider, "Position")

    def find(self, kind: type[W], name: str) -> W:
        (found,) = [child for child in self.bar.findChildren(kind) if child.accessibleName() == name]
        return found

    def show(
        self, state: PlayState, *, at_ms: int = 72_000, sentence: str = "", title: str = "City Lights"
    ) -> None:
        self.player.clip, self.player.state = song_clip(title=title), state
        self.player.position_ms, self.player.duration_ms = at_ms, 185_020
        self.player.sentence = sentence
        self.player.changed.emit()

    def texts(self) -> list[str]:
        return [label.text() for label in self.bar.findChildren(QLabel) if label.isVisible()]

    def point(self, share: float) -> QPoint:
        """A place on the position slider, 0 to 1 of its way."""
        return QPoint(round(self.position.width() * share), self.position.height() // 2)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_every_control_has_its_name_and_is_reached_in_order(desk: Desk) -> None:
    desk.show(PlayState.PAUSED)
    controls: list[QWidget] = [*desk.bar.findChildren(QToolButton), *desk.bar.findChildren(JumpSlider)]
    chain = [desk.bar.nextInFocusChain()]
    while chain[-1] is not desk.bar:
        chain.append(chain[-1].nextInFocusChain())
    reached = [widget.accessibleName() for widget in chain if widget in controls]
    assert reached == ["Previous", "Play", "Next", "Position", "Mute", "Volume"]


def test_it_shows_what_plays(desk: Desk) -> None:
    desk.show(PlayState.PLAYING, sentence="No sound device was found.")
    assert desk.texts() == [
        "City Lights",
        "emotional pop with gentle piano",
        "1:12 / 3:05",
        "No sound device was found.",
    ]
    assert (desk.position.value(), desk.position.maximum()) == (72_000, 185_020)
    desk.player.position_changed.emit(73_999)
    assert "1:13 / 3:05" in desk.texts()


def test_play_becomes_pause_while_a_song_sounds_or_loads(desk: Desk) -> None:
    for state in (PlayState.LOADING, PlayState.PLAYING):
        desk.show(state)
        assert desk.find(QToolButton, "Pause").isEnabled()
    for state in (PlayState.PAUSED, PlayState.IDLE, PlayState.FAILED):
        desk.show(state)
        assert desk.find(QToolButton, "Play").isEnabled()


def test_without_a_song_there_is_nothing_to_skip_or_seek(desk: Desk) -> None:
    assert "Nothing is playing" in desk.texts()
    assert not desk.find(QToolButton, "Previous").isEnabled()
    assert not desk.find(QToolButton, "Next").isEnabled()
    assert not desk.position.isEnabled()
    assert desk.find(JumpSlider, "Volume").isEnabled()
    desk.show(PlayState.PAUSED)
    assert desk.find(QToolButton, "Next").isEnabled()
    assert desk.position.isEnabled()


def test_the_buttons_say_what_is_wanted(qtbot: QtBot, desk: Desk) -> None:
    desk.show(PlayState.PAUSED)
    wanted: list[str] = []
    desk.bar.previous_wanted.connect(lambda: wanted.append("previous"))
    desk.bar.play_wanted.connect(lambda: wanted.append("play"))
    desk.bar.next_wanted.connect(lambda: wanted.append("next"))
    for name in ("Previous", "Play", "Next"):
        qtbot.mouseClick(desk.find(QToolButton, name), LEFT)
    assert wanted == ["previous", "play", "next"]


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_a_click_jumps_there_in_every_script(qtbot: QtBot, desk: Desk, direction: Qt.LayoutDirection) -> None:
    desk.bar.setLayoutDirection(direction)
    desk.show(PlayState.PLAYING)
    qtbot.mouseClick(desk.position, LEFT, pos=desk.point(0.25))
    assert desk.sought == [pytest.approx(185_020 * 0.25, abs=4000)]


def test_volume_grows_to_the_left_where_people_read_so(qtbot: QtBot, desk: Desk) -> None:
    desk.bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    volume = desk.find(JumpSlider, "Volume")
    qtbot.mouseClick(volume, LEFT, pos=QPoint(2, volume.height() // 2))
    assert desk.player.volume == 1.0


def test_loading_is_said_when_it_takes_a_while(qtbot: QtBot, desk: Desk) -> None:
    desk.show(PlayState.LOADING)
    assert "Loading…" not in desk.texts()
    qtbot.waitUntil(lambda: "Loading…" in desk.texts(), timeout=2000)
    desk.show(PlayState.PLAYING)
    assert "Loading…" not in desk.texts()


def test_a_drag_shows_where_it_is_and_seeks_when_it_ends(qtbot: QtBot, desk: Desk) -> None:
    desk.show(PlayState.PLAYING, at_ms=0)
    qtbot.mousePress(desk.position, LEFT, pos=desk.point(0.1))
    qtbot.mouseMove(desk.position, desk.point(0.5))
    desk.player.position_changed.emit(3000)
    desk.player.changed.emit()
    assert desk.position.sliderPosition() == pytest.approx(92_510, rel=0.03)
    assert desk.texts()[2].startswith("1:3")
    assert desk.sought == []
    qtbot.mouseRelease(desk.position, LEFT, pos=desk.point(0.5))
    assert desk.sought == [desk.position.value()] == [pytest.approx(92_510, rel=0.03)]


def test_a_drag_ends_without_a_seek_when_another_song_begins(qtbot: QtBot, desk: Desk) -> None:
    desk.show(PlayState.PLAYING)
    qtbot.mousePress(desk.position, LEFT, pos=desk.point(0.1))
    desk.show(PlayState.PLAYING, at_ms=0, title="Neon Rain")
    qtbot.mouseMove(desk.position, desk.point(0.5))
    qtbot.mouseRelease(desk.position, LEFT, pos=desk.point(0.5))
    assert desk.sought == []
    assert desk.position.value() == 0


@pytest.mark.parametrize(
    ("key", "sought"),
    [
        (Qt.Key.Key_Right, 77_000),
        (Qt.Key.Key_Left, 67_000),
        (Qt.Key.Key_PageUp, 77_000),
        (Qt.Key.Key_PageDown, 67_000),
    ],
)
def test_keys_move_five_seconds(qtbot: QtBot, desk: Desk, key: Qt.Key, sought: int) -> None:
    desk.show(PlayState.PLAYING)
    qtbot.keyClick(desk.position, key)
    assert desk.sought == [sought]


def test_a_screen_reader_can_seek(desk: Desk) -> None:
    desk.show(PlayState.PLAYING)
    desk.position.setValue(10_000)  # what its value interface calls
    assert desk.sought == [10_000]


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


def test_a_long_title_is_plain_and_gives_way(desk: Desk) -> None:
    title = "<img src=x> " + "long " * 60
    desk.show(PlayState.PLAYING, title=title)
    label = next(label for label in desk.bar.findChildren(QLabel) if label.text() == title)
    assert label.textFormat() is Qt.TextFormat.PlainText
    desk.bar.resize(640, 64)
    assert desk.bar.width() == 640
    assert desk.bar.minimumSizeHint().width() < 640


def test_a_song_without_a_title_is_named_by_its_task(desk: Desk) -> None:
    desk.show(PlayState.PLAYING, title="")
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
