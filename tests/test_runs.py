"""What a run has begun is another's only when it has died."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

import pytest
from filelock import BaseFileLock

from aimusic_desktop import runs as runs_module
from aimusic_desktop.runs import Runs, in_turn

OTHER = """
import sys
from pathlib import Path
from aimusic_desktop.runs import Runs
runs = Runs(Path(sys.argv[1]))
runs.begin()
print(runs.token, flush=True)
sys.stdin.read()
runs.close()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs"


@pytest.fixture
def runs(root: Path) -> Iterator[Runs]:
    runs = Runs(root)
    runs.begin()
    yield runs
    runs.close()


@pytest.fixture
def other(root: Path) -> Iterator[subprocess.Popen[str]]:
    """A run of its own process, which ends when its input does."""
    command = [sys.executable, "-c", OTHER, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def token_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def locks(root: Path) -> set[str]:
    return {path.stem for path in root.iterdir()}


def test_a_run_lives_from_its_beginning_to_its_end(root: Path, runs: Runs) -> None:
    second = Runs(root)
    assert not runs.alive(second.token)
    second.begin()
    second.begin()
    assert runs.alive(second.token)
    assert second.alive(runs.token)
    second.close()
    assert not runs.alive(second.token)
    assert locks(root) == {runs.token}


def test_a_run_takes_itself_for_alive_even_where_it_could_not_say_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runs = Runs(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        runs.begin()
    assert runs.alive(runs.token)
    runs.close()


def test_another_process_is_alive_until_it_is_killed(
    root: Path, runs: Runs, other: subprocess.Popen[str]
) -> None:
    token = token_of(other)
    assert [runs.alive(token) for _ in range(3)] == [True] * 3
    other.kill()
    other.wait()
    assert token in locks(root)
    assert [runs.alive(token) for _ in range(3)] == [False] * 3
    assert locks(root) == {runs.token}


def test_what_killed_runs_left_is_swept_by_the_next(root: Path, other: subprocess.Popen[str]) -> None:
    token = token_of(other)
    (root / "not a run.lock").touch()
    second, third = Runs(root), Runs(root)
    second.begin()
    assert locks(root) == {second.token, token, "not a run"}
    other.kill()
    other.wait()
    third.begin()
    assert locks(root) == {second.token, third.token, "not a run"}
    second.close()
    third.close()


def test_runs_that_begin_at_once_do_not_take_each_other_for_dead(root: Path) -> None:
    runs = [Runs(root) for _ in range(40)]
    with ThreadPoolExecutor(len(runs)) as threads:
        [*threads.map(Runs.begin, runs)]
    assert locks(root) == {run.token for run in runs}
    assert all(runs[0].alive(run.token) for run in runs)
    for run in runs:
        run.close()


def test_a_run_that_begins_while_another_sweeps_is_not_taken_for_dead(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beginning, sweeping, third = Runs(root), Runs(root), Runs(root)
    lock_of, slow = runs_module._lock, [beginning._path(beginning.token)]

    def stands_still_when_released(path: Path) -> BaseFileLock:
        lock = lock_of(path)
        if path in slow:
            slow.remove(path)
            release = lock.release
            monkeypatch.setattr(lock, "release", lambda: (release(), beginning.begin()))
        return lock

    root.mkdir(parents=True)
    slow[0].touch()  # as it is made, and not locked yet
    monkeypatch.setattr(runs_module, "_lock", stands_still_when_released)
    assert not sweeping.alive(beginning.token)
    assert slow == []
    assert third.alive(beginning.token)
    beginning.close()
    assert locks(root) == set()


def test_where_no_turn_is_to_be_had_it_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_module, "_TURN_LIMIT_S", 0.0)
    done = []
    with in_turn(tmp_path / "turn"), in_turn(tmp_path / "turn"):
        done.append("held by another")
    with in_turn(tmp_path):
        done.append("no file")
    assert done == ["held by another", "no file"]


def test_another_process_that_ends_leaves_nothing(
    root: Path, runs: Runs, other: subprocess.Popen[str]
) -> None:
    token = token_of(other)
    other.communicate()
    assert locks(root) == {runs.token}
    assert not runs.alive(token)


def test_a_token_is_never_used_again(root: Path) -> None:
    assert len({Runs(root).token for _ in range(1000)}) == 1000


@pytest.mark.parametrize("token", ["", ".", "../elsewhere", "a" * 5000, "\0", "\udcff", "٣" * 16, "0" * 16])
def test_what_is_no_token_of_a_run_is_not_alive_and_makes_no_file(root: Path, runs: Runs, token: str) -> None:
    (root.parent / "elsewhere.lock").touch()
    assert not runs.alive(token)
    assert locks(root) == {runs.token}
    assert (root.parent / "elsewhere.lock").exists()


def test_a_lock_that_cannot_be_looked_at_is_left_alone(root: Path, runs: Runs) -> None:
    (root / f"{'0' * 16}.lock").mkdir()
    assert runs.alive("0" * 16)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
def test_the_folder_is_nobody_elses(root: Path, runs: Runs) -> None:
    assert S_IMODE(root.stat().st_mode) == 0o700
