"""The frames of an MP3, which alone tell how long it lasts and whether its end is there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

# ISO 11172-3 and 13818-3, layer III, by the version bits of a header: 2.5, reserved, 2, 1
_RATES_HZ = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))
_KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_VERSION_1 = 3
_HEADER = 3  # bytes of it that say all we need
_ID3_HEADER = 10


class _Frame(NamedTuple):
    kind: tuple[int, int]  # version and sample rate, the same throughout a song
    size: int  # bytes
    seconds: float


def is_frame(head: bytes) -> bool:
    """Whether a frame of MPEG audio, layer III, begins here."""
    return _frame(head[:_HEADER]) is not None


def mp3_length_s(path: Path) -> float | None:
    """How long the frames last, in seconds; None when there are none. Blocks. Raises ``OSError``."""
    return sum(frame.seconds for _, frame in _frames(path.read_bytes())) or None


def mp3_is_whole(path: Path) -> bool:
    """Whether the last frame is all there. Blocks. Raises ``OSError``."""
    data = path.read_bytes()
    end = 0
    for start, frame in _frames(data):
        end = start + frame.size
    return end <= len(data)


def _frames(data: bytes) -> Iterator[tuple[int, _Frame]]:
    """Where each frame starts, and the frame; the last one may reach beyond the end."""
    at = _found(data, _after_id3(data))
    kind = None
    while at is not None:
        frame = _frame(data[at : at + _HEADER])
        if frame is not None and kind in (None, frame.kind):
            yield at, frame
            at, kind = at + frame.size, frame.kind
        else:
            at = _found(data, at)


def _found(data: bytes, at: int) -> int | None:
    """Where the next frame starts: one that another follows, or that ends with the data."""
    while (at := data.find(b"\xff", at)) >= 0:
        frame = _frame(data[at : at + _HEADER])
        if frame is not None:
            end = at + frame.size
            after = _frame(data[end : end + _HEADER])
            if end == len(data) or (after is not None and after.kind == frame.kind):
                return at
        at += 1
    return None


def _after_id3(data: bytes) -> int:
    """Where the tags in front end; their length has seven bits a byte."""
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + _ID3_HEADER:
        size = 0
        for byte in data[at + 6 : at + _ID3_HEADER]:
            size = size << 7 | byte & 0x7F
        at += _ID3_HEADER + size
    return at


@lru_cache(maxsize=1024)
def _frame(header: bytes) -> _Frame | None:
    if len(header) < _HEADER or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bit_rate, sample_rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer != 1 or bit_rate in (0, 15) or sample_rate == 3:
        return None
    rate_hz = _RATES_HZ[version][sample_rate]
    kbits = (_KBITS_1 if version == _VERSION_1 else _KBITS_2)[bit_rate - 1]
    samples = 1152 if version == _VERSION_1 else 576
    return _Frame((version, sample_rate), samples // 8 * kbits * 1000 // rate_hz + padding, samples / rate_hz)
