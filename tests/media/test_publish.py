from __future__ import annotations

import itertools
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.wave import WAVE

from aimusic_desktop.media.errors import DiskTrouble, FolderGone, MediaError, NoSpace, ReadOnly
from aimusic_desktop.media.publish import (
    LeadsOutside,
    NameTooLong,
    candidates,
    holders,
    part_for,
    place,
    same_song,
    split_name,
    write_part,
)
from aimusic_desktop.media.template import Template
from tests.media.conftest import MakeSong
from tests.support.media import PNG, boxes, song_clip, wav
from tests.support.publishing import BARE, STYLE, names, published, written


def first(folder: Path, *parts: str, count: int = 1, suffix: str = ".wav") -> list[str]:
    """The first names that are free, as paths below the folder."""
    found = itertools.islice(candidates(folder, parts, suffix), count)
    return [path.relative_to(folder).as_posix() for path in found]


def test_free_names_are_numbered_past_those_that_are_there(folder: Path) -> None:
    (folder / "Neon.wav").touch()
    (folder / "Neon (2).wav").symlink_to("nowhere")
    (folder / "Neon (4).wav").mkdir()
    assert first(folder, "Neon", count=3) == ["Neon (3).wav", "Neon (5).wav", "Neon (6).wav"]
    assert first(folder, "Neon", suffix=".m4a") == ["Neon.m4a"]
    assert holders(folder, ("Neon",), ".wav") == [folder / "Neon.wav", folder / "Neon (2).wav"]
    assert holders(folder, ("Neon",), ".m4a") == []


def test_names_that_differ_in_case_or_composition_only_are_taken(folder: Path) -> None:
    (folder / "CAFE\u0301.WAV").touch()
    assert first(folder, "café") == ["café (2).wav"]
    assert holders(folder, ("café",), ".wav") == [folder / "CAFE\u0301.WAV"]


def test_folders_of_the_name_are_made_and_those_there_are_used_in_whatever_case(folder: Path) -> None:
    (folder / "POP").mkdir()
    (folder / "POP" / "neon.wav").touch()
    assert first(folder, "Pop", "2025", "Neon") == ["POP/2025/Neon.wav"]
    assert first(folder, "Pop", "Neon") == ["POP/Neon (2).wav"]
    assert names(folder) == ["POP"]
    assert names(folder / "POP") == ["2025", "neon.wav"]


def test_the_users_own_folder_is_made_too(tmp_path: Path) -> None:
    assert first(tmp_path / "a" / "b", "Neon") == ["Neon.wav"]
    assert (tmp_path / "a" / "b").is_dir()


def test_a_link_in_the_folder_never_leads_a_song_out_of_it(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    (folder / "up").symlink_to("..")
    (folder / "inside").mkdir()
    (folder / "again").symlink_to("inside")
    for parts in (("out", "x"), ("OUT", "deep", "x"), ("up", "x")):
        with pytest.raises(LeadsOutside, match="leads to another place"):
            candidates(folder, parts, ".wav")
        with pytest.raises(LeadsOutside):
            holders(folder, parts, ".wav")
    assert names(tmp_path / "elsewhere") == []
    assert first(folder, "again", "x") == ["again/x.wav"]


def test_a_folder_that_is_a_link_itself_is_as_good_as_any(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert first(tmp_path / "link", "Pop", "x") == ["Pop/x.wav"]


@pytest.mark.parametrize("parts", [("file", "x"), ("gone", "x")])
def test_a_folder_of_the_name_that_is_none_says_so(folder: Path, parts: tuple[str, ...]) -> None:
    (folder / "file").touch()
    (folder / "gone").symlink_to("nowhere")
    with pytest.raises(FolderGone, match="There is no folder"):
        candidates(folder, parts, ".wav")


def test_a_folder_that_is_none_says_so(source: Path, folder: Path) -> None:
    (folder / "file").touch()
    for none in (folder / "file", folder / "file" / "below"):
        with pytest.raises(FolderGone, match="There is no folder"):
            candidates(none, ("x",), ".wav")
    with pytest.raises(FolderGone, match="There is no folder"):
        written(source, folder / "unplugged" / "x.wav")


def test_a_folder_that_cannot_be_written_to_says_so(source: Path, read_only_disk: Path) -> None:
    with pytest.raises(ReadOnly, match="cannot be written to"):
        candidates(read_only_disk, ("Pop", "x"), ".wav")
    with pytest.raises(ReadOnly, match="cannot be written to"):
        written(source, read_only_disk / "x.wav")


def test_a_name_that_is_too_long_for_the_disk_says_so(source: Path, folder: Path) -> None:
    part = written(source, folder / "x.wav")
    for too_long in (
        lambda: place(part, folder / ("x" * 300)),
        lambda: candidates(folder, ("x" * 300, "y"), ""),
    ):
        with pytest.raises(NameTooLong, match="is too long for the disk"):
            too_long()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(max_size=60) | st.sampled_from(["../../x", "CON", ". . .", "/etc/passwd", "\u202ex"]),
    style=st.text(max_size=60) | st.sampled_from(["..", "/", "a/../..", "\0"]),
)
def test_whatever_a_song_is_called_it_stays_in_its_folder(source: Path, title: str, style: str) -> None:
    clip = replace(song_clip(title=title), style=style)
    home = source.parent / "inside"
    path = published(source, home, *Template("{style}/{model}/{title}").parts(clip))
    assert path.resolve().is_relative_to(home.resolve())
    assert len(path.relative_to(home).parts) <= 3
    assert names(source.parent) == ["cached.wav", "inside"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My song.wav", ("My song", ".wav")),
        ("My song.WAV", ("My song", ".WAV")),
        ("My song", ("My song", ".wav")),
        ("My song.m4a", ("My song", ".wav")),
        ("Vol. 2", ("Vol. 2", ".wav")),
        ("a:b?.wav", ("a:b?", ".wav")),
    ],
)
def test_a_name_the_user_chose_is_kept_with_the_right_suffix(name: str, expected: tuple[str, str]) -> None:
    assert split_name(name, ".wav") == expected


@pytest.mark.parametrize("name", ["../x.wav", "/etc/x.wav", "..", ".", "a\\b.wav", "a\0b"])
def test_a_chosen_name_is_no_path(name: str) -> None:
    with pytest.raises(MediaError, match="not a file name"):
        split_name(name, ".wav")


def test_a_part_lies_hidden_beside_its_target_under_a_name_of_its_own(folder: Path) -> None:
    parts = {part_for(folder / f"{'日' * 53} (1000).m4a") for _ in range(50)}
    assert len(parts) == 50
    for part in parts:
        assert part.parent == folder
        assert part.name.startswith(".日")
        assert part.suffix == ".part"
        assert len(part.name.encode()) < 200


def test_a_part_is_a_tagged_copy_and_the_source_stays_as_it_was(source: Path, folder: Path) -> None:
    before = source.read_bytes()
    part = written(source, folder / "x.wav", PNG)
    tags = WAVE(part).tags
    assert (tags["TIT2"].text, tags.getall("APIC")[0].data) == (["City Lights"], PNG)
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "options"), [("m4a", ()), ("m4a", ("-movflags", "+faststart")), ("mp3", ()), ("wav", ())]
)
def test_a_saved_song_sounds_as_it_came(
    encoded: MakeSong, folder: Path, kind: str, options: tuple[str, ...]
) -> None:
    def sound(path: Path) -> bytes:
        command = ["ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "0:a", "-f", "framemd5", "-"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    source = encoded(kind, *options)
    target = folder / f"x.{kind}"
    place(written(source, target, PNG), target)
    assert target.read_bytes() != source.read_bytes()
    assert sound(target) == sound(source)


def test_without_tags_a_part_is_the_source_byte_by_byte(source: Path, folder: Path) -> None:
    write_part(source, folder / "part", song_clip(), PNG, BARE.tags)
    assert (folder / "part").read_bytes() == source.read_bytes()


def test_a_song_that_takes_no_tags_is_kept_as_it_came(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "odd.m4a"
    source.write_bytes(boxes(5000))
    assert written(source, folder / "odd.m4a", PNG).read_bytes() == boxes(5000)


@pytest.mark.parametrize("there", ["file", "link", "dangling link"])
def test_a_part_is_never_written_over_or_through_what_is_there(
    source: Path, folder: Path, there: str
) -> None:
    part, victim = folder / ".x.part", folder / "victim"
    if there != "dangling link":
        victim.write_bytes(b"mine")
    if there == "file":
        part.write_bytes(b"mine")
    else:
        part.symlink_to(victim)
    with pytest.raises(DiskTrouble):
        write_part(source, part, song_clip(), None, STYLE.tags)
    assert [path.read_bytes() for path in (victim, part) if path.exists()] in ([], [b"mine", b"mine"])
    assert os.path.lexists(part)


@pytest.mark.parametrize("seconds", [20, 10], ids=["by the sound", "by the tags"])
def test_a_full_disk_says_so_and_keeps_no_part(tmp_path: Path, small_disk: Path, seconds: int) -> None:
    source = tmp_path / "cached.wav"
    source.write_bytes(wav(seconds))
    with pytest.raises(NoSpace, match="Free some space"):
        written(source, small_disk / "x.wav", PNG + bytes(200_000))
    assert names(small_disk) == []


def test_a_source_that_is_gone_says_so(folder: Path) -> None:
    with pytest.raises(MediaError, match="has gone from the cache"):
        written(folder / "evicted.wav", folder / "x.wav")
    assert names(folder) == []


def test_a_saved_song_is_known_again_by_its_clip(source: Path, folder: Path) -> None:
    path = published(source, folder)
    assert same_song(path, song_clip(title="Renamed meanwhile"))
    assert not same_song(path, song_clip(clip_id="another"))
    assert not same_song(path, replace(song_clip(), task_id="another"))
    assert not same_song(source, song_clip())
    assert not same_song(folder, song_clip())
