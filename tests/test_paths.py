from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from aimusic_desktop.paths import Paths, holds, make_private


def test_one_folder_holds_everything(tmp_path: Path) -> None:
    paths = Paths.default()
    home = tmp_path / "home"
    assert paths.database == home / "library.sqlite3"
    assert paths.settings_file == home / "settings.json"
    assert (paths.audio, paths.covers, paths.staged) == tuple(
        home / "cache" / name for name in ("audio", "covers", "staged")
    )
    assert paths.log_file.parent == home / "logs"
    assert not home.exists()


def test_without_it_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIMUSIC_HOME")
    paths = Paths.default()
    assert "aimusic-desktop" in str(paths.data)
    assert paths.data.is_absolute()


def test_each_demo_run_has_private_folders_of_its_own(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    first, second = paths.demo(), paths.demo()
    assert first.database != second.database
    assert first.data.parent == tmp_path / "demo"
    if os.name == "posix":
        assert stat.S_IMODE(first.data.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="there are no such modes there")
def test_folders_that_are_made_are_private_and_others_are_left_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "a" / "b"
    make_private(folder)
    make_private(folder)
    made = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, folder.parent, folder)]
    assert made == [0o755, 0o700, 0o700]


def test_only_demo_runs_without_a_write_for_a_day_are_swept(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    paths.sweep_demo()  # nothing there yet
    old, used = paths.demo(), paths.demo()
    for run in (old, used):
        run.database.touch()
    for path in (old.database, old.data, used.data):
        os.utime(path, (0, 0))
    paths.sweep_demo()
    assert not old.data.exists()
    assert used.database.exists()


def test_what_the_system_refuses_to_look_at_does_not_hold(tmp_path: Path) -> None:
    assert holds(tmp_path.is_dir)
    assert not holds((tmp_path / "missing").exists)
    assert not holds((tmp_path / ("x" * 300)).exists)
