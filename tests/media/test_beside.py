from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.media.beside import LeftAsItIs, write_beside
from aimusic_desktop.media.errors import FolderGone, NoSpace
from aimusic_desktop.media.publish import part_for, remove_parts
from aimusic_desktop.model import TimedWord
from tests.support.media import GIF, HTML, JPEG, PNG, WEBP, song_clip
from tests.support.publishing import STYLE, names

ALL = replace(STYLE, cover=True, lyrics="txt", json=True)
ANSWER = '{"data": [{"title": "City Lights – 夜"}]}'
CLIP = song_clip()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "Music" / "City Lights.m4a"
    path.parent.mkdir()
    path.write_bytes(b"sound")
    return path


def beside(
    song: Path, style=ALL, cover: bytes | None = JPEG, clip=CLIP, answer=ANSWER, over=False
) -> list[str]:
    found = write_beside(song, clip, cover, answer, style, part_for(song), over=over)
    return [path.name for path in found]


def test_all_that_is_wanted_lies_beside_the_song_under_its_name(song: Path) -> None:
    assert beside(song) == ["City Lights.jpg", "City Lights.txt", "City Lights.json"]
    assert names(song.parent) == ["City Lights.jpg", "City Lights.json", "City Lights.m4a", "City Lights.txt"]
    assert song.with_suffix(".jpg").read_bytes() == JPEG
    assert song.with_suffix(".txt").read_text("utf-8") == CLIP.lyrics + "\n"
    assert song.with_suffix(".json").read_text("utf-8") == ANSWER


def test_nothing_is_written_that_is_not_wanted_or_not_known(song: Path) -> None:
    assert beside(song, STYLE) == []
    assert beside(song, cover=None, clip=replace(CLIP, lyrics=" \n"), answer=None) == []
    assert beside(song, replace(STYLE, lyrics="lrc"), clip=replace(CLIP, lyrics="")) == []
    assert names(song.parent) == ["City Lights.m4a"]


@pytest.mark.parametrize(
    ("cover", "suffix"), [(JPEG, [".jpg"]), (PNG, [".png"]), (WEBP, [".webp"]), (GIF, [".gif"]), (HTML, [])]
)
def test_a_cover_is_called_what_it_is(song: Path, cover: bytes, suffix: list[str]) -> None:
    found = beside(song, replace(STYLE, cover=True), cover)
    assert [Path(name).suffix for name in found] == suffix


def test_the_name_of_a_twin_goes_with_it(song: Path) -> None:
    twin = song.with_name("City Lights (2).m4a")
    assert beside(twin, replace(STYLE, cover=True)) == ["City Lights (2).jpg"]
    dotted = song.with_name("Vol. 2.m4a")
    assert beside(dotted, replace(STYLE, cover=True)) == ["Vol. 2.jpg"]


def test_an_lrc_begins_with_what_the_song_is(song: Path) -> None:
    style = replace(STYLE, lyrics="lrc", tags=replace(STYLE.tags, album="{style}"))
    assert beside(song, style) == ["City Lights.lrc"]
    assert song.with_suffix(".lrc").read_text("utf-8") == (
        "[ti:City Lights]\n[ar:AI Music]\n[al:emotional pop with gentle piano]\n[length:03:05]\n"
        f"{CLIP.lyrics}\n"
    )


def test_an_lrc_has_the_times_of_the_lines_where_they_are_known(song: Path) -> None:
    words = (TimedWord("[Verse 1]\nI've been ", 1.0, 2.0), TimedWord("running\n日本語", 2.0, 6.0))
    style = replace(STYLE, lyrics="lrc")
    [path] = write_beside(song, CLIP, None, None, style, part_for(song), words=words)
    timed = "[00:01.00]I've been running\n[00:04.80]日本語\n[00:06.00]\n"
    assert path.read_text("utf-8") == f"[ti:City Lights]\n[ar:AI Music]\n[length:03:05]\n{timed}"


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_the_same_files_are_left_as_they_are(song: Path) -> None:
    expected = beside(song)
    before = times(song.parent)
    assert beside(song) == expected
    assert times(song.parent) == before


def test_another_ones_file_is_left_and_said_and_none_gets_a_stem_that_is_not_its_songs(song: Path) -> None:
    song.with_name("CITY LIGHTS.TXT").write_bytes(b"my notes")
    song.with_suffix(".jpg").symlink_to("nowhere")
    with pytest.raises(LeftAsItIs, match=r"“City Lights.jpg” was there before, and was left as it is\."):
        beside(song)
    assert names(song.parent) == ["CITY LIGHTS.TXT", "City Lights.jpg", "City Lights.json", "City Lights.m4a"]
    assert song.with_name("CITY LIGHTS.TXT").read_bytes() == b"my notes"
    assert not song.with_name("nowhere").exists()


def test_with_a_song_that_was_replaced_goes_what_lay_beside_it(song: Path) -> None:
    song.with_name("CITY LIGHTS.TXT").write_bytes(b"lyrics of before")
    assert beside(song, replace(STYLE, lyrics="txt"), over=True) == ["CITY LIGHTS.TXT"]
    assert song.with_name("CITY LIGHTS.TXT").read_text("utf-8") == CLIP.lyrics + "\n"
    assert names(song.parent) == ["CITY LIGHTS.TXT", "City Lights.m4a"]


def test_what_may_belong_to_a_twin_of_another_suffix_is_left(song: Path) -> None:
    song.with_name("City lights.MP3").write_bytes(b"sound")
    song.with_suffix(".txt").write_bytes(b"lyrics of the twin")
    with pytest.raises(LeftAsItIs):
        beside(song, over=True)
    assert song.with_suffix(".txt").read_bytes() == b"lyrics of the twin"


def test_what_a_crash_left_of_one_is_written_anew_and_found_by_the_part(song: Path) -> None:
    part = part_for(song)
    half = part.with_name(f"{part.name}.jpg")
    half.write_bytes(JPEG[:10])
    [path] = write_beside(song, CLIP, JPEG, None, replace(STYLE, cover=True), part)
    assert path.read_bytes() == JPEG
    assert names(song.parent) == ["City Lights.jpg", "City Lights.m4a"]
    half.write_bytes(JPEG[:10])
    remove_parts(part)
    assert names(song.parent) == ["City Lights.jpg", "City Lights.m4a"]


def test_a_full_disk_says_so_and_leaves_no_half_file(small_disk: Path) -> None:
    with pytest.raises(NoSpace):
        beside(small_disk / "x.m4a", cover=JPEG + bytes(300_000))
    assert names(small_disk) == []


def test_a_folder_that_is_gone_says_so(song: Path) -> None:
    with pytest.raises(FolderGone):
        beside(song.parent / "gone" / "x.m4a")
