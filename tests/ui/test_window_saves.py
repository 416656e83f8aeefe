"""Saving in the furnished window, over a real core, a real service and real folders."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from aimusic_desktop.app import Session
from aimusic_desktop.model import JobRecord, JobState
from aimusic_desktop.ui.commands import keeping
from aimusic_desktop.ui.dialogs.folders import folder_to_open
from aimusic_desktop.ui.dialogs.taken import TakenDialog
from tests.support.furnished import FIRST, READY, clip_json, done, opened, sentences
from tests.support.service import Service
from tests.support.waiting import LIMIT_S, until

pytestmark = pytest.mark.usefixtures("with_key")


async def chosen(session: Session, rows: int = 1) -> None:
    """Wait until so many songs are ready, and select them all."""
    await until(lambda: sentences(session) == [READY] * rows)
    session.workspace.view.select_ids(session.workspace.model.order)


async def save(session: Session) -> None:
    """Save what is selected, and wait until that is settled."""
    saver = session.core.saver
    before = len(saver.jobs)
    session.workspace.actions["save"].trigger()
    await until(lambda: len(saver.jobs) > before and all(job.state.settled for job in saver.jobs))


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "saved").iterdir())


async def test_the_drawer_opens_by_itself_the_first_time_only(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", FIRST, done(clip_json(service), clip_json(service, "clip-2")))
    async with opened(service, tmp_path, FIRST) as session:
        drawer = session.window.drawer
        assert drawer.page == ""
        await chosen(session, 2)
        await save(session)
        assert drawer.page == "saves"
        assert [job.state for job in session.workspace.saves.model.jobs] == [JobState.DONE] * 2
        session.workspace.saves.close_wanted.emit()
        await save(session)
        assert drawer.page == ""
    assert names(tmp_path) == [
        "Glass Garden (2).m4a",
        "Glass Garden (3).m4a",
        "Glass Garden (4).m4a",
        "Glass Garden.m4a",
    ]


async def test_one_song_is_saved_without_a_drawer(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session)
        await save(session)
        await until(lambda: "Saved “Glass Garden.m4a”" in session.window.notice.text)
        assert session.window.drawer.page == ""


async def test_an_open_drawer_is_open_at_the_next_start_and_lists_what_was_saved(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session)
        await save(session)
        session.workspace.actions["saves"].trigger()
        assert session.workspace.saves.view.hasFocus()
    async with opened(service, tmp_path) as session:
        assert session.window.drawer.page == "saves"
        assert session.workspace.actions["saves"].isChecked()
        await until(lambda: len(session.workspace.saves.model.jobs) == 1)
        session.workspace.actions["saves"].trigger()
        assert session.window.drawer.page == ""
        assert session.workspace.view.hasFocus()


async def test_the_status_bar_counts_and_opens_the_drawer(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        (tmp_path / "saved").write_text("in the way")
        await chosen(session)
        await save(session)
        button = session.workspace.status.saving
        await until(lambda: button.text() == "1 not saved")
        button.click()
        assert session.window.drawer.page == "saves"


async def test_what_failed_can_be_saved_elsewhere_and_is_told_of(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        (tmp_path / "saved").write_text("in the way")
        await chosen(session)
        await save(session)
        (job,) = session.core.saver.jobs
        await until(lambda: session.window.notice.text == job.error)
        session.workspace.commands.keeping.retry([job], folder=tmp_path / "other")
        await until(lambda: "Saved “Glass Garden.m4a”" in session.window.notice.text)
        assert (tmp_path / "other" / "Glass Garden.m4a").is_file()


async def test_a_song_of_the_wrong_length_is_kept_only_when_the_user_says_so(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service, duration=185)))
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: [text for text in sentences(session) if "ready" in text])
        session.workspace.view.select_ids(session.workspace.model.order)
        await save(session)
        (job,) = session.core.saver.jobs
        assert job.wrong_length
        await until(lambda: session.window.notice.text == job.error)
        assert names(tmp_path) == []
        session.window.notice._act()
        await until(lambda: job.state is JobState.DONE)
        assert names(tmp_path) == ["Glass Garden.m4a"]


async def test_a_taken_name_is_asked_about_and_replaced_only_on_the_users_word(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "Glass Garden.m4a").write_text("another file")
    async with opened(service, tmp_path, FIRST) as session:
        session.core.settings.update(on_taken="ask")
        await chosen(session)
        session.workspace.actions["save"].trigger()
        await until(lambda: session.window.findChildren(TakenDialog))
        (dialog,) = session.window.findChildren(TakenDialog)
        assert (tmp_path / "saved" / "Glass Garden.m4a").read_text() == "another file"
        button = next(one for one in dialog.findChildren(QPushButton) if one.text() == "Replace")
        button.click()
        await until(lambda: "Saved “Glass Garden.m4a”" in session.window.notice.text)
        assert names(tmp_path) == ["Glass Garden.m4a"]
        assert (tmp_path / "saved" / "Glass Garden.m4a").read_bytes()[4:8] == b"ftyp"


async def test_where_a_song_was_saved_is_known_after_a_restart(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr(keeping, "show_in_folder", shown.append)
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session)
        session.workspace.actions["show_in_folder"].trigger()
        await until(lambda: session.window.notice.text == "This song is not saved yet.")
        await save(session)
        session.core.saver.clear_done()
    async with opened(service, tmp_path) as session:
        await chosen(session)
        session.workspace.actions["show_in_folder"].trigger()
        await until(lambda: shown == [tmp_path / "saved" / "Glass Garden.m4a"])


async def test_the_details_say_where_a_song_was_saved(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session)
        await save(session)
        path = str(tmp_path / "saved" / "Glass Garden.m4a")
        await until(lambda: ("Saved as", path) in session.workspace.details._song._values)


async def test_a_disk_that_may_not_be_looked_at_hides_no_place_on_another(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr(keeping, "show_in_folder", shown.append)
    service.on_task("producer", FIRST, done(clip_json(service)))
    path = tmp_path / "Mine.m4a"
    path.write_bytes(b"song")
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: sentences(session) == [READY])
        facts = {"task_id": FIRST, "clip_id": "clip-1", "folder": str(tmp_path), "state": JobState.DONE}
        refused = tmp_path / ("x" * 300)  # the system refuses to look there, as where a disk is gone
        await session.core.library.add_jobs(
            [
                JobRecord(path=str(path), settled_at=1.0, **facts),  # type: ignore[arg-type]
                JobRecord(path=str(refused), settled_at=2.0, **facts),  # type: ignore[arg-type]
            ]
        )
        await chosen(session)
        await until(lambda: ("Saved as", str(path)) in session.workspace.details._song._values)
        session.workspace.actions["show_in_folder"].trigger()
        await until(lambda: shown == [path])


async def test_a_look_at_the_disk_that_ends_late_does_not_hide_what_was_saved_meanwhile(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, looking, look = threading.Event(), threading.Event(), keeping._first_there

    def slow_at_first(paths: Sequence[str]) -> Path | None:
        found = look(paths)
        if not looking.is_set():
            looking.set()
            gate.wait(LIMIT_S)
        return found

    monkeypatch.setattr(keeping, "_first_there", slow_at_first)
    service.on_task("producer", FIRST, done(clip_json(service)))
    saved_as = "Saved as", str(tmp_path / "saved" / "Glass Garden.m4a")
    async with opened(service, tmp_path, FIRST) as session:
        try:
            await chosen(session)
            await until(looking.is_set)
            await save(session)
            await until(lambda: saved_as in session.workspace.details._song._values)
        finally:
            gate.set()
        await until(lambda: "details" not in {task.get_name() for task in asyncio.all_tasks()})
        assert saved_as in session.workspace.details._song._values


async def test_a_look_at_the_disk_shows_though_a_later_one_is_under_way(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates, looks = (threading.Event(), threading.Event()), list[int]()

    def numbered(_paths: Sequence[str]) -> Path:
        looks.append(number := len(looks))
        gates[min(number, 1)].wait(LIMIT_S)
        return tmp_path / str(number)

    def shown(number: int) -> bool:
        return ("Saved as", str(tmp_path / str(number))) in session.workspace.details._song._values

    monkeypatch.setattr(keeping, "_first_there", numbered)
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        try:
            await chosen(session)
            await until(lambda: looks)
            session.workspace.choice.changed()
            await until(lambda: len(looks) > 1)
            gates[0].set()
            await until(lambda: shown(0))
        finally:
            gates[1].set()
        await until(lambda: shown(len(looks) - 1))


async def test_all_that_was_cancelled_can_be_tried_again(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", FIRST, done(clip_json(service), clip_json(service, "clip-2")))
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session, 2)
        saver, desk = session.core.saver, session.workspace.desk
        await saver.save(await desk.whole_clips(await desk.chosen()), tmp_path / "saved")
        saving_list = session.workspace.commands.saving_list
        saving_list.enable()
        saving_list.actions["cancel_all"].trigger()
        assert session.window.notice.text == "Cancelled 2 saves."
        await until(lambda: all(job.state is JobState.CANCELLED for job in saver.jobs))
        session.window.notice._act()
        await until(lambda: all(job.state is JobState.DONE for job in saver.jobs))
        assert names(tmp_path) == ["Glass Garden (2).m4a", "Glass Garden.m4a"]


async def asked(session: Session) -> QFileDialog:
    """The dialog that asks for a place."""
    dialogs = session.window.findChildren
    await until(lambda: dialogs(QFileDialog))
    return dialogs(QFileDialog)[-1]


async def test_one_song_is_saved_under_another_name_from_the_folder_of_songs_on(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session)
        session.workspace.actions["save_as"].trigger()
        dialog = await asked(session)
        assert dialog.directory().absolutePath() == str(tmp_path / "saved"), "though nothing was saved yet"
        assert dialog.selectedFiles() == [str(tmp_path / "saved" / "Glass Garden.m4a")]
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(field, QLineEdit)
        field.setText("Mine.m4a")
        dialog.accept()
        await until(lambda: "Saved “Mine.m4a”" in session.window.notice.text)
    assert names(tmp_path) == ["Mine.m4a"]


async def test_several_songs_are_saved_as_they_are_called_into_a_chosen_folder(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service), clip_json(service, "clip-2")))
    (tmp_path / "evening").mkdir()
    async with opened(service, tmp_path, FIRST) as session:
        await chosen(session, 2)
        for _ in range(2):  # as a double click on a button, or keys held down
            session.workspace.actions["save_as"].trigger()
        dialog = await asked(session)
        assert len(session.window.findChildren(QFileDialog)) == 1
        assert dialog.windowTitle() == "Save into a folder"
        dialog.fileSelected.emit(str(tmp_path / "evening"))
        saver = session.core.saver
        await until(lambda: [job.state for job in saver.jobs] == [JobState.DONE] * 2)
    assert len(list((tmp_path / "evening").iterdir())) == 2


async def test_where_the_folder_of_songs_cannot_be_made_the_nearest_one_is_proposed(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        (tmp_path / "saved").write_text("in the way")
        await chosen(session)
        await save(session)
        session.workspace.commands.keeping.retry_elsewhere(session.core.saver.jobs)
        dialog = await asked(session)
        assert dialog.directory().absolutePath() == str(tmp_path)
        dialog.fileSelected.emit(str(tmp_path / "other"))
        await until(lambda: (tmp_path / "other" / "Glass Garden.m4a").is_file())


async def test_where_a_folder_may_not_be_looked_at_the_next_one_that_may_is_proposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Path.is_dir

    def refused(path: Path) -> bool:
        if path.name == "hidden":
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(Path, "is_dir", refused)
    assert await folder_to_open(tmp_path / "hidden") == tmp_path
