"""Export and import through the window's dialogs, over real libraries and files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.model import JobRecord, JobState, MusicTask, TaskState
from aimusic_desktop.ui.commands.exchanging import Exchanging, import_verdict
from aimusic_desktop.ui.desk import Desk
from tests.support.desk import desk_at
from tests.support.library import clip_of, id_of, task_of
from tests.support.service import Service
from tests.support.window import until

CITY = task_of(1, clip_of(id_of(1), "a", title="City Lights"), clip_of(id_of(1), "b", index=1), added_at=1.0)
RAIN = task_of(2, clip_of(id_of(2), "c", title="Neon Rain"), added_at=2.0)


def dialog_of(desk: Desk) -> QFileDialog:
    return desk.window.findChildren(QFileDialog)[-1]


def answer(dialog: QFileDialog, path: Path) -> None:
    """Choose a file, as the user would."""
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()


async def export_to(desk: Desk, path: Path) -> str:
    """Gives the title of the dialog."""
    Exchanging(desk).export()
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
        await desk.core.library.absorb([CITY, RAIN], 1.0, {id_of(1): '{"data": "as it came"}'})
        await export_to(desk, path)
        assert desk.notice.text == f"Exported 2 tasks to “{path.name}”."
        before = await everything(desk)
    async with desk_at(tmp_path / "to", service.api_url) as desk:
        await import_from(desk, path)
        assert desk.notice.text == "2 tasks imported."
        assert await everything(desk) == before
        kept = '{"data": "as it came"}' if suffix == "json" else None
        assert await desk.core.library.answer(id_of(1)) == kept


async def test_a_selection_is_exported_alone_and_the_dialog_says_so(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    async with desk_at(tmp_path / "from", service.api_url) as desk:
        await desk.core.library.absorb([CITY, RAIN], 1.0)
        await until(lambda: len(desk.feed.model.order) == 3)
        rows = await desk.core.library.rows_of([id_of(1), id_of(2)])
        assert await export_to(desk, tmp_path / "all.json") == "Export the whole library"
        desk.notice.say("")
        desk.view.select_ids([rows[0].row_id, rows[2].row_id])
        assert await export_to(desk, path) == "Export 2 selected rows"
    async with desk_at(tmp_path / "to", service.api_url) as desk:
        await import_from(desk, path)
        clips = [clip.clip_id for task in await everything(desk) for clip in task.clips]
        assert sorted(clips) == ["a", "c"]


async def test_the_kind_of_file_is_chosen_in_the_dialog(service: Service, tmp_path: Path) -> None:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        Exchanging(desk).export()
        dialog = dialog_of(desk)
        assert dialog.defaultSuffix() == "json"
        dialog.filterSelected.emit("Playlist for players (*.m3u8)")
        answer(dialog, tmp_path / "songs")
        await until(lambda: (tmp_path / "songs.m3u8").exists())


async def test_a_playlist_names_the_saved_files_that_are_still_there(
    service: Service, tmp_path: Path
) -> None:
    there, gone = tmp_path / "City Lights.m4a", tmp_path / "gone.m4a"
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
        Exchanging(desk).export()
        dialog_of(desk).fileSelected.emit(str(tmp_path / "gone" / "library.json"))
        await until(lambda: "could not be written" in desk.notice.text)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 0, 0), "1 task imported."),
        ((2_000, 3, 1), "2,000 tasks imported; 3 here already; 1 part could not be read."),
    ],
)
def test_an_import_is_told_in_a_sentence(counts: tuple[int, int, int], said: str) -> None:
    assert import_verdict(*counts) == said
