from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.program import PROJECT

KILLS = 12
LIMIT_S = 110


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_a_program_killed_at_random_instants_saves_every_song_whole_and_leaves_nothing_else() -> None:
    """The script does the work; `python benchmarks/kills.py` alone makes 200 of them."""
    command = [sys.executable, "benchmarks/kills.py", "--kills", str(KILLS), "--songs", "20"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{KILLS} kills" in done.stdout
    assert "20 whole, byte-identical, tagged songs and nothing else" in done.stdout
