"""Rows dragged into a real file manager are tagged songs, also those that were not there yet at the drop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutagen.mp4 import MP4

from aimusic_desktop.assets import asset
from tests.end_to_end.conftest import Starter
from tests.support.api import KEY, TASK, clip, finished
from tests.support.desktop import Desktop
from tests.support.eyes import Point
from tests.support.file_manager import FileManager
from tests.support.hands import Hands
from tests.support.media import headers_of
from tests.support.program import Program
from tests.support.service import Reply, Request, Service, as_json, file_reply
from tests.support.waiting import wait_until

SONG = asset("demo", "songs", "glass-garden.m4a").read_bytes()
LENGTH_S = 27.0
CLIP_ID = "----:com.apple.iTunes:AIMUSIC_CLIP_ID"


class Host:
    """Serves one song under many links; those that end in ``late`` stand still half way until ``open``."""

    def __init__(self, service: Service) -> None:
        self.open = threading.Event()
        self._service = service

    def link(self, name: str) -> str:
        self._service.on(f"/{name}", self._late if name.endswith("late") else self._ready)
        return f"{self._service.origin}/{name}"

    def _ready(self, request: Request) -> Reply:
        return file_reply(request, SONG, "audio/mp4")

    def _late(self, request: Request) -> Reply:
        if "range" in request.headers:
            return self._ready(request)
        return Reply(200, headers=headers_of(SONG), chunks=self._halves, length=len(SONG))

    def _halves(self) -> Iterator[bytes]:
        yield SONG[: len(SONG) // 2]
        self.open.wait(60)
        yield SONG[len(SONG) // 2 :]


@pytest.fixture
def host(service: Service) -> Iterator[Host]:
    host = Host(service)
    yield host
    host.open.set()


def show(start: Starter, service: Service, *links: str) -> Program:
    """A program that shows a finished task of a song for each link: Song 0, Song 1, …"""
    clips = [
        clip(clip_id=f"clip-{n}", title=f"Song {n}", audio_url=link, duration=LENGTH_S)
        for n, link in enumerate(links)
    ]
    service.on_task("producer", TASK, as_json(finished(*clips)))
    return start("--api-url", service.api_url, TASK, env={"AIMUSIC_API_KEY": KEY})


def choose(program: Program, title: str) -> Point:
    """Clicks the first row of that title and gives the place to drag it by."""
    place = program.find_row(title, "ready").at(0.3, 0.5)
    program.hands.click(place)
    return place


def choose_all(program: Program, number: int) -> Point:
    """Chooses all rows when there are that many, and gives the place to drag them by."""
    wait_until(lambda: sum("ready" in row.name for row in program.rows()) == number, f"{number} rows", 30)
    place = choose(program, "Song")
    program.hands.press("ctrl+a")
    return place


def wait_for_staged(program: Program, name: str, number: int = 1) -> list[Path]:
    """The tagged copies that wait to be dragged."""

    def staged() -> list[Path]:
        found = sorted(program.home.glob(f"**/staged/**/{name}"))
        return found if len(found) == number else []

    return wait_until(staged, f"{number} of {name} staged", 30)


def wait_for_songs(folder: FileManager, number: int) -> dict[str, str]:
    """The clip id of each song in the folder by its name, when there are that many and nothing else."""

    def songs() -> list[Path]:
        found = list(folder.folder.iterdir())
        return found if len(found) == number and all(path.suffix == ".m4a" for path in found) else []

    found = wait_until(songs, f"{number} songs are in the folder")
    wait_until(lambda: all(path.stat().st_size > len(SONG) for path in found), "they are whole")
    return {path.name: bytes(MP4(path)[CLIP_ID][0]).decode() for path in found}


def wait_until_said(program: Program, words: str) -> None:
    wait_until(lambda: program.seek(lambda node: node.role == "label" and words in node.name), f"{words!r}")


def test_a_row_dragged_into_a_folder_is_the_tagged_song(
    demo: Program, folder: FileManager, hands: Hands
) -> None:
    place = choose(demo, "City Lights")
    [original] = wait_for_staged(demo, "City Lights.m4a")
    hands.drag(place, folder.drop_point)
    copy = folder.folder / "City Lights.m4a"
    wait_until(lambda: copy.exists() and copy.stat().st_size == original.stat().st_size, "the file is there")
    assert copy.read_bytes() == original.read_bytes()
    assert original.exists(), "the file manager must copy, not move"
    tags = MP4(copy)
    assert tags["\xa9nam"] == ["City Lights"]
    assert tags["\xa9gen"] == ["emotional pop with gentle piano"]
    assert "running in circles" in tags["\xa9lyr"][0]
    assert tags["covr"]


def test_twins_dragged_together_do_not_overwrite_each_other(
    demo: Program, folder: FileManager, hands: Hands
) -> None:
    place = choose(demo, "Orange Grove")
    hands.press("shift+Down")
    wait_for_staged(demo, "Orange Grove*.m4a", 2)
    hands.drag(place, folder.drop_point)
    wait_until(lambda: len(list(folder.folder.iterdir())) == 2, "both files are there")
    names = {path.name for path in folder.folder.iterdir()}
    assert names == {"Orange Grove.m4a", "Orange Grove (2).m4a"}


def test_ten_rows_dragged_together_are_ten_songs(
    start: Starter, service: Service, host: Host, folder: FileManager, hands: Hands
) -> None:
    program = show(start, service, *(host.link(f"{n}") for n in range(10)))
    place = choose_all(program, 10)
    wait_for_staged(program, "Song *.m4a", 10)
    hands.drag(place, folder.drop_point)
    assert wait_for_songs(folder, 10) == {f"Song {n}.m4a": f"clip-{n}" for n in range(10)}


def test_a_row_that_was_not_ready_arrives_when_it_is(
    start: Starter, service: Service, host: Host, folder: FileManager, hands: Hands
) -> None:
    program = show(start, service, host.link("late"))
    place = choose(program, "Song 0")
    hands.drag(place, folder.drop_point)
    wait_until_said(program, "Saving 1 song to")
    assert [path for path in folder.folder.iterdir() if path.suffix == ".m4a"] == []
    host.open.set()
    assert wait_for_songs(folder, 1) == {"Song 0.m4a": "clip-0"}


def test_of_ten_rows_the_one_that_was_not_ready_arrives_too(
    start: Starter, service: Service, host: Host, folder: FileManager, hands: Hands
) -> None:
    program = show(start, service, host.link("late"), *(host.link(f"{n}") for n in range(9)))
    place = choose_all(program, 10)
    wait_for_staged(program, "Song *.m4a", 9)
    hands.drag(place, folder.drop_point)
    nine = {f"Song {n}.m4a" for n in range(1, 10)}
    wait_until(lambda: {path.name for path in folder.folder.glob("Song*.m4a")} == nine, "nine songs")
    host.open.set()
    assert wait_for_songs(folder, 10) == {f"Song {n}.m4a": f"clip-{n}" for n in range(10)}


def pasted(desktop: Desktop, target: str) -> str:
    """What the clipboard gives of that type."""
    return desktop.run("xclip", "-o", "-selection", "clipboard", "-t", target, check=False)


def test_after_a_drag_what_is_copied_can_be_pasted(
    start: Starter, service: Service, host: Host, folder: FileManager, hands: Hands, desktop: Desktop
) -> None:
    program = show(start, service, host.link("0"), host.link("1"))
    place = choose(program, "Song 0")
    wait_for_staged(program, "Song 0.m4a")
    hands.drag(place, folder.drop_point)
    wait_for_songs(folder, 1)
    hands.copy("what another program copied")

    choose(program, "Song 0")
    hands.press("ctrl+shift+c")
    wait_until_said(program, "Copied the task id.")
    assert pasted(desktop, "UTF8_STRING") == TASK

    choose(program, "Song 1")
    [staged] = wait_for_staged(program, "Song 1.m4a")
    hands.press("ctrl+c")
    wait_until_said(program, "Copied 1 song as a file; paste it into a folder.")
    assert pasted(desktop, "text/uri-list").split() == [staged.as_uri()]
    assert pasted(desktop, "UTF8_STRING") == f"{service.origin}/1"
    hands.click(folder.drop_point)
    hands.press("ctrl+v")
    assert wait_for_songs(folder, 2) == {"Song 0.m4a": "clip-0", "Song 1.m4a": "clip-1"}


def test_rows_can_be_dragged_again_after_another_programs_drag(
    start: Starter, service: Service, host: Host, folder: FileManager, hands: Hands
) -> None:
    program = show(start, service, host.link("0"), host.link("1"))
    place = choose(program, "Song 0")
    wait_for_staged(program, "Song 0.m4a")
    hands.drag(place, folder.drop_point)
    wait_for_songs(folder, 1)
    hands.drag(folder.first_file(), folder.drop_point)
    place = choose(program, "Song 1")
    wait_for_staged(program, "Song 1.m4a")
    hands.drag(place, folder.drop_point)
    assert wait_for_songs(folder, 2) == {"Song 0.m4a": "clip-0", "Song 1.m4a": "clip-1"}
