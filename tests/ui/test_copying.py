"""What is said of copies: their number, and where the clipboard could not be had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from aimusic_desktop.desktop import clipboard
from aimusic_desktop.library.store import Query
from aimusic_desktop.model import MusicTask, TaskRef, TaskState
from aimusic_desktop.ui.commands.copying import Copying
from aimusic_desktop.ui.commands.keeping import Keeping
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.drawer import Drawer
from tests.support.desk import desk_at
from tests.support.media import song_clip, wav
from tests.support.service import Service
from tests.support.waiting import until


async def show_songs(desk: Desk, service: Service, count: int, lost: int = 0) -> None:
    """Songs of one task in the list, all of them selected; the last ``lost`` ones cannot be fetched."""
    url = service.serve_file("/song.wav", wav())
    urls = [url] * (count - lost) + [f"{service.origin}/lost.wav"] * lost
    clips = tuple(song_clip(url, clip_id=f"clip-{n}", duration_s=0.5) for n, url in enumerate(urls))
    task_id, product = clips[0].task_id, clips[0].product
    await desk.core.library.add([TaskRef(task_id=task_id)], 1.0)
    await desk.core.library.save(
        MusicTask(task_id=task_id, product=product, state=TaskState.SUCCEEDED, clips=clips)
    )
    order = await desk.core.library.order(Query())
    desk.view.songs_model().set_order(order)
    desk.view.select_ids(order)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "Copied 1 song as a file; paste it into a folder."),
        (2, "Copied 2 songs as files; paste them into a folder."),
    ],
)
async def test_songs_are_copied_as_files(service: Service, tmp_path: Path, count: int, said: str) -> None:
    async with desk_at(tmp_path, service.api_url) as desk:
        await show_songs(desk, service, count)
        Keeping(desk, Drawer.__new__(Drawer)).copy_files()
        await until(lambda: desk.notice.text == said)
        assert len(QGuiApplication.clipboard().mimeData().urls()) == count


async def test_a_song_that_cannot_be_had_keeps_no_other_from_being_copied(
    service: Service, tmp_path: Path
) -> None:
    async with desk_at(tmp_path, service.api_url) as desk:
        await show_songs(desk, service, 2, lost=1)
        Keeping(desk, Drawer.__new__(Drawer)).copy_files()
        await until(lambda: desk.notice.text.startswith("Copied 1 song"))
        assert "1 could not be copied: " in desk.notice.text
        assert len(QGuiApplication.clipboard().mimeData().urls()) == 1


@pytest.mark.parametrize(
    "copy",
    [
        lambda desk: Copying(desk).task_ids(),
        lambda desk: Keeping(desk, Drawer.__new__(Drawer)).copy_files(),
    ],
)
async def test_what_did_not_reach_the_clipboard_is_not_said_to_be_copied(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copy: Callable[[Desk], None]
) -> None:
    async def refused(make: Callable[[], QMimeData]) -> bool:
        return False

    monkeypatch.setattr(clipboard, "put", refused)
    async with desk_at(tmp_path, service.api_url) as desk:
        await show_songs(desk, service, 1)
        copy(desk)
        await until(lambda: desk.notice.text.startswith("Nothing was copied: "))
