"""Songs are saved into the music folder, by mouse and by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutagen.mp4 import MP4

from tests.support.desktop import Desktop
from tests.support.hands import Hands
from tests.support.program import Program
from tests.support.waiting import wait_until


@pytest.fixture
def music_folder(desktop: Desktop) -> Iterator[Path]:
    """Where the program saves unless it is told otherwise; empty again after the test."""
    folder = desktop.home / "Music" / "AI Music"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("way", ["button", "keys"])
def test_save_puts_the_tagged_song_into_the_music_folder(
    demo: Program, music_folder: Path, hands: Hands, way: str
) -> None:
    hands.click(demo.find_row("City Lights", "ready").at(0.3, 0.5))
    if way == "button":
        demo.click("button", "Save")
    else:
        hands.press("ctrl+s")
    saved = music_folder / "City Lights.m4a"
    wait_until(saved.exists, "the song is in the music folder")
    assert MP4(saved)["\xa9nam"] == ["City Lights"]
