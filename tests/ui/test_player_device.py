"""The sound goes where the system's default is, also when that changes: with a real sound server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.media import wav
from tests.support.processes import Process, wait_until

PLAY = """
import asyncio, pathlib, sys, qasync
from PySide6.QtWidgets import QApplication
from aimusic_desktop.ui.player.sound import Sound

async def main(app):
    sound = await Sound.open(app)
    from PySide6.QtMultimedia import QAudioOutput

    output = sound.findChild(QAudioOutput)
    sound.devices_changed.connect(lambda: print("to", output.device().description(), flush=True))
    sound.ready.connect(sound.play)
    sound.load(pathlib.Path(sys.argv[1]), 0)
    await asyncio.sleep(60)

app = QApplication([])
with qasync.QEventLoop(app) as loop:
    loop.run_until_complete(main(app))
"""
SINKS = [
    part
    for name in ("one", "two")
    for part in (
        "-L",
        f"module-null-sink sink_name={name} norewinds=1 sink_properties=device.description={name}",
    )
]

Pactl = Callable[..., str]


@pytest.fixture
def pactl() -> Iterator[Pactl]:
    """A sound server with two sinks, which ``PULSE_SERVER`` leads to; gives its remote control."""
    if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
        pytest.skip("pulseaudio and pactl are not here")
    with tempfile.TemporaryDirectory(prefix="aimusic-") as folder:
        env = os.environ | {
            "HOME": folder,
            "XDG_RUNTIME_DIR": folder,
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
        }
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        server = Process(
            [*command, "-L", "module-native-protocol-unix auth-anonymous=1", *SINKS], env, Path(folder, "log")
        )

        def control(*words: str) -> str:
            done = subprocess.run(["pactl", *words], env=env, capture_output=True, text=True, check=False)
            return done.stdout

        try:
            wait_until(lambda: control("info"), "the sound server is up")
            control("set-default-sink", "one")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, "environ", env)
                yield control
        finally:
            server.end()


def test_the_sound_follows_the_default_device(pactl: Pactl, tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(wav(60))
    listener = Process([sys.executable, "-c", PLAY, str(song)], os.environ, tmp_path / "log")
    sinks = {
        line.split("\t")[1]: line.split("\t")[0] for line in pactl("list", "short", "sinks").splitlines()
    }

    def sounds_on(name: str) -> bool:
        return any(
            line.split("\t")[1] == sinks[name] for line in pactl("list", "short", "sink-inputs").splitlines()
        )

    try:
        wait_until(lambda: sounds_on("one"), "it sounds on the first device")
        pactl("set-default-sink", "two")
        wait_until(lambda: sounds_on("two") and not sounds_on("one"), "it sounds on the second device")
        # PulseAudio may have moved it by itself; other servers do not.
        wait_until(lambda: "to two" in listener.output, "it was sent to the second device")
    finally:
        listener.end()
