"""A growing file as ffmpeg's threads read it, and as the GUI thread must never wait for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.growing import GrowingFile
from aimusic_desktop.ui.player.stream import Stream, playable
from tests.support.media import audio_store, song_clip, wav
from tests.support.player import Tap
from tests.support.service import Reply, Service
from tests.support.waiting import AT_ONCE_S, until

DATA = bytes(range(256)) * 8


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[GrowingFile]:
    file = GrowingFile(tmp_path / "song.part")
    file.open()
    file.set_size(len(DATA))
    yield file
    file.close()


async def read_at(stream: Stream, offset: int, size: int) -> bytes:
    """Read as ffmpeg does: in a thread of its own."""

    def read() -> bytes:
        stream.seek(offset)
        return stream.read(size).data()

    return await asyncio.to_thread(read)


async def test_a_read_waits_for_bytes_that_are_to_come(growing: GrowingFile) -> None:
    stream = Stream(growing)
    growing.write(0, DATA[:100])
    assert await read_at(stream, 90, 50) == DATA[90:100]
    assert not stream.waiting
    reading = asyncio.create_task(read_at(stream, 1000, 20))
    await until(lambda: stream.waiting and growing.wanted == 1000)
    growing.write(1000, DATA[1000:1010])
    assert await reading == DATA[1000:1010]
    assert not stream.waiting


async def test_the_end_of_a_stream_ends_a_read_that_waits(growing: GrowingFile) -> None:
    stream = Stream(growing)
    reading = asyncio.create_task(read_at(stream, 0, 20))
    await until(lambda: stream.waiting)
    stream.end()
    begin = time.monotonic()
    assert await reading == b""
    assert time.monotonic() - begin < AT_ONCE_S
    assert stream.atEnd()
    assert not stream.lost


def test_the_thread_of_the_stream_never_waits(qapp: QCoreApplication, growing: GrowingFile) -> None:
    stream = Stream(growing)
    growing.write(0, DATA[:10])
    assert stream.read(100).data() == DATA[:10]
    begin = time.monotonic()
    assert stream.read(100).data() == b""
    assert (stream.size(), stream.bytesAvailable(), stream.atEnd()) == (len(DATA), len(DATA) - 10, False)
    assert time.monotonic() - begin < AT_ONCE_S


def test_a_file_that_will_not_be_completed_is_at_its_end(
    qapp: QCoreApplication, growing: GrowingFile
) -> None:
    stream = Stream(growing)
    assert not stream.atEnd()
    growing.abort()
    assert stream.atEnd()
    assert stream.lost


async def test_a_file_that_becomes_another_one_is_at_its_end(growing: GrowingFile) -> None:
    stream = Stream(growing)
    reading = asyncio.create_task(read_at(stream, 0, 20))
    await until(lambda: stream.waiting)
    growing.forget()
    assert await reading == b""
    growing.set_size(len(DATA))
    assert stream.atEnd()
    assert stream.lost


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(st.integers(0, len(DATA)), st.integers(1, 400)), max_size=8))
def test_any_order_of_reads_gives_the_bytes_of_the_file(
    qapp: QCoreApplication, growing: GrowingFile, reads: list[tuple[int, int]]
) -> None:
    growing.write(0, DATA)
    stream = Stream(growing)
    for offset, size in reads:
        stream.seek(offset)
        assert stream.read(size).data() == DATA[offset : offset + size]


async def test_a_song_is_playable_with_its_first_bytes(service: Service, tmp_path: Path) -> None:
    tap = Tap(wav(2), 4000)
    service.on("/song", tap)
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song"))
        source = await playable(song)
        assert isinstance(source, Stream)
        assert source.size() == len(tap.data)
        tap.opened.set()
        whole = await song.whole()
        assert await playable(song) == whole
        song.release()


async def test_a_song_of_unknown_length_is_playable_when_whole(service: Service, tmp_path: Path) -> None:
    data = wav(2)
    service.on("/song", Reply(chunks=lambda: iter([data])))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song", duration_s=None))
        source = await playable(song)
        assert isinstance(source, Path)
        assert source.read_bytes() == data
        song.release()


async def test_a_song_that_cannot_be_had_says_why(service: Service, tmp_path: Path) -> None:
    service.on("/song", Reply(403))
    async with audio_store(service, tmp_path) as store:
        song = store.open(song_clip(service.origin + "/song"))
        with pytest.raises(AppError, match="refuses its link"):
            await playable(song)
        song.release()
