"""Songs leave the program as files: by a drag into a real file manager, and by Save."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutagen.mp4 import MP4

from tests.support.desktop import Desktop
from tests.support.eyes import Point
from tests.support.file_manager import FileManager
from tests.support.hands import Hands
from tests.support.processes import wait_until
from tests.support.program import Program


@pytest.fixture
def music_folder(desktop: Desktop) -> Iterator[Path]:
    """Where the program saves unless it is told otherwise; empty again after the test."""
    folder = desktop.home / "Music" / "AI Music"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def choose(program: Program, title: str) -> Point:
    """Clicks the first row of that title and gives the place to drag it by."""
    place = program.find_row(title, "ready").at(0.3, 0.5)
    program.hands.click(place)
    return place


def wait_for_staged(program: Program, name: str, number: int = 1) -> list[Path]:
    """The tagged copies that wait to be dragged."""

    def staged() -> list[Path]:
        found = sorted(program.home.glob(f"**/staged/**/{name}"))
        return found if len(found) == number else []

    return wait_until(staged, f"{number} of {name} staged", 30)


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


@pytest.mark.parametrize("way", ["button", "keys"])
def test_save_puts_the_tagged_song_into_the_music_folder(
    demo: Program, music_folder: Path, hands: Hands, way: str
) -> None:
    choose(demo, "City Lights")
    if way == "button":
        demo.click("button", "Save")
    else:
        hands.press("ctrl+s")
    saved = music_folder / "City Lights.m4a"
    wait_until(saved.exists, "the song is in the music folder")
    assert MP4(saved)["\xa9nam"] == ["City Lights"]
