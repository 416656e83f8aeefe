"""The table: a row a clip, and nothing in it that a spreadsheet computes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.facts import ROW_FACTS
from aimusic_desktop.exchange.files import ExportFormat
from tests.support.exchange import read, tasks, written
from tests.support.library import clip_of, id_of, task_of


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_each_clip_has_a_row_with_its_task_and_a_task_without_clips_has_one() -> None:
    task = task_of(1, clip_of(id_of(1), "a", title="City Lights"), clip_of(id_of(1), "b", index=1))
    rows = cells(written(ExportFormat.CSV, [Entry(task), Entry(task_of(2))]))
    assert [(row["task_id"], row["clip_id"]) for row in rows] == [
        (id_of(1), "a"),
        (id_of(1), "b"),
        (id_of(2), ""),
    ]
    assert rows[0]["title"] == "City Lights"
    assert rows[0]["task_state"] == "succeeded"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1+1", "'=1", "'"])
def test_what_a_spreadsheet_would_compute_is_kept_from_it_and_comes_back(text: str) -> None:
    task = task_of(1, clip_of(id_of(1), title=text.strip(), lyrics=f"a\n{text}", seed=text.strip()))
    table = written(ExportFormat.CSV, [Entry(task)])
    assert cells(table)[0]["title"].startswith("'")
    [back] = read(ExportFormat.CSV, table).tasks
    assert (back.clips[0].title, back.clips[0].seed) == (text.strip(), text.strip())


@given(library=tasks())
def test_no_cell_of_text_begins_like_a_formula(library: list[object]) -> None:
    table = written(ExportFormat.CSV, map(Entry, library))  # type: ignore[arg-type]
    for row in cells(table):
        assert not [cell for cell in row.values() if cell.lstrip(" \n").startswith(tuple("=+-@\t\r"))]


@given(text=st.text(max_size=60))
def test_any_text_below_the_heading_is_counted_or_read_never_an_error(text: str) -> None:
    heading = written(ExportFormat.CSV, [])
    read(ExportFormat.CSV, heading + text)


def test_a_quote_without_its_end_costs_no_more_than_what_it_swallows() -> None:
    good = written(ExportFormat.CSV, [Entry(task_of(1))])
    found = read(ExportFormat.CSV, good + '"' + "x" * 140_000 + "\r\n" + good.splitlines()[1])
    assert [task.task_id for task in found.tasks] == [id_of(1)]
    assert found.skipped >= 1


def test_a_table_that_was_cut_says_so_wherever_that_was() -> None:
    task = task_of(1, clip_of(id_of(1), lyrics="la, la\nla"))
    table = written(ExportFormat.CSV, [Entry(task_of(2)), Entry(task)]).removeprefix("\ufeff")
    start, last = table.index(id_of(1)) - 1, table.rindex(",") + 1  # cut there, only a date is unknown
    for end in {*range(start + 1, len(table) - 2)} - {last}:
        found = read(ExportFormat.CSV, table[:end])
        assert ([each.task_id for each in found.tasks], found.skipped) == ([id_of(2)], 1), table[start:end]
    assert read(ExportFormat.CSV, table[:-2]).skipped == 0


def test_every_row_ends_with_a_cell_that_holds_something() -> None:
    """A spreadsheet that leaves out what is empty at the end must not make a row look cut."""
    rows = cells(written(ExportFormat.CSV, [Entry(task_of(1)), Entry(task_of(2, clip_of(id_of(2))))]))
    assert all(list(row.values())[-1] for row in rows)


@pytest.mark.parametrize("column", ["conversions", "alignments"])
@pytest.mark.parametrize("damaged", ["[", "7", '[{"clip_id": "a"}]', "[[1]]", "[" * 100_000])
def test_damaged_lists_cost_no_more_than_themselves(damaged: str, column: str) -> None:
    table = written(ExportFormat.CSV, [Entry(task_of(1))])
    line = table.splitlines()[1].split(",")
    line[ROW_FACTS.index(column)] = '"' + damaged.replace('"', '""') + '"'
    found = read(ExportFormat.CSV, "\r\n".join([table.splitlines()[0], ",".join(line)]))
    assert (found.tasks, found.skipped) == ((task_of(1),), 1)
