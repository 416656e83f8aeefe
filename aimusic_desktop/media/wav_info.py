"""The INFO fields of a WAV, which many programs read in place of its ID3 as soon as there are any."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aimusic_desktop.media.wav_chunks import MAX_CHUNKS

_NAMES = {
    "title": b"INAM",
    "artist": b"IART",
    "album": b"IPRD",
    "genre": b"IGNR",
    "date": b"ICRD",
    "comment": b"ICMT",
}
_RIFF_HEADER, _HEADER = 12, 8
_LARGEST_FILE = 2**32
_MAX_OLD_BYTES = 2**20


class _Chunk(NamedTuple):
    name: bytes
    start: int  # of its header, in the file
    end: int  # of what follows the header, and of the byte that makes it even


def write_info(path: Path, texts: Mapping[str, str]) -> None:
    """Write those of the texts that INFO has a field for, over the fields of the same name. Blocks.

    Nothing is moved: they come at the end, and the chunk that was there before becomes filling. A file whose
    lengths do not agree is left as it is, since there the new chunk would be taken for sound. Raises
    ``OSError``.
    """
    new = {field: texts[name].encode() + b"\0" for name, field in _NAMES.items() if name in texts}
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        chunks = [*_chunks(file)]
        if not new or not chunks or chunks[-1].end != size or _stated_size(file) != size:
            return
        old = [chunk for chunk in chunks if _is_info(file, chunk)]
        info = _packed({name: text for chunk in old for name, text in _fields(file, chunk)} | new)
        if size + len(info) < _LARGEST_FILE:
            _append(file, size, info)
            for chunk in old:
                file.seek(chunk.start)
                file.write(b"JUNK")


def _append(file: BinaryIO, size: int, chunk: bytes) -> None:
    file.seek(size)
    file.write(chunk)
    file.seek(4)
    file.write((size + len(chunk) - _HEADER).to_bytes(4, "little"))


def _stated_size(file: BinaryIO) -> int:
    file.seek(4)
    return int.from_bytes(file.read(4), "little") + _HEADER


def _chunks(file: BinaryIO) -> Iterator[_Chunk]:
    at = _RIFF_HEADER
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return
        length = int.from_bytes(header[4:], "little")
        yield _Chunk(header[:4], at, at + _HEADER + length + length % 2)
        at += _HEADER + length + length % 2


def _is_info(file: BinaryIO, chunk: _Chunk) -> bool:
    file.seek(chunk.start + _HEADER)
    return chunk.name == b"LIST" and file.read(4) == b"INFO"


def _fields(file: BinaryIO, chunk: _Chunk) -> Iterator[tuple[bytes, bytes]]:
    at = chunk.start + _HEADER + 4
    file.seek(at)
    data = file.read(min(chunk.end - at, _MAX_OLD_BYTES))
    at = 0
    while at + _HEADER <= len(data):
        start, length = at + _HEADER, int.from_bytes(data[at + 4 : at + _HEADER], "little")
        yield data[at : at + 4], data[start : start + length]
        at = start + length + length % 2


def _packed(fields: Mapping[bytes, bytes]) -> bytes:
    body = b"INFO"
    for name, text in fields.items():
        body += name + len(text).to_bytes(4, "little") + text + bytes(len(text) % 2)
    return b"LIST" + len(body).to_bytes(4, "little") + body
