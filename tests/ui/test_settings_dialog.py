"""The settings over a real core: what each page keeps, shows and refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QPushButton,
    QWidget,
)
from shiboken6 import isValid

from aimusic_desktop.core import Core
from aimusic_desktop.library.store import Query
from aimusic_desktop.model import Clip
from aimusic_desktop.options import Options
from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.dialogs import settings_saving
from aimusic_desktop.ui.dialogs.settings import SettingsDialog
from aimusic_desktop.ui.player.player import Player
from tests.support.library import clip_of, id_of, task_of
from tests.support.service import Service
from tests.support.waiting import LIMIT_S, until


@asynccontextmanager
async def settings_dialog(
    service: Service, tmp_path: Path, *clips: Clip
) -> AsyncIterator[tuple[Core, SettingsDialog]]:
    core = await Core.open(Options(home=tmp_path / "home", api_url=service.api_url), resume=False)
    await core.library.absorb([task_of(1, *clips)], 1.0)
    background, parent = Background(print), QWidget()
    dialog = SettingsDialog(core, background, Player(core.audio, parent), parent)
    dialog.show()
    try:
        yield core, dialog
    finally:
        await background.close()
        await core.close()
        parent.deleteLater()


def ok(dialog: SettingsDialog) -> QPushButton:
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


async def keep(dialog: SettingsDialog) -> None:
    """Press OK, which looks at the folder first."""
    ok(dialog).click()
    await until(lambda: not isValid(dialog) or not dialog.isVisible())


async def test_every_page_keeps_what_was_chosen(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (core, dialog):
        dialog.saving.folder.setText(str(tmp_path / "songs"))
        dialog.saving.name.field.setText("{style}/{title}")
        dialog.saving.taken.setCurrentIndex(1)
        dialog.saving.at_once.setValue(2)
        dialog.tags.fields["tag_artist"].field.setText("Me")
        dialog.beside.cover.setChecked(True)
        dialog.beside.lyrics.setCurrentIndex(2)
        dialog.cache.limit.setValue(512)
        dialog.service.address.setText("https://api.musicapi.ai")
        await keep(dialog)
        assert core.settings.value == Settings(
            save_folder=str(tmp_path / "songs"),
            name_template="{style}/{title}",
            on_taken="skip",
            saves_at_once=2,
            tag_artist="Me",
            beside_cover=True,
            beside_lyrics="lrc",
            cache_limit_mb=512,
            api_url="https://api.musicapi.ai/api/v1",
        )


async def test_ok_without_a_change_changes_nothing_and_cancel_forgets(
    service: Service, tmp_path: Path
) -> None:
    async with settings_dialog(service, tmp_path) as (core, dialog):
        await keep(dialog)
        assert core.settings.value == Settings()
    async with settings_dialog(service, tmp_path) as (core, dialog):
        dialog.saving.name.field.setText("{seed}")
        dialog.reject()
        assert core.settings.value == Settings()


async def test_a_dialog_closed_at_once_leaves_nothing_behind(service: Service, tmp_path: Path) -> None:
    said: list[str] = []
    core = await Core.open(Options(home=tmp_path / "home", api_url=service.api_url), resume=False)
    await core.library.absorb([task_of(1, clip_of(id_of(1)))], 1.0)
    background, parent = Background(said.append), QWidget()
    dialog = SettingsDialog(core, background, Player(core.audio, parent), parent)
    dialog.open()
    dialog.reject()
    await until(lambda: not isValid(dialog))
    await core.library.order(Query())  # behind what the dialog asked
    await background.close()
    await core.close()
    assert said == []
    parent.deleteLater()


async def test_names_and_tags_are_shown_with_the_newest_song_while_they_are_typed(
    service: Service, tmp_path: Path
) -> None:
    clip = clip_of(id_of(1), title="Neon: Rain", style="dream pop", created_at="2025-10-01T08:49:47Z")
    async with settings_dialog(service, tmp_path, clip) as (_, dialog):
        name, album = dialog.saving.name, dialog.tags.fields["tag_album"]
        await until(lambda: "Neon" in name.preview)
        dialog.saving.folder.setText("/music")
        name.field.setText("{created:%Y}/{style}/{n:02} {title}")
        assert name.preview == "/music/2025/dream pop/01 Neon_ Rain.m4a"
        assert album.preview == "Nothing is written."
        album.field.setText("{style} of {created:%Y}")
        assert album.preview == "dream pop of 2025"


async def test_the_files_beside_a_song_are_shown_by_name(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        dialog.saving.name.field.setText("{style}/My {title}")
        dialog.beside.cover.setChecked(True)
        dialog.beside.json.setChecked(True)
        dialog.beside.lyrics.setCurrentIndex(1)
        names = [f"My City Lights.{suffix}" for suffix in ("m4a", "jpg", "txt", "json")]
        assert dialog.beside.files == names


@pytest.mark.parametrize(
    ("field", "text", "page"),
    [
        ("name", "{titel}", "Saving"),
        ("name", "{title", "Saving"),
        ("folder", "songs", "Saving"),
        ("album", "{created:%Q}", "Tags"),
        ("address", "ftp://example.com", "Service"),
    ],
)
async def test_what_cannot_be_kept_is_said_at_once_and_holds_ok_back(
    service: Service, tmp_path: Path, field: str, text: str, page: str
) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        fields = {
            "name": dialog.saving.name.field,
            "folder": dialog.saving.folder,
            "album": dialog.tags.fields["tag_album"].field,
            "address": dialog.service.address,
        }
        before = fields[field].text()
        fields[field].setText(text)
        assert not ok(dialog).isEnabled()
        assert [one.title for one in dialog.pages if one.trouble] == [page]
        assert dialog.trouble == f"“{page}” holds something that cannot be kept."
        fields[field].setText(before)
        assert ok(dialog).isEnabled()
        assert dialog.trouble == ""


async def test_the_page_that_cannot_be_kept_is_said_to_those_who_hear_it(
    service: Service, tmp_path: Path
) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        item = dialog.list.item(1)
        assert spoken(item) == ("Tags", "")
        dialog.tags.fields["tag_album"].field.setText("{oops}")
        assert spoken(item) == ("Tags, cannot be kept", dialog.tags.trouble)
        assert dialog.tags.trouble
        dialog.tags.fields["tag_album"].field.clear()
        assert spoken(item) == ("Tags", "")


def spoken(item: QListWidgetItem) -> tuple[str, str]:
    roles = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole)
    name, description = (item.data(role) for role in roles)
    return name, description


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("{tmp}/file", "“{tmp}/file” is not a folder. Choose another one."),
        ("{tmp}/file/songs", "“{tmp}/file” is not a folder. Choose another one."),
        ("{tmp}/dangling", "“{tmp}/dangling” is not a folder. Choose another one."),
        pytest.param(
            "/proc/songs",
            "Nothing can be written into “/proc”. Choose another folder.",
            marks=pytest.mark.skipif(not Path("/proc").is_dir(), reason="has no /proc"),
        ),
    ],
)
async def test_a_folder_that_takes_no_songs_is_said_and_not_kept(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    monkeypatch.setattr(settings_saving, "LOOK_LIMIT_S", LIMIT_S)  # OK keeps what was not looked at by then
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    async with settings_dialog(service, tmp_path) as (core, dialog):
        dialog.saving.folder.setText(folder.format(tmp=tmp_path))
        ok(dialog).click()  # before anything was looked at
        await until(lambda: dialog.saving.remark == said.format(tmp=tmp_path))
        await dialog.saving.looked()
        assert not ok(dialog).isEnabled()
        assert dialog.isVisible()
        assert core.settings.value == Settings()
        dialog.saving.folder.setText(str(tmp_path / "new" / "songs"))
        await until(ok(dialog).isEnabled)
        assert dialog.saving.remark == ""
        assert not (tmp_path / "new").exists()


async def test_a_tilde_is_the_home_folder(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    async with settings_dialog(service, tmp_path) as (core, dialog):
        dialog.saving.folder.setText("~/Songs")
        assert dialog.saving.name.preview == "~/Songs/City Lights.m4a"
        await keep(dialog)
        assert core.settings.value.save_path == tmp_path / "Songs"


async def test_a_long_name_keeps_its_suffix_in_sight_and_is_whole_in_the_tooltip(
    service: Service, tmp_path: Path
) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        dialog.saving.name.field.setText("x" * 200)
        whole = dialog.saving.name.preview
        shown = next(label for label in dialog.saving.findChildren(QLabel) if label.toolTip() == whole)
        assert shown.text().startswith(whole[:5])
        assert "…" in shown.text()
        assert shown.text().endswith("x.m4a")
        assert shown.fontMetrics().horizontalAdvance(shown.text()) <= shown.width()
        assert shown.accessibleName() == whole


async def test_an_error_of_two_lines_moves_no_field(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        before = [place_of(each) for each in controls(dialog.saving)]
        dialog.saving.name.field.setText("{titel}")
        dialog.saving.folder.setText("songs")
        layout = dialog.saving.layout()
        assert layout is not None
        layout.activate()
        assert [place_of(each) for each in controls(dialog.saving)] == before


def place_of(control: QWidget) -> tuple[int, int]:
    """How far down and across it is on the screen."""
    corner = control.mapToGlobal(QPoint(0, 0))
    return corner.y(), corner.x()


async def test_tab_goes_through_a_page_as_it_is_read(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        for number, page in enumerate(dialog.pages):
            dialog.list.setCurrentRow(number)
            reached = [each for each in in_focus_chain(dialog) if page.isAncestorOf(each)]
            centres = [each.mapToGlobal(each.rect().center()) for each in reached]
            lines = [(centre.y() // LINE, centre.x()) for centre in centres]
            assert lines == sorted(lines), page.title


LINE = 20
"""Controls whose centres are that near to each other, in pixels, stand in one line."""


def in_focus_chain(dialog: SettingsDialog) -> list[QWidget]:
    found, widget = [], dialog.nextInFocusChain()
    while widget is not None and widget is not dialog:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.focusProxy():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


async def test_templates_of_tags_do_not_matter_while_there_are_none(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (core, dialog):
        dialog.tags.fields["tag_album"].field.setText("{oops}")
        dialog.tags.tags.setChecked(False)
        assert not dialog.tags.fields["tag_album"].isEnabled()
        await keep(dialog)
        assert (core.settings.value.tags, core.settings.value.tag_album) == (False, "")


async def test_an_empty_name_is_the_title(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (core, dialog):
        dialog.saving.name.field.clear()
        assert dialog.saving.name.preview.endswith("City Lights.m4a")
        await keep(dialog)
        assert core.settings.value.name_template == "{title}"


async def test_the_menu_inserts_fields_where_the_cursor_is(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        name = dialog.saving.name
        name.field.setText("ab")
        name.field.setCursorPosition(1)
        actions = {action.text().partition("\t")[2]: action for action in name.menu.actions()}
        actions["{created}"].trigger()
        assert name.field.text() == "a{created:%Y-%m-%d}b"
        for action in actions.values():
            action.trigger()
        assert name.trouble == ""


async def test_the_cache_says_its_size_and_is_emptied(service: Service, tmp_path: Path) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        page = dialog.cache
        await until(lambda: page.used.text() == "0 MB")
        assert not page.empty.isEnabled()
    old = tmp_path / "home" / "cache" / "audio" / "0123456789abcdef.m4a"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(bytes(3 * 2**20))
    async with settings_dialog(service, tmp_path) as (_, dialog):
        page = dialog.cache
        await until(lambda: page.used.text() == "3 MB")
        page.empty.click()
        await until(lambda: page.used.text() == "0 MB")
        assert not old.exists()
        assert any("removes no file that you saved" in label.text() for label in page.findChildren(QLabel))


async def test_the_pages_are_reached_by_keys_and_every_control_has_a_name(
    service: Service, tmp_path: Path
) -> None:
    async with settings_dialog(service, tmp_path) as (_, dialog):
        dialog.list.setFocus()
        for page in dialog.pages:
            assert page.isVisible()
            assert not [control for control in controls(page) if not name_of(control)]
            QTest.keyClick(dialog.list, Qt.Key.Key_Down)


def controls(page: QWidget) -> list[QWidget]:
    kinds = (QPushButton, QComboBox, QAbstractSpinBox, QLineEdit)
    found = [control for kind in kinds for control in page.findChildren(kind)]
    return [control for control in found if not isinstance(control.parentWidget(), QAbstractSpinBox)]


def name_of(control: QWidget) -> str:
    return control.accessibleName() or (control.text() if isinstance(control, QPushButton) else "")
