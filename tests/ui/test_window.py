"""The furnished window over a real core and a real service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from aimusic_desktop.library.store import Library, LibraryError
from aimusic_desktop.saving.saver import JobState
from aimusic_desktop.ui.dialogs.key import KeyDialog
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import FIRST, NOT_READY, READY, SECOND, clip_json, done, opened, sentences
from tests.support.service import Service, as_json
from tests.support.waiting import until


async def test_a_pasted_id_becomes_a_row_with_its_details(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path) as session:
        field = session.window.intake.field
        field.setPlainText(f"my song: {FIRST}")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: sentences(session) == [READY])
        assert field.toPlainText() == ""
        assert session.window.notice.text == "1 task added."
        session.workspace.view.select_ids(session.workspace.model.order)
        await until(lambda: session.workspace.details.shown == (FIRST, "clip-1"))


async def test_what_could_not_be_read_at_the_start_is_said(
    service: Service, tmp_path: Path, with_key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(_library: Library) -> None:
        raise LibraryError("The disk reported an error.")

    monkeypatch.setattr(Library, "conversions", unreadable)
    async with opened(service, tmp_path) as session:
        await until(lambda: session.window.notice.text == "The disk reported an error.")


async def test_a_text_without_an_id_says_so_and_stays(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    async with opened(service, tmp_path) as session:
        session.window.intake.field.setPlainText("no ids in here, sorry")
        session.window.intake.button.click()
        await until(lambda: "No task id found" in session.window.notice.text)
        assert session.window.intake.field.toPlainText() == "no ids in here, sorry"


async def test_an_id_that_is_here_already_is_selected(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    service.on_task("producer", SECOND, NOT_READY)
    async with opened(service, tmp_path, FIRST, SECOND) as session:
        await until(lambda: len(sentences(session)) == 2)
        session.workspace.commands.looking_up.text(FIRST)
        await until(lambda: [row.task_id for row in session.workspace.view.selected()] == [FIRST])
        assert session.window.notice.text == "1 here already, now selected."


async def test_clips_of_a_half_finished_task_show_at_once(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    second = clip_json(service, "clip-2", state="running", audio_url=None)
    service.on_task("sonic", FIRST, done(clip_json(service), second))
    async with opened(service, tmp_path, f"https://x.example/api/v1/sonic/task/{FIRST}") as session:
        await until(lambda: len(sentences(session)) == 2)
        assert sorted(text.rsplit(", ")[-1] for text in sentences(session)) == ["ready", "working"]


async def test_removing_can_be_undone(service: Service, tmp_path: Path, with_key: None) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: sentences(session) == [READY])
        session.workspace.view.select_ids(session.workspace.model.order)
        session.workspace.actions["remove"].trigger()
        await until(lambda: sentences(session) == [])
        assert session.window.notice.text == "Removed “Glass Garden” from the list."
        session.workspace.actions["undo"].trigger()
        assert not session.window.notice.isVisible()
        await until(lambda: len(sentences(session)) == 1)


async def test_enter_plays_and_the_bar_and_row_show_it(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        workspace = session.workspace
        await until(lambda: sentences(session) == [READY])
        workspace.view.select_ids(workspace.model.order)
        QTest.keyClick(workspace.view, Qt.Key.Key_Return)
        await until(lambda: workspace.player.state is PlayState.PLAYING)
        await until(lambda: workspace.player.position_ms > 200)
        assert workspace.delegate.playing == (FIRST, "clip-1")
        workspace.window.space_pressed.emit()
        await until(lambda: workspace.player.state is PlayState.PAUSED)
        workspace.actions["play"].trigger()
        await until(lambda: workspace.player.state is PlayState.PLAYING)


async def test_save_puts_a_tagged_file_into_the_folder(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: sentences(session) == [READY])
        session.workspace.view.select_ids(session.workspace.model.order)
        session.workspace.actions["save"].trigger()
        await until(lambda: "Saved “Glass Garden.m4a”" in session.window.notice.text)
        assert [path.name for path in (tmp_path / "saved").iterdir()] == ["Glass Garden.m4a"]


async def test_a_save_that_fails_can_be_done_elsewhere(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        (tmp_path / "file").write_text("in the way")
        session.core.settings.update(save_folder=str(tmp_path / "file"))
        await until(lambda: sentences(session) == [READY])
        session.workspace.view.select_ids(session.workspace.model.order)
        session.workspace.actions["save"].trigger()
        await until(lambda: session.core.saver.jobs and session.core.saver.jobs[0].state is JobState.FAILED)
        await until(lambda: session.window.notice.isVisible())
        assert session.window.notice.text.endswith(".")


async def test_a_drag_carries_the_tagged_file(service: Service, tmp_path: Path, with_key: None) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    async with opened(service, tmp_path, FIRST) as session:
        workspace = session.workspace
        await until(lambda: sentences(session) == [READY])
        workspace.view.select_ids(workspace.model.order)
        rows = workspace.view.selected()
        await until(lambda: workspace.dragging.carry(rows) is not None)
        carried = workspace.dragging.carry(rows)
        assert carried is not None
        path = Path(carried[0].urls()[0].toLocalFile())
        assert path.name == "Glass Garden.m4a"
        assert path.read_bytes()[4:8] == b"ftyp"


async def test_a_row_that_is_not_finished_cannot_be_dragged_and_says_so(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, NOT_READY)
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: sentences(session))
        session.workspace.view.select_ids(session.workspace.model.order)
        assert session.workspace.dragging.carry(session.workspace.view.selected()) is None
        assert "not ready yet" in session.window.notice.text


async def test_a_refused_key_is_asked_for_once_and_everything_resumes(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def guarded(good: object) -> Callable[..., object]:
        refused = as_json({"type": "unauthorized", "error": "bad key"}, 401)
        return lambda request: good if request.headers["authorization"] == "Bearer right" else refused

    monkeypatch.setenv("AIMUSIC_API_KEY", "wrong")
    service.on("/api/v1/get-credits", guarded(as_json({"credits": 1, "extra_credits": 0})))  # type: ignore[arg-type]
    service.on_task("producer", FIRST, guarded(done(clip_json(service))))  # type: ignore[arg-type]
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: session.window.findChildren(KeyDialog))
        dialogs = session.window.findChildren(KeyDialog)
        assert len(dialogs) == 1
        dialogs[0].field.setText(' "Bearer right" ')
        dialogs[0]._start_keeping()
        await until(lambda: session.core.credentials.key == "right")
        await until(lambda: sentences(session) == [READY])
        dialogs[0].reject()


async def test_ctrl_v_anywhere_looks_up_what_was_copied(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, NOT_READY)
    async with opened(service, tmp_path) as session:
        QGuiApplication.clipboard().setText(FIRST)
        session.workspace.actions["paste"].trigger()
        await until(lambda: sentences(session) == [f"Task {FIRST}, working"])


async def test_a_dropped_text_file_is_looked_up(service: Service, tmp_path: Path, with_key: None) -> None:
    service.on_task("producer", FIRST, NOT_READY)
    file = tmp_path / "ids.csv"
    file.write_text(f"name,task_id\nmine,{FIRST}\n")
    async with opened(service, tmp_path) as session:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file))])
        session.workspace.commands.looking_up.mime(mime)
        await until(lambda: len(sentences(session)) == 1)


async def test_search_and_chips_narrow_the_list(service: Service, tmp_path: Path, with_key: None) -> None:
    service.on_task("producer", FIRST, done(clip_json(service)))
    service.on_task("producer", SECOND, done(clip_json(service, title="Neon Rain")))
    async with opened(service, tmp_path, FIRST, SECOND) as session:
        await until(lambda: len([text for text in sentences(session) if "ready" in text]) == 2)
        session.window.search.setText("neon")
        await until(lambda: sentences(session) == ["Neon Rain, ambient piano, 0:27, ready"])
        session.window.search.setText("nothing like this")
        await until(lambda: session.workspace.empty.isVisible())
        session.workspace._show_all()
        await until(lambda: len(sentences(session)) == 2)


async def test_markup_and_direction_marks_in_a_title_are_plain_text(
    service: Service, tmp_path: Path, with_key: None
) -> None:
    service.on_task("producer", FIRST, done(clip_json(service, title="<img src=x>\u202eevil\x07")))
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: sentences(session) == ["<img src=x>evil, ambient piano, 0:27, ready"])


async def test_ten_thousand_ids_are_rows_at_once(service: Service, tmp_path: Path, with_key: None) -> None:
    service.fallback = NOT_READY
    ids = "\n".join(f"{number:08x}-1111-4111-8111-111111111111" for number in range(10_000))
    async with opened(service, tmp_path) as session:
        session.workspace.commands.looking_up.text(ids)
        await until(lambda: session.workspace.model.rowCount() == 10_000)
        await until(lambda: session.window.notice.text == "10,000 tasks added.")
        assert service.most_active <= 8


async def test_what_the_user_chose_is_there_at_the_next_start(
    service: Service, tmp_path: Path, with_key: None, qapp: QApplication
) -> None:
    async with opened(service, tmp_path) as session:
        session.window.resize(900, 600)
        session.workspace.player.set_volume(0.25)
        session.workspace.filters.sort_menu.actions()[2].trigger()
    async with opened(service, tmp_path) as session:
        assert session.workspace.player.volume == 0.25
        assert session.workspace.feed.query.sort == "title"
