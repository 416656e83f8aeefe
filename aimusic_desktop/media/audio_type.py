"""What kind of audio some bytes are, told by the bytes; never by a name or a header."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from aimusic_desktop.media.mp3_frames import is_frame, mp3_is_whole
from aimusic_desktop.media.wav_chunks import wav_is_whole

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
    if head[:3] == b"ID3" or is_frame(head):
        return AudioType.MP3
    return None


def is_whole(path: Path, audio_type: AudioType) -> bool:
    """Whether the file's own structure ends where the file does; of an MP3, its last frame.

    Blocks. Raises ``OSError``.
    """
    if audio_type is AudioType.MP3:
        return mp3_is_whole(path)
    if audio_type is AudioType.WAV:
        return wav_is_whole(path)
    with path.open("rb") as file:
        return _mp4_is_whole(file, path.stat().st_size)


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
