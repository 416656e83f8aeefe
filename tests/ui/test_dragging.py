"""What a drag carries: staged files, links, and late songs that are made at the drop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aimusic_desktop.core import Core
from aimusic_desktop.desktop import direct_save
from aimusic_desktop.desktop.direct_save import DirectSave
from aimusic_desktop.library.store import Query, SongRow
from aimusic_desktop.model import Clip, Group, JobState, MusicTask, TaskRef, TaskState
from aimusic_desktop.options import Options
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.commands import dragging as room
from aimusic_desktop.ui.commands.dragging import Dragging
from aimusic_desktop.ui.notice import NoticeBar
from tests.support.media import held, song_clip, wav
from tests.support.rows import task_row
from tests.support.service import Service
from tests.support.waiting import until

TUNE = wav()


@dataclass
class Bench:
    core: Core
    dragging: Dragging
    notice: NoticeBar

    async def add(self, *clips: Clip) -> list[SongRow]:
        """Put finished songs into the library, and give their rows."""
        task_id = clips[0].task_id
        await self.core.library.add([TaskRef(task_id=task_id)], 1.0)
        await self.core.library.save(finished(*clips))
        return await self.core.library.rows(await self.core.library.order(Query()))

    def staged(self, rows: Sequence[SongRow]) -> list[bool]:
        return [row.clip is not None and self.core.stager.staged(row.clip) is not None for row in rows]


@pytest.fixture
def open_gate() -> Iterator[threading.Event]:
    """What the host holds back comes when this is set."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@asynccontextmanager
async def bench_in(service: Service, over: QWidget) -> AsyncIterator[Bench]:
    notice = NoticeBar(over, over)
    background = Background(notice.say)
    core = await Core.open(Options(api_url=service.api_url), resume=False)
    try:
        yield Bench(core, Dragging(core, background, notice), notice)
    finally:
        await background.close()
        await core.close()


def finished(*clips: Clip) -> MusicTask:
    task_id, product = clips[0].task_id, clips[0].product
    return MusicTask(task_id=task_id, product=product, state=TaskState.SUCCEEDED, clips=clips)


def songs(service: Service, count: int) -> list[Clip]:
    url = service.serve_file("/song.wav", TUNE)
    return [song_clip(url, clip_id=f"clip-{n}", title=f"Song {n}", duration_s=0.5) for n in range(count)]


def names(mime: QMimeData) -> list[str]:
    return sorted(url.fileName() for url in mime.urls())


async def test_chosen_songs_are_carried_as_files_and_as_links(service: Service, over: QWidget) -> None:
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 3))
        bench.dragging.stage(rows)
        await until(lambda: all(bench.staged(rows)))
        carried = bench.dragging.carry(rows)
        assert carried is not None
        assert names(carried[0]) == ["Song 0.wav", "Song 1.wav", "Song 2.wav"]
        assert carried[0].text() == "\n".join([service.origin + "/song.wav"] * 3)
        assert "XdndDirectSave0" not in carried[0].formats()
        assert bench.notice.text == ""


async def test_files_stay_as_long_as_they_can_be_asked_for(service: Service, over: QWidget) -> None:
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 1))
        bench.dragging.stage(rows)
        await until(lambda: all(bench.staged(rows)))
        carried = bench.dragging.carry(rows)
        assert carried is not None
        path = Path(carried[0].urls()[0].toLocalFile())
        pins = bench.core.stager._pins
        pins._until.clear()  # ten minutes later
        await asyncio.to_thread(bench.core.cache.clear)
        assert path.exists()
        del carried
        pins._until.clear()
        await asyncio.to_thread(bench.core.cache.clear)
        assert not path.exists()


async def test_a_drag_goes_on_with_what_is_there_and_says_what_is_not(
    service: Service, over: QWidget, open_gate: threading.Event
) -> None:
    service.on("/late.wav", held(TUNE, 100, open_gate))
    late = song_clip(service.origin + "/late.wav", clip_id="late", title="Late", duration_s=0.5)
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 2), late)
        bench.dragging.stage(rows)
        await until(lambda: bench.staged(rows).count(True) == 2)
        carried = bench.dragging.carry(rows)
        assert carried is not None
        assert names(carried[0]) == ["Song 0.wav", "Song 1.wav"]
        assert bench.notice.text == (
            "1 song is still being fetched and not part of this drag; drag again in a moment."
        )
        open_gate.set()
        await until(lambda: bench.notice.text == "“Late” can be dragged now.")
        assert all(bench.staged(rows))


async def test_a_late_song_alone_is_not_dragged_but_begun(service: Service, over: QWidget) -> None:
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 1))
        assert bench.dragging.carry(rows) is None
        assert bench.notice.text == "1 song is still being fetched; drag again when this says so."
        await until(lambda: bench.notice.text == "“Song 0” can be dragged now.")
        assert bench.dragging.carry(rows) is not None


async def test_a_song_that_cannot_be_had_says_why(service: Service, over: QWidget) -> None:
    async with bench_in(service, over) as bench:
        rows = await bench.add(song_clip(service.origin + "/gone", title="Gone"))
        assert bench.dragging.carry(rows) is None
        await until(lambda: bench.notice.text.startswith("“Gone” cannot be dragged: "))


async def test_rows_that_are_not_finished_are_left_out_and_said(service: Service, over: QWidget) -> None:
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 1))
        assert bench.dragging.carry([task_row(9)]) is None
        assert "not ready yet" in bench.notice.text
        bench.dragging.stage(rows)
        await until(lambda: all(bench.staged(rows)))
        carried = bench.dragging.carry([*rows, task_row(9)])
        assert carried is not None
        assert names(carried[0]) == ["Song 0.wav"]
        assert "the others are not ready yet" in bench.notice.text


async def test_failed_rows_are_said_to_be_failed(service: Service, over: QWidget) -> None:
    failed = task_row(9, group=Group.FAILED)
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 1))
        bench.dragging.stage(rows)
        await until(lambda: all(bench.staged(rows)))
        assert bench.dragging.carry([failed]) is None
        assert bench.notice.text.endswith("; these have failed and cannot be dragged.")
        assert bench.dragging.carry([*rows, failed]) is not None
        assert bench.notice.text.endswith("; the others have failed and cannot be dragged.")
        assert bench.dragging.carry([*rows, failed, task_row(8)]) is not None
        assert bench.notice.text.endswith("; the others have failed or are not ready yet.")


async def test_where_files_can_be_made_at_the_drop_late_songs_are_saved_into_its_folder(
    service: Service, over: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_save, "is_offered", lambda: True)
    folder = tmp_path / "dropped here"
    folder.mkdir()
    async with bench_in(service, over) as bench:
        bench.core.settings.update(name_template="{style}/{n:02} {title}")
        told: list[list[object]] = []
        bench.dragging.dropped.connect(told.append)
        rows = await bench.add(*songs(service, 2))
        carried = bench.dragging.carry(rows)
        assert carried is not None
        mime = carried[0]
        assert isinstance(mime, DirectSave)
        assert mime.formats() == ["text/plain", "XdndDirectSave0"]
        assert "Dropped on a folder" in bench.notice.text
        mime._save(folder)
        await until(lambda: told)
        await until(lambda: all(job.state is JobState.DONE for job in bench.core.saver.jobs))
        assert sorted(path.name for path in folder.iterdir()) == ["01 Song 0.wav", "01 Song 1.wav"]
        assert bench.notice.text.startswith("Saving 2 songs to ")


async def test_a_drop_on_another_machine_is_said(
    service: Service, over: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct_save, "is_offered", lambda: True)
    async with bench_in(service, over) as bench:
        carried = bench.dragging.carry(await bench.add(*songs(service, 1)))
        assert carried is not None
        assert isinstance(carried[0], DirectSave)
        carried[0]._save(None)
        assert "folders of this computer" in bench.notice.text
        assert bench.core.saver.jobs == []


async def test_what_was_just_finished_is_staged(service: Service, over: QWidget) -> None:
    async with bench_in(service, over) as bench:
        clips = songs(service, 2)
        rows = await bench.add(*clips)
        bench.dragging.stage_settled(finished(*clips))
        await until(lambda: all(bench.staged(rows)))


async def test_of_many_chosen_songs_only_the_first_are_staged(
    service: Service, over: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "STAGED_AHEAD", 3)
    async with bench_in(service, over) as bench:
        rows = await bench.add(*songs(service, 6))
        bench.dragging.stage(rows)
        await until(lambda: not bench.dragging._coming)
        assert bench.staged(rows) == [True] * 3 + [False] * 3


async def test_what_was_chosen_long_before_is_given_up_when_there_is_too_much(
    service: Service, over: QWidget, monkeypatch: pytest.MonkeyPatch, open_gate: threading.Event
) -> None:
    monkeypatch.setattr(room, "STAGED_AHEAD", 2)
    service.on("/late.wav", held(TUNE, 100, open_gate))
    clips = [song_clip(service.origin + "/late.wav", clip_id=f"late-{n}", title=f"{n}") for n in range(5)]
    async with bench_in(service, over) as bench:
        rows = await bench.add(*clips)
        for row in rows:
            bench.dragging.stage([row])
        await until(lambda: list(bench.dragging._coming) == [row.row_id for row in rows[-2:]])
        bench.dragging.stage(rows[:1])
        assert rows[0].row_id in bench.dragging._coming
