"""A tagged copy of a song into a folder: whole or not at all, and never over a file that is there.

The steps of one save, in order: ``candidates``, ``part_for``, ``write_part``, ``place``. Whoever takes them
writes down in between how far they came. All of them block: call them in a thread.
"""

from __future__ import annotations

import errno
import itertools
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.errors import DiskTrouble, MediaError, disk_trouble
from aimusic_desktop.media.exclusive import (
    make_and_fill,
    names_in,
    sync_file,
    sync_folder,
    take_name_at_once,
)
from aimusic_desktop.media.naming import numbered
from aimusic_desktop.media.style import TagStyle
from aimusic_desktop.media.tags import NotTaggable, origin_of, write_tags
from aimusic_desktop.model import Clip
from aimusic_desktop.names import name_key

log = logging.getLogger(__name__)

_PART = ".part"
_PART_NAME = re.compile(r"\..*\.[0-9a-f]{16}\.part", re.DOTALL)
_AUDIO_SUFFIXES = {audio_type.suffix for audio_type in AudioType}


class NameTooLong(DiskTrouble):
    """The disk takes no name as long as that."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The name “{path.name}” is too long for the disk of “{path.parent}”. "
            "Choose another folder, or shorter names in the settings."
        )


class NameIsFolder(DiskTrouble):
    """A folder has the very name of the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"“{path.name}” is a folder in “{path.parent}”. Choose another name and try again.")


class LeadsOutside(MediaError):
    """A folder of the name is a link out of the folder that songs are saved to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"“{folder}” leads to another place; nothing is saved there. "
            "Remove that link or choose another folder."
        )


def split_name(name: str, suffix: str) -> tuple[str, str]:
    """Stem and suffix of a file name the user chose; another audio suffix than ``suffix`` is set right.

    Raises ``MediaError`` when it is not the name of a file.
    """
    if re.search(r"[/\\\0]", name) or name in (".", ".."):
        raise MediaError(f"“{name}” is not a file name. Choose another one.")
    path = Path(name)
    if path.suffix.lower() == suffix:
        return path.stem, path.suffix
    return (path.stem if path.suffix.lower() in _AUDIO_SUFFIXES else name), suffix


def candidates(folder: Path, parts: tuple[str, ...], suffix: str, *, alone: bool = False) -> Iterator[Path]:
    """Names for a song that are free on the disk, without end: ``Title.m4a``, ``Title (2).m4a``, …

    ``parts`` are folders below ``folder``, made here, and the stem. A name that differs from one that is
    there in case or composition only is not free; nor, if the song is to be ``alone``, one that differs in
    its suffix only: what lies beside a song is found by its stem. Only this call reads the disk, the
    iterator does not. Raises ``MediaError``.
    """
    home, taken = _home(folder, parts)
    is_taken = _holding(taken, alone)
    names = (numbered(parts[-1], number, suffix) for number in itertools.count(1))
    return (home / name for name in names if not is_taken(name_key(name)))


def holders(folder: Path, parts: tuple[str, ...], suffix: str, *, alone: bool = False) -> list[Path]:
    """The files that have the names before the first free one, as they are called on the disk.

    Free is what ``candidates`` takes for it. Raises ``MediaError``.
    """
    home, taken = _home(folder, parts)
    keys = (name_key(numbered(parts[-1], number, suffix)) for number in itertools.count(1))
    return [home / taken[key] for key in itertools.takewhile(_holding(taken, alone), keys) if key in taken]


def is_free(target: Path, *, alone: bool = False) -> bool:
    """Whether nothing there has the name ``target``, as ``candidates`` sees it. Raises ``MediaError``."""
    with _words_for(target):
        return not _holding(names_in(target.parent), alone)(name_key(target.name))


def same_song(path: Path, clip: Clip) -> bool:
    """Whether the file is a saved song of this very clip, told by its tags. Never raises."""
    origin = origin_of(path)
    return origin is not None and (origin.task_id, origin.clip_id) == (clip.task_id, clip.clip_id)


def part_for(target: Path) -> Path:
    """A temporary file beside ``target``, of a name that nobody has. Reads nothing."""
    return target.with_name(f".{target.stem[:40]}.{secrets.token_hex(8)}{_PART}")


def is_part_of(folder: Path, part: Path) -> bool:
    """Whether ``part``, which a damaged row may name, is a temporary file of a save into ``folder``.

    It has a name as ``part_for`` makes it and lies there or below. Reads nothing.
    """
    return _is_part(part) and ".." not in part.parts and part.is_relative_to(folder)


def write_part(source: Path, part: Path, clip: Clip, cover: bytes | None, style: TagStyle) -> None:
    """Make ``part``, a tagged copy of ``source``, whole and on the disk; nothing is left when that fails.

    A song whose file takes no tags is copied as it came. Raises ``MediaError``.
    """
    if not source.is_file():
        raise MediaError("The song has gone from the cache meanwhile. Try again.")
    with _words_for(part):
        part.open("xb").close()  # exclusive, and through no link
        try:
            _copy_tagged(source, part, clip, cover, style)
            sync_file(part)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


def place(part: Path, target: Path) -> bool:
    """Give the finished ``part`` its name, in one step; the name is on the disk when this returns.

    Afterwards ``part`` is a second name of the same file, or gone; ``remove_parts`` ends it. False where
    the disk knows no such step, and nothing was done: then ``place_slowly``. Raises ``FileExistsError`` when
    the name is taken, by whomever and however shortly before, and ``MediaError``.
    """
    with _words_unless_taken(target):
        return take_name_at_once(part, target)


def place_slowly(part: Path, target: Path) -> None:
    """Do as ``place`` does, in two steps. Who ends between them leaves an empty file of the name, to be
    replaced by ``place_over``: write down before that it is one's own."""
    with _words_unless_taken(target):
        make_and_fill(part, target)


def place_over(part: Path, target: Path) -> None:
    """Give the finished ``part`` its name instead of the file that has it, which the user agreed to.

    In one step: whoever looks sees the old file or the new one. Raises ``MediaError``.
    """
    with _words_for(target):
        part.replace(target)
        sync_folder(target.parent)


def was_placed(part: Path, target: Path) -> bool:
    """Whether ``place`` had done its work when a run ended, of a whole part. Raises ``MediaError``."""
    with _words_for(target):
        placed, left = _status(target), _status(part)
    return placed is not None and (left is None or os.path.samestat(placed, left))


def remove_parts(part: Path) -> None:
    """Remove a temporary file and those that ``write_beside`` derived from it. Never raises.

    What has no name of a temporary file was never made here, and is left alone.
    """
    if not _is_part(part):
        return
    with suppress(OSError):
        for entry in list(os.scandir(part.parent)):
            if entry.name == part.name or entry.name.startswith(f"{part.name}."):
                with suppress(OSError):
                    Path(entry).unlink()
        sync_folder(part.parent)


def _is_part(path: Path) -> bool:
    return _PART_NAME.fullmatch(path.name) is not None


def _home(folder: Path, parts: tuple[str, ...]) -> tuple[Path, dict[str, str]]:
    """The folder that the song goes to, made if need be, and the names in it by their keys."""
    with _words_for(folder / parts[-1]):
        folder.mkdir(parents=True, exist_ok=True)
    home = folder
    for name in parts[:-1]:
        with _words_for(home / name / parts[-1]):
            above, home = home, home / names_in(home).get(name_key(name), name)
            if not home.is_dir():
                home.mkdir(exist_ok=True)
                sync_folder(above)
            if not home.resolve().is_relative_to(folder.resolve()):
                raise LeadsOutside(home)
    with _words_for(home / parts[-1]):
        return home, names_in(home)


def _holding(taken: Collection[str], alone: bool) -> Callable[[str], bool]:
    """Whether the name of a key is not free among these keys."""
    if not alone:
        return taken.__contains__
    stems = {PurePath(key).stem for key in taken if PurePath(key).suffix}
    return lambda key: PurePath(key).stem in stems


def _status(path: Path) -> os.stat_result | None:
    """Of the name itself, wherever it leads; None when there is no such name."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _copy_tagged(source: Path, part: Path, clip: Clip, cover: bytes | None, style: TagStyle) -> None:
    shutil.copyfile(source, part)
    try:
        write_tags(part, clip, cover, style)
    except NotTaggable as error:
        log.warning("clip %s is kept without tags: %r", clip.clip_id, error.__cause__)
        shutil.copyfile(source, part)


@contextmanager
def _words_for(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _trouble(error, path) from error


@contextmanager
def _words_unless_taken(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise _trouble(error, path) from error


def _trouble(error: OSError, path: Path) -> DiskTrouble:
    """The words for an ``OSError`` met while making ``path``."""
    if error.errno == errno.ENAMETOOLONG:
        return NameTooLong(path)
    if error.errno == errno.EISDIR:
        return NameIsFolder(path)
    return disk_trouble(error, path.parent)
