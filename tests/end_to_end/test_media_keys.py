"""The desktop's player control steers the real program, and what it steers is heard."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.end_to_end.test_listening import wait_to_hear
from tests.support.desktop import Desktop
from tests.support.hands import Hands
from tests.support.program import END_LIMIT_S, Program
from tests.support.sound import Ears
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(shutil.which("playerctl") is None, reason="needs playerctl")

NAME = "org.mpris.MediaPlayer2.aimusic_desktop"


class Control:
    """playerctl on the private desktop."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def __call__(self, *words: str) -> str:
        return self._desktop.run("playerctl", *words, check=False).strip()

    def says(self, wanted: str, *words: str) -> None:
        wait_until(lambda: self(*words) == wanted, f"playerctl {words} says {wanted!r}")


@pytest.fixture
def control(desktop: Desktop) -> Control:
    return Control(desktop)


@pytest.fixture
def playing(demo: Program, ears: Ears, hands: Hands, control: Control) -> Program:
    """The demo with City Lights to be heard, on the bus."""
    hands.click(demo.find_row("City Lights", "ready").centre, times=2)
    wait_to_hear(ears, "city-lights")
    control.says("City Lights", "metadata", "title")
    return demo


def test_pause_and_play_are_heard(playing: Program, ears: Ears, control: Control) -> None:
    control("pause")
    wait_until(lambda: ears.silent, "it is silent")
    control.says("Paused", "status")
    playing.find("button", "Play")
    control("play")
    wait_to_hear(ears, "city-lights")
    control.says("Playing", "status")


def test_next_and_previous_are_heard(playing: Program, ears: Ears, control: Control) -> None:
    def went_back() -> bool:
        """More than three seconds into a song the first time goes to its beginning."""
        control("previous")
        return control("metadata", "title") == "City Lights"

    control("next")
    wait_to_hear(ears, "orange-grove")
    control.says("Orange Grove", "metadata", "title")
    wait_until(went_back, "it went back")
    wait_to_hear(ears, "city-lights")


def test_volume_and_stop_are_heard(playing: Program, ears: Ears, control: Control) -> None:
    control("volume", "0")
    wait_until(lambda: ears.silent, "it is silent")
    control.says("Playing", "status")
    control("volume", "0.8")
    wait_to_hear(ears, "city-lights")
    control("stop")
    wait_until(lambda: ears.silent, "it is silent")
    control.says("Stopped", "status")


def test_the_position_is_read_and_set(playing: Program, control: Control) -> None:
    def position_ms() -> float:
        return playing.find("slider", "Position").value or 0.0

    control("pause")
    control("position", "20")
    wait_until(lambda: position_ms() == pytest.approx(20_000, abs=300), "the window shows 20 s")
    wait_until(lambda: float(control("position")) == pytest.approx(20, abs=0.3), "and playerctl reads it")


def test_the_cover_is_a_file_and_the_program_can_be_found_in_the_menus(
    playing: Program, desktop: Desktop, control: Control
) -> None:
    wait_until(lambda: control("metadata", "mpris:artUrl").startswith("file://"), "the cover is here")
    path = Path(unquote(control("metadata", "mpris:artUrl").removeprefix("file://")))
    assert path.read_bytes()[:3] in (b"\xff\xd8\xff", b"\x89PN", b"RIF")
    root = "org.mpris.MediaPlayer2"
    get = (f"--dest={NAME}", "/org/mpris/MediaPlayer2", "org.freedesktop.DBus.Properties.Get")
    entry = desktop.run(
        "dbus-send", "--session", "--print-reply", *get, f"string:{root}", "string:DesktopEntry"
    )
    assert "org.aimusicdesktop.AIMusicDesktop" in entry


@pytest.mark.parametrize("small", [False, True], ids=["window", "small player"])
def test_quit_from_the_control_ends_the_program(
    playing: Program, desktop: Desktop, control: Control, small: bool
) -> None:
    if small:
        playing.hands.press("ctrl+shift+m")
        playing.find("button", "Back to the big window")
    quit_it = (f"--dest={NAME}", "/org/mpris/MediaPlayer2", "org.mpris.MediaPlayer2.Quit")
    desktop.run("dbus-send", "--session", "--print-reply", *quit_it)
    assert playing.process.wait(END_LIMIT_S) == 0
    assert control("--list-all") == ""
