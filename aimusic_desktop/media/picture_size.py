"""What a picture is and how large it says it is, told by its header alone. Pure."""

from __future__ import annotations

_PNG = b"\x89PNG\r\n\x1a\n"
_IHDR = b"\x00\x00\x00\rIHDR"
_JPEG = b"\xff\xd8\xff"
_FRAME_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ITU-T T.81, table B.1: SOF0 to SOF15
_SCAN = 0xDA  # the picture itself begins: a frame header comes no more


def suffix_of(picture: bytes) -> str | None:
    """The suffix for a file with this picture, told by its first bytes; None for anything else."""
    if picture.startswith(_JPEG):
        return ".jpg"
    if picture.startswith(_PNG):
        return ".png"
    if picture.startswith((b"GIF87a", b"GIF89a")):
        return ".gif"
    return ".webp" if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" else None


def size_of(picture: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG; None for anything else or without a valid header."""
    if picture.startswith(_PNG + _IHDR) and len(picture) >= 24:
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    return _jpeg_size(picture) if picture.startswith(_JPEG) else None


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    offset = 2
    while offset + 9 <= len(picture) and picture[offset] == 0xFF:
        marker, length = picture[offset + 1], int.from_bytes(picture[offset + 2 : offset + 4], "big")
        if marker == 0xFF:  # filling
            offset += 1
        elif marker in _FRAME_MARKERS:
            height = int.from_bytes(picture[offset + 5 : offset + 7], "big")
            return int.from_bytes(picture[offset + 7 : offset + 9], "big"), height
        elif marker == _SCAN or length < 2:
            return None
        else:
            offset += 2 + length
    return None
