from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from aimusic_desktop.media.bounded import NEW_S, STALE_S, Bound, touch, unlink, unlink_settled
from tests.support.waiting import LIMIT_S


def put(path: Path, age_s: float = 0.0, size: int = 10) -> Path:
    """A file that was used so long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    used_at = time.time() - age_s
    os.utime(path, (used_at, used_at))
    return path


def files(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def bound(tmp_path: Path) -> Bound:
    """Thirty bytes over two folders."""
    bound = Bound(30)
    for name in ("songs", "staged"):
        bound.add(tmp_path / name, unlink)
    return bound


def test_the_longest_unused_go_first_whichever_folder_they_are_in(tmp_path: Path, bound: Bound) -> None:
    for age in (5, 1, 3):
        put(tmp_path / "songs" / f"{age}", age * 100)
        put(tmp_path / "staged" / f"{age + 1}", (age + 1) * 100)
    bound.trim()
    assert files(tmp_path) == {"1", "2", "3"}


def test_unfinished_ones_count_and_go_before_all_others(tmp_path: Path, bound: Bound) -> None:
    old = put(tmp_path / "songs" / "old", 500, size=25)
    part = put(tmp_path / "songs" / "new.part")
    bound.trim()
    assert old.exists()
    assert not part.exists()


def test_what_is_in_use_stays_and_others_go_for_it(tmp_path: Path, bound: Bound) -> None:
    bound.add(tmp_path / "used", lambda path: False)
    used, other = put(tmp_path / "used" / "song", 500, size=25), put(tmp_path / "songs" / "other")
    bound.trim()
    assert used.exists()
    assert not other.exists()
    bound.clear()
    assert (used.exists(), bound.size()) == (True, 25)


def test_a_folder_with_its_own_limit_does_not_touch_the_others(tmp_path: Path, bound: Bound) -> None:
    bound.add(tmp_path / "covers", unlink_settled, 15)
    for name in ("songs", "covers"):
        for age in (1, 2, 3):
            put(tmp_path / name / f"{name} {age}", age * 100)
    bound.trim()
    assert files(tmp_path) == {"songs 1", "songs 2", "songs 3", "covers 1"}
    assert bound.size() == 40
    bound.clear()
    assert files(tmp_path) == set()


def test_a_new_limit_holds_from_the_next_time_on(tmp_path: Path, bound: Bound) -> None:
    put(tmp_path / "songs" / "a")
    bound.limit_bytes = 0
    bound.trim()
    assert bound.size() == 0


def test_stale_parts_and_notes_without_their_part_are_swept(tmp_path: Path, bound: Bound) -> None:
    songs = tmp_path / "songs"
    put(songs / "stale.part", STALE_S + 60, size=1)
    put(songs / "fresh.part", STALE_S - 60, size=1)
    for name in ("fresh.part.json", "lost.part.json", "lost.part.json.tmp"):
        put(songs / name, size=1)
    bound.trim()
    assert files(tmp_path) == {"fresh.part", "fresh.part.json"}
    assert bound.size() == 1


def test_an_emptied_folder_goes_with_its_last_file(tmp_path: Path, bound: Bound) -> None:
    put(tmp_path / "staged" / "clip" / "City Lights.m4a")
    bound.clear()
    assert list((tmp_path / "staged").iterdir()) == []


def test_folders_that_are_not_there_and_files_that_cannot_go_are_no_trouble(tmp_path: Path) -> None:
    bound = Bound(0)
    bound.add(tmp_path / "nowhere", unlink)
    bound.add(tmp_path / "songs", lambda path: unlink(path.parent))
    put(tmp_path / "songs" / "a")
    bound.trim()
    assert bound.size() == 10


def test_a_part_somebody_may_be_writing_is_left(tmp_path: Path) -> None:
    new, old, whole = put(tmp_path / "a.part"), put(tmp_path / "b.part", NEW_S + 60), put(tmp_path / "c")
    assert [unlink_settled(path) for path in (new, old, whole)] == [False, True, True]
    assert files(tmp_path) == {"a.part"}


def test_using_a_file_is_remembered(tmp_path: Path, bound: Bound) -> None:
    first, second = (put(tmp_path / "songs" / name, age) for name, age in (("a", 900), ("b", 800)))
    touch(first)
    bound.limit_bytes = 10
    bound.trim()
    assert first.exists()
    assert not second.exists()


def test_who_asks_while_another_trims_need_not_wait_and_is_served(tmp_path: Path) -> None:
    going, go_on = threading.Event(), threading.Event()

    def evict(path: Path) -> bool:
        going.set()
        go_on.wait(LIMIT_S)
        return unlink(path)

    bound = Bound(0)
    bound.add(tmp_path / "songs", evict)
    put(tmp_path / "songs" / "a")
    trimming = threading.Thread(target=bound.trim)
    trimming.start()
    assert going.wait(LIMIT_S)
    put(tmp_path / "songs" / "b")
    bound.trim()
    assert files(tmp_path) == {"a", "b"}
    go_on.set()
    trimming.join(LIMIT_S)
    assert files(tmp_path) == set()
