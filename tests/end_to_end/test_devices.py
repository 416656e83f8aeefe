"""Sound devices come and go while a song plays, and what becomes of it is heard."""

from __future__ import annotations

import os
import signal
import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.desktop import Desktop
from tests.support.listener import Listener, start_with
from tests.support.program import Program
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import serve
from tests.support.waiting import wait_until


class Phones:
    """A second sound device, where the ears hear nothing; they hear the first."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        options = ("sink_name=phones", "norewinds=1", "sink_properties=device.description=Phones")
        self._module = desktop.run("pactl", "load-module", "module-null-sink", *options).strip()
        # Unless it is chosen, what records the default device goes wherever that goes.
        desktop.run("pactl", "set-default-source", "ears.monitor")

    def default_is(self, sink: str) -> None:
        self._desktop.run("pactl", "set-default-sink", sink)

    def unplug(self) -> None:
        """Nothing happens where it is unplugged already."""
        self._desktop.run("pactl", "unload-module", self._module, check=False)


@pytest.fixture
def phones(desktop: Desktop) -> Iterator[Phones]:
    """Phones are plugged in, and not the default."""
    plugged = Phones(desktop)
    plugged.default_is("ears")
    yield plugged
    plugged.unplug()
    plugged.default_is("ears")


@pytest.fixture
def listener(start: Starter, service: Service, ears: Ears) -> Listener:
    """Alder is in the list."""
    return Listener(start_with(start, service, *serve(service, Alder=60)), ears)


def play_on_phones(listener: Listener, phones: Phones) -> int:
    """Let the song go to the phones while it plays; gives the second that was heard last."""
    listener.play("Alder")
    last = listener.hears("Alder", 1).second
    phones.default_is("phones")
    listener.hears_nothing()
    wait_until(lambda: listener.position_ms > 1_000 * (last + 2), "it plays on, unheard here")
    return last


def let_it_go_on(program: Program) -> None:
    """Say in the settings that an unplugged device is no reason to pause."""
    program.hands.press("ctrl+comma")
    program.click("list item", "Sound")
    program.click("combo box", "Pause")  # on Linux Qt names a combo box by its value
    program.hands.press("Down", "Return")
    program.click("button", "OK")
    wait_until(lambda: not program.seek(lambda node: node.role == "dialog"), "the settings are closed")


def test_the_sound_follows_the_default_device(listener: Listener, phones: Phones) -> None:
    last = play_on_phones(listener, phones)
    phones.default_is("ears")
    listener.hears("Alder", last + 2)


def test_an_unplugged_device_pauses_the_song_with_a_sentence(
    listener: Listener, phones: Phones, ears: Ears
) -> None:
    last = play_on_phones(listener, phones)
    phones.unplug()
    listener.program.find("label", "“Phones” was disconnected: the song is paused.")
    listener.program.find("button", "Play")
    paused_ms = listener.position_ms
    assert ears.silent
    assert paused_ms >= 1_000 * (last + 2)
    resumed = listener.resumes("Alder", lambda: listener.program.click("button", "Play"))
    assert resumed.second == pytest.approx(paused_ms / 1_000, abs=1)


def test_an_unplugged_device_lets_the_song_go_on_if_so_set(listener: Listener, phones: Phones) -> None:
    let_it_go_on(listener.program)
    last = play_on_phones(listener, phones)
    phones.unplug()
    listener.hears("Alder", last + 2)
    listener.program.find("label", "“Phones” was disconnected: the song plays on “")
    listener.program.find("button", "Pause")


@pytest.fixture
def hanging(desktop: Desktop) -> Iterator[Callable[[], None]]:
    """Lets the sound server hang until the end of the test."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(desktop.env["PULSE_SERVER"].removeprefix("unix:"))
        credentials = asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    number = struct.unpack("3i", credentials)[0]  # of this desktop's own, whatever else runs
    yield lambda: os.kill(number, signal.SIGSTOP)
    os.kill(number, signal.SIGCONT)


@pytest.mark.parametrize("pressed", ["", "Pause"], ids=["playing", "paused"])
def test_the_program_ends_though_the_sound_server_hangs(
    listener: Listener, hanging: Callable[[], None], pressed: str
) -> None:
    listener.play("Alder")
    if pressed:
        listener.program.click("button", pressed)
        listener.program.find("button", "Play")
    hanging()
    listener.program.terminate()
