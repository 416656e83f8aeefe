"""What a request for a part of a file means (RFC 9110 §14). Pure but for the file's facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_TYPES = {".m4a": "audio/mp4", ".jpg": "image/jpeg"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to a media request: ``length`` bytes of the file from ``start`` on."""

    status: int
    start: int
    length: int
    headers: dict[str, str]


def wanted_part(path: Path, range_header: str | None, if_range: str | None) -> Part:
    """Which bytes of the file to send: all (200), the range asked for (206) or none of them (416).

    A range that is none, or that belongs to another version of the file, is ignored.
    """
    size = path.stat().st_size
    headers = {"Content-Type": _TYPES[path.suffix], "Accept-Ranges": "bytes", "ETag": etag(path)}
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


def etag(path: Path) -> str:
    """A strong validator: it changes with the file."""
    facts = path.stat()
    return f'"{facts.st_size:x}-{facts.st_mtime_ns:x}"'
