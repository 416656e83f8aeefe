"""The playlist: what players play, and what only this program reads."""

from __future__ import annotations

import pytest

from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.files import ExportFormat
from aimusic_desktop.model import ClipState
from tests.support.exchange import read, written
from tests.support.library import clip_of, id_of, task_of


def played(text: str) -> list[str]:
    """The lines that a player opens."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_a_player_gets_the_saved_file_else_the_link_and_title_and_length() -> None:
    clips = (
        clip_of(id_of(1), "a", title="City\nLights", duration_s=185.4),
        clip_of(id_of(1), "b", index=1, title="Neon Rain"),
    )
    text = written(ExportFormat.M3U8, [Entry(task_of(1, *clips), saved={"a": "/music/100% city #1.m4a"})])
    assert text.startswith("#EXTM3U\n")
    assert "#EXTINF:185,City Lights\n/music/100% city #1.m4a\n" in text
    assert "#EXTINF:-1,Neon Rain\nhttps://media.example/b.m4a\n" in text


@pytest.mark.parametrize("facts", [{"state": ClipState.RUNNING}, {"audio_url": None}])
def test_what_cannot_be_played_is_no_entry_but_comes_back(facts: dict[str, object]) -> None:
    task = task_of(1, clip_of(id_of(1), **facts))
    text = written(ExportFormat.M3U8, [Entry(task)])
    assert played(text) == []
    assert read(ExportFormat.M3U8, text).tasks == (task,)


def test_a_path_that_would_break_the_line_gives_way_to_the_link() -> None:
    task = task_of(1, clip_of(id_of(1)))
    text = written(ExportFormat.M3U8, [Entry(task, saved={"a": "/music/two\nlines.m4a"})])
    assert played(text) == ["https://media.example/a.m4a"]


def test_long_lyrics_make_no_line_that_a_player_would_break() -> None:
    lyrics = "\n".join(["川の流れのように "] * 3_000).strip()
    task = task_of(1, clip_of(id_of(1), lyrics=lyrics))
    text = written(ExportFormat.M3U8, [Entry(task), Entry(task_of(2))])
    assert max(len(line.encode()) for line in text.splitlines()) < 8_192
    assert read(ExportFormat.M3U8, text.replace("\n", "\r\n")).tasks == (task, task_of(2))


def test_a_damaged_line_is_counted_and_the_others_are_read() -> None:
    lines = written(ExportFormat.M3U8, [Entry(task_of(number)) for number in (1, 2, 3)]).splitlines()
    lines[3] = lines[3][:40]
    found = read(ExportFormat.M3U8, "\r\n".join(lines))
    assert [task.task_id for task in found.tasks] == [id_of(1), id_of(3)]
    assert found.skipped == 1
