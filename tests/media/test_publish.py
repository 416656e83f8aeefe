from __future__ import annotations

import errno
import os
import unicodedata
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.wave import WAVE

from aimusic_desktop.media.errors import DiskTrouble, FolderGone, MediaError, NoSpace, ReadOnly
from aimusic_desktop.media.publish import publish
from tests.support.media import PNG, boxes, song_clip, wav


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "cached.wav"
    path.write_bytes(wav())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Music" / "AI Music"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def publish_many(source: Path, folder: Path, times: int) -> list[str]:
    return [publish(source, folder, song_clip(), None).name for _ in range(times)]


def test_a_tagged_copy_lands_in_a_folder_that_is_made(source: Path, folder: Path) -> None:
    before = source.read_bytes()
    path = publish(source, folder, song_clip(), PNG)
    assert path == folder / "City Lights.wav"
    assert names(folder) == ["City Lights.wav"]
    assert WAVE(path).tags["TIT2"].text == ["City Lights"]
    assert source.read_bytes() == before


def test_twins_are_numbered_and_nothing_is_ever_overwritten(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "City Lights.wav").write_bytes(b"mine")
    (folder / "City Lights (2).wav").symlink_to("nowhere")
    assert publish_many(source, folder, 2) == ["City Lights (3).wav", "City Lights (4).wav"]
    assert (folder / "City Lights.wav").read_bytes() == b"mine"
    assert not (folder / "nowhere").exists()


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_many_at_once_never_share_a_name(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    with ThreadPoolExecutor(6) as threads:
        found = [
            name
            for names in threads.map(lambda _: publish_many(source, folder, 5), range(6))
            for name in names
        ]
    assert len(set(found)) == 30
    assert names(folder) == sorted(found)
    assert all(WAVE(folder / name).tags for name in found)


def test_two_programs_at_once_never_share_a_name(source: Path, folder: Path) -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as programs:
        runs = [programs.submit(publish_many, source, folder, 10) for _ in range(2)]
        found = [name for run in runs for name in run.result(60)]
    assert len(set(found)) == 20
    assert names(folder) == sorted(found)


def _no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_a_reserved_name_is_given_back_when_the_disk_then_refuses(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", _no_links)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DiskTrouble, match="Input/output error"):
        publish(source, folder, song_clip(), None)
    assert names(folder) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My song.wav", "My song.wav"),
        ("My song.WAV", "My song.WAV"),
        ("My song", "My song.wav"),
        ("My song.m4a", "My song.wav"),
        ("Vol. 2", "Vol. 2.wav"),
        ("a:b?.wav", "a:b?.wav"),
    ],
)
def test_a_name_the_user_chose_is_kept_with_the_right_suffix(
    source: Path, folder: Path, name: str, expected: str
) -> None:
    assert publish(source, folder, song_clip(), None, name=name).name == expected


@pytest.mark.parametrize("name", ["../x.wav", "/etc/x.wav", "..", ".", "a\\b.wav", "a\0b"])
def test_a_chosen_name_cannot_leave_the_folder(source: Path, folder: Path, name: str) -> None:
    with pytest.raises(MediaError, match="not a file name"):
        publish(source, folder, song_clip(), None, name=name)
    assert not folder.exists()


def test_replacing_was_agreed_for_that_very_name_only(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "a.wav").write_bytes(b"old")
    (folder / "b.wav").write_bytes(b"not asked about")
    assert publish(source, folder, song_clip(), None, name="a.wav", replace=True).name == "a.wav"
    assert publish(source, folder, song_clip(), None, name="b.m4a", replace=True).name == "b (2).wav"
    assert WAVE(folder / "a.wav").tags
    assert (folder / "b.wav").read_bytes() == b"not asked about"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.one_of(
        st.text(max_size=300), st.sampled_from(["../../x", "CON", ". . .", "/etc/passwd", "\u202ex"])
    )
)
def test_no_title_leads_out_of_the_folder(source: Path, title: str) -> None:
    path = publish(source, source.parent / "inside", song_clip(title=title), None)
    assert path.parent == source.parent / "inside"
    assert path.resolve().parent == path.parent.resolve()
    assert path.name == unicodedata.normalize("NFC", path.name)
    assert names(source.parent) == ["cached.wav", "inside"]


def test_a_song_that_takes_no_tags_is_kept_as_it_came(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "odd.m4a"
    source.write_bytes(boxes(5000))
    assert publish(source, folder, song_clip(), PNG).read_bytes() == boxes(5000)


def test_a_full_disk_says_so_and_keeps_no_part(tmp_path: Path, small_disk: Path) -> None:
    source = tmp_path / "cached.wav"
    source.write_bytes(wav(20))
    with pytest.raises(NoSpace, match="Free some space"):
        publish(source, small_disk, song_clip(), None)
    assert names(small_disk) == []


def test_a_disk_full_by_the_tags_keeps_no_part(tmp_path: Path, small_disk: Path) -> None:
    source = tmp_path / "cached.wav"
    source.write_bytes(wav(10))
    with pytest.raises(NoSpace):
        publish(source, small_disk, song_clip(), PNG + bytes(200_000))
    assert names(small_disk) == []


def test_a_folder_that_cannot_be_written_to_says_so(source: Path, read_only_disk: Path) -> None:
    with pytest.raises(ReadOnly, match="cannot be written to"):
        publish(source, read_only_disk, song_clip(), None)


def test_a_folder_that_is_none_says_so(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(FolderGone, match="There is no folder"):
            publish(source, folder, song_clip(), None)
