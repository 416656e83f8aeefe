"""The program as a process of its own, ended in the midst of its work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.listening_window import play, songs
from tests.support.player import encoded
from tests.support.processes import Process
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

PROJECT = Path(__file__).parents[2]


def long_song(folder: Path) -> bytes:
    """Forty minutes, which take seconds to be measured; encoded once, and then repeated."""
    short, long = folder / "short.m4a", folder / "long.m4a"
    short.write_bytes(encoded("m4a", "-b:a", "32k", seconds=10))
    repeated = ("-stream_loop", "239", "-i", short, "-c", "copy")
    subprocess.run(["ffmpeg", "-v", "error", *repeated, "-movflags", "+faststart", long], check=True)
    return long.read_bytes()


def decodes(process: Process) -> bool:
    """Whether ffmpeg works in a process."""
    assert process.running, process.output
    names = [task.read_text() for task in Path(f"/proc/{process.pid}/task").glob("*/comm")]
    return any(name.startswith("QFFmpeg") for name in names)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are told by Linux only")
async def test_quitting_while_a_song_is_measured_is_quick_and_clean(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a", a=long_song(tmp_path)) as session:
        await play(session, "a")
        await until(lambda: session.workspace.player.arrived == 1)
        session.workspace.player.pause()
        kept = session.core.paths.peaks
    assert not list(kept.glob("*")), "it was not measured to its end"
    # The queue of the last run is shown again, and its song, which is in the cache, measured.
    command = (sys.executable, "-m", "aimusic_desktop", "--home", str(tmp_path / "home"))
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1"}
    process = Process((*command, "--api-url", service.api_url), env, tmp_path / "log", cwd=PROJECT)
    try:
        await until(lambda: decodes(process))
        process.popen.terminate()
        await until(lambda: not process.running)
        assert process.popen.returncode == 0, process.output
    finally:
        process.end()
    assert not list(kept.glob("*")), "it was in the midst of it"
