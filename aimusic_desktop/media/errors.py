"""What can go wrong with the bytes of a song or a cover, each with its sentence for people."""

from __future__ import annotations

import errno
from pathlib import Path

from aimusic_desktop.errors import AppError


class MediaError(AppError):
    """Any trouble with a song's or cover's bytes, on their way here or on the disk."""


class NotReady(MediaError):
    """There is no finished song to keep yet."""

    def __init__(self) -> None:
        super().__init__("This song is not finished yet. Save it when its row says ready.")


class LinkExpired(MediaError):
    """The media host refused the link, and so it did a fresh one (or none could be had)."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or "The link to this song has expired. Look the task up again for a fresh one.")


class HostTrouble(MediaError):
    """The media host cannot be reached, or answers with trouble of its own."""


class Offline(HostTrouble):
    """No connection to the host comes about: no network, no such name, nobody there."""


class TooSlow(HostTrouble):
    """The media host lets its bytes trickle, or nothing come at all."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or "The host sends this file too slowly to wait for it. Try again later.")


class NotAudio(MediaError):
    """What came is no audio: a web page, an error message, an unknown format."""

    def __init__(self) -> None:
        super().__init__("What the host sent is not a song this program knows. Look the task up again.")


class NotImage(MediaError):
    """What came is no picture."""

    def __init__(self) -> None:
        super().__init__("What the host sent is not a picture.")


class CutShort(MediaError):
    """The file ended before its end, again and again."""

    def __init__(self) -> None:
        super().__init__("The song arrived incomplete. Check the network and try again.")


class TooLarge(MediaError):
    """More bytes than a song or cover can have."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"The file is larger than {limit_bytes // 2**20} MB and was not fetched.")


class Stopped(MediaError):
    """Cancelled by the user, or the program is closing."""


class DiskTrouble(MediaError):
    """The disk refused."""


class NoSpace(DiskTrouble):
    """The disk is full."""


class ReadOnly(DiskTrouble):
    """The folder may not be written to."""


class FolderGone(DiskTrouble):
    """The folder is not there, or is no folder."""


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ENODEV, errno.ENXIO, errno.ESTALE}


def disk_trouble(error: OSError, folder: Path) -> DiskTrouble:
    """The words for an ``OSError`` met while writing into ``folder``."""
    if error.errno in _FULL:
        return NoSpace(
            f"The disk is full: “{folder}”. Free some space or choose another folder, then try again."
        )
    if error.errno in _REFUSED:
        return ReadOnly(f"The folder “{folder}” cannot be written to. Choose another one and try again.")
    if error.errno in _GONE:
        return FolderGone(f"There is no folder “{folder}” to write to. Choose another one and try again.")
    reason = error.strerror or type(error).__name__
    return DiskTrouble(
        f"The file could not be written to “{folder}” ({reason}). Choose another folder and try again."
    )
