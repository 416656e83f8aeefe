"""The time of what plays, and the shape of its song as a book of peaks comes to know it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.media.peaks import Peaks, write_peaks
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.player.times import Timeline
from tests.support.media import audio_store
from tests.support.service import Service
from tests.support.shown_player import ShownPlayer
from tests.support.waiting import until

LEFT = Qt.MouseButton.LeftButton
PLAIN, LOUD = 3, 40


def tall(timeline: Timeline) -> int:
    """How high what is drawn in the last quarter of the waveform is, in pixels."""
    picture = timeline.wave.grab().toImage()
    x = picture.width() * 7 // 8
    ground = picture.pixelColor(1, 1)
    columns = ([picture.pixelColor(x + dx, y) for y in range(picture.height())] for dx in range(3))
    return max(sum(color != ground for color in column) for column in columns)


async def test_the_shape_of_each_song_is_shown_when_it_is_known(
    qtbot: QtBot, service: Service, tmp_path: Path
) -> None:
    parent, player = QWidget(), ShownPlayer()
    qtbot.addWidget(parent)
    timeline = Timeline(player, parent)
    timeline.wave.setGeometry(0, 0, 400, 48)
    parent.show()
    player.show(PlayState.PLAYING, at_ms=0)
    assert player.clip is not None
    kept = tmp_path / "peaks"
    kept.mkdir()
    write_peaks(kept / clip_key(player.clip), Peaks(b"\xff" * 3700, -3.0, True))
    async with audio_store(service, tmp_path / "audio") as store:
        book = PeaksBook(store, kept, Bound(2**30))
        timeline.watch(book)
        assert tall(timeline) <= 2 * PLAIN
        book.want(player.clip)
        await until(lambda: tall(timeline) >= LOUD)
        player.show(PlayState.PLAYING, title="Neon Rain")
        assert tall(timeline) <= 2 * PLAIN
        player.show(PlayState.PLAYING)
        assert tall(timeline) >= LOUD
        book.close()


def test_newer_facts_of_the_same_song_leave_the_handle_in_the_hand(qtbot: QtBot) -> None:
    parent, player = QWidget(), ShownPlayer()
    qtbot.addWidget(parent)
    timeline = Timeline(player, parent)
    timeline.wave.setGeometry(0, 0, 400, 48)
    parent.show()
    player.show(PlayState.PLAYING, at_ms=0)
    qtbot.mousePress(timeline.wave, LEFT, pos=QPoint(200, 20))
    assert player.clip is not None
    player.hold(replace(player.clip, audio_url="https://media.example/renewed.mp3"))
    qtbot.mouseRelease(timeline.wave, LEFT, pos=QPoint(200, 20))
    assert len(player.sought) == 1


@pytest.mark.parametrize(
    ("stated_s", "shown"), [(185.48, "3:05"), (185.51, "3:06"), (184.4, "3:05"), (None, "3:05")]
)
def test_a_length_is_the_same_as_in_the_list_unless_the_file_differs(
    qtbot: QtBot, stated_s: float | None, shown: str
) -> None:
    parent, player = QWidget(), ShownPlayer()
    qtbot.addWidget(parent)
    timeline = Timeline(player, parent)
    player.show(PlayState.PLAYING)
    assert player.clip is not None
    player.hold(replace(player.clip, duration_s=stated_s))
    assert timeline.length.text() == shown


class Unopened(ShownPlayer):
    """Of whose song nothing is open."""

    @property
    def arrived(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("state", "whole", "arrived"),
    [(PlayState.PAUSED, True, 1.0), (PlayState.PAUSED, False, 0.0), (PlayState.LOADING, True, 0.0)],
)
def test_a_song_that_rests_is_shown_as_here_when_its_shape_is_whole(
    qtbot: QtBot, state: PlayState, whole: bool, arrived: float
) -> None:
    parent, player = QWidget(), Unopened()
    qtbot.addWidget(parent)
    timeline = Timeline(player, parent)
    book: Any = KnownShape(whole)
    timeline.watch(book)
    player.show(state)
    assert timeline.wave._arrived == arrived


class KnownShape(QObject):
    """A book that knows one song."""

    changed = Signal(str)

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self._whole = whole

    def of(self, clip: Clip) -> Peaks:
        return Peaks(b"\xff" * 3700, -3.0, self._whole)
