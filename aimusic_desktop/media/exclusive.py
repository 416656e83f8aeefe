"""Names in a folder, taken so that nobody else's file is ever lost and a crash leaves all or nothing.

Blocks: call it in a thread.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from aimusic_desktop.names import name_key

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1  # renameat2(2)
_RENAME_EXCL = 4  # renamex_np(2)
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}

_Rename = Callable[[bytes, bytes], int]


def names_in(folder: Path) -> dict[str, str]:
    """The names in a folder, by the ``name_key`` that no two files should share. Raises ``OSError``."""
    with os.scandir(folder) as entries:
        return {name_key(entry.name): entry.name for entry in entries}


def take_name(part: Path, target: Path) -> None:
    """Give the file ``part`` the name ``target`` too, or instead. What has the name keeps it.

    Raises ``FileExistsError`` when the name is taken, by whomever and however shortly before, and
    ``OSError``.
    """
    if not take_name_at_once(part, target):
        make_and_fill(part, target)


def take_name_at_once(part: Path, target: Path) -> bool:
    """Do as ``take_name`` does, in one step; False where there is none, and nothing was done."""
    if os.name == "nt":
        part.rename(target)  # exclusive there
    elif not _linked(part, target) and not _renamed(part, target):
        return False
    sync_folder(target.parent)
    return True


def make_and_fill(part: Path, target: Path) -> None:
    """Do as ``take_name`` does, in two steps: between them the name is that of an empty file."""
    target.open("xb").close()
    try:
        part.replace(target)
    except OSError:
        with suppress(OSError):
            target.unlink()
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk, where the system can say so."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some network folders know no such thing
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_file(path: Path) -> None:
    """Have the file's bytes on the disk. Raises ``OSError``."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _linked(part: Path, target: Path) -> bool:
    try:
        os.link(part, target)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:  # no links here: FAT, some network folders
        return False
    return True


def _renamed(part: Path, target: Path) -> bool:
    """Rename unless the name is taken, where the system can do that in one step."""
    rename = _system_rename()
    if rename is None or rename(os.fsencode(part), os.fsencode(target)) == 0:
        return rename is not None
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(target))


@cache
def _system_rename() -> _Rename | None:
    library = ctypes.CDLL(None, use_errno=True)
    if hasattr(library, "renamex_np"):  # macOS
        return lambda old, new: int(library.renamex_np(old, new, _RENAME_EXCL))
    if hasattr(library, "renameat2"):
        return lambda old, new: int(library.renameat2(_AT_FDCWD, old, _AT_FDCWD, new, _RENAME_NOREPLACE))
    return None
