"""What kind of audio some bytes are, told by the bytes; never by a name or a header."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 16


class AudioType(StrEnum):
    """The formats the service delivers; the value is the file's suffix without its dot."""

    M4A = "m4a"
    MP3 = "mp3"
    WAV = "wav"

    @property
    def suffix(self) -> str:
        return f".{self.value}"


def sniff(head: bytes) -> AudioType | None:
    """The type of audio that begins with these bytes (``HEAD_BYTES`` are enough), or None."""
    if head[4:8] == b"ftyp":
        return AudioType.M4A
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return AudioType.WAV
    if head[:3] == b"ID3" or _is_mp3_frame(head):
        return AudioType.MP3
    return None


def is_whole(path: Path, audio_type: AudioType) -> bool:
    """Whether the file's own structure ends where the file does. MP3 has none to tell by. Reads the disk."""
    with path.open("rb") as file:
        if audio_type is AudioType.M4A:
            return _mp4_is_whole(file, path.stat().st_size)
        if audio_type is AudioType.WAV:
            return _wav_is_whole(file, path.stat().st_size)
    return True


def _is_mp3_frame(head: bytes) -> bool:
    """An MPEG audio header of layer III: sync, version, layer, bit rate and sample rate all valid."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bit_rate not in (0, 15) and sample_rate != 3


def _mp4_is_whole(file: BinaryIO, size: int) -> bool:
    """ISO 14496-12 boxes: the index and the sound are there, and no box reaches beyond the end."""
    seen: set[bytes] = set()
    offset = 0
    while offset + 8 <= size:
        file.seek(offset)
        header = file.read(16)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:  # to the end of the file
            length = size - offset
        if length < 8 or offset + length > size:
            break
        seen.add(name)
        offset += length
    whole = offset == size
    return {b"moov", b"mdat"} <= seen and (whole or not _is_box_name(file, offset))


def _is_box_name(file: BinaryIO, offset: int) -> bool:
    """Whether a box begins here; behind the last one some hosts leave padding."""
    file.seek(offset + 4)
    return file.read(4) in (b"mdat", b"moof", b"moov", b"free", b"udta", b"mfra", b"sidx")


def _wav_is_whole(file: BinaryIO, size: int) -> bool:
    """The RIFF size fits the file; writers to a pipe leave it 0 or all ones."""
    stated = int.from_bytes(file.read(8)[4:], "little")
    return stated in (0, 0xFFFFFFFF) or stated + 8 <= size
