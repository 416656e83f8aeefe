"""Windows on small screens: none is larger than its screen, and what opens fits into the room there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QWidget,
)

from aimusic_desktop.app import Session
from aimusic_desktop.core import Core
from aimusic_desktop.options import Options
from aimusic_desktop.ui.actions import SPECS, make_actions
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.dialogs.about import AboutDialog
from aimusic_desktop.ui.dialogs.buttons import without_icons
from aimusic_desktop.ui.dialogs.export import ExportDialog
from aimusic_desktop.ui.dialogs.key import KeyDialog
from aimusic_desktop.ui.dialogs.settings import SettingsDialog
from aimusic_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from aimusic_desktop.ui.dialogs.taken import TakenDialog
from aimusic_desktop.ui.drawer import LOWEST, PAGES, QUEUE
from aimusic_desktop.ui.main_window import SIZE, MainWindow
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.room import MARGIN, GivenRoom
from tests.support.furnished import opened
from tests.support.listening_window import play, row, songs
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

LOW = 500
"""A screen of 1000 pixels at 200 %."""

FRAME = 30
"""What a window manager adds to a window's height."""


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    made = MainWindow()
    yield made
    made.close()
    made.deleteLater()


def test_the_first_size_is_no_larger_than_the_screen(window: MainWindow) -> None:
    screen = window.screen().availableGeometry().size()
    assert screen.width() < SIZE.width()
    assert window.width() <= screen.width()
    assert window.height() == SIZE.height()  # there is room for that


def test_a_window_remembered_from_a_larger_screen_is_within_this_one(window: MainWindow) -> None:
    before = MainWindow()
    before.setGeometry(300, 300, 1400, 1100)
    window.restore_geometry(before.remembered()[0])
    window.show()
    assert window.screen().availableGeometry().contains(window.geometry())
    before.deleteLater()


@asynccontextmanager
async def crowded(service: Service, root: Path) -> AsyncIterator[Session]:
    """The window with a comparison going on."""
    async with songs(service, root, "ab") as session:
        await play(session, "a")
        session.workspace.view.select_ids([row(session, name).row_id for name in "ab"])
        session.workspace.actions["compare"].trigger()
        await until(lambda: session.workspace.stage.compare_panel.isVisible())
        yield session


async def test_everything_open_at_once_fits_a_low_screen(service: Service, tmp_path: Path) -> None:
    async with crowded(service, tmp_path) as session:
        window, workspace = session.window, session.workspace
        window.resize(window.width(), LOW - FRAME)
        closed = window.minimumHeight()
        window.intake.field.setPlainText("one\ntwo")
        for name in PAGES:
            window.drawer.show_page(name)
            await until(lambda: window.minimumHeight() >= closed + LOWEST)
            assert window.height() == LOW - FRAME, name
            assert window.rect().contains(_place(workspace.bar, window)), name
            assert window.rect().contains(_place(window.intake.field, window)), name
            assert window.drawer.sizes()[1] >= LOWEST, name


async def test_what_the_pages_took_is_given_back(service: Service, tmp_path: Path) -> None:
    async with crowded(service, tmp_path) as session:
        window = session.window
        window.resize(window.width(), 1)
        low = window.height()
        window.drawer.show_page(QUEUE)
        await until(lambda: window.height() > low)
        window.drawer.show_page("")
        await until(lambda: window.height() == low)
        window.drawer.show_page(QUEUE)
        await until(lambda: window.height() > low)
        session.workspace.actions["compare_end"].trigger()  # all that is left now fits into what there was
        await until(lambda: window.height() == low)


async def test_a_height_its_user_chose_since_is_kept(service: Service, tmp_path: Path) -> None:
    async with crowded(service, tmp_path) as session:
        window = session.window
        window.resize(window.width(), 1)
        low = window.height()
        window.drawer.show_page(QUEUE)
        await until(lambda: window.height() > low)
        chosen = window.height() + 10
        window.resize(window.width(), chosen)
        window.drawer.show_page("")
        await until(lambda: window.minimumHeight() == low)
        assert window.height() == chosen


@pytest.mark.parametrize(("by_user", "left"), [(True, 461), (False, 400)])
def test_only_what_was_forced_is_given_back(qapp: QApplication, by_user: bool, left: int) -> None:
    window = QWidget()
    room = GivenRoom(window)
    window.setMinimumHeight(461)
    room.resized(400, 461, by_user=False)
    if by_user:
        room.resized(461, 700, by_user=True)
        room.resized(700, 461, by_user=True)
    window.setMinimumHeight(300)
    window.resize(200, 461)
    room.laid_out()
    assert window.height() == left


async def test_the_page_that_says_what_to_do_first_asks_for_no_height(
    service: Service, tmp_path: Path
) -> None:
    async with opened(service, tmp_path) as session:
        session.window.resize(session.window.width(), 1)
        await until(lambda: session.window.height() < 300)
        assert session.workspace.empty.height() > session.workspace.empty.parentWidget().height()


def _place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


# -- dialogs ------------------------------------------------------------------


@asynccontextmanager
async def dialogs(service: Service, root: Path) -> AsyncIterator[list[QDialog]]:
    """One of each, open."""
    core = await Core.open(Options(home=root / "home", api_url=service.api_url), resume=False)
    background, parent = Background(print), QWidget()
    made: list[QDialog] = [
        AboutDialog(parent, "/home/me/.local/state/aimusic-desktop/log"),
        ExportDialog(2, 10, parent),
        KeyDialog(core, background, parent, "The service refused the API key. Check it and enter it again."),
        SettingsDialog(core, background, Player(core.audio, parent), parent),
        ShortcutsDialog(parent, _actions(parent)),
        TakenDialog("A song.m4a", "/home/me/Music", parent),
    ]
    for dialog in made:
        dialog.show()
    await asyncio.sleep(0)  # the tasks of the settings begin, and can be ended
    try:
        yield made
    finally:
        await background.close()
        await core.close()
        parent.deleteLater()


def _actions(parent: QWidget) -> dict[str, QAction]:
    return make_actions(parent, parent, dict.fromkeys(SPECS, lambda: None), SPECS)


async def test_no_dialog_is_larger_than_its_screen(service: Service, tmp_path: Path) -> None:
    async with dialogs(service, tmp_path) as made:
        for dialog in made:
            screen = dialog.screen().availableGeometry().size() - MARGIN
            assert dialog.size().boundedTo(screen) == dialog.size(), dialog.windowTitle()


async def test_every_dialog_can_be_as_low_as_a_small_screen_and_keeps_its_buttons(
    service: Service, tmp_path: Path
) -> None:
    async with dialogs(service, tmp_path) as made:
        for dialog in made:
            dialog.resize(dialog.width(), LOW - MARGIN.height())
            assert dialog.height() <= LOW - MARGIN.height(), dialog.windowTitle()
            for button in dialog.findChildren(QPushButton):
                if button.isVisible() and not _scrolls(button):
                    assert dialog.rect().contains(_place(button, dialog)), dialog.windowTitle()


async def test_what_a_low_sheet_of_keys_has_no_room_for_is_scrolled(service: Service, tmp_path: Path) -> None:
    async with dialogs(service, tmp_path) as made:
        sheet = next(dialog for dialog in made if isinstance(dialog, ShortcutsDialog))
        sheet.resize(sheet.width(), LOW - MARGIN.height())
        first = sheet.columns[0]
        first.setCurrentRow(first.count() - 1)
        assert first.viewport().rect().contains(first.visualItemRect(first.currentItem()))
        assert first.verticalScrollBar().value() > 0


def _scrolls(widget: QWidget) -> bool:
    """Whether it lies in something that scrolls."""
    above = widget.parentWidget()
    return above is not None and (isinstance(above, QScrollArea) or _scrolls(above))


@pytest.fixture
def pictured(qapp: QApplication) -> Iterator[None]:
    """A desktop whose dialogs have pictures on their buttons."""
    before = qapp.styleSheet()
    qapp.setStyleSheet("* { dialogbuttonbox-buttons-have-icons: 1 }")
    yield
    qapp.setStyleSheet(before)


async def test_no_button_of_a_dialog_has_a_picture_of_the_desktop(
    service: Service, tmp_path: Path, pictured: None
) -> None:
    async with dialogs(service, tmp_path) as made:
        found = [box for dialog in made for box in dialog.findChildren(QDialogButtonBox)]
        assert [
            button.text() for box in found for button in box.buttons() if not button.icon().isNull()
        ] == []


def test_nor_has_one_of_a_message(pictured: None) -> None:
    message = QMessageBox()
    cancel = message.addButton(QMessageBox.StandardButton.Cancel)
    assert not cancel.icon().isNull()
    without_icons(message)
    assert cancel.icon().isNull()
