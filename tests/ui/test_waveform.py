"""The waveform: its bars, what a hand, a key, a wheel and a screen reader do with it, what it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.media.peaks import BIN_MS, Peaks
from aimusic_desktop.ui import theme
from aimusic_desktop.ui.player.bars import bar_heights
from aimusic_desktop.ui.player.bubble import Bubble
from aimusic_desktop.ui.player.loop import Loop
from aimusic_desktop.ui.player.wave_paint import rest_color
from aimusic_desktop.ui.player.waveform import SIDE, Waveform
from tests.support.waiting import until

LEFT = Qt.MouseButton.LeftButton
LENGTH_MS = 100_000
WIDE = 400 + 2 * SIDE  # four pixels a second
LOUD = Peaks(b"\xff" * (LENGTH_MS // BIN_MS), -3.0, True)


class Shown:
    """A waveform in a window, and what was wanted by it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.wave = Waveform(parent=self.window)
        self.wave.setGeometry(50, 60, WIDE, 40)
        self.window.resize(WIDE + 100, 120)
        self.window.show()
        self.sought: list[int] = []
        self.moved: list[int] = []
        self.loops: list[Loop] = []
        self.wave.seek_wanted.connect(self.sought.append)
        self.wave.moved_to.connect(self.moved.append)
        self.wave.loop_wanted.connect(self.loops.append)
        self.wave.show_length(LENGTH_MS)

    def at(self, seconds: float) -> QPoint:
        return QPoint(round(SIDE + 4 * seconds), 20)

    def picture(self) -> QImage:
        return self.wave.grab().toImage()

    def bubble(self) -> str:
        (bubble,) = self.window.findChildren(Bubble)
        return bubble.text if bubble.isVisible() else ""

    def turn(self, x: int, y: int) -> None:
        at = QPointF(20, 20)
        event = QWheelEvent(
            at,
            at,
            QPoint(),
            QPoint(x, y),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.wave, event)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@given(st.binary(max_size=4000), st.integers(0, 300_000), st.integers(1, 600))
def test_bars_are_shares_of_the_loudest_and_never_more_than_there_is_room_for(
    levels: bytes, length_ms: int, count: int
) -> None:
    heights = bar_heights(levels, length_ms, count)
    assert len(heights) <= count
    assert all(0 <= height <= 1 for height in heights)
    if len(levels) * BIN_MS >= max(length_ms, BIN_MS):
        assert len(heights) == count


@given(st.binary(min_size=2, max_size=400), st.integers(1, 100), st.data())
def test_bars_stay_where_they_are_while_more_of_the_song_is_known(
    levels: bytes, count: int, data: st.DataObject
) -> None:
    length_ms = len(levels) * BIN_MS
    known = data.draw(st.integers(0, len(levels)))
    some, all_ = bar_heights(levels[:known], length_ms, count), bar_heights(levels, length_ms, count)
    silent = [number for number, height in enumerate(some) if height == 0]
    assert silent == [number for number in range(len(some)) if all_[number] == 0]


def test_what_is_hardly_more_than_silence_is_drawn_low() -> None:
    assert max(bar_heights(bytes([2] * 100), 5000, 20)) < 0.1
    assert bar_heights(bytes([255] * 100), 5000, 20) == pytest.approx([1.0] * 20)


def test_a_click_seeks_there_also_where_people_read_from_the_right(qtbot: QtBot, shown: Shown) -> None:
    shown.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.mouseClick(shown.wave, LEFT, pos=shown.at(25))
    qtbot.keyClick(shown.wave, Qt.Key.Key_Right)
    assert shown.sought == [25_000, 30_000]


@pytest.mark.parametrize(
    ("key", "sought"),
    [
        (Qt.Key.Key_Right, 55_000),
        (Qt.Key.Key_Left, 45_000),
        (Qt.Key.Key_PageUp, 80_000),
        (Qt.Key.Key_PageDown, 20_000),
        (Qt.Key.Key_Home, 0),
    ],
)
def test_keys_step(qtbot: QtBot, shown: Shown, key: Qt.Key, sought: int) -> None:
    shown.wave.show_position(50_000)
    qtbot.keyClick(shown.wave, key)
    assert shown.sought == [sought]


def test_a_notch_of_the_wheel_is_five_seconds_however_finely_it_turns(shown: Shown) -> None:
    shown.wave.show_position(50_000)
    shown.turn(0, 120)
    shown.turn(0, -120)
    shown.turn(0, -120)
    for _ in range(8):
        shown.turn(0, 15)
    shown.turn(-120, 0)  # to the right
    assert shown.sought == [55_000, 50_000, 45_000, 50_000, 55_000]


def test_the_hand_is_followed_and_not_fought(qtbot: QtBot, shown: Shown) -> None:
    qtbot.mousePress(shown.wave, LEFT, pos=shown.at(10))
    qtbot.mouseMove(shown.wave, shown.at(60))
    shown.wave.show_position(11_000)
    assert shown.wave.sliderPosition() == 60_000
    assert (shown.sought, shown.moved[-1]) == ([], 60_000)
    qtbot.mouseRelease(shown.wave, LEFT, pos=shown.at(60))
    assert shown.sought == [60_000]
    shown.wave.show_position(61_000)
    assert shown.wave.value() == 61_000


def test_another_song_takes_the_handle_out_of_the_hand(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.show_loop(Loop(20_000, 40_000))
    for start in (10, 20):
        qtbot.mousePress(shown.wave, LEFT, pos=shown.at(start))
        shown.wave.let_go()
        qtbot.mouseMove(shown.wave, shown.at(60))
        qtbot.mouseRelease(shown.wave, LEFT, pos=shown.at(60))
    assert (shown.sought, shown.loops) == ([], [])


def test_the_edges_of_a_loop_can_be_dragged_but_not_past_each_other(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.show_loop(Loop(20_000, 40_000))
    for start, end in ((40, 70), (20, 90)):
        qtbot.mousePress(shown.wave, LEFT, pos=shown.at(start))
        qtbot.mouseMove(shown.wave, shown.at(end))
        shown.wave.show_loop(Loop(20_000, 40_000))  # the player does not know of it yet
        qtbot.mouseRelease(shown.wave, LEFT, pos=shown.at(end))
    assert shown.loops == [Loop(20_000, 70_000), Loop(69_500, 70_000)]
    assert shown.sought == []


def test_between_the_edges_of_a_loop_a_click_seeks(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.show_loop(Loop(20_000, 40_000))
    qtbot.mouseClick(shown.wave, LEFT, pos=shown.at(30))
    assert (shown.sought, shown.loops) == ([30_000], [])


def test_hovering_tells_the_time_and_the_section(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.show_sections([(50_000, "Chorus"), (12_000, "Verse 1")])
    said = []
    for seconds in (5, 20, 99):
        qtbot.mouseMove(shown.wave, shown.at(seconds))
        said.append(shown.bubble())
    assert said == ["0:05", "0:20 · Verse 1", "1:39 · Chorus"]
    QApplication.sendEvent(shown.wave, QEvent(QEvent.Type.Leave))
    assert shown.bubble() == ""


def test_a_screen_reader_is_told_the_time_in_words(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.setValue(62_000)  # what its value interface calls
    assert shown.sought == [62_000]
    assert shown.wave.accessibleDescription() == "1:02 of 1:40"


def test_without_a_song_there_is_nothing_to_take_hold_of(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.show_length(0)
    shown.wave.setEnabled(False)
    qtbot.mouseClick(shown.wave, LEFT, pos=shown.at(25))
    shown.turn(0, 120)
    assert shown.sought == []


def dark() -> QPalette:
    palette = QPalette(QColor("#2b2b2e"), QColor("#242427"))
    palette.setColor(QPalette.ColorRole.Base, QColor("#1c1c1f"))
    return palette


@pytest.mark.parametrize("palette", [QPalette(QColor("#efefef")), dark()], ids=["light", "dark"])
def test_what_was_played_has_the_accent_and_the_rest_can_be_seen(shown: Shown, palette: QPalette) -> None:
    shown.window.setPalette(palette)
    palette = shown.wave.palette()
    shown.wave.show_peaks(LOUD)
    shown.wave.show_position(50_000)
    picture = shown.picture()
    accent, rest = (picture.pixelColor(SIDE + 3 * bar, 20) for bar in (10, 100))
    assert accent == theme.accent(palette)
    assert theme.contrast(rest, palette.color(QPalette.ColorRole.Window)) >= 3
    assert rest == rest_color(palette)


def test_what_has_not_arrived_is_fainter(shown: Shown) -> None:
    shown.wave.show_peaks(LOUD)
    shown.wave.show_arrived(0.5)
    ground = shown.wave.palette().color(QPalette.ColorRole.Window)
    picture = shown.picture()
    here, coming = (picture.pixelColor(SIDE + 3 * bar, 20) for bar in (40, 100))
    assert 1 < theme.contrast(coming, ground) < theme.contrast(here, ground)


def test_only_the_part_of_the_shape_that_is_known_has_bars(shown: Shown) -> None:
    shown.wave.show_peaks(Peaks(LOUD.levels[:1000], None, False))
    picture = shown.picture()
    known, coming = (picture.pixelColor(SIDE + 3 * bar, 8) for bar in (40, 100))
    assert known != coming == picture.pixelColor(1, 1)


def test_sections_have_ticks_at_both_edges_where_they_begin(shown: Shown) -> None:
    plain = shown.picture()
    shown.wave.show_sections([(25_000, "Verse"), (75_000, "Chorus"), (LENGTH_MS, "Beyond")])
    picture = shown.picture()
    for y in (1, plain.height() - 2):
        marked = {x for x in range(plain.width()) if picture.pixelColor(x, y) != plain.pixelColor(x, y)}
        assert {shown.at(25).x(), shown.at(75).x()} <= marked
        assert all(min(abs(x - shown.at(second).x()) for second in (25, 75)) <= 1 for x in marked)
    middle = plain.height() // 2
    assert picture.pixelColor(shown.at(25).x(), middle) == plain.pixelColor(shown.at(25).x(), middle)


def test_bars_are_drawn_anew_for_a_shape_and_not_for_a_position(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aimusic_desktop.ui.player import wave_paint

    drawn: list[int] = []

    def counting(levels: bytes, length_ms: int, count: int) -> list[float]:
        drawn.append(len(levels))
        return bar_heights(levels, length_ms, count)

    monkeypatch.setattr(wave_paint, "bar_heights", counting)
    shown.wave.show_peaks(LOUD)
    for position_ms in range(0, 5000, 50):
        shown.wave.show_position(position_ms)
        shown.picture()
    shown.wave.show_peaks(Peaks(LOUD.levels[:500], None, False))
    shown.picture()
    assert drawn == [2000, 500]


def test_escape_gives_up_a_drag(qtbot: QtBot, shown: Shown) -> None:
    shown.wave.show_position(10_000)
    shown.wave.show_loop(Loop(20_000, 40_000))
    for start in (10, 40):
        qtbot.mousePress(shown.wave, LEFT, pos=shown.at(start))
        qtbot.mouseMove(shown.wave, shown.at(60))
        qtbot.keyClick(shown.wave, Qt.Key.Key_Escape)
        qtbot.mouseRelease(shown.wave, LEFT, pos=shown.at(60))
    assert (shown.sought, shown.loops) == ([], [])
    assert (shown.wave.sliderPosition(), shown.moved[-1]) == (10_000, 10_000)
    assert shown.wave._loop == Loop(20_000, 40_000)


def test_the_bubble_tells_the_time_of_the_song_that_is_there_now(qtbot: QtBot, shown: Shown) -> None:
    qtbot.mouseMove(shown.wave, shown.at(50))
    shown.wave.show_length(2 * LENGTH_MS)
    assert shown.bubble() == "1:40"
    shown.wave.show_sections([(0, "Intro")])
    assert shown.bubble() == "1:40 · Intro"
    shown.wave.show_length(0)
    assert shown.bubble() == ""


async def test_what_a_screen_reader_says_goes_along_with_the_song(shown: Shown) -> None:
    shown.window.activateWindow()
    shown.wave.setFocus()
    await until(shown.wave.hasFocus)
    said = []
    for position_ms in (62_000, 62_400, 63_000):
        shown.wave.show_position(position_ms)
        said.append(shown.wave.accessibleDescription())
    shown.wave.show_length(120_000)
    assert [*said, shown.wave.accessibleDescription()] == [
        "1:02 of 1:40",
        "1:02 of 1:40",
        "1:03 of 1:40",
        "1:03 of 2:00",
    ]
