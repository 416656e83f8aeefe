"""The shape of a song, as waveforms show it: measured from its samples, kept in a small file."""

from __future__ import annotations

import math
import secrets
import struct
import zlib
from array import array
from dataclasses import dataclass
from operator import mul
from pathlib import Path

from aimusic_desktop.media import bounded
from aimusic_desktop.media.loudness import loudness_db

BIN_MS = 50
LOOKED_AT_HZ = 8000
"""How many values a second are looked at, about."""

MOST_BINS = 12 * 3600 * 1000 // BIN_MS
"""What is longer than twelve hours is cut there."""

_FULL = 32768
_HEAD = struct.Struct("<8sdII")  # the magic word, the loudness (NaN: none), how many levels, the checksum
_MAGIC = b"AIMPEAK1"


@dataclass(frozen=True, slots=True)
class Peaks:
    """One level for every ``BIN_MS`` of a song from its beginning: the loudest sample, 0 to 255, linear.

    ``loudness_db`` is its loudness (dB below full scale, see ``loudness``); None while the song is not
    ``whole``, and of silence.
    """

    levels: bytes
    loudness_db: float | None
    whole: bool


class Meter:
    """Measures a song from its samples as they come: 16 bits, native, the channels in turn.

    Every so many values one is looked at, so that all channels come in turn: it says as much of peak and
    power as all of them would, at a fraction of the work.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._values_hz = rate_hz * channels
        self._stride = _stride(self._values_hz // LOOKED_AT_HZ, channels)
        self._skip = 0  # values until the next that is looked at
        self._picked = array("h")  # of the bin that is not full yet
        self._levels = bytearray()
        self._powers = array("q")

    @property
    def full(self) -> bool:
        """Whether no more is measured."""
        return len(self._levels) >= MOST_BINS

    def add(self, samples: bytes | bytearray | memoryview) -> None:
        """Measure the samples that come next; any number of them."""
        values = array("h", bytes(samples))
        self._picked += values[self._skip :: self._stride]
        self._skip = (self._skip - len(values)) % self._stride
        while len(self._picked) >= (width := self._width()) and not self.full:
            self._measure(self._picked[:width])
            del self._picked[:width]

    def so_far(self) -> Peaks:
        """The shape of what was added."""
        return Peaks(bytes(self._levels), None, False)

    def whole(self) -> Peaks:
        """The shape of the song, nothing more of it being to come."""
        if self._picked and not self.full:
            self._measure(self._picked)
            self._picked = array("h")
        return Peaks(bytes(self._levels), loudness_db(self._powers, _FULL**2), True)

    def _width(self) -> int:
        """How many of the values looked at belong to the next bin; no rate divides evenly for ever."""
        start, end = (
            math.ceil(number * self._values_hz * BIN_MS / (1000 * self._stride))
            for number in (len(self._levels), len(self._levels) + 1)
        )
        return max(1, end - start)

    def _measure(self, values: array[int]) -> None:
        low, high = min(values), max(values)
        self._levels.append(min(max(high, -low) * 256 // _FULL, 255))
        self._powers.append(sum(map(mul, values, values)) // len(values))


def read_peaks(path: Path) -> Peaks | None:
    """The kept shape of a whole song, or None unless every byte of the file is as it was written.

    Blocks: call it in a thread.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_HEAD.size + MOST_BINS + 1)
        magic, loudness, count, checksum = _HEAD.unpack_from(data)
    except (OSError, struct.error):
        return None
    levels = data[_HEAD.size :]
    if magic != _MAGIC or count != len(levels) or checksum != _checksum(loudness, levels):
        return None
    bounded.touch(path)
    return Peaks(levels, loudness if math.isfinite(loudness) else None, True)


def write_peaks(path: Path, peaks: Peaks) -> None:
    """Keep the shape of a whole song, all or nothing. Blocks. Raises ``OSError``."""
    loudness = math.nan if peaks.loudness_db is None else peaks.loudness_db
    head = _HEAD.pack(_MAGIC, loudness, len(peaks.levels), _checksum(loudness, peaks.levels))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{bounded.PART}")
    try:
        part.write_bytes(head + peaks.levels)
        part.replace(path)
    except OSError:
        bounded.unlink(part)
        raise


def _stride(wanted: int, channels: int) -> int:
    """The longest stride up to the wanted one that comes to every channel."""
    return next((stride for stride in range(wanted, 1, -1) if math.gcd(stride, channels) == 1), 1)


def _checksum(loudness: float, levels: bytes) -> int:
    return zlib.crc32(levels, zlib.crc32(struct.pack("<d", loudness)))
