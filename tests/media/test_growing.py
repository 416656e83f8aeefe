from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.media import growing as growing_module
from aimusic_desktop.media import parts
from aimusic_desktop.media.growing import GrowingFile, Spans
from tests.support.waiting import LIMIT_S, wait_until

PIECES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12)


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[GrowingFile]:
    file = GrowingFile(tmp_path / "cache" / "song.part")
    file.open()
    yield file
    file.close()


@pytest.fixture
def reader() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def wait_for_reader(growing: GrowingFile, offset: int) -> None:
    wait_until(lambda: growing.wanted == offset, f"a reader waits at {offset}")


@given(PIECES, st.integers(0, 60))
def test_spans_know_what_is_there(pieces: list[tuple[int, int]], offset: int) -> None:
    spans, there = Spans(), set[int]()
    for start, length in pieces:
        spans.add(start, start + length)
        there |= set(range(start, start + length))
    gap = next(n for n in range(offset, 100) if n not in there)
    assert spans.total == len(there)
    assert spans.end_from(offset) == gap
    assert spans.gap_from(offset) == (gap, min((n for n in there if n > gap), default=None))


def test_a_reader_gets_what_is_there_at_once(growing: GrowingFile) -> None:
    growing.write(0, b"abcdef")
    assert growing.read(2, 100) == b"cdef"
    assert growing.read(0, 2) == b"ab"
    assert growing.received == 6
    assert not growing.complete


def test_a_reader_waits_for_its_bytes(growing: GrowingFile, reader: ThreadPoolExecutor) -> None:
    growing.set_size(20)
    growing.write(0, b"0123456789")
    ahead = reader.submit(growing.read, 15, 3)
    wait_for_reader(growing, 15)
    growing.write(10, b"abc")
    assert not ahead.done()
    growing.write(15, b"fgh")
    assert ahead.result(LIMIT_S) == b"fgh"
    assert growing.wanted is None


def test_the_longest_waiting_reader_is_served_first(growing: GrowingFile, reader: ThreadPoolExecutor) -> None:
    first = reader.submit(growing.read, 7, 1)
    wait_for_reader(growing, 7)
    second = reader.submit(growing.read, 3, 1)
    growing.write(7, b"x")
    assert first.result(LIMIT_S) == b"x"
    wait_for_reader(growing, 3)
    growing.write(3, b"y")
    assert second.result(LIMIT_S) == b"y"


def test_reading_ends_at_the_end_even_when_that_is_learnt_late(
    growing: GrowingFile, reader: ThreadPoolExecutor
) -> None:
    growing.write(0, b"abc")
    late = reader.submit(growing.read, 3, 10)
    wait_for_reader(growing, 3)
    growing.set_size(3)
    assert late.result(LIMIT_S) == b""
    assert growing.complete


def test_a_reader_gives_up_after_its_time(growing: GrowingFile) -> None:
    assert growing.read(5, 1, timeout_s=0.02) == b""
    assert growing.wanted is None


def test_abort_wakes_every_reader(growing: GrowingFile, reader: ThreadPoolExecutor) -> None:
    waiting = [reader.submit(growing.read, offset, 1) for offset in (1, 2, 3)]
    wait_until(lambda: len(growing._waiting) == 3, "all wait")
    growing.abort()
    assert [future.result(LIMIT_S) for future in waiting] == [b"", b"", b""]
    assert growing.read(0, 1) == b""


def test_gaps_are_filled_from_the_wanted_place_then_from_the_start(growing: GrowingFile) -> None:
    assert growing.missing(0) == (0, None)
    growing.write(0, b"x" * 10)
    growing.set_size(100)
    assert growing.missing(0) == (10, 100)
    growing.write(60, b"x" * 40)
    assert growing.missing(0) == (10, 60)
    assert growing.missing(30) == (30, 60)
    assert growing.missing(70) == (10, 60)


def test_what_the_host_replaced_is_forgotten(growing: GrowingFile) -> None:
    growing.set_size(3)
    growing.write(0, b"abc")
    growing.forget()
    assert (growing.size, growing.received, growing.missing(0)) == (None, 0, (0, None))
    growing.write(0, b"xy")
    growing.set_size(2)
    assert growing.read(0, 10) == b"xy"
    assert growing.path.read_bytes() == b"xy"


def test_moving_to_its_place_does_not_disturb_a_reader(growing: GrowingFile, tmp_path: Path) -> None:
    growing.write(0, b"abcdef")
    growing.set_size(6)
    growing.move_to(tmp_path / "song.m4a")
    assert growing.read(2, 10) == b"cdef"
    growing.close()
    assert (tmp_path / "song.m4a").read_bytes() == b"abcdef"
    assert growing.path == tmp_path / "song.m4a"


def test_closing_removes_what_was_not_moved_and_ends_writes(growing: GrowingFile) -> None:
    growing.write(0, b"abc")
    growing.close()
    growing.write(3, b"def")
    growing.move_to(growing.path.with_suffix(".m4a"))
    assert list(growing.path.parent.iterdir()) == []


def test_opening_after_abort_creates_nothing(tmp_path: Path) -> None:
    growing = GrowingFile(tmp_path / "new" / "song.part")
    growing.abort()
    growing.open()
    assert list(tmp_path.iterdir()) == []


@given(st.permutations(range(16)))
def test_readers_see_the_right_bytes_whatever_the_order(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    data = bytes(range(256)) * 4
    growing = GrowingFile(tmp_path_factory.mktemp("order") / "song.part")
    growing.open()
    growing.set_size(len(data))
    seen: list[bytes] = []

    def read_all() -> None:
        offset = 0
        while piece := growing.read(offset, 100, LIMIT_S):
            seen.append(piece)
            offset += len(piece)

    thread = threading.Thread(target=read_all)
    thread.start()
    for n in order:
        growing.write(n * 64, data[n * 64 : n * 64 + 64])
    thread.join(LIMIT_S)
    growing.close()
    assert b"".join(seen) == data


def test_what_is_moved_to_its_place_while_it_is_closed_stays_there(
    growing: GrowingFile, tmp_path: Path, reader: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, moving, target = threading.Event(), threading.Event(), tmp_path / "song.m4a"

    def slow_disk(_fd: int) -> None:
        moving.set()
        gate.wait(LIMIT_S)

    monkeypatch.setattr(growing_module, "_sync", slow_disk)
    growing.write(0, b"abc")
    moved = reader.submit(growing.move_to, target)
    assert moving.wait(LIMIT_S)
    note, noting = growing.note, threading.Event()

    def noticed() -> None:
        noting.set()
        note()

    monkeypatch.setattr(growing, "note", noticed)
    closed = reader.submit(growing.close)
    assert noting.wait(LIMIT_S)
    gate.set()
    moved.result(LIMIT_S)
    closed.result(LIMIT_S)
    assert target.read_bytes() == b"abc"


def test_readers_do_not_wait_while_what_is_moved_is_put_on_the_disk(
    growing: GrowingFile, tmp_path: Path, reader: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, syncing, synced = threading.Event(), threading.Event(), threading.Event()

    def slow_disk(_fd: int) -> None:
        syncing.set()
        gate.wait(LIMIT_S)
        synced.set()

    monkeypatch.setattr(growing_module, "_sync", slow_disk)
    growing.write(0, b"abc")
    moved = reader.submit(growing.move_to, tmp_path / "song.m4a")
    assert syncing.wait(LIMIT_S)
    try:
        assert reader.submit(growing.read, 0, 3).result(2 * LIMIT_S) == b"abc"
        assert not synced.is_set()
    finally:
        gate.set()
    moved.result(LIMIT_S)
    assert (tmp_path / "song.m4a").read_bytes() == b"abc"


def whole_part(tmp_path: Path) -> GrowingFile:
    """All of a song, which a later run could go on with, and a folder where its place should be."""
    growing = GrowingFile(tmp_path / "song.run.part", resumable=True)
    growing.open()
    growing.validator = '"v1"'
    growing.write(0, b"abcdef")
    growing.set_size(6)
    (tmp_path / "song.m4a").mkdir()
    return growing


def test_what_cannot_be_moved_is_read_on_and_kept_for_a_later_run(tmp_path: Path) -> None:
    growing = whole_part(tmp_path)
    with pytest.raises(OSError, match=r"song\.m4a"):
        growing.move_to(tmp_path / "song.m4a")
    assert growing.read(2, 10) == b"cdef"
    growing.close()
    assert growing.path.read_bytes() == b"abcdef"
    state = parts.read_state(growing.path)
    assert state is not None
    assert state.spans == ((0, 6),)


def test_what_cannot_be_moved_is_removed_once_it_is_forgotten(tmp_path: Path) -> None:
    growing = whole_part(tmp_path)
    with pytest.raises(OSError, match=r"song\.m4a"):
        growing.move_to(tmp_path / "song.m4a")
    growing.forget()
    growing.close()
    assert [path.name for path in tmp_path.iterdir()] == ["song.m4a"]


@pytest.mark.parametrize("refused", [False, True])
def test_where_the_moved_file_cannot_be_opened_again_reading_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    growing, target = whole_part(tmp_path), tmp_path / "song.m4a"
    if not refused:
        target.rmdir()

    def no_more(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", no_more)
        with pytest.raises(OSError, match="Too many open files"):
            growing.move_to(target)
    assert growing.read(2, 10) == b""
    growing.close()
    assert (growing.path if refused else target).read_bytes() == b"abcdef"
