"""What is exported and imported again is the same library, in each of the three formats."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.files import ExportFormat, read_export, write_export
from aimusic_desktop.exchange.gathering import Gathering
from aimusic_desktop.model import MusicTask
from tests.support.exchange import ALL, NOW, read, tasks, written
from tests.support.library import clip_of, library_at, task_of


@given(library=tasks(), export_format=st.sampled_from(ExportFormat))
def test_every_task_and_clip_comes_back_as_it_was(
    library: list[MusicTask], export_format: ExportFormat
) -> None:
    text = written(export_format, map(Entry, library))
    is_own, _, _ = ALL[export_format]
    found = read(export_format, text)
    assert is_own(text[:4096].removeprefix("\ufeff"))
    assert (list(found.tasks), found.skipped) == (library, 0)


@settings(max_examples=15)
@given(library=tasks(), export_format=st.sampled_from(ExportFormat))
def test_an_empty_library_becomes_the_exported_one(
    library: list[MusicTask], export_format: ExportFormat
) -> None:
    async def through_a_file(folder: Path) -> None:
        file = folder / f"export.{export_format}"
        async with library_at(folder / "from.sqlite3") as source, library_at(folder / "to.sqlite3") as target:
            await source.absorb(library, NOW)
            before = await source.everything(None)
            write_export(file, export_format, map(Entry, before))
            imported = read_export(file, Gathering(NOW))
            assert imported is not None
            await target.absorb(imported.tasks, NOW)
            assert await target.everything(None) == before == library

    with TemporaryDirectory() as folder:
        asyncio.run(through_a_file(Path(folder)))


@given(answer=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_json_brings_the_answers_of_the_service_back(answer: str) -> None:
    task = task_of(1)
    found = read(ExportFormat.JSON, written(ExportFormat.JSON, [Entry(task, answer)]))
    assert found.answers == {task.task_id: answer}


def test_json_laid_out_anew_by_another_program_is_read_as_well() -> None:
    task = task_of(1, clip_of(task_of(1).task_id, title="City [Lights]"))
    value = json.loads(written(ExportFormat.JSON, [Entry(task, "{}")]))
    for text in (json.dumps(value), json.dumps(value, indent=4, sort_keys=True)):
        assert ALL[ExportFormat.JSON][0](text)
        assert read(ExportFormat.JSON, text).tasks == (task,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_that_a_spreadsheet_sorted_and_saved_is_read_as_well(delimiter: str) -> None:
    task_id = task_of(1).task_id
    clips = [clip_of(task_id, name, index=index) for index, name in enumerate("abc")]
    task = task_of(1, *clips)
    heading, *rows = written(ExportFormat.CSV, [Entry(task), Entry(task_of(2))]).splitlines()
    text = "\r\n".join([heading, *reversed(rows)]).replace('","', f'"{delimiter}"')
    assert set(read(ExportFormat.CSV, text).tasks) == {task, task_of(2)}
