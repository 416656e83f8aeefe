"""What lies behind media links, and what a request for a part of it means (RFC 9110 §14)."""

from __future__ import annotations

import math
import re
import wave
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

_TYPES = {".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".jpg": "image/jpeg"}
_WAV_RATE = 16_000
_LOOP_S = 10  # a whole number of swings of every tone, so that the loop has no seam
_LOUDNESS = 4_000
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Medium:
    """``size`` bytes of a content type. ``etag`` changes with them, ``opened`` gives them as a file."""

    kind: str
    size: int
    etag: str
    opened: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to a media request: ``length`` bytes of the file from ``start`` on."""

    status: int
    start: int
    length: int
    headers: dict[str, str]


def file_medium(path: Path) -> Medium:
    """A song, or a picture, on the disk."""
    facts = path.stat()
    etag = f'"{facts.st_size:x}-{facts.st_mtime_ns:x}"'
    return Medium(_TYPES[path.suffix], facts.st_size, etag, lambda: path.open("rb"))


def tone_medium(tone_hz: float, duration_s: float) -> Medium:
    """A WAV of one steady tone; the demo has no better one of its songs."""
    data = _tone(tone_hz, duration_s)
    return Medium("audio/wav", len(data), f'"{tone_hz}-{duration_s}"', partial(BytesIO, data))


def wanted_part(medium: Medium, range_header: str | None, if_range: str | None) -> Part:
    """Which bytes to send: all (200), the range asked for (206) or none of them (416).

    A range that is none, or that belongs to another version, is ignored.
    """
    size = medium.size
    headers = {"Content-Type": medium.kind, "Accept-Ranges": "bytes", "ETag": medium.etag}
    match = _RANGE.fullmatch((range_header or "").strip())
    if match is None or match.group() == "bytes=-" or (if_range and if_range != headers["ETag"]):
        return Part(200, 0, size, headers)
    first, last = match.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size:
        return Part(416, 0, 0, headers | {"Content-Range": f"bytes */{size}"})
    if end < start:
        return Part(200, 0, size, headers)
    return Part(206, start, end - start + 1, headers | {"Content-Range": f"bytes {start}-{end}/{size}"})


@lru_cache(maxsize=2)
def _tone(tone_hz: float, duration_s: float) -> bytes:
    turn = math.tau * tone_hz / _WAV_RATE
    loop = array("h", (int(_LOUDNESS * math.sin(turn * at)) for at in range(_LOOP_S * _WAV_RATE)))
    count = int(duration_s * _WAV_RATE)
    samples = (loop * (count // len(loop) + 1))[:count]
    target = BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(samples.itemsize)
        file.setframerate(_WAV_RATE)
        file.writeframes(samples.tobytes())
    return target.getvalue()
