"""The frames of an MP3, which alone tell how long it lasts and whether its end is there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

MAX_RUBBISH = 2**20
"""Bytes between the frames of one song that are searched for the next one: half a second of work at worst."""

# ISO 11172-3 and 13818-3, layer III, by the version bits of a header: 2.5, reserved, 2, 1
_RATES_HZ = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))
_KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_VERSION_1 = 3
_HEADER = 3  # bytes of it that say all we need
_LARGEST = 1441  # bytes of a frame: 320 kbit/s at 32 kHz
_SYNC = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]")  # how a frame may begin
_ID3_HEADER = 10
_MAX_TAGS = 10  # in front; more than one is rare
_BLOCK = 256 * 2**10  # read at a time
_STEP = 64 * 2**10  # searched at a time


class _Frame(NamedTuple):
    kind: tuple[int, int]  # version and sample rate, the same throughout a song
    size: int  # bytes
    seconds: float


def is_frame(head: bytes) -> bool:
    """Whether a frame of MPEG audio, layer III, begins here."""
    return _frame(head[:_HEADER]) is not None


def mp3_length_s(path: Path) -> float | None:
    """How long the frames last, in seconds; None when there are none. Blocks. Raises ``OSError``."""
    with path.open("rb") as file:
        return sum(frame.seconds for _, frame in _frames(_Source(file))) or None


def mp3_is_whole(path: Path) -> bool:
    """Whether the last frame is all there. Blocks. Raises ``OSError``."""
    with path.open("rb") as file:
        source, end = _Source(file), 0
        for start, frame in _frames(source):
            end = start + frame.size
        return end <= source.size


class _Source:
    """A file that is walked through from its front, of which a block is held at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = file.seek(0, os.SEEK_END)
        self._file = file
        self._start = 0
        self._block = b""

    def at(self, offset: int, count: int) -> bytes:
        """So many bytes from there; fewer where the file ends."""
        begin = offset - self._start
        if not 0 <= begin <= len(self._block) - min(count, self.size - offset):
            self._file.seek(offset)
            self._start, begin = offset, 0
            self._block = self._file.read(max(count, _BLOCK))
        return self._block[begin : begin + count]


def _frames(source: _Source) -> Iterator[tuple[int, _Frame]]:
    """Where each frame starts, and the frame; the last one may reach beyond the end."""
    at, kind, patience = _after_id3(source), None, MAX_RUBBISH
    while True:
        frame = _frame(source.at(at, _HEADER))
        if frame is None or frame.kind != kind:
            found = _found(source, at, patience)
            if found is None:
                return
            patience -= found[0] - at
            at, frame = found
        yield at, frame
        at, kind = at + frame.size, frame.kind


def _found(source: _Source, at: int, limit: int) -> tuple[int, _Frame] | None:
    """The next frame that another follows, or that ends with the file, within ``limit`` bytes."""
    for begin in range(at, min(at + limit, source.size), _STEP):
        region = source.at(begin, _STEP + _LARGEST + _HEADER)
        for sync in _SYNC.finditer(region, 0, _STEP + _HEADER - 1):
            start = sync.start()
            if (frame := _frame(sync[0])) and _goes_on(frame, region, start, source.size - begin):
                return begin + start, frame
    return None


def _goes_on(frame: _Frame, region: bytes, start: int, size: int) -> bool:
    """Whether the frame at ``start`` is followed by another, or ends with the file's ``size`` bytes."""
    end = start + frame.size
    after = _frame(region[end : end + _HEADER])
    return end == size or (after is not None and after.kind == frame.kind)


def _after_id3(source: _Source) -> int:
    """Where the tags in front end; their length has seven bits a byte."""
    at = 0
    for _ in range(_MAX_TAGS):
        head = source.at(at, _ID3_HEADER)
        if head[:3] != b"ID3" or len(head) < _ID3_HEADER:
            break
        size = 0
        for byte in head[6:]:
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
