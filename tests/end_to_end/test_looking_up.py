"""From a task id to a song on the screen, by mouse, keyboard, drop and command line."""

from __future__ import annotations

import shutil

import pytest

from aimusic_desktop.assets import asset
from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.media.tags import write_tags
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import Settings
from tests.end_to_end.conftest import Starter
from tests.support.api import KEY, TASK
from tests.support.file_manager import FileManager
from tests.support.hands import Hands
from tests.support.program import Program
from tests.support.service import Service
from tests.support.songs import NOT_READY, song
from tests.support.waiting import wait_until

ROW = "City Lights, emotional pop with gentle piano, 3:05, ready"


@pytest.fixture
def program(start: Starter, service: Service) -> Program:
    """A program with a key, and a service that needs a second question to answer."""
    service.on_task("producer", TASK, NOT_READY, song(service))
    return start("--api-url", service.api_url, env={"AIMUSIC_API_KEY": KEY})


def test_the_demo_shows_its_songs_as_they_arrive(demo: Program) -> None:
    assert "Demo" in demo.find("frame", "").name
    wait_until(lambda: sum(row.name.endswith(", ready") for row in demo.rows()) >= 8, "eight songs", 60)
    demo.find_row("failed", within_s=60)


def test_a_copied_link_is_looked_up_by_mouse(program: Program, hands: Hands) -> None:
    hands.copy(f"my song: https://example.com/api/v1/producer/task/{TASK}, is it ready?")
    program.click("text", "Task ids")
    hands.press("ctrl+v")
    program.click("button", "Look up")
    assert program.find_row("City Lights").name == ROW


def test_a_typed_id_is_looked_up_by_keyboard(program: Program, hands: Hands) -> None:
    hands.press("ctrl+l")
    hands.type(TASK)
    hands.press("Return")
    assert program.find_row("City Lights").name == ROW


def test_ctrl_v_anywhere_looks_up_what_was_copied(program: Program, hands: Hands) -> None:
    hands.copy(f'{{"message": "success", "task_id": "{TASK}"}}')
    program.click("button", "All")
    hands.press("ctrl+v")
    assert program.find_row("City Lights").name == ROW


def test_a_text_file_dropped_on_the_window_is_looked_up(
    program: Program, folder: FileManager, hands: Hands
) -> None:
    (folder.folder / "ids.txt").write_text(f"yesterday's song: {TASK}\n")
    hands.drag(folder.first_file(), program.find("frame", "").at(0.3, 0.5))
    assert program.find_row("City Lights").name == ROW


def test_a_saved_song_dropped_on_the_window_finds_its_way_home(
    program: Program, folder: FileManager, hands: Hands
) -> None:
    song_file = folder.folder / "kept for years.m4a"
    shutil.copy(asset("demo", "songs", "city-lights.m4a"), song_file)
    write_tags(song_file, Clip(task_id=TASK, clip_id="clip"), None, SaveStyle.of(Settings()).tags)
    hands.drag(folder.first_file(), program.find("frame", "").at(0.3, 0.5))
    assert program.find_row("City Lights").name == ROW


def test_text_without_an_id_stays_and_is_said(program: Program, hands: Hands) -> None:
    program.click("text", "Task ids")
    hands.type("no song in here")
    hands.press("Return")
    wait_until(
        lambda: program.seek(lambda node: node.role == "label" and "no task id" in node.name.lower()),
        "a sentence says that there is no task id",
    )
    assert program.find("text", "Task ids").text == "no song in here"


def test_an_id_on_the_command_line_is_looked_up_and_the_key_goes_to_the_api_alone(
    start: Starter, service: Service
) -> None:
    service.on_task("producer", TASK, song(service))
    program = start("--api-url", service.api_url, TASK, env={"AIMUSIC_API_KEY": KEY})
    program.hands.click(program.find_row("City Lights", "ready").centre)
    wait_until(lambda: "/song.m4a" in service.paths(), "the song is fetched")
    for request in service.requests:
        sent = request.headers.get("authorization")
        assert sent == (f"Bearer {KEY}" if request.path.startswith("/api/") else None)
