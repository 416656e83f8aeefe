"""The chunks of a WAV, also of one that was written to a pipe and never learned its own length."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, NamedTuple

MAX_CHUNKS = 1000  # before the sound; there are two or three

_UNKNOWN = (0, 0xFFFFFFFF)  # what writers to a pipe leave as a length
_RIFF_HEADER, _CHUNK_HEADER = 12, 8


class _Sound(NamedTuple):
    riff: int  # bytes that the file states for itself
    bytes_per_s: int
    start: int  # of the samples, in the file
    size: int  # bytes that the chunk states
    held: int  # bytes from its start to the end of the file


def wav_is_whole(path: Path) -> bool:
    """Whether all is there that the file states. Blocks. Raises ``OSError``."""
    sound = _sound(path)
    if sound is None:
        return False
    riff_fits = sound.riff in _UNKNOWN or sound.riff + _CHUNK_HEADER <= sound.start + sound.held
    return riff_fits and (sound.size in _UNKNOWN or sound.size <= sound.held)


def wav_length_s(path: Path) -> float | None:
    """How long the sound lasts, in seconds; None when it cannot be read as a WAV. Blocks.

    It may state more than it holds: then what it holds counts. Raises ``OSError``.
    """
    sound = _sound(path)
    if sound is None or not sound.bytes_per_s:
        return None
    size = sound.held if sound.size in _UNKNOWN else min(sound.size, sound.held)
    return size / sound.bytes_per_s


def mend_lengths(path: Path) -> None:
    """Make room for tags: a writer to a pipe leaves the lengths open, many leave out the last byte that
    fills a chunk to an even size, and without those no tag finds its place. Blocks.

    The sound is not touched. Raises ``OSError``.
    """
    sound = _sound(path)
    if sound is None:
        return
    end = sound.start + sound.held
    with path.open("rb+") as file:
        if sound.size in _UNKNOWN:
            _write_length(file, sound.start - 4, sound.held)
        if sound.riff in _UNKNOWN or sound.riff + _CHUNK_HEADER == end:
            file.seek(end)
            even_end = end + file.write(bytes(end % 2))
            _write_length(file, 4, even_end - _CHUNK_HEADER)


def _sound(path: Path) -> _Sound | None:
    with path.open("rb") as file:
        riff, bytes_per_s, at = int.from_bytes(file.read(_RIFF_HEADER)[4:8], "little"), 0, _RIFF_HEADER
        for _ in range(MAX_CHUNKS):
            file.seek(at)
            header = file.read(_CHUNK_HEADER)
            if len(header) < _CHUNK_HEADER:
                return None
            length = int.from_bytes(header[4:], "little")
            at += _CHUNK_HEADER
            if header[:4] == b"data":
                return _Sound(riff, bytes_per_s, at, length, path.stat().st_size - at)
            if header[:4] == b"fmt ":
                bytes_per_s = int.from_bytes(file.read(16)[8:12], "little")
            at += length + length % 2
    return None


def _write_length(file: BinaryIO, at: int, length: int) -> None:
    file.seek(at)
    file.write(length.to_bytes(4, "little"))
