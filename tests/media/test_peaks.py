"""The shape of a song: what is measured of its samples, and the file that keeps it."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimusic_desktop.media import peaks as peaks_module
from aimusic_desktop.media.peaks import Meter, Peaks, read_peaks, write_peaks

RATE_HZ = 8000  # at which every sample is looked at
BIN = 400
in_a_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
samples = st.lists(st.integers(-32768, 32767), max_size=3 * BIN)
rates = st.sampled_from([8000, 11025, 22050, 44100, 48000, 96000]) | st.integers(1, 400_000)
shapes = st.builds(
    Peaks, st.binary(max_size=300), st.none() | st.floats(-70, 0, allow_nan=False), st.just(True)
)


def data_of(values: list[int]) -> bytes:
    return array("h", values).tobytes()


def measured(*parts: bytes, rate_hz: int = RATE_HZ, channels: int = 1) -> Peaks:
    meter = Meter(rate_hz, channels)
    for part in parts:
        meter.add(part)
    return meter.whole()


def tone(seconds: float, rate_hz: int, *levels: float) -> bytes:
    """440 Hz, at a level of its own in each channel."""
    waves = (32767 * math.sin(2 * math.pi * 440 * n / rate_hz) for n in range(round(seconds * rate_hz)))
    return data_of([round(wave * level) for wave in waves for level in levels])


@given(samples)
def test_a_level_is_the_loudest_sample_of_its_50_ms(values: list[int]) -> None:
    bins = [values[start : start + BIN] for start in range(0, len(values), BIN)]
    expected = [min(255, max(map(abs, part)) * 256 // 32768) for part in bins]
    assert list(measured(data_of(values)).levels) == expected


@given(samples, st.lists(st.integers(0, 3 * BIN), max_size=6), rates, st.integers(1, 8))
def test_it_does_not_matter_in_what_pieces_samples_come(
    values: list[int], cuts: list[int], rate_hz: int, channels: int
) -> None:
    edges = [0, *sorted(cuts), max([len(values), *cuts])]
    pieces = [data_of(values[start:end]) for start, end in pairwise(edges)]
    once = measured(data_of(values), rate_hz=rate_hz, channels=channels)
    assert measured(*pieces, rate_hz=rate_hz, channels=channels) == once


@given(samples)
def test_the_shape_so_far_is_the_beginning_of_the_whole(values: list[int]) -> None:
    meter = Meter(RATE_HZ, 1)
    meter.add(data_of(values))
    part, whole = meter.so_far(), meter.whole()
    assert (part.whole, part.loudness_db) == (False, None)
    assert whole.levels.startswith(part.levels)
    assert len(whole.levels) - len(part.levels) == (len(values) % BIN > 0)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_tone_is_measured_alike_at_every_rate(rate_hz: int, channels: int) -> None:
    peaks = measured(tone(2, rate_hz, *[1.0] * channels), rate_hz=rate_hz, channels=channels)
    assert peaks.loudness_db == pytest.approx(-3.01, abs=0.02)
    assert min(peaks.levels) >= 250
    assert len(peaks.levels) == 40


@pytest.mark.parametrize("levels", [(1.0, 0.0), (0.0, 1.0), (0.5, -1.0)])
def test_the_loudest_channel_is_seen(levels: tuple[float, float]) -> None:
    peaks = measured(tone(1, 44100, *levels), rate_hz=44100, channels=2)
    assert min(peaks.levels) >= 250


def test_what_is_too_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peaks_module, "MOST_BINS", 3)
    meter = Meter(RATE_HZ, 1)
    meter.add(bytes(20 * BIN))
    assert meter.full
    assert len(meter.whole().levels) == 3


@in_a_folder
@given(shapes)
def test_what_is_kept_is_read_as_it_was(tmp_path: Path, shape: Peaks) -> None:
    path = tmp_path / "kept" / "song"
    write_peaks(path, shape)
    assert read_peaks(path) == shape
    assert list(path.parent.iterdir()) == [path]


@in_a_folder
@given(shapes, st.data())
def test_a_damaged_file_is_worth_nothing(tmp_path: Path, shape: Peaks, data: st.DataObject) -> None:
    path = tmp_path / "song"
    write_peaks(path, shape)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[place] ^= data.draw(st.integers(1, 255))
    else:
        del content[place:]
    path.write_bytes(content)
    assert read_peaks(path) is None


def test_what_is_no_file_of_peaks_is_worth_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song"
    assert read_peaks(path) is None
    assert read_peaks(tmp_path) is None
    for content in (b"", b"\0" * 5000, bytes(range(256)) * 8000):
        path.write_bytes(content)
        assert read_peaks(path) is None


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song"
    path.mkdir()
    with pytest.raises(OSError, match=r".+"):
        write_peaks(path, Peaks(b"\1", None, True))
    assert list(tmp_path.iterdir()) == [path]
