"""The drawer's page with the lyrics of the song that plays, to read along."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPropertyAnimation, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from aimusic_desktop.app import Session
from aimusic_desktop.model import Clip, ConversionState, Product
from aimusic_desktop.ui import lyrics_reader
from aimusic_desktop.ui.drawer import LYRICS as PAGE
from aimusic_desktop.ui.lyrics_sheet import WIDEST_EM
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.timing_offer import UNDER_WAY
from tests.support.library import task_of
from tests.support.listening_window import play, row, songs
from tests.support.reading import Rig, know, playable, rig
from tests.support.service import Service
from tests.support.timed import LYRICS, aligned, on_aligning, song, sung
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

FIRST, SECOND = "City lights, carry me home", "Neon rain on my window"
FIRST_MS, SECOND_MS = 10_500, 20_500
TIME = "Time these lyrics (1 credit)"
OTHER = "[Verse]\nAnother song\nof other words"


def texts(on: Rig) -> list[str]:
    """What the sheet says beside the lyrics, as far as it is seen."""
    return [label.text() for label in on.sheet.findChildren(QLabel) if label.isVisible() and label.text()]


def reads(on: Rig) -> str:
    """The lyrics that can be read."""
    return on.sheet.lyrics.toPlainText() if on.sheet.lyrics.isVisible() else ""


# -- what plays -----------------------------------------------------------


async def test_it_shows_the_song_that_plays_whatever_is_chosen(service: Service, tmp_path: Path) -> None:
    clip, other = playable(service), playable(service, 2, lyrics=OTHER)
    async with rig(service, tmp_path, clip, other, sheet_open=True) as on:
        await on.play(replace(clip, lyrics=""))  # as rows and the queue know it
        await until(lambda: FIRST in reads(on))
        assert texts(on) == ["Lyrics", "Song 1"]
        await on.show(other)
        await until(lambda: "Another song" in on.details.lyrics.toPlainText())
        assert FIRST in reads(on)
        await on.play(replace(other, lyrics=""))
        await until(lambda: "Another song" in reads(on))
        assert texts(on) == ["Lyrics", "Song 2"]


async def test_the_line_that_is_sung_stands_out_in_sheet_and_details(
    service: Service, tmp_path: Path
) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        await know(on, clip)
        await on.show(clip)
        await on.play(clip, FIRST_MS)
        await until(lambda: on.line == FIRST)
        await until(lambda: on.details.lyrics.line_rect() is not None)
        on.player.seek(SECOND_MS)
        await until(lambda: on.line == SECOND)
        on.player.stop()
        await until(lambda: on.line is None)


async def test_the_line_is_brought_into_the_upper_part_of_the_page(service: Service, tmp_path: Path) -> None:
    spoken = "What is told before the song begins is long, and breaks where the page is narrow.\n" * 20
    clip = playable(service, lyrics=spoken + LYRICS + "\n" * 30)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        await know(on, clip, words=sung())
        await on.play(clip, FIRST_MS)

        def share() -> float:
            """How far down in what is seen of the page the line is."""
            rect = on.sheet.lyrics.line_rect() or QRect()
            view = on.area.viewport()
            return on.sheet.lyrics.mapTo(view, rect.topLeft()).y() / view.height()

        await until(lambda: on.line == FIRST and 0.3 < share() < 0.36)
        on.sheet.resize(360, 400)  # the lines are broken anew
        on.window.resize(360, 400)
        await until(lambda: 0.15 < share() < 0.7)


async def test_a_click_and_enter_on_a_line_seek(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        await know(on, clip)
        await on.play(clip, FIRST_MS)
        await until(lambda: on.line)
        on.press(2)
        await until(lambda: on.player.position_ms == 20_000)
        QTest.keyClick(on.sheet.lyrics, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(on.sheet.lyrics, Qt.Key.Key_Down)
        QTest.keyClick(on.sheet.lyrics, Qt.Key.Key_Return)
        await until(lambda: on.player.position_ms == 10_000)
        assert (on.player.state, on.wanted) == (PlayState.PAUSED, [])


async def test_a_click_on_a_line_of_a_song_that_was_stopped_plays_it_from_there(
    service: Service, tmp_path: Path
) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        await know(on, clip)
        on.player.cue(clip)
        await until(lambda: on.sheet.lyrics.accessibleDescription())
        on.press(2)
        await until(lambda: on.player.state is PlayState.PLAYING)
        assert on.player.position_ms >= 20_000
        await until(lambda: on.line == SECOND)


async def test_the_other_song_of_a_comparison_is_shown_when_it_is_heard(
    service: Service, tmp_path: Path
) -> None:
    clip, other = playable(service), playable(service, 2, lyrics=OTHER)
    async with rig(service, tmp_path, clip, other, sheet_open=True) as on:
        await know(on, clip)
        await know(on, other)
        await on.play(clip, FIRST_MS)
        on.player.pair(other)
        await until(lambda: on.line == FIRST)
        await until(lambda: on.player._decks.can_swap)
        on.player.swap()
        await until(lambda: on.line == "Another song")
        assert texts(on) == ["Lyrics", "Song 2"]


async def test_versions_with_the_same_lyrics_do_not_share_times(service: Service, tmp_path: Path) -> None:
    lyrics = "\n" * 30 + LYRICS
    clip, other = playable(service, lyrics=lyrics), playable(service, 2, lyrics=lyrics)
    async with rig(service, tmp_path, clip, other, sheet_open=True) as on:
        await know(on, clip)
        await on.play(clip, FIRST_MS)
        motion = on.area.findChild(QPropertyAnimation)
        await until(lambda: on.line == FIRST and on.seen and motion.state() is motion.State.Stopped)
        at = on.area.verticalScrollBar().value()
        assert at > 0
        on.player.play(other, FIRST_MS)
        assert on.line is None
        await until(lambda: on.offered == ("", TIME))
        assert (on.line, on.area.verticalScrollBar().value()) == (None, at)


async def test_what_becomes_known_of_the_song_is_shown(service: Service, tmp_path: Path) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        await on.play(clip)
        await until(lambda: FIRST in reads(on))
        library = on.desk.core.library
        [task] = await library.everything(None)
        await library.save(replace(task, clips=(replace(clip, title="Renamed", lyrics=OTHER),)))
        await until(lambda: "Another song" in reads(on))
        assert texts(on) == ["Lyrics", "Renamed"]


# -- a page that is closed ------------------------------------------------


async def test_a_closed_sheet_does_nothing_and_opens_where_the_song_is(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, other = playable(service), playable(service, 2, lyrics=OTHER)
    async with rig(service, tmp_path, clip, other) as on:
        await know(on, clip)
        await know(on, other)
        moments: list[object] = []
        monkeypatch.setattr(on.sheet.lyrics, "show_moment", lambda at_s: moments.append(at_s))
        await on.show(clip)
        await on.play(clip, FIRST_MS)
        await until(lambda: on.line == FIRST)  # of the details
        assert on.sheet.lyrics.toPlainText() == ""
        monkeypatch.undo()
        assert set(moments) == {None}
        on.open_sheet()
        await until(lambda: on.sheet.lyrics.line_rect() is not None)
        on.sheet.hide()
        await on.play(other, FIRST_MS)
        await until(lambda: on.sections[-1:] == [[(10_000, "Verse")]])
        assert FIRST in on.sheet.lyrics.toPlainText()
        assert on.sheet.lyrics.line_rect() is None
        on.sheet.show()
        await until(lambda: on.sheet.lyrics.line_rect() is not None)
        assert "Another song" in reads(on)


async def test_only_an_open_sheet_looks_for_another_windows_answer(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lyrics_reader, "POLL_MS", 20)
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        asked = aligned(clip, ConversionState.ASKED, words=(), owner=on.desk.core.runs.token)
        assert await on.desk.core.library.claim_alignment(asked, None)
        await on.play(clip, FIRST_MS)
        await until(lambda: on.offered == (UNDER_WAY, ""))
        polling = on.along._below._again
        await until(polling.isActive)
        on.sheet.hide()
        assert not polling.isActive()
        answered = replace(asked, state=ConversionState.DONE, words=sung())
        assert await on.desk.core.library.save_alignment(answered)
        on.sheet.show()
        await until(lambda: on.line == FIRST)


# -- nothing to read ------------------------------------------------------


async def test_it_says_when_there_is_nothing_to_read(service: Service, tmp_path: Path) -> None:
    silent, clip = playable(service, lyrics=" \n"), playable(service, 2)
    async with rig(service, tmp_path, silent, clip, sheet_open=True) as on:
        assert texts(on) == [
            "Lyrics",
            "Nothing is playing. Play a song, and its lyrics are here to read along.",
        ]
        on.player.cue(silent)
        await until(lambda: texts(on) == ["Lyrics", "Song 1", "This song has no lyrics."])
        on.player.cue(clip)
        await until(lambda: FIRST in reads(on))
        assert texts(on) == ["Lyrics", "Song 2"]


async def test_lyrics_that_go_on_say_so(service: Service, tmp_path: Path) -> None:
    clip, short = song(1, lyrics="la la la\n" * 100_000), song(2)
    async with rig(service, tmp_path, clip, short, sheet_open=True) as on:
        for each, said in ((clip, True), (short, False)):
            on.player.cue(each)
            await until(lambda title=each.title: title in texts(on))  # type: ignore[misc]
            assert any("Copy lyrics" in text for text in texts(on)) is said


# -- how it looks ---------------------------------------------------------


async def test_letters_are_large_and_the_column_is_narrow_and_in_the_middle(
    service: Service, tmp_path: Path
) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        await on.play(clip)
        await until(lambda: FIRST in reads(on))
        lyrics, view = on.sheet.lyrics, on.area.viewport()
        assert lyrics.fontMetrics().height() > 1.3 * on.sheet.fontMetrics().height()
        em = lyrics.fontInfo().pixelSize()

        def all_there_is() -> int:
            return min(view.width() - 3 * em, WIDEST_EM * em)

        for width in (1600, 400):
            on.sheet.resize(width, 300)
            on.window.resize(width, 300)
            await until(lambda: all_there_is() < lyrics.width() <= (WIDEST_EM + 1) * em)
            left = lyrics.mapTo(view, lyrics.rect().topLeft()).x()
            assert abs(left - (view.width() - left - lyrics.width())) <= 2
        assert not on.area.horizontalScrollBar().isVisible()
        assert on.area.verticalScrollBar().isVisible()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
async def test_the_line_is_painted_in_both_directions(
    service: Service, tmp_path: Path, direction: Qt.LayoutDirection
) -> None:
    clip = playable(service)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        on.window.setLayoutDirection(direction)
        await know(on, clip)
        await on.play(clip)

        def seen() -> QImage:
            return on.sheet.lyrics.grab().toImage()

        await until(lambda: on.sheet.lyrics.accessibleDescription())
        before = seen()
        on.player.seek(FIRST_MS)
        await until(lambda: on.line == FIRST)
        assert seen() != before


async def test_all_that_can_be_pressed_has_a_name(service: Service, tmp_path: Path) -> None:
    async with rig(service, tmp_path, sheet_open=True) as on:
        assert on.sheet.lyrics.accessibleName() == "Lyrics of the song that plays"
        assert [button.accessibleName() for button in on.sheet.findChildren(QToolButton)] == [
            "Close the lyrics"
        ]


async def test_page_keys_scroll_the_page(service: Service, tmp_path: Path) -> None:
    clip = playable(service, lyrics=LYRICS + "\nla la la" * 100)
    async with rig(service, tmp_path, clip, sheet_open=True) as on:
        on.player.cue(clip)
        bar = on.area.verticalScrollBar()
        await until(lambda: bar.maximum() > 1000)
        QTest.keyClick(on.sheet.lyrics, Qt.Key.Key_PageDown)
        assert bar.value() == bar.pageStep()
        QTest.keyClick(on.sheet.lyrics, Qt.Key.Key_PageUp)
        assert bar.value() == 0


# -- in the window --------------------------------------------------------


def focused() -> QWidget | None:
    return QApplication.focusWidget()


async def test_key_and_button_open_it_and_escape_closes_it(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        window, workspace = session.window, session.workspace
        sheet, action = workspace.stage.lyrics_sheet, workspace.actions["lyrics"]
        window.activateWindow()
        await play(session, "a")
        QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        assert (window.drawer.page, action.isChecked()) == (PAGE, True)
        await until(lambda: "A garden made of glass" in sheet.lyrics.toPlainText())
        workspace.view.select_ids([row(session, "b").row_id])
        action.trigger()
        action.trigger()
        await until(lambda: focused() is sheet.lyrics)
        QTest.keyClick(sheet.lyrics, Qt.Key.Key_Escape)
        assert (window.drawer.page, action.isChecked()) == ("", False)
        assert focused() is workspace.view
        button = next(
            each for each in workspace.bar.findChildren(QToolButton) if each.accessibleName() == "Lyrics"
        )
        button.click()
        assert (window.drawer.page, button.isChecked()) == (PAGE, True)
        workspace.actions["queue"].trigger()
        assert (window.drawer.page, button.isChecked()) == ("queue", False)


async def test_escape_closes_it_also_where_there_is_nothing_to_read(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a") as session:
        session.window.activateWindow()
        session.workspace.actions["lyrics"].trigger()
        focus = focused()
        assert focus is not None
        assert session.workspace.stage.lyrics_sheet.isAncestorOf(focus)
        assert focus.isVisible()
        QTest.keyClick(focus, Qt.Key.Key_Escape)
        assert session.window.drawer.page == ""


async def test_an_open_page_is_open_at_the_next_start(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a") as session:
        await play(session, "a")
        session.workspace.actions["lyrics"].trigger()
        await until(lambda: session.workspace.stage.queue.current)
    async with songs(service, tmp_path, "a") as session:
        sheet = session.workspace.stage.lyrics_sheet
        assert session.window.drawer.page == PAGE
        assert session.workspace.actions["lyrics"].isChecked()
        await until(
            lambda: "A garden made of glass" in sheet.lyrics.toPlainText()
        )  # of the song as it was left


async def test_the_offer_times_the_song_that_plays_for_a_price_agreed_to(
    service: Service, tmp_path: Path
) -> None:
    on_aligning(service, *sung())
    async with songs(service, tmp_path, "ab") as session:
        clip = await sonic(session, service)
        workspace = session.workspace
        workspace.actions["lyrics"].trigger()
        workspace.view.select_ids([row(session, "b").row_id])
        workspace.player.cue(clip)
        offer = workspace.stage.lyrics_sheet.offer
        button = offer.findChild(QPushButton)
        await until(lambda: button.isVisible() and button.text() == TIME)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(lambda: question(session))
        box = question(session)
        assert box is not None
        assert box.text() == f"Time the lyrics of “{clip.title}” for 1 credit?"
        agree = next(each for each in box.findChildren(QPushButton) if each.text().startswith("Time"))
        QTest.mouseClick(agree, Qt.MouseButton.LeftButton)
        await until(lambda: workspace.stage.lyrics_sheet.lyrics.accessibleDescription())
        assert not offer.isVisible()


def question(session: Session) -> QMessageBox | None:
    return next((box for box in session.window.findChildren(QMessageBox) if box.isVisible()), None)


async def sonic(session: Session, service: Service) -> Clip:
    """A song whose lyrics the service can time, in the library."""
    clip = playable(service, 7)
    await session.core.library.save(task_of(7, clip, product=Product.SONIC, added_at=1.0))
    return clip
