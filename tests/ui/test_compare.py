"""The strip that compares two songs: what it shows, and what its cards and buttons do to the player."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtMultimedia import QAudioOutput
from PySide6.QtTest import QTest

from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.actions import SPECS
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.compare.card import Card
from aimusic_desktop.ui.compare.facts import differences, loudness
from aimusic_desktop.ui.compare.panel import ComparePanel
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.player.deck import Deck
from aimusic_desktop.ui.player.loop import Loop
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from aimusic_desktop.ui.player.player import Player, PlayState
from tests.support.media import PNG, song_clip, stores
from tests.support.player import Tap, encoded
from tests.support.queue_panel import Window
from tests.support.service import Service
from tests.support.waiting import until

LEFT = Qt.MouseButton.LeftButton


class Scene:
    """A panel over a real player, and two songs of one task: the second is the softer one."""

    def __init__(self, player: Player, book: PeaksBook, covers: Covers, songs: tuple[Clip, Clip]) -> None:
        self.player, self.book, self.songs = player, book, songs
        self.window = Window()
        self.panel = ComparePanel(player, book, covers, self.window)
        self.panel.resize(1080, self.panel.sizeHint().height())
        self.window.resize(1080, 200)
        self.window.show()
        self.first, self.second = self.panel.cards

    async def begin(self) -> None:
        """Both songs are loaded, and paused where the heard one began."""
        self.book.want(*self.songs)
        self.player.play(self.songs[0])
        await until(lambda: self.player.position_ms)
        self.player.pause()
        self.player.pair(self.songs[1])
        await until(lambda: all(deck.loaded for deck in self.decks))

    @property
    def decks(self) -> list[Deck]:
        return self.player.findChildren(Deck)

    def level(self) -> float:
        """What the samples of the song that is heard are multiplied by."""
        return max(output.volume() for output in self.player.findChildren(QAudioOutput))

    @property
    def heard(self) -> Clip | None:
        return self.player.clip


@asynccontextmanager
async def scene(service: Service, root: Path, *, second_s: float = 3) -> AsyncIterator[Scene]:
    softer = encoded("m4a", "-movflags", "+faststart", "-filter:a", "volume=-12dB", seconds=second_s)
    songs = (
        song_clip(service.serve_file("/a", encoded("m4a")), clip_id="a", duration_s=3),
        song_clip(service.serve_file("/b", softer), clip_id="b", duration_s=second_s),
    )
    async with stores(service, root) as (audio, covers):
        player, background = Player(audio), Background(print)
        book = PeaksBook(audio, root / "peaks", audio._bound)
        made = Scene(player, book, Covers(covers, background), (songs[0], replace(songs[1], seed="7")))
        try:
            yield made
        finally:
            await book.close()
            player.close()
            await background.close()
            for thing in (made.window, player, book):
                shiboken6.delete(thing)


async def test_it_is_there_only_while_two_songs_are_compared(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        assert on.panel.isHidden()
        on.player.cue(on.songs[0])
        assert on.panel.isHidden()
        await on.begin()
        assert on.panel.isVisible()
        QTest.mouseClick(on.panel.end, LEFT)
        assert on.panel.isHidden()
        assert (on.heard, on.player.twin) == (on.songs[0], None)


async def test_songs_keep_their_places_while_the_ear_changes(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        assert (on.first.isChecked(), on.second.isChecked()) == (True, False)
        QTest.mouseClick(on.panel.swap, LEFT)
        assert on.heard == on.songs[1]
        assert (on.first.isChecked(), on.second.isChecked()) == (False, True)
        assert "seed 3966900172" in on.first.facts.text()
        QTest.mouseClick(on.first, LEFT, pos=QPoint(on.first.width() // 2, 12))
        assert on.heard == on.songs[0]
        assert on.first.isChecked()


async def test_the_button_names_the_one_that_would_be_heard(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        swap, names, widths = on.panel.swap, [], set()
        for _ in range(3):
            names.append((swap.text(), swap.toolTip(), swap.accessibleName()))
            widths.add(swap.minimumSizeHint().expandedTo(swap.minimumSize()).width())
            QTest.mouseClick(swap, LEFT)
        b, a = ("Hear B", *["Hear B, the other one (X)"] * 2), ("Hear A", *["Hear A, the other one (X)"] * 2)
        assert names == [b, a, b]
        assert len(widths) == 1
        assert SPECS["swap"].text == "Hear the other one"  # as the menus and the sheet of keys have it


async def test_two_songs_of_one_name_are_told_apart_in_sentences(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path, second_s=1) as on:
        said: list[str] = []
        on.player.unheard.connect(said.append)
        await on.begin()
        on.player.seek(2000)
        on.player.swap()
        on.player.seek(500)
        await until(lambda: on.decks[1].now_ms <= 600)
        on.player.swap()
        on.player.pair(on.songs[0])  # once more: each keeps its card
        on.player.seek(2000)
        assert [one for one in said if "ends before" in one] == [
            "B (“City Lights”) ends before this place: you still hear A (“City Lights”).",
            "B (“City Lights”) ends before this place; change to A (“City Lights”) to hear it.",
        ]


async def test_space_in_a_waveform_is_left_to_the_window(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        on.window.activateWindow()
        await on.begin()
        await until(on.window.isActiveWindow)
        for card in (on.first, on.second):
            QTest.mouseClick(card.wave, LEFT, pos=QPoint(40, card.wave.height() // 2))
            assert card.wave.hasFocus()
            QTest.keyClick(card.wave, Qt.Key.Key_Space)
        assert (on.window.keys, on.heard) == ([Qt.Key.Key_Space] * 2, on.songs[0])


async def test_space_chooses_a_card_and_is_left_to_the_window_by_the_one_that_is_heard(
    service: Service, tmp_path: Path
) -> None:
    async with scene(service, tmp_path) as on:
        on.window.activateWindow()
        await on.begin()
        await until(on.window.isActiveWindow)
        on.second.setFocus()
        QTest.keyClick(on.second, Qt.Key.Key_Space)
        assert (on.window.keys, on.heard) == ([], on.songs[1])
        QTest.keyClick(on.second, Qt.Key.Key_Space)
        assert (on.window.keys, on.heard) == ([Qt.Key.Key_Space], on.songs[1])


async def test_a_song_that_was_heard_to_its_end_is_still_shown_as_here(
    service: Service, tmp_path: Path
) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        await until(lambda: all((peaks := on.book.of(one)) and peaks.whole for one in on.songs))
        on.player.seek(2500)
        on.player.resume()
        await until(lambda: on.player.state is PlayState.IDLE)
        assert on.book.arrived(on.songs[0]) == 0  # nobody has it open any more
        assert [card.wave._arrived for card in on.panel.cards] == [1, 1]


async def test_a_card_is_a_radio_button_to_the_keyboard_and_the_screen_reader(
    service: Service, tmp_path: Path
) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        assert on.second.accessibleName().startswith("Hear B: City Lights, seed 7")
        on.first.setFocus()
        QTest.keyClick(on.first, Qt.Key.Key_Right)
        assert on.heard == on.songs[1]


async def test_a_card_whose_song_cannot_be_heard_here_is_not_left_checked(
    service: Service, tmp_path: Path
) -> None:
    async with scene(service, tmp_path) as on:
        on.player.cue(on.songs[0])
        on.player.pair(on.songs[1])  # which has not been opened when the click comes
        on.second.click()
        assert on.heard == on.songs[0]
        assert (on.first.isChecked(), on.second.isChecked()) == (True, False)


async def test_either_waveform_seeks_both_songs(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        wave = on.second.wave
        QTest.mouseClick(wave, LEFT, pos=QPoint(wave.width() // 2, wave.height() // 2))
        assert on.heard == on.songs[0]
        assert on.player.position_ms == pytest.approx(1500, abs=60)
        assert [card.wave.value() for card in on.panel.cards] == [on.player.position_ms] * 2
        assert [deck.position_ms for deck in on.decks] == [on.player.position_ms] * 2


async def test_a_span_marked_on_one_repeats_and_shows_on_both(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        on.second.wave.loop_wanted.emit(Loop(500, 1500))
        assert on.player.loop == Loop(500, 1500)
        assert [card.wave._loop for card in on.panel.cards] == [Loop(500, 1500)] * 2


async def test_only_the_wanted_one_is_played_on(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        QTest.mouseClick(on.second.only, LEFT)
        assert (on.heard, on.player.twin) == (on.songs[1], None)
        assert on.panel.isHidden()


async def test_the_louder_one_is_turned_down_and_it_is_said(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        await until(lambda: "turned down" in on.first.facts.text())
        assert on.level() == pytest.approx(0.8**3 * 10 ** (-12 / 20), rel=0.05)
        on.player.swap()
        assert on.level() == pytest.approx(0.8**3)
        assert "turned down" not in on.second.facts.text()
        assert "dB" in on.second.facts.text()
        assert all(card.wave._peaks is not None for card in on.panel.cards)


async def test_of_each_song_is_shown_what_has_arrived(service: Service, tmp_path: Path) -> None:
    data = encoded("m4a", "-movflags", "+faststart", seconds=30)
    tap = Tap(data, len(data) // 2)
    async with scene(service, tmp_path) as on:
        service.on("/b", tap)
        await on.begin()
        await until(lambda: on.book.arrived(on.songs[1]) == pytest.approx(0.5, abs=0.1))
        await until(lambda: on.book.arrived(on.songs[0]) == 1)
        on.player.seek(500)
        assert [card.wave._arrived for card in on.panel.cards] == [1, pytest.approx(0.5, abs=0.1)]
        tap.opened.set()
        await until(lambda: on.book.arrived(on.songs[1]) == 1)
        on.player.resume()
        await until(lambda: on.second.wave._arrived == 1)


async def test_covers_are_shown_when_they_come(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        url = service.serve_file("/cover", PNG, "image/png")
        on.songs = (replace(on.songs[0], image_url=url), on.songs[1])
        await on.begin()
        await until(lambda: on.first._cover._pixmap is not None)
        assert on.second._cover._pixmap is None


async def test_a_narrow_window_hides_what_is_least_missed(service: Service, tmp_path: Path) -> None:
    async with scene(service, tmp_path) as on:
        await on.begin()
        assert on.first._cover.isVisible()
        on.panel.resize(640, on.panel.height())
        assert on.panel.width() == 640
        on.panel.resize(480, on.panel.height())
        assert on.panel.width() == 480
        assert not on.first._cover.isVisible()
        assert on.first.only.accessibleName() == "Play only A"
        assert right_end(on.second) < on.panel.end.x()


def right_end(card: Card) -> int:
    return card.x() + card.width()


def clip(**facts: Any) -> Clip:
    known: dict[str, Any] = {"style": "pop", "model": "v5", "seed": "1", "duration_s": 185}
    return replace(song_clip(), **known | facts)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (clip(), clip(seed="2"), "seed 1"),
        (clip(model="v6", style="rock"), clip(duration_s=90), "v6 · 3:05 · rock"),
        (clip(), clip(seed=""), "seed 1"),
        (clip(seed=""), clip(), "v5 · 3:05 · pop"),
        (clip(), clip(), "v5 · seed 1 · 3:05 · pop"),
        (clip(style="", model="", seed="", duration_s=None), clip(), ""),
    ],
)
def test_a_card_says_what_sets_its_song_apart(one: Clip, other: Clip, said: str) -> None:
    assert differences(one, other, None, 1.0) == said


def test_the_loudness_stands_before_the_style_which_may_be_long() -> None:
    peaks = Peaks(b"", -9.8, True)
    assert differences(clip(style="rock"), clip(), peaks, 0.5) == "−9.8 dB, turned down 6.0 · rock"


@pytest.mark.parametrize(
    ("peaks", "gain", "said"),
    [
        (None, 0.5, ""),
        (Peaks(b"", None, False), 1.0, ""),
        (Peaks(b"", -9.84, True), 1.0, "−9.8 dB"),
        (Peaks(b"", -9.84, True), 0.98, "−9.8 dB"),
        (Peaks(b"", -9.84, True), 0.5, "−9.8 dB, turned down 6.0"),
    ],
)
def test_loudness_is_said_when_it_is_known(peaks: Peaks | None, gain: float, said: str) -> None:
    assert loudness(peaks, gain) == said
