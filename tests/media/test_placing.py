from __future__ import annotations

import errno
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from mutagen.wave import WAVE

from aimusic_desktop.media import exclusive
from aimusic_desktop.media.errors import DiskTrouble, FolderGone
from aimusic_desktop.media.publish import (
    NameIsFolder,
    is_part_of,
    part_for,
    place_over,
    remove_parts,
    was_placed,
)
from tests.support.publishing import names, placed, publish_many, written


@pytest.fixture(params=["links", "renames", "neither"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the disk can do to take a name."""
    if request.param != "links":
        monkeypatch.setattr(os, "link", no_links)
    if request.param == "neither":
        monkeypatch.setattr(exclusive, "_system_rename", lambda: None)
    return str(request.param)


def no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_a_part_gets_its_name_and_nothing_else_is_left(disk: str, source: Path, folder: Path) -> None:
    part = written(source, folder / "x.wav")
    content = part.read_bytes()
    placed(part, folder / "x.wav")
    assert was_placed(part, folder / "x.wav")
    remove_parts(part)
    assert was_placed(part, folder / "x.wav")
    assert names(folder) == ["x.wav"]
    assert (folder / "x.wav").read_bytes() == content


@pytest.mark.parametrize("there", ["file", "folder", "dangling link"])
def test_a_name_that_was_taken_meanwhile_is_left_alone(
    disk: str, source: Path, folder: Path, there: str
) -> None:
    target = folder / "x.wav"
    part = written(source, target)
    if there == "file":
        target.write_bytes(b"mine")
    elif there == "folder":
        target.mkdir()
    else:
        target.symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        placed(part, target)
    assert not was_placed(part, target)
    assert part.is_file()
    assert not target.is_file() or target.read_bytes() == b"mine"
    assert not (folder / "nowhere").exists()


def test_a_folder_that_is_gone_when_the_name_is_given_says_so(disk: str, source: Path, folder: Path) -> None:
    part = written(source, folder / "x.wav")
    with pytest.raises(FolderGone):
        placed(part, folder / "gone" / "x.wav")
    with pytest.raises(FolderGone):
        placed(folder / "gone.part", folder / "x.wav")
    assert names(folder) == [part.name]


def test_a_reserved_name_is_given_back_when_the_disk_then_refuses(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    part = written(source, folder / "x.wav")
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(exclusive, "_system_rename", lambda: None)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DiskTrouble, match="Input/output error"):
        placed(part, folder / "x.wav")
    assert names(folder) == [part.name]


def test_a_part_and_a_name_tell_whether_it_was_placed(source: Path, folder: Path) -> None:
    target = folder / "x.wav"
    part = written(source, target)
    assert not was_placed(part, target)  # not yet
    target.write_bytes(part.read_bytes())
    assert not was_placed(part, target)  # somebody else's, though the same
    part.unlink()
    assert was_placed(part, target)
    target.unlink()
    assert not was_placed(part, target)  # both lost
    assert not was_placed(folder / "gone" / ".part", folder / "gone" / "x.wav")


def test_a_file_is_replaced_at_once_when_that_was_agreed(source: Path, folder: Path) -> None:
    target = folder / "x.wav"
    target.write_bytes(b"old")
    place_over(written(source, target), target)
    assert WAVE(target).tags
    assert names(folder) == ["x.wav"]


def test_replacing_a_link_leaves_what_it_led_to(source: Path, folder: Path) -> None:
    (folder / "mine").write_bytes(b"mine")
    (folder / "x.wav").symlink_to("mine")
    place_over(written(source, folder / "x.wav"), folder / "x.wav")
    assert (folder / "mine").read_bytes() == b"mine"
    assert not (folder / "x.wav").is_symlink()


def test_a_folder_is_never_replaced(source: Path, folder: Path) -> None:
    (folder / "x.wav").mkdir()
    with pytest.raises(NameIsFolder, match="is a folder in"):
        place_over(written(source, folder / "x.wav"), folder / "x.wav")


def test_parts_are_removed_with_what_was_derived_from_them_and_nothing_else(folder: Path) -> None:
    part = part_for(folder / "x.wav")
    for name in (part.name, f"{part.name}.jpg", "x.wav", part_for(folder / "x.wav").name):
        (folder / name).touch()
    remove_parts(part)
    assert len(names(folder)) == 2
    remove_parts(folder / "gone" / part.name)


def test_what_a_row_names_by_mistake_is_not_removed(folder: Path) -> None:
    digits = "0123456789abcdef"
    mine = ["a", "abc", "a.part", f"x.{digits}.part", f".x.{digits}.part.old", f".x.{digits[1:]}.part"]
    for name in mine:
        (folder / name).touch()
        remove_parts(folder / name)
    assert names(folder) == sorted(mine)


def test_only_what_begins_with_the_whole_name_was_derived_from_a_part(folder: Path) -> None:
    part = part_for(folder / "x.wav")
    for name in (part.name, f"{part.name}.json", f"{part.name}ial"):
        (folder / name).touch()
    remove_parts(part)
    assert names(folder) == [f"{part.name}ial"]


@pytest.mark.parametrize("title", ["x", "", ".", "a\nb", "日" * 60])
def test_a_part_is_known_in_its_folder_or_below(tmp_path: Path, title: str) -> None:
    part = part_for(tmp_path / "Album" / f"{title}.wav")
    assert is_part_of(tmp_path, part)
    assert is_part_of(tmp_path / "Album", part)
    assert not is_part_of(tmp_path / "Other", part)
    assert not is_part_of(tmp_path / "Other", tmp_path / "Other" / ".." / part.name)
    assert not is_part_of(tmp_path, part.with_suffix(".wav"))


def test_many_at_once_never_share_a_name(disk: str, source: Path, folder: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        runs = threads.map(lambda _: publish_many(source, folder, 5), range(6))
        found = [name for names in runs for name in names]
    assert len(set(found)) == 30
    assert names(folder) == sorted(found)
    assert all(WAVE(folder / name).tags for name in found)


def test_two_programs_at_once_never_share_a_name(source: Path, folder: Path) -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as programs:
        runs = [programs.submit(publish_many, source, folder, 10) for _ in range(2)]
        found = [name for run in runs for name in run.result(60)]
    assert len(set(found)) == 20
    assert names(folder) == sorted(found)
