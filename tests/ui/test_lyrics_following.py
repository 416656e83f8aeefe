"""Lyrics beside the list follow the song that plays, and lead it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from aimusic_desktop.model import ConversionState, Product
from aimusic_desktop.tracking.alignments import NO_WORDS
from aimusic_desktop.ui import following, lyrics_reader
from aimusic_desktop.ui.labels import TextLabel
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.timing_offer import UNDER_WAY
from tests.support.reading import know, playable, rig
from tests.support.service import Service
from tests.support.timed import LYRICS, aligned, on_aligning, song, sung
from tests.support.waiting import until

TIME = "Time these lyrics (1 credit)"


@pytest.fixture(autouse=True)
def no_sound_server(monkeypatch: pytest.MonkeyPatch, with_key: None) -> None:
    """Nobody's loudspeakers are used; Qt plays on in time without a device."""
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    monkeypatch.setenv("PIPEWIRE_REMOTE", "nowhere")


async def test_the_line_that_is_sung_stands_out(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip) as on:
        await know(on, clip)
        await on.show(clip)
        await on.play(clip, 10_500)
        await until(lambda: on.line == "City lights, carry me home")
        on.player.seek(20_500)
        await until(lambda: on.line == "Neon rain on my window")
        on.player.stop()
        await until(lambda: on.line is None)


async def test_it_follows_while_it_plays(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip) as on:
        await know(on, clip)
        await on.show(clip)
        on.player.play(clip, 19_000)
        await until(lambda: on.line == "Neon rain on my window")
        assert on.player.state is PlayState.PLAYING


async def test_a_click_on_a_line_seeks(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip) as on:
        await know(on, clip)
        await on.show(clip)
        await on.play(clip, 10_500)
        await until(lambda: on.line)
        on.press(2)
        await until(lambda: on.player.position_ms == 20_000)
        assert on.line == "Neon rain on my window"
        assert on.wanted == []


async def test_a_click_on_a_line_of_another_song_wants_it_from_there(
    service: Service, tmp_path: Path
) -> None:
    clip, other = playable(service), playable(service, 2)
    async with rig(service, tmp_path, clip, other) as on:
        await know(on, clip)
        await on.show(clip)
        await until(lambda: on.details.lyrics.accessibleDescription())
        await on.play(other, 10_500)
        assert on.line is None, "the lyrics of a song that does not play"
        on.press(2)
        await until(lambda: on.wanted)
        [(row_id, wanted, position_ms)] = on.wanted
        assert (row_id, wanted.ids, position_ms) == (on.details.row_id, clip.ids, 20_000)


async def test_songs_with_the_same_lyrics_have_each_their_own_times(service: Service, tmp_path: Path) -> None:
    clip, other = playable(service), playable(service, 2)
    async with rig(service, tmp_path, clip, other) as on:
        await know(on, clip)
        await on.show(clip)
        await until(lambda: on.details.lyrics.accessibleDescription())
        await on.show(other)
        assert on.details.lyrics.accessibleDescription() == ""
        await until(lambda: on.offered == ("", TIME))


async def test_the_sections_of_the_song_that_plays_are_told(service: Service, tmp_path: Path) -> None:
    clip, other = playable(service), playable(service, 2)
    async with rig(service, tmp_path, clip, other) as on:
        await know(on, clip)
        await on.play(clip)
        await until(lambda: on.sections[-1:] == [[(10_000, "Verse 1"), (30_000, "Chorus")]])
        await on.play(other)
        await until(lambda: on.sections[-1:] == [[]])


async def test_lyrics_timed_now_are_followed_at_once(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    on_aligning(service, *sung())
    async with rig(service, tmp_path, clip) as on:
        await on.show(clip)
        await on.play(clip, 10_500)
        await until(lambda: on.offered == ("", TIME))
        wanted: list[bool] = []
        on.details.timing_wanted.connect(lambda: wanted.append(True))
        QTest.mouseClick(on.details.offer.findChild(QPushButton), Qt.MouseButton.LeftButton)
        assert wanted == [True]
        await on.desk.core.alignments.ask(clip)
        await until(lambda: on.line == "City lights, carry me home")
        assert on.offered == ("", "")
        await until(lambda: on.sections[-1])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"words": (), "error": NO_WORDS}, (NO_WORDS, "")),
        ({"words": ()}, (NO_WORDS, "")),
        (
            {"state": ConversionState.FAILED, "words": (), "error": "The service is down."},
            ("The service is down.", "Time these lyrics again (1 credit)"),
        ),
        ({}, ("", "")),
    ],
)
async def test_what_is_known_of_the_times_is_said(
    service: Service, tmp_path: Path, facts: dict[str, object], said: tuple[str, str]
) -> None:
    clip = song()
    async with rig(service, tmp_path, clip) as on:
        await know(on, clip, **facts)
        on.details.offer.show()
        await on.show(clip)
        await until(lambda: on.desk.core.alignments._ledger.known(clip.ids))
        await until(lambda: on.offered == said)


async def test_what_another_window_is_having_timed_is_followed_once_it_is(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lyrics_reader, "POLL_MS", 50)
    clip = playable(service)
    async with rig(service, tmp_path, clip) as on:
        asked = aligned(clip, ConversionState.ASKED, words=(), owner=on.desk.core.runs.token)
        assert await on.desk.core.library.claim_alignment(asked, None)
        await on.show(clip)
        await on.play(clip, 10_500)
        await until(lambda: on.offered == (UNDER_WAY, ""))
        answered = replace(asked, state=ConversionState.DONE, words=sung())
        assert await on.desk.core.library.save_alignment(answered)
        await until(lambda: on.line == "City lights, carry me home")
        assert on.offered == ("", "")
        await until(lambda: on.sections[-1])


@pytest.mark.parametrize("facts", [{"product": Product.PRODUCER}, {"lyrics": ""}])
async def test_what_cannot_be_timed_is_not_offered(
    service: Service, tmp_path: Path, facts: dict[str, object]
) -> None:
    clip, other = song(1), song(2, **facts)
    async with rig(service, tmp_path, clip, other) as on:
        await on.show(clip)
        await until(lambda: on.offered == ("", TIME))
        await on.show(other)
        assert on.offered == ("", "")
        await on.desk.core.alignments.known(other)
        assert on.offered == ("", "")


async def test_the_line_is_brought_into_view(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip) as on:
        await know(on, clip)
        await on.show(clip)
        await on.play(clip, 10_500)
        await until(lambda: on.line and on.seen)


async def test_who_looks_around_is_left_alone_for_five_seconds(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr(following, "now_s", lambda: now_s[0])
    clip = playable(service)
    async with rig(service, tmp_path, clip) as on:
        await know(on, clip)
        await on.show(clip)
        await on.play(clip, 10_500)
        await until(lambda: on.line and on.seen)
        bar = on.area.verticalScrollBar()
        on.wheel()
        at = bar.value()
        assert not on.seen
        now_s[0] += following.REST_S - 0.1
        on.player.seek(20_500)
        await until(lambda: on.line == "Neon rain on my window")
        assert bar.value() == at
        now_s[0] += 0.2
        on.player.seek(10_500)
        await until(lambda: on.seen)


async def test_the_caret_stays_within_view(service: Service, tmp_path: Path) -> None:
    clip = song(lyrics=LYRICS * 10)
    async with rig(service, tmp_path, clip) as on:
        await on.show(clip)
        bar = on.area.verticalScrollBar()
        await until(lambda: bar.maximum() > on.details.lyrics.height() // 2)
        QTest.keyClick(on.details.lyrics, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: bar.value() > bar.maximum() // 2)


async def test_lyrics_that_go_on_say_so(service: Service, tmp_path: Path) -> None:
    clip, short = song(1, lyrics="la la la\n" * 100_000), song(2)
    async with rig(service, tmp_path, clip, short) as on:
        seen = []
        for each in (clip, short):
            await on.show(each)
            texts = [label.text() for label in on.details.findChildren(TextLabel) if label.isVisible()]
            seen.append(any("Copy lyrics" in text for text in texts))
        assert seen == [True, False]
