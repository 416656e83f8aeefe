"""Songs as encoders make them, and disks that refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aimusic_desktop.media import tries
from tests.support.media import wav

MakeSong = Callable[..., Path]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "WAITS_S", (0.01, 0.02, 0.03))


@pytest.fixture(scope="session")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> MakeSong:
    """Encodes three seconds of a tone, once a session: ``encoded("m4a", "-movflags", "+faststart")``."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not here to encode a song with")
    folder = tmp_path_factory.mktemp("encoded")

    def encode(kind: str, *options: str) -> Path:
        path = folder / f"{'_'.join(options) or 'plain'}.{kind}"
        if not path.exists():
            tone = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=3")
            subprocess.run(["ffmpeg", "-v", "error", *tone, "-ac", "2", *options, path], check=True)
        return path

    return encode


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A song in the cache."""
    path = tmp_path / "cached.wav"
    path.write_bytes(wav())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where songs are saved to."""
    path = tmp_path / "Music" / "AI Music"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB."""
    yield from _mounted(tmp_path / "small", "size=256k")


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that cannot be written to, not even by root."""
    yield from _mounted(tmp_path / "frozen", "ro")


def _mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("a disk of its own cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
