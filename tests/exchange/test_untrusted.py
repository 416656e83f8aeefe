"""A file from anywhere: damage is counted, nonsense becomes harmless, nothing is raised but a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.api.alignment import LONGEST_WORD
from aimusic_desktop.exchange import files, gathering
from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.errors import ExchangeError
from aimusic_desktop.exchange.files import ExportFormat, read_export, write_export
from aimusic_desktop.exchange.gathering import Gathering
from aimusic_desktop.model import Alignment, ClipState, ConversionState, TaskState, TimedWord
from tests.support.exchange import NOW, read, written
from tests.support.library import clip_of, id_of, task_of

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["task_id", "clip_id", "clips", "state", "title", "duration_s", "added_at", "answer"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def as_library(*tasks: object) -> str:
    return json.dumps({"format": "aimusic-library", "tasks": tasks})


@given(tasks=st.lists(JSON, max_size=4))
def test_any_json_is_read_or_counted(tasks: list[object]) -> None:
    found = read(ExportFormat.JSON, as_library(*tasks))
    assert len(found.tasks) + found.skipped >= min(1, len(tasks))


def test_wrong_types_and_unknown_words_become_harmless() -> None:
    clip = {"clip_id": 7, "index": -3, "title": "a\u202eb\x00", "duration_s": 1e9, "state": "dancing"}
    clip |= {
        "audio_url": "file:///etc/passwd",
        "image_url": "https://user@host/x",
        "lyrics": ["x"],
        "error": {},
    }
    task = {"task_id": id_of(1).upper(), "product": "mp3", "state": 5, "added_at": "nan", "clips": [clip, 1]}
    [found] = (imported := read(ExportFormat.JSON, as_library(task))).tasks
    [song] = found.clips
    assert (found.task_id, found.product, found.state) == (id_of(1), None, TaskState.PENDING)
    assert (found.added_at, found.tracked_since, found.settled_at) == (NOW, NOW, None)
    assert (song.clip_id, song.index, song.title, song.state) == ("7", 0, "ab", ClipState.PENDING)
    assert (song.audio_url, song.image_url, song.duration_s, song.lyrics) == (None, None, None, "")
    assert imported.skipped == 1


@pytest.mark.parametrize("local", [True, False])
def test_links_to_this_machine_are_taken_only_while_the_service_is_on_it(local: bool) -> None:
    link = "http://127.0.0.1:8000/a.m4a"
    text = written(ExportFormat.JSON, [Entry(task_of(1, clip_of(id_of(1), audio_url=link)))])
    [found] = read(ExportFormat.JSON, text, api_is_loopback=local).tasks
    assert found.clips[0].audio_url == (link if local else None)


def test_a_damaged_line_costs_its_task_alone() -> None:
    text = written(ExportFormat.JSON, [Entry(task_of(number)) for number in (1, 2, 3)])
    found = read(ExportFormat.JSON, text.replace(f'"{id_of(2)}"', "oops"))
    assert [task.task_id for task in found.tasks] == [id_of(1), id_of(3)]
    assert found.skipped == 1


@pytest.mark.parametrize("cut", [60, 5])
def test_of_a_cut_file_what_is_whole_is_read_and_the_loss_is_said(cut: int) -> None:
    text = written(ExportFormat.JSON, [Entry(task_of(number)) for number in (1, 2)])
    found = read(ExportFormat.JSON, text[:-cut])
    assert found.tasks[0].task_id == id_of(1)
    assert found.skipped >= 1


def test_json_nested_too_deep_is_counted() -> None:
    text = as_library().replace("[]", f"[{'[' * 200_000}]")
    assert read(ExportFormat.JSON, text).skipped >= 1


@pytest.mark.parametrize(
    "text",
    ["", "74dc7bf7-56bf-457c-a4a3-3fa12f05d727", '{"data": []}', "task_id,title\n1,2", "#EXTM3U\na.m4a\n"],
)
def test_another_file_is_none_of_ours(tmp_path: Path, text: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    assert read_export(path, Gathering(NOW)) is None


def test_a_file_without_a_task_that_can_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(as_library({"task_id": "?"}))
    with pytest.raises(ExchangeError, match="damaged"):
        read_export(path, Gathering(NOW))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100)
    path = tmp_path / "export.csv"
    path.write_text(written(ExportFormat.CSV, [Entry(task_of(1))]))
    with pytest.raises(ExchangeError, match="larger than"):
        read_export(path, Gathering(NOW))


def test_more_than_can_be_imported_is_not_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100)
    with pytest.raises(ExchangeError, match="smaller parts"):
        write_export(tmp_path / "export.csv", ExportFormat.CSV, [Entry(task_of(1))])
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "entry", ["1", '{"task_id": "abcdef"}', '{"task_id": "abcdef", "clips": [{"clip_id": "a"}]}']
)
def test_entries_without_end_are_refused(monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    monkeypatch.setattr(gathering, "MAX_ENTRIES", 100)
    with pytest.raises(ExchangeError, match="more than 100 entries"):
        read(ExportFormat.JSON, as_library().replace("[]", f"[{f'{entry}, ' * 101}]"))


def test_utf_16_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    task = task_of(1, clip_of(id_of(1), title="Übergrößen 日本"))
    path.write_text(written(ExportFormat.CSV, [Entry(task)]).removeprefix("\ufeff"), "utf-16")
    imported = read_export(path, Gathering(NOW))
    assert imported is not None
    assert imported.tasks == (task,)


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text("before")

    def entries() -> object:
        yield Entry(task_of(1))
        raise OSError(28, "No space left on device")

    with pytest.raises(ExchangeError, match="could not be written: No space left on device"):
        write_export(path, ExportFormat.JSON, entries())  # type: ignore[arg-type]
    assert path.read_text() == "before"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("folder", ["gone", "file"])
def test_a_folder_that_is_none_is_said(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExchangeError, match="could not be written"):
        write_export(tmp_path / folder / "export.json", ExportFormat.JSON, [])


def test_a_table_saved_by_a_spreadsheet_of_the_west_keeps_its_letters(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    task = task_of(1, clip_of(id_of(1), title="Übergrößen – 5 €"), clip_of(id_of(1), "b" * 5_000))
    path.write_bytes(written(ExportFormat.CSV, [Entry(task)]).removeprefix("\ufeff").encode("cp1252"))
    imported = read_export(path, Gathering(NOW))
    assert imported is not None
    assert imported.tasks[0].clips[0].title == "Übergrößen – 5 €"


@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_damaged_letter_of_an_own_export_makes_no_nonsense_of_the_others(
    tmp_path: Path, export_format: ExportFormat
) -> None:
    path = tmp_path / "export"
    clips = clip_of(id_of(1), title="Größen"), clip_of(id_of(1), "b", index=1, title="Häuser")
    write_export(path, export_format, [Entry(task_of(1, *clips))])
    path.write_bytes(path.read_bytes().replace("ä".encode(), b"\xe4"))
    imported = read_export(path, Gathering(NOW))
    assert imported is not None
    assert [clip.title for clip in imported.tasks[0].clips] == ["Größen", "H\ufffduser"]


def test_json_of_a_newer_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    text = written(ExportFormat.JSON, [Entry(task_of(1))])
    path.write_text(text.replace('"version": 1', '"version": 2'))
    with pytest.raises(ExchangeError, match="written by a newer version"):
        read_export(path, Gathering(NOW))


def test_alignments_promise_nothing_that_is_not_there() -> None:
    def found(**facts: object) -> Alignment:
        own = {"clip_id": "a", "state": "done", "asked_at": 9e9, "owner": "me"} | facts
        [alignment] = read(
            ExportFormat.JSON, as_library({"task_id": id_of(1), "alignments": [own]})
        ).alignments
        assert (alignment.asked_at, alignment.owner) == (NOW, "")
        return alignment

    assert found(words=[]).state is ConversionState.DONE
    assert found(words="la").state is found().state is ConversionState.UNKNOWN
    assert found(state="running", words=[]).state is ConversionState.UNKNOWN
    assert found(state="failed", words=[["a", 1, 2]]).words == ()
    odd = [["a\u202eb\r\n", "1", 2], ["x" * 5_000, 1, 2], ["c", None, 2], ["", 1, 2], ["d", 1], 7]
    first, second = found(words=odd).words
    assert (first, len(second.text)) == (TimedWord("ab\n", 1.0, 2.0), LONGEST_WORD)


@pytest.mark.parametrize("facts", [7, {}, {"clip_id": "a"}, {"clip_id": "a", "state": "dancing"}])
def test_an_alignment_of_nothing_is_counted(facts: object) -> None:
    found = read(ExportFormat.JSON, as_library({"task_id": id_of(1), "alignments": [facts]}))
    assert (found.alignments, found.skipped) == ((), 1)


def test_conversions_promise_nothing_that_is_not_there() -> None:
    def state_of(**facts: object) -> tuple[str, str | None]:
        own = {"clip_id": "a", "format": "wav", "product": "sonic", "asked_at": 9e9} | facts
        task = {"task_id": id_of(1), "conversions": [own]}
        [found] = read(ExportFormat.JSON, as_library(task)).conversions
        assert found.asked_at == NOW
        return found.state, found.url

    assert state_of(state="done", url="file:///etc/passwd") == ("unknown", None)
    assert state_of(state="done", url="file:///etc/passwd", conversion_id="x") == ("running", None)
    assert state_of(state="running") == ("unknown", None)
    assert state_of(state="dancing", conversion_id="x") == ("unknown", None)


@pytest.mark.parametrize(
    "odd", [1, {"clip_id": "a"}, {"clip_id": "a", "format": "original", "product": "sonic"}]
)
def test_what_is_no_conversion_is_counted(odd: object) -> None:
    found = read(ExportFormat.JSON, as_library({"task_id": id_of(1), "conversions": [odd]}))
    assert (found.conversions, found.skipped) == ((), 1)
