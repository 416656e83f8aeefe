"""A save job's temporary file and its name, and whom a file is that has the name. All of it blocks."""

from __future__ import annotations

import stat
from pathlib import Path

from aimusic_desktop.media.errors import disk_trouble
from aimusic_desktop.media.publish import place, place_over, remove_parts, was_placed
from aimusic_desktop.model import OnTaken
from aimusic_desktop.saving.job import SaveJob


def identity_of(path: Path) -> str | None:
    """What tells the file that has this name now from every other, also from itself once it was changed.

    None when there is none, or nobody can tell.
    """
    try:
        status = path.lstat()
    except OSError:
        return None
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def is_agreed(job: SaveJob, target: Path) -> bool:
    """Whether ``target`` is the very file that the user agreed to replace."""
    agreed = job.on_taken is OnTaken.REPLACE and job.replaces is not None
    return agreed and identity_of(target) == job.replaces


def give_name(job: SaveJob, part: Path, target: Path) -> bool:
    """Give the whole ``part`` its name, over what the job may replace and nothing else.

    False when the disk knows no one step for that: then nothing was done. Raises ``FileExistsError`` when
    the name is taken, and ``MediaError``.
    """
    if is_agreed(job, target) or (job.filling and _is_empty(target)):
        place_over(part, target)
        return True
    return place(part, target)


def has_its_name(job: SaveJob, part: Path, target: Path) -> bool:
    """Whether the whole ``part`` was given its name before the process ended. Raises ``MediaError``."""
    return was_placed(part, target) and not is_agreed(job, target)


def remove(part: Path) -> None:
    """Remove a temporary file and what came of it. Raises ``MediaError`` when that cannot be done now."""
    try:
        part.parent.stat()  # a disk that is not plugged in may have it still
        remove_parts(part)
        if part.exists():
            part.unlink()
    except OSError as error:
        raise disk_trouble(error, part.parent) from error


def _is_empty(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == 0
