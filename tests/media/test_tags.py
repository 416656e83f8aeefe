from __future__ import annotations

import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.mp4 import MP4, MP4Cover
from mutagen.wave import WAVE

from aimusic_desktop.media.tags import NotTaggable, write_tags
from aimusic_desktop.model import Clip
from tests.media.conftest import MakeSong
from tests.support.media import JPEG, PNG, WEBP, boxes, song_clip, wav

FACTS = {
    "AIMUSIC_TASK_ID": "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1",
    "AIMUSIC_CLIP_ID": "74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
    "AIMUSIC_PRODUCT": "producer",
    "AIMUSIC_MODEL": "FUZZ-2.0 Pro",
    "AIMUSIC_SEED": "3966900172",
}
FASTSTART = ("-movflags", "+faststart")
SONGS = [("m4a", ()), ("m4a", FASTSTART), ("mp3", ()), ("wav", ())]


def _name(song: tuple[str, tuple[str, ...]]) -> str:
    return "".join(song[1][-1:]) + song[0]


@pytest.fixture
def song(tmp_path: Path, encoded: MakeSong, request: pytest.FixtureRequest) -> Path:
    """A copy of an encoded song, as the test's parameter says."""
    kind, options = request.param
    path = tmp_path / f"song.{kind}"
    path.write_bytes(encoded(kind, *options).read_bytes())
    return path


def sound_of(path: Path) -> bytes:
    """A checksum of the decoded sound, and the length of it."""
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "0:a", "-f", "framemd5", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
@pytest.mark.parametrize("cover", [None, JPEG, PNG], ids=["bare", "jpeg", "png"])
def test_tagging_leaves_the_sound_as_it_is(song: Path, cover: bytes | None) -> None:
    before = sound_of(song)
    write_tags(song, song_clip(), cover)
    assert sound_of(song) == before
    write_tags(song, replace(song_clip(), lyrics="la " * 5000), cover)
    assert sound_of(song) == before


@pytest.mark.parametrize("song", [("m4a", ()), ("m4a", FASTSTART)], indirect=True, ids=_name)
def test_the_bytes_of_the_sound_are_untouched(song: Path) -> None:
    def mdat() -> bytes:
        data, start = song.read_bytes(), song.read_bytes().index(b"mdat") - 4
        return data[start : start + int.from_bytes(data[start : start + 4], "big")]

    before = mdat()
    write_tags(song, song_clip(), PNG)
    assert mdat() == before


@pytest.mark.parametrize("song", SONGS[:2], indirect=True, ids=_name)
def test_an_m4a_says_all_that_is_known(song: Path) -> None:
    clip = song_clip()
    write_tags(song, clip, PNG)
    tags = MP4(song).tags
    assert tags["\xa9nam"] == [clip.title]
    assert tags["\xa9gen"] == [clip.style]
    assert tags["\xa9lyr"] == [clip.lyrics]
    assert tags["\xa9day"] == ["2025-10-01"]
    assert tags["covr"] == [PNG]
    assert tags["covr"][0].imageformat == MP4Cover.FORMAT_PNG
    assert {name: bytes(tags[f"----:com.apple.iTunes:{name}"][0]).decode() for name in FACTS} == FACTS


@pytest.mark.parametrize("song", SONGS[2:], indirect=True, ids=_name)
def test_an_mp3_and_a_wav_say_all_that_is_known(song: Path) -> None:
    clip = song_clip()
    write_tags(song, clip, JPEG)
    tags = WAVE(song).tags if song.suffix == ".wav" else ID3(song)
    assert tags.version == (2, 3, 0)
    assert tags["TIT2"].text == [clip.title]
    assert tags["TCON"].text == [clip.style]
    assert tags.getall("USLT")[0].text == clip.lyrics
    assert str(tags["TDRC"]) == "2025-10-01"
    assert (tags.getall("APIC")[0].data, tags.getall("APIC")[0].mime) == (JPEG, "image/jpeg")
    assert {name: tags[f"TXXX:{name}"].text[0] for name in FACTS} == FACTS


def test_a_song_of_which_nothing_is_known_is_tagged_with_its_ids(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, Clip(task_id="t", clip_id="c"), None)
    assert sorted(WAVE(path).tags.keys()) == ["TXXX:AIMUSIC_CLIP_ID", "TXXX:AIMUSIC_TASK_ID"]


def sized(width: int, height: int) -> list[bytes]:
    """A PNG and a JPEG that say they are as large as this."""
    png = PNG[:16] + struct.pack(">II", width, height) + PNG[24:]
    at = JPEG.index(b"\xff\xc0") + 5
    return [png, JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]]


@pytest.mark.parametrize(
    "cover",
    [
        *(WEBP, b"", b"<html>"),
        *(PNG[:8], PNG[:23], PNG.replace(b"IHDR", b"IDAT")),
        *(JPEG[:3], JPEG.replace(b"\xff\xc0", b"\xff\xda"), JPEG.replace(b"\xff\xc0", b"\xff\xfe")),
        *(JPEG[:4] + bytes(100), JPEG[:3] + b"\xff" * 100),
        *sized(8193, 10),
        *sized(10, 8193),
        *sized(0, 10),
    ],
)
def test_only_jpeg_and_png_of_a_sane_size_become_covers(tmp_path: Path, cover: bytes) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, song_clip(), cover)
    assert WAVE(path).tags.getall("APIC") == []


@pytest.mark.parametrize("cover", [*sized(8192, 8192), JPEG[:2] + b"\xff" + JPEG[2:]])
def test_large_covers_are_taken(tmp_path: Path, cover: bytes) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, song_clip(), cover)
    assert [picture.data for picture in WAVE(path).tags.getall("APIC")] == [cover]


@pytest.mark.parametrize(
    "data",
    [boxes(2000), b"RIFF\x00\x00\x00\x00WAVE", b"ID3\x04" + bytes(20), b"<html>", b""],
    ids=["m4a", "wav", "mp3", "page", "empty"],
)
def test_a_file_that_takes_no_tags_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "song"
    path.write_bytes(data)
    with pytest.raises(NotTaggable):
        write_tags(path, song_clip(), None)


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.randoms(use_true_random=False))
def test_a_damaged_file_is_tagged_or_refused_and_nothing_else(song: Path, seed) -> None:
    data = bytearray(song.read_bytes()[:6000])
    for _ in range(8):
        data[seed.randrange(len(data))] = seed.randrange(256)
    damaged = song.with_name("damaged")
    damaged.write_bytes(data)
    try:
        write_tags(damaged, song_clip(), None)
    except NotTaggable:
        return
    assert mutagen.File(damaged) is not None


def test_a_full_disk_is_not_taken_for_a_bad_file(small_disk: Path) -> None:
    path = small_disk / "song.wav"
    path.write_bytes(wav(12))
    with pytest.raises(OSError, match="No space left"):
        write_tags(path, song_clip(), JPEG + bytes(200_000))
