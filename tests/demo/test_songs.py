"""The songs and covers that ship, measured."""

from __future__ import annotations

import math
import shutil
import subprocess
from array import array
from itertools import combinations

import pytest
from mutagen.mp4 import MP4

from aimusic_desktop.demo.songs import DemoSong, load_songs

SONGS = load_songs()
RATE = 8_000
WINDOW = 2 * RATE
SIDE_HZ = 6.0
CLEAR_DB = 12.0

each_song = pytest.mark.parametrize("song", SONGS.values(), ids=SONGS)


@each_song
def test_the_stated_length_is_that_of_the_file(song: DemoSong) -> None:
    assert MP4(song.audio).info.length == pytest.approx(song.duration_s, abs=0.01)


@each_song
def test_a_song_is_aac_in_stereo_with_its_index_at_the_front(song: DemoSong) -> None:
    info = MP4(song.audio).info
    assert (info.channels, info.sample_rate, info.codec) == (2, 44_100, "mp4a.40.2")
    assert 90_000 < info.bitrate < 130_000
    data = song.audio.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@each_song
def test_a_cover_is_a_jpeg_of_bounded_size(song: DemoSong) -> None:
    data = song.cover.read_bytes()
    assert data.startswith(b"\xff\xd8\xff")
    assert len(data) <= 120_000


def test_all_songs_together_stay_small() -> None:
    assert sum(song.audio.stat().st_size for song in SONGS.values()) <= 8_000_000


def test_tones_are_told_apart() -> None:
    for one, other in combinations(SONGS.values(), 2):
        assert abs(one.tone_hz - other.tone_hz) > 2 * SIDE_HZ


@each_song
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="decodes with ffmpeg")
def test_the_tone_stands_out_in_every_two_seconds(song: DemoSong) -> None:
    samples = _decoded(song)
    step = WINDOW if len(samples) < 60 * RATE else 5 * WINDOW  # of the long song, every fifth will do
    for start in range(0, len(samples) - WINDOW + 1, step):
        window = samples[start : start + WINDOW]
        tone, below, above = (_strength(window, song.tone_hz + side) for side in (0, -SIDE_HZ, SIDE_HZ))
        assert 20 * math.log10(tone / max(below, above)) >= CLEAR_DB


def _decoded(song: DemoSong) -> array[int]:
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(song.audio),
        "-ac",
        "1",
        "-ar",
        str(RATE),
        "-f",
        "s16le",
        "-",
    ]
    samples = array("h")
    samples.frombytes(subprocess.run(command, check=True, capture_output=True).stdout)
    return samples


def _strength(samples: array[int], freq: float) -> float:
    """Goertzel: how strong one frequency is."""
    turn = 2 * math.cos(math.tau * freq / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    return math.sqrt(last * last + before * before - turn * last * before) + 1e-9
