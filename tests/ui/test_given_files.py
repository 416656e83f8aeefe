"""Files given to the window: songs find home, exports are taken in, texts are searched for ids."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from aimusic_desktop.assets import asset
from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.files import ExportFormat, write_export
from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.media.tags import write_tags
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.commands.looking_up import FILES_AT_ONCE, LookingUp, songs_verdict
from aimusic_desktop.ui.desk import Desk
from tests.support.desk import desk_at
from tests.support.library import clip_of, id_of, task_of
from tests.support.service import Service
from tests.support.waiting import until

A, B, C = clip_of(id_of(1), "a"), clip_of(id_of(1), "b", index=1), clip_of(id_of(2), "c")
CITY, RAIN = task_of(1, A, B, added_at=1.0), task_of(2, C, added_at=2.0)


@asynccontextmanager
async def looking_up(service: Service, tmp_path: Path) -> AsyncIterator[tuple[Desk, LookingUp]]:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        await desk.core.library.absorb([CITY, RAIN], 1.0)
        await until(lambda: len(desk.feed.model.order) == 3)
        yield desk, LookingUp(desk, lambda _: None, lambda: desk.feed.look(text=""))


def saved(folder: Path, clip: Clip, suffix: str = "m4a") -> Path:
    """A song as the saver leaves it."""
    path = folder / f"{clip.clip_id}.{suffix}"
    shutil.copy(asset("demo", "songs", f"city-lights.{suffix}"), path)
    write_tags(path, clip, None, SaveStyle.of(Settings()).tags)
    return path


def drop(command: LookingUp, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    command.mime(mime)


async def selected(desk: Desk) -> list[str]:
    return sorted(row.clip.clip_id for row in await desk.chosen() if row.clip)


@pytest.mark.parametrize("suffix", ["m4a", "mp3"])
async def test_a_saved_song_finds_its_own_row(service: Service, tmp_path: Path, suffix: str) -> None:
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, saved(tmp_path, B, suffix))
        await until(lambda: desk.view.selected_ids())
        assert await selected(desk) == ["b"]
        assert desk.notice.text == "1 song here, now selected."


async def test_several_songs_find_their_rows_even_those_a_search_hides(
    service: Service, tmp_path: Path
) -> None:
    async with looking_up(service, tmp_path) as (desk, command):
        desk.feed.look(text="nothing is called so")
        await until(lambda: not desk.feed.model.order)
        drop(command, saved(tmp_path, A), saved(tmp_path, C))
        await until(lambda: len(desk.view.selected_ids()) == 2)
        assert await selected(desk) == ["a", "c"]


async def test_a_song_of_an_unknown_task_has_it_looked_up(service: Service, tmp_path: Path) -> None:
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, saved(tmp_path, clip_of(id_of(9), "z")))
        await until(lambda: desk.notice.text)
        assert desk.notice.text == "1 task of saved songs looked up."
        assert await desk.core.library.task(id_of(9)) is not None


async def test_a_song_of_another_program_is_said_and_the_others_are_found(
    service: Service, tmp_path: Path
) -> None:
    stranger = tmp_path / "stranger.m4a"
    shutil.copy(asset("demo", "songs", "city-lights.m4a"), stranger)
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, saved(tmp_path, A), stranger)
        await until(lambda: desk.notice.text)
        assert desk.notice.text == (
            "1 song here, now selected; “stranger.m4a” carries no task id: only songs that this program "
            "saved with tags do."
        )


@pytest.mark.parametrize("task_id", ["x", "../../etc", "a b c d e f g"])
async def test_a_song_with_a_forged_id_adds_nothing(service: Service, tmp_path: Path, task_id: str) -> None:
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, saved(tmp_path, clip_of(task_id, "forged")))
        await until(lambda: desk.notice.text)
        assert len(await desk.core.library.everything(None)) == 2


@pytest.mark.parametrize("export_format", ExportFormat)
async def test_an_exported_file_is_imported_whatever_it_is_called(
    service: Service, tmp_path: Path, export_format: ExportFormat
) -> None:
    path = tmp_path / "some.txt"
    new = task_of(3, clip_of(id_of(3), "d"), added_at=3.0)
    write_export(path, export_format, [Entry(CITY), Entry(new)])
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, path)
        await until(lambda: desk.notice.text)
        assert desk.notice.text == "1 task imported; 1 here already."
        assert await desk.core.library.task(id_of(3)) is not None


async def test_any_other_text_still_gives_its_ids(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    path.write_text(f"task_id,title\n{id_of(1)},City Lights\n{id_of(5)},New\n")
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, path)
        await until(lambda: desk.view.selected_ids())
        assert desk.notice.text == "1 task added; 1 here already, now selected."


async def test_what_is_no_file_is_said(service: Service, tmp_path: Path) -> None:
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, tmp_path)
        await until(lambda: "is not a file that can be read" in desk.notice.text)


async def test_what_is_no_file_keeps_nothing_else_from_being_taken(service: Service, tmp_path: Path) -> None:
    folder, gone = tmp_path / "folder", tmp_path / "gone.m4a"
    folder.mkdir()
    export, ids = tmp_path / "some.json", tmp_path / "ids.txt"
    write_export(export, ExportFormat.JSON, [Entry(task_of(3, clip_of(id_of(3), "d"), added_at=3.0))])
    ids.write_text(id_of(5))
    async with looking_up(service, tmp_path) as (desk, command):
        drop(command, folder, saved(tmp_path, A), gone, export, ids)
        await until(lambda: "could not be taken in" in desk.notice.text)
        assert desk.notice.text == (
            "1 task imported. 1 song here, now selected. 1 task added. "
            "“folder”, “gone.m4a” could not be taken in: look at them one by one."
        )
        assert await selected(desk) == ["a"]
        assert await desk.core.library.task(id_of(3)) is not None
        assert await desk.core.library.task(id_of(5)) is not None


async def test_too_many_files_at_once_are_not_silently_cut(service: Service, tmp_path: Path) -> None:
    async with looking_up(service, tmp_path) as (desk, command):
        command.files(["song.m4a"] * (FILES_AT_ONCE + 1))
        assert desk.notice.text == "Give at most 1,000 files at a time."


@pytest.mark.parametrize(
    ("added", "known", "strangers", "said"),
    [
        (0, 2, [], "2 songs here, now selected."),
        (1, 1, [], "1 song here, now selected; 1 task of saved songs looked up."),
        (0, 0, ["a", "b"], "“a”, “b” carry no task id: only songs that this program saved with tags do."),
        (0, 0, [], "These songs carry no task id that can be looked up."),
    ],
)
def test_what_became_of_songs_is_told_in_a_sentence(
    added: int, known: int, strangers: list[str], said: str
) -> None:
    assert songs_verdict(added, known, strangers) == said
