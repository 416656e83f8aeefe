"""Space plays and pauses wherever nothing is typed, and no button was reached by the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from aimusic_desktop.app import Session
from aimusic_desktop.ui.drawer import PAGES
from aimusic_desktop.ui.lyrics import LyricsView
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import opened
from tests.support.listening_window import play, row, songs
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

LEFT = Qt.MouseButton.LeftButton


def pressed(session: Session) -> list[bool]:
    """Each Space that was left over for the window from now on."""
    heard: list[bool] = []
    session.window.space_pressed.connect(lambda: heard.append(True))
    return heard


def takes_clicks(session: Session) -> list[QWidget]:
    """What is seen of the window and takes the focus by a click, but for what is typed into."""
    shown = [widget for widget in session.window.findChildren(QWidget) if widget.isVisible()]
    by_click = [widget for widget in shown if widget.focusPolicy() & Qt.FocusPolicy.ClickFocus]
    return [widget for widget in by_click if widget.isEnabled() and not is_typed_into(widget)]


def is_typed_into(widget: QWidget) -> bool:
    return isinstance(widget, QLineEdit | QPlainTextEdit)


async def test_whatever_takes_the_focus_by_a_click_leaves_space_to_the_player(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        workspace, spaces = session.workspace, pressed(session)
        workspace.view.select_ids([row(session, "a").row_id])
        await until(workspace.details.lyrics.isVisible)
        workspace.window.notice.say("Something was done.", action="Undo", do=lambda: None, stays=True)
        seen: set[type[QWidget]] = set()
        for page in PAGES:
            workspace.window.drawer.show_page(page)
            await until(lambda page=page: session.workspace.actions[page].isChecked())
            for widget in takes_clicks(session):
                seen.add(type(widget))
                widget.setFocus(Qt.FocusReason.MouseFocusReason)
                before = len(spaces)
                QTest.keyClick(widget, Qt.Key.Key_Space)
                assert len(spaces) == before + 1, widget
                assert not isinstance(widget, QAbstractButton), widget
        assert LyricsView in seen
        assert any(issubclass(kind, QLabel) for kind in seen), "the facts that can be selected"


async def test_a_clicked_chip_gives_the_keyboard_to_the_list(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        workspace, player = session.workspace, session.workspace.player
        await play(session, "a")
        session.window.intake.field.setFocus()
        chips = workspace.filters.findChildren(QPushButton)
        for chip in chips[2::-2]:  # Ready, then All
            QTest.mouseClick(chip, LEFT)
        assert workspace.view.hasFocus()
        QTest.keyClick(session.window.focusWidget(), Qt.Key.Key_Space)
        assert player.state is PlayState.PAUSED
        assert chips[0].focusPolicy() & Qt.FocusPolicy.TabFocus


async def test_a_chip_clicked_beside_an_empty_list_leaves_the_field(service: Service, tmp_path: Path) -> None:
    async with opened(service, tmp_path) as session:
        session.window.activateWindow()
        session.window.intake.field.setFocus()
        await until(lambda: session.workspace.empty.isVisible() and session.window.intake.field.hasFocus())
        QTest.mouseClick(session.workspace.filters.findChildren(QPushButton)[0], LEFT)
        assert session.window.hasFocus()


async def test_space_plays_from_the_lyrics_however_they_were_reached(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "ab") as session:
        workspace, player = session.workspace, session.workspace.player
        await play(session, "a")
        workspace.view.select_ids([row(session, "a").row_id])
        lyrics = workspace.details.lyrics
        await until(lyrics.isVisible)
        for reason in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason):
            before = player.state
            lyrics.setFocus(reason)
            QTest.keyClick(lyrics, Qt.Key.Key_Space)
            await until(lambda before=before: player.state not in (before, PlayState.LOADING))
