"""Export and import through the window's dialogs, over real libraries and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.exchange.files import ExportFormat
from aimusic_desktop.model import (
    Conversion,
    ConversionState,
    JobRecord,
    JobState,
    MusicTask,
    Product,
    SaveFormat,
    TaskState,
)
from aimusic_desktop.ui.commands.exchanging import Exchanging, import_verdict
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.dialogs.export import ExportDialog
from tests.support.desk import desk_at
from tests.support.library import clip_of, id_of, task_of
from tests.support.service import Service
from tests.support.waiting import until

CITY = task_of(1, clip_of(id_of(1), "a", title="City Lights"), clip_of(id_of(1), "b", index=1), added_at=1.0)
PAID = Conversion(
    task_id=id_of(1),
    clip_id="b",
    format=SaveFormat.WAV,
    product=Product.SONIC,
    state=ConversionState.DONE,
    url="https://media.example/b.wav",
    asked_at=5.0,
)
RAIN = task_of(2, clip_of(id_of(2), "c", title="Neon Rain"), added_at=2.0)


def dialog_of(desk: Desk) -> QFileDialog:
    return desk.window.findChildren(QFileDialog)[-1]


def answer(dialog: QFileDialog, path: Path) -> None:
    """Choose a file, as the user would."""
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()


async def asked(desk: Desk) -> ExportDialog:
    """The question what to export."""
    Exchanging(desk).export()
    await until(lambda: any(each.isVisible() for each in desk.window.findChildren(ExportDialog)))
    return next(each for each in desk.window.findChildren(ExportDialog) if each.isVisible())


async def export_to(desk: Desk, path: Path, wanted: ExportFormat = ExportFormat.JSON) -> str:
    """Export what is offered first; gives the title of the dialog for the file."""
    question = await asked(desk)
    question.formats.setCurrentIndex(question.formats.findData(wanted.value))
    question.accept()
    title = dialog_of(desk).windowTitle()
    answer(dialog_of(desk), path)
    await until(lambda: "Exported" in desk.notice.text)
    return title


async def import_from(desk: Desk, path: Path) -> None:
    Exchanging(desk).import_()
    answer(dialog_of(desk), path)
    await until(lambda: desk.notice.text)


async def everything(desk: Desk) -> list[MusicTask]:
    return await desk.core.library.everything(None)


@pytest.mark.parametrize("suffix", ["json", "csv", "m3u8"])
async def test_an_exported_library_is_imported_into_another(
    service: Service, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"library.{suffix}"
    async with desk_at(tmp_path / "from", service.api_url) as desk:
        await desk.core.library.absorb([CITY, RAIN], 1.0, {id_of(1): '{"data": "as it came"}'}, [PAID])
        await export_to(desk, path)
        assert desk.notice.text == f"Exported 2 tasks to “{path.name}”."
        before = await everything(desk)
    async with desk_at(tmp_path / "to", service.api_url) as desk:
        await import_from(desk, path)
        assert desk.notice.text == "2 tasks imported."
        assert await everything(desk) == before
        assert await desk.core.library.answer(id_of(1)) == '{"data": "as it came"}'
        assert await desk.core.library.conversions() == [PAID]


async def test_a_selection_is_exported_alone_and_the_dialog_says_so(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    async with desk_at(tmp_path / "from", service.api_url) as desk:
        await desk.core.library.absorb([CITY, RAIN], 1.0)
        await until(lambda: len(desk.feed.model.order) == 3)
        rows = await desk.core.library.rows_of([id_of(1), id_of(2)])
        assert await export_to(desk, tmp_path / "all.json") == "Export the whole library"
        desk.notice.say("")
        desk.view.select_ids([rows[0].row_id, rows[2].row_id])
        assert await export_to(desk, path) == "Export 2 selected songs"
    async with desk_at(tmp_path / "to", service.api_url) as desk:
        await import_from(desk, path)
        clips = [clip.clip_id for task in await everything(desk) for clip in task.clips]
        assert sorted(clips) == ["a", "c"]


@pytest.mark.parametrize(
    ("selected", "offered", "texts"),
    [
        (0, "library", ("Selected songs (0)", "The whole library (3)")),
        (1, "library", ("Selected songs (1)", "The whole library (3)")),
        (2, "selection", ("Selected songs (2)", "The whole library (3)")),
    ],
)
async def test_what_is_exported_is_asked_and_several_selected_rows_are_offered_first(
    service: Service, tmp_path: Path, selected: int, offered: str, texts: tuple[str, str]
) -> None:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        await desk.core.library.absorb([CITY, RAIN], 1.0)
        await until(lambda: len(desk.feed.model.order) == 3)
        desk.view.select_ids(desk.feed.model.order[:selected])
        question = await asked(desk)
        assert (question.selection.text(), question.library.text()) == texts
        assert getattr(question, offered).isChecked()
        assert question.selection.isEnabled() is (selected > 0)


async def test_a_single_selected_song_can_be_exported_alone(service: Service, tmp_path: Path) -> None:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        await desk.core.library.absorb([CITY, RAIN], 1.0)
        await until(lambda: len(desk.feed.model.order) == 3)
        desk.view.select_ids(desk.feed.model.order[:1])
        question = await asked(desk)
        question.selection.setChecked(True)
        question.accept()
        assert dialog_of(desk).windowTitle() == "Export 1 selected song"
        answer(dialog_of(desk), tmp_path / "one.csv")
        await until(lambda: "Exported 1 task" in desk.notice.text)
    assert len((tmp_path / "one.csv").read_text().splitlines()) == 2


async def test_the_chosen_format_is_written_whatever_the_name(service: Service, tmp_path: Path) -> None:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        await export_to(desk, tmp_path / "songs", ExportFormat.M3U8)
        desk.notice.say("")
        await export_to(desk, tmp_path / "songs.list", ExportFormat.M3U8)
    for name in ("songs.m3u8", "songs.list"):
        assert (tmp_path / name).read_text().startswith("#EXTM3U")


@pytest.mark.parametrize("name", ["gone.m4a", "x" * 300], ids=["gone", "the system refuses to look"])
async def test_a_playlist_names_the_saved_files_that_are_still_there(
    service: Service, tmp_path: Path, name: str
) -> None:
    there, gone = tmp_path / "City Lights.m4a", tmp_path / name
    there.write_bytes(b"song")
    done = {"folder": str(tmp_path), "state": JobState.DONE, "settled_at": 5.0}
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        await desk.core.library.absorb([CITY], 1.0)
        jobs = [
            JobRecord(task_id=id_of(1), clip_id=clip_id, path=str(path), **done)  # type: ignore[arg-type]
            for clip_id, path in (("a", there), ("a", gone), ("b", gone))
        ]
        await desk.core.library.add_jobs(jobs)
        await export_to(desk, tmp_path / "songs.m3u8")
    lines = (tmp_path / "songs.m3u8").read_text().splitlines()
    played = [line for line in lines if not line.startswith("#")]
    assert played == [str(there), "https://media.example/b.m4a"]


async def test_what_was_unfinished_is_asked_about_again(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "library.csv"
    async with desk_at(tmp_path / "from", service.api_url) as desk:
        await desk.core.library.absorb([RAIN, task_of(3, state=TaskState.RUNNING)], 1.0)
        await export_to(desk, path)
    async with desk_at(tmp_path / "to", service.api_url) as desk:
        await desk.core.tracker.start()
        await import_from(desk, path)
        await until(lambda: desk.core.tracker.asking(id_of(3)))
        assert desk.core.tracker.asking(id_of(2)) is None


async def test_another_file_is_refused_with_a_sentence(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "ids.csv"
    path.write_text(f"task_id\n{id_of(1)}\n")
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        await import_from(desk, path)
        assert "is not an export of this program" in desk.notice.text
        assert await everything(desk) == []


async def test_a_folder_that_cannot_be_written_to_is_said(service: Service, tmp_path: Path) -> None:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        (await asked(desk)).accept()
        dialog_of(desk).fileSelected.emit(str(tmp_path / "gone" / "library.json"))
        await until(lambda: "could not be written" in desk.notice.text)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 0, 0), "1 task imported."),
        ((0, 0, 0), "There is no task in this file; nothing was imported."),
        ((2_000, 3, 1), "2,000 tasks imported; 3 here already; 1 part could not be read."),
    ],
)
def test_an_import_is_told_in_a_sentence(counts: tuple[int, int, int], said: str) -> None:
    assert import_verdict(*counts) == said
