"""Decoding in a thread of its own: any file, any end."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtMultimedia import QAudioFormat

from aimusic_desktop.media.peaks import Peaks
from aimusic_desktop.ui.player import decoder
from aimusic_desktop.ui.player.decoder import Decoding, can_decode
from aimusic_desktop.ui.player.multimedia import load_multimedia
from tests.support.media import wav
from tests.support.peaks import at_work
from tests.support.player import encoded, m4a
from tests.support.waiting import LIMIT_S, until


async def decoded(path: Path, *, end_after_s: float | None = None) -> Peaks | None:
    """Decode a file; after ``end_after_s`` seconds it is broken off."""
    await load_multimedia()
    assert can_decode()
    decoding = Decoding(path)
    results: list[Peaks | None] = []
    decoding.ended.connect(results.append)
    decoding.start()
    if end_after_s is not None:
        await asyncio.sleep(end_after_s)
        decoding.end()
    await until(lambda: results)
    assert decoding.wait(LIMIT_S)
    assert not at_work()
    shiboken6.delete(decoding)
    return results[0]


@pytest.mark.parametrize("kind", ["m4a", "mp3", "wav"])
async def test_every_kind_the_service_gives_is_decoded(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "song"
    path.write_bytes(encoded(kind))
    peaks = await decoded(path)
    assert peaks is not None
    assert len(peaks.levels) == pytest.approx(60, abs=2)
    assert min(peaks.levels[2:-3]) > 0
    assert peaks.loudness_db == pytest.approx(-24.1, abs=0.5)  # an eighth of full scale, on two channels


async def test_a_decoder_that_stands_still_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen of Qt: an MP3 that is to change its rate."""

    def at_another_rate(native: QAudioFormat) -> QAudioFormat:
        native.setSampleRate(8000)
        return native

    monkeypatch.setattr(decoder, "measured_format", at_another_rate)
    monkeypatch.setattr(decoder, "STILL_LIMIT_MS", 200)
    path = tmp_path / "song.mp3"
    path.write_bytes(encoded("mp3"))
    assert await decoded(path) is None


@pytest.mark.parametrize(
    "content", [b"", b"\0", random.Random(1).randbytes(200_000), b"<html>" * 1000], ids=len
)
async def test_what_is_no_song_has_no_shape(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    path.write_bytes(content)
    assert await decoded(path) is None


async def test_a_file_that_is_not_there_has_no_shape(tmp_path: Path) -> None:
    assert await decoded(tmp_path / "nothing.m4a") is None


async def test_a_song_without_a_sample_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav(0))
    assert path.stat().st_size == 44
    assert await decoded(path) == Peaks(b"", None, True)


async def test_a_cut_song_has_the_shape_of_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    data = m4a(seconds=20)
    path.write_bytes(data[: len(data) // 2])
    peaks = await decoded(path)
    assert peaks is not None
    assert 150 < len(peaks.levels) < 250


async def test_a_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(wav(1))
    peaks = await decoded(path)
    assert peaks is not None
    assert len(peaks.levels) == 20


async def test_decoding_can_be_broken_off_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    path.write_bytes(m4a(seconds=120))
    for turn in range(10):
        peaks = await decoded(path, end_after_s=turn / 100)
        assert peaks is None or peaks.whole  # on a busy machine it may have come to its end before


async def test_damaged_songs_end_like_others(tmp_path: Path) -> None:
    rng, path, data = random.Random(7), tmp_path / "song.m4a", m4a()
    for _ in range(30):
        damaged = bytearray(data)
        for _ in range(20):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        await decoded(path)
