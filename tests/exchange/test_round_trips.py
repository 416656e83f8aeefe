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
from aimusic_desktop.exchange.gathering import MAX_ANSWER_CHARACTERS, Gathering
from tests.support.exchange import ALL, NOW, entries, read, written
from tests.support.library import clip_of, library_at, task_of


@given(library=entries(), export_format=st.sampled_from(ExportFormat))
def test_every_task_with_all_that_is_known_of_it_comes_back_as_it_was(
    library: list[Entry], export_format: ExportFormat
) -> None:
    text = written(export_format, library)
    is_own, _, _ = ALL[export_format]
    found = read(export_format, text)
    assert is_own(text[:4096].removeprefix("\ufeff"))
    assert (list(found.tasks), found.skipped) == ([entry.task for entry in library], 0)
    assert found.answers == {entry.task.task_id: entry.answer for entry in library if entry.answer}
    assert list(found.conversions) == [each for entry in library for each in entry.conversions]
    assert list(found.alignments) == [each for entry in library for each in entry.alignments]


@settings(max_examples=15)
@given(library=entries(), export_format=st.sampled_from(ExportFormat))
def test_an_empty_library_becomes_the_exported_one(library: list[Entry], export_format: ExportFormat) -> None:
    tasks = [entry.task for entry in library]
    answers = {entry.task.task_id: entry.answer for entry in library}

    async def through_a_file(folder: Path) -> None:
        file = folder / f"export.{export_format}"
        async with library_at(folder / "from.sqlite3") as source, library_at(folder / "to.sqlite3") as target:
            await source.absorb(tasks, NOW)
            before = await source.everything(None)
            write_export(file, export_format, library)
            imported = read_export(file, Gathering(NOW))
            assert imported is not None
            paid = imported.conversions, imported.alignments
            await target.absorb(imported.tasks, NOW, imported.answers, *paid)
            assert await target.everything(None) == before == tasks
            assert {task_id: await target.answer(task_id) for task_id in answers} == answers
            conversions = [each for entry in library for each in entry.conversions]
            assert set(await target.conversions()) == set(conversions)
            alignments = [each for entry in library for each in entry.alignments]
            assert set(await target.alignments()) == set(alignments)

    with TemporaryDirectory() as folder:
        asyncio.run(through_a_file(Path(folder)))


@pytest.mark.parametrize("export_format", ExportFormat)
def test_an_answer_comes_back_as_long_as_the_service_sends_any(export_format: ExportFormat) -> None:
    task, answer = task_of(1, clip_of(task_of(1).task_id)), "'" + "x" * (MAX_ANSWER_CHARACTERS - 1)
    found = read(export_format, written(export_format, [Entry(task, answer), Entry(task_of(2))]))
    assert found.answers == {task.task_id: answer}
    assert found.tasks == (task, task_of(2))


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
