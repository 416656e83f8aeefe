"""Where the sound goes: the default device, a chosen one, and what becomes of a song when that is pulled."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication

from aimusic_desktop.ui.player import outputs as outputs_room
from aimusic_desktop.ui.player.outputs import Outputs
from tests.support.sound_server import SoundServer, sound_server
from tests.support.waiting import AT_ONCE_S, wait_until

PLAYING = """
from PySide6.QtMultimedia import QAudioOutput

def tell(*_):
    device = player._decks.heard.findChild(QAudioOutput).device()
    say(player.state.value, "on", device.description())

player.outputs.when_lost = "{when_lost}"
player.outputs.choose("{chosen}")
player.play(on.clip(wav(60)))
await on.plays_past(200)
player.changed.connect(tell)
player.outputs.changed.connect(tell)
say("begun")
await asyncio.sleep(60)
"""

GOES_ON = """
player.play(on.clip(wav(60)))
await on.plays_past(500)
say("begun")
await on.is_in(PlayState.PAUSED)
paused_ms = player.position_ms
await until(lambda: player.state is PlayState.PLAYING and player.position_ms > paused_ms + 300, 60)
say("on again" if player.position_ms < paused_ms + 2_500 else "elsewhere")
await asyncio.sleep(60)
"""

PLAYS_UNHEARD = """
player.play(on.clip(wav(60)))
await on.plays_past(500)
say("begun")
await on.is_in(PlayState.PAUSED)
player.toggle()
await until(lambda: player.state is PlayState.PLAYING)
at_ms = player.position_ms
await until(lambda: player.position_ms > at_ms + 4_000)
player.play(on.clip(wav(0.9), "/short"))
await until(lambda: on.finished)
player.play(on.clip(wav(60), "/other"))
await on.plays_past(500)
say("moves")
await until(lambda: player.outputs.devices)
at_ms = player.position_ms
await until(lambda: player.position_ms > at_ms + 2_000)
await until(lambda: pathlib.Path(sys.argv[1]).with_name("heard").exists())
"""

TAKEN_AWAY = """
import ctypes
from aimusic_desktop.ui.player.sound import Sound

hold_the_interpreter = ctypes.PyDLL(None).usleep

class Held:
    def __init__(self, player):
        self._player = player
    def __getattr__(self, name):
        return getattr(self._player, name)
    def setAudioBufferOutput(self, output):
        self._player.setAudioBufferOutput(output)
        hold_the_interpreter(20_000)

song = pathlib.Path(sys.argv[1], "song.wav")
song.write_bytes(wav(60))
for _ in range(30):
    sound, moves = await Sound.open(player), []
    sound.moved.connect(moves.append)
    sound.load(song, 0)
    await until(lambda: sound.loaded)
    sound.play()
    await until(lambda: moves and moves[-1] > 50)
    sound._player = Held(sound._player)
    sound.set_device(None)
    sound.drop()
    sound.deleteLater()
"""

LEFT_WHILE_READ = """
import shiboken6
from PySide6.QtCore import QObject
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.ui.player.sound import Sound
from aimusic_desktop.ui.player.stream import Stream

data = wav(60)
for number in range(10):
    growing = GrowingFile(pathlib.Path(sys.argv[1], str(number)))
    growing.open()
    growing.set_size(len(data))
    growing.write(0, data)
    parent, moves = QObject(), []
    sound = await Sound.open(parent)
    sound.moved.connect(moves.append)
    sound.load(Stream(growing), 0)
    await until(lambda: sound.loaded)
    sound.play()
    await until(lambda: moves and moves[-1] > 30)
    sound.seek(20_000 + number)
    sound.leave()
    del sound
    shiboken6.delete(parent)
    growing.close()
"""

FIRST_WHILE_IT_HANGS = """
from aimusic_desktop.ui.player import sinks

sinks.ANSWER_LIMIT_S = 8  # nobody mistakes a window that waits so long for one on a busy machine
beats = []
async def beat():
    while True:
        beats.append(time.monotonic())
        await asyncio.sleep(0.01)
beating = asyncio.ensure_future(beat())
player.play(on.clip(wav(30)))
await on.is_in(PlayState.FAILED)
say("failed:", player.sentence)
say("longest stand", max(after - before for before, after in zip(beats, beats[1:])))
await until(lambda: pathlib.Path(sys.argv[1]).with_name("answers").exists())
player.toggle()
await on.plays_past(300)
beating.cancel()
await asyncio.wait([beating])
"""


def playing(chosen: str = "", when_lost: str = "pause") -> str:
    return PLAYING.format(chosen=chosen, when_lost=when_lost)


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with sound_server("one", "two") as running:
        yield running


def test_the_sound_follows_the_default_device(server: SoundServer) -> None:
    with server.listener(playing()) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        wait_until(lambda: server.sounds_on("one"), "it sounds on the first")
        server.control("set-default-sink", "two")
        wait_until(lambda: server.sounds_on("two") and not server.sounds_on("one"), "it sounds on the second")
        # PulseAudio may have moved it by itself; other servers do not.
        wait_until(lambda: "playing on two" in listener.output, "it was sent to the second device")
        assert "unheard" not in listener.output


def test_a_chosen_device_is_kept_to(server: SoundServer) -> None:
    server.plug("three")
    with server.listener(playing("two")) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        server.control("set-default-sink", "three")
        wait_until(lambda: "playing on two" in listener.output, "the change was seen")
        wait_until(lambda: server.sounds_on("two"), "it sounds on the second")
        assert "playing on three" not in listener.output


@pytest.mark.parametrize("chosen", ["", "three"], ids=["the default", "a chosen one"])
def test_a_pulled_device_pauses_with_a_sentence(server: SoundServer, chosen: str) -> None:
    plug = server.plug("three")
    if not chosen:
        server.control("set-default-sink", "three")
    with server.listener(playing(chosen)) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        wait_until(lambda: server.sounds_on("three"), "it sounds on the third")
        server.control("unload-module", plug)
        said = "“three” was disconnected: the song is paused. Press Play"
        wait_until(lambda: said in listener.output, "it is said")
        wait_until(lambda: "paused on one" in listener.output, "it would go on elsewhere")
        assert "playing on one" not in listener.output


def test_a_chosen_device_that_comes_back_is_used_again(server: SoundServer) -> None:
    plug = server.plug("three")
    with server.listener(playing("three", "go_on")) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        server.control("unload-module", plug)
        wait_until(lambda: "plays on “one” now" in listener.output, "it is said")
        wait_until(lambda: server.sounds_on("one"), "it goes on elsewhere")
        server.plug("three")
        wait_until(lambda: server.sounds_on("three"), "it sounds where it should again")
        assert "paused" not in listener.output


def test_a_chosen_device_that_is_not_the_default_pauses_with_a_sentence(server: SoundServer) -> None:
    plug = server.plug("three")
    server.control("set-default-source", "one.monitor")  # else that changes too, and Qt tells
    with server.listener(playing("three")) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        server.control("unload-module", plug)
        wait_until(lambda: "“three” was disconnected: the song is paused." in listener.output, "it is said")
        wait_until(lambda: "paused on one" in listener.output, "it would go on elsewhere")
        assert "playing on one" not in listener.output


def test_the_last_device_that_is_pulled_pauses_with_a_sentence(server: SoundServer) -> None:
    with server.listener(playing()) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        server.control("unload-module", "module-null-sink")
        wait_until(
            lambda: "there is no other sound device: the song is paused" in listener.output,
            "it is said",
        )
        server.plug("three")
        wait_until(lambda: "paused on three" in listener.output, "it would be heard again")


@pytest.mark.parametrize("away_s", [0, 5])
def test_a_song_goes_on_by_itself_when_the_sound_server_is_back(server: SoundServer, away_s: float) -> None:
    with server.listener(GOES_ON) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        server.die()
        wait_until(
            lambda: "unheard: The sound server of this computer has stopped" in listener.output, "it is said"
        )
        time.sleep(away_s)
        server.start()
        wait_until(lambda: "on again" in listener.output, "it goes on")
        wait_until(lambda: server.sounds_on("one"), "it is heard")


def test_play_without_a_sound_server_is_unheard_until_it_is_back(server: SoundServer) -> None:
    with server.listener(PLAYS_UNHEARD) as listener:
        wait_until(lambda: "begun" in listener.output, "it plays")
        server.die()
        wait_until(lambda: "unheard: No sound device was found" in listener.output, "it is said")
        wait_until(lambda: "moves" in listener.output, "it goes on")
        server.start()
        wait_until(lambda: server.sounds_on("one"), "it is heard again")
        (server.folder / "heard").touch()
        wait_until(lambda: "over" in listener.output or not listener.running, "it ends well")
        assert "over" in listener.output


def test_a_device_is_taken_away_however_qts_threads_and_the_interpreter_meet(server: SoundServer) -> None:
    """Where Qt's sound thread asks for the interpreter as it ends, one in some 25 of these stands still."""
    with server.listener(TAKEN_AWAY) as listener:
        wait_until(lambda: not listener.running, "no thread waits for another", 60)
        assert "over" in listener.output.splitlines()


def test_a_sound_that_was_left_may_be_destroyed_while_its_source_is_read(server: SoundServer) -> None:
    with server.listener(LEFT_WHILE_READ) as listener:
        wait_until(lambda: not listener.running, "it ends")
        assert "over" in listener.output.splitlines()


def test_a_first_song_while_the_sound_server_hangs_gets_a_sentence(server: SoundServer) -> None:
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        with server.listener(FIRST_WHILE_IT_HANGS) as listener:
            wait_until(lambda: "longest stand" in listener.output, "it goes on without")
            assert "failed: The sound server of this computer does not answer." in listener.output
            assert float(listener.output.split("longest stand ")[1].split()[0]) < AT_ONCE_S
            os.kill(server.process.pid, signal.SIGCONT)
            (server.folder / "answers").touch()
            wait_until(lambda: not listener.running, "it is heard in the end")
            assert "over" in listener.output.splitlines()
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


class Device:
    """As QtMultimedia tells of one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def id(self) -> QByteArray:
        return QByteArray(self.name.encode())

    def description(self) -> str:
        return self.name.capitalize()


class Devices:
    """As QtMultimedia lists them. It does not tell that PulseAudio's last one has gone; elsewhere it does."""

    def __init__(self, *names: str, default: int = 0) -> None:
        self.found = [Device(name) for name in names]
        self.default = default

    def audioOutputs(self) -> list[Device]:
        return self.found

    def defaultAudioOutput(self) -> Device:
        return self.found[self.default] if self.found else Device("")


class Told(Outputs):
    """Sees what it is shown, and remembers what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.vanished.connect(self.said.append)

    def see(self, *names: str, default: int = 0) -> str:
        """Gives the device to play on then."""
        self._media = Devices(*names, default=default)  # type: ignore[assignment]
        self._look()
        device = self.device()
        return device.description() if device is not None else ""


@pytest.fixture
def outputs(qapp: QCoreApplication) -> Told:
    return Told()


def test_without_any_device_left_a_song_waits_whatever_is_set(outputs: Told) -> None:
    outputs.when_lost = "go_on"
    assert outputs.see("phones") == "Phones"
    assert not outputs.pauses
    outputs.see()
    assert outputs.pauses
    assert len(outputs.said) == 1
    assert outputs.said[0].startswith("“Phones” was disconnected, and there is no other sound device")
    assert outputs.see("phones") == "Phones"
    assert len(outputs.said) == 1


@pytest.mark.parametrize("between", [("speakers", "phones"), ("phones",)], ids=["default first", "at once"])
def test_systems_tell_of_a_pulled_default_in_either_order(
    outputs: Told, between: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs_room, "LEFT_S", 60)
    outputs.see("phones", "speakers")
    outputs.see(*between)
    assert outputs.see("speakers") == "Speakers"
    assert len(outputs.said) == 1
    assert outputs.said[0].startswith("“Phones” was disconnected")


def test_a_device_that_was_left_may_go(outputs: Told) -> None:
    outputs.see("phones", "speakers")
    outputs.choose("speakers")
    outputs.see("speakers")
    assert outputs.said == []
    assert [output.name for output in outputs.devices] == ["Speakers"]
