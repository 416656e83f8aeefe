from __future__ import annotations

import json
import os
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3, TIT2
from mutagen.mp4 import MP4, MP4Cover
from mutagen.wave import WAVE

from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.media.tags import MAX_READ_BYTES, NotTaggable, Origin, origin_of, write_tags
from aimusic_desktop.media.wav_info import write_info
from aimusic_desktop.model import Clip, Product
from aimusic_desktop.settings import Settings
from tests.media.conftest import MakeSong
from tests.support.media import JPEG, PNG, WEBP, boxes, song_clip, wav

STYLE = replace(SaveStyle.of(Settings()).tags, album="{style} {created:%Y}")
TEXTS = {
    "title": "City Lights",
    "artist": "AI Music",
    "album": "emotional pop with gentle piano 2025",
    "comment": "Producer FUZZ-2.0 Pro, seed 3966900172, task 9329c1ad-c5b2-4d41-a3b6-842d7c2674b1",
}
FACTS = {
    "AIMUSIC_TASK_ID": "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1",
    "AIMUSIC_CLIP_ID": "74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
    "AIMUSIC_PRODUCT": "producer",
    "AIMUSIC_MODEL": "FUZZ-2.0 Pro",
    "AIMUSIC_SEED": "3966900172",
}
ATOMS = ("nam", "ART", "alb", "cmt")
FRAMES = ("TIT2", "TPE1", "TALB", "COMM")
ORIGIN = Origin(FACTS["AIMUSIC_TASK_ID"], FACTS["AIMUSIC_CLIP_ID"], Product.PRODUCER)
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
    write_tags(song, song_clip(), cover, STYLE)
    assert sound_of(song) == before
    write_tags(song, replace(song_clip(), lyrics="la " * 5000), cover, STYLE)
    assert sound_of(song) == before


@pytest.mark.parametrize("song", [("m4a", ()), ("m4a", FASTSTART)], indirect=True, ids=_name)
def test_the_bytes_of_the_sound_are_untouched(song: Path) -> None:
    def mdat() -> bytes:
        data, start = song.read_bytes(), song.read_bytes().index(b"mdat") - 4
        return data[start : start + int.from_bytes(data[start : start + 4], "big")]

    before = mdat()
    write_tags(song, song_clip(), PNG, STYLE)
    assert mdat() == before


@pytest.mark.parametrize("song", SONGS[:2], indirect=True, ids=_name)
def test_an_m4a_says_all_that_is_known(song: Path) -> None:
    clip = song_clip()
    write_tags(song, clip, PNG, STYLE)
    tags = MP4(song).tags
    assert {name: tags[f"\xa9{atom}"][0] for name, atom in zip(TEXTS, ATOMS, strict=True)} == TEXTS
    assert tags["\xa9gen"] == [clip.style]
    assert tags["\xa9lyr"] == [clip.lyrics]
    assert tags["\xa9day"] == ["2025-10-01"]
    assert tags["covr"] == [PNG]
    assert tags["covr"][0].imageformat == MP4Cover.FORMAT_PNG
    assert {name: bytes(tags[f"----:com.apple.iTunes:{name}"][0]).decode() for name in FACTS} == FACTS


@pytest.mark.parametrize("song", SONGS[2:], indirect=True, ids=_name)
def test_an_mp3_and_a_wav_say_all_that_is_known(song: Path) -> None:
    clip = song_clip()
    write_tags(song, clip, JPEG, STYLE)
    tags = WAVE(song).tags if song.suffix == ".wav" else ID3(song)
    assert tags.version == (2, 3, 0)
    assert {name: tags.getall(frame)[0].text[0] for name, frame in zip(TEXTS, FRAMES, strict=True)} == TEXTS
    assert tags["TCON"].text == [clip.style]
    assert tags.getall("USLT")[0].text == clip.lyrics
    assert str(tags["TDRC"]) == "2025-10-01"
    assert (tags.getall("APIC")[0].data, tags.getall("APIC")[0].mime) == (JPEG, "image/jpeg")
    assert {name: tags[f"TXXX:{name}"].text[0] for name in FACTS} == FACTS


def ffprobed(path: Path) -> dict[str, str]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format_tags", path]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["format"]["tags"]


@pytest.mark.parametrize("song", [("wav", ()), ("wav", ("-metadata", "title=Old"))], indirect=True, ids=_name)
def test_a_wav_with_fields_of_its_own_says_what_is_known_to_every_program(song: Path) -> None:
    encoder = ffprobed(song)["encoder"]
    for style in (replace(STYLE, title="First"), STYLE):
        write_tags(song, song_clip(), None, style)
    known = TEXTS | {"genre": song_clip().style, "date": "2025-10-01", "encoder": encoder}
    assert known.items() <= ffprobed(song).items()
    fields = song.read_bytes()[-4096:].partition(b"INFO")[2]
    pairs = zip((b"INAM", b"IART", b"IPRD", b"ICMT"), TEXTS.values(), strict=True)
    assert all(
        name + len(text + "\0").to_bytes(4, "little") + text.encode() in fields for name, text in pairs
    )


def test_a_wav_that_states_more_than_it_holds_gets_no_fields_that_would_be_heard(tmp_path: Path) -> None:
    path, data = tmp_path / "song.wav", bytearray(byte_samples(4000))
    data[40:44] = (5000).to_bytes(4, "little")
    path.write_bytes(data)
    write_info(path, TEXTS)
    assert path.read_bytes() == data


def test_a_song_of_which_nothing_is_known_is_tagged_with_its_ids(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, Clip(task_id="t", clip_id="c"), None, replace(STYLE, artist="", comment=""))
    assert sorted(WAVE(path).tags.keys()) == ["TXXX:AIMUSIC_CLIP_ID", "TXXX:AIMUSIC_TASK_ID"]
    assert origin_of(path) == Origin("t", "c", None)


def test_a_template_that_cannot_be_used_leaves_its_tag_out(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, song_clip(), None, replace(STYLE, artist="{nobody}"))
    assert WAVE(path).tags.getall("TPE1") == []


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
def test_without_tags_the_file_is_as_it_came(song: Path) -> None:
    before = song.read_bytes()
    write_tags(song, song_clip(), PNG, replace(STYLE, on=False))
    assert song.read_bytes() == before
    assert origin_of(song) is None


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
def test_a_saved_song_says_where_it_came_from(song: Path) -> None:
    write_tags(song, song_clip(), PNG, STYLE)
    assert origin_of(song) == ORIGIN
    assert origin_of(song.rename(song.with_name("renamed.txt"))) == ORIGIN


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
def test_a_song_that_another_tagger_went_over_still_does(song: Path) -> None:
    write_tags(song, song_clip(), None, STYLE)
    file = mutagen.File(song)
    if song.suffix == ".m4a":
        file["\xa9nam"] = ["x"]
    else:
        file["TIT2"] = TIT2(text=["x"])
    file.save()  # ID3 2.4 this time
    assert origin_of(song) == ORIGIN


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
@pytest.mark.parametrize("task_id", ["", "two words", "line\nbreak", "x" * 201, "\u202eabc"])
def test_an_id_that_can_be_none_is_no_origin(song: Path, task_id: str) -> None:
    write_tags(song, replace(song_clip(), task_id=task_id), None, STYLE)
    assert origin_of(song) is None


def test_other_files_have_no_origin(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"<html>")
    (tmp_path / "plain.wav").write_bytes(wav())
    (tmp_path / "boxes.m4a").write_bytes(boxes(5000))
    (tmp_path / "empty").touch()
    (tmp_path / "nowhere").symlink_to("gone")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.wav").open("wb") as file:
        file.write(wav())
        file.truncate(MAX_READ_BYTES + 1)
    found = {path.name: origin_of(path) for path in [*tmp_path.iterdir(), tmp_path, tmp_path / "missing"]}
    assert set(found.values()) == {None}
    assert len(found) == 9


@pytest.mark.parametrize("song", SONGS[2:], indirect=True, ids=_name)
def test_a_product_nobody_knows_is_none(song: Path) -> None:
    write_tags(song, song_clip(), None, STYLE)
    file = mutagen.File(song)
    file.tags["TXXX:AIMUSIC_PRODUCT"].text = ["guitar"]
    file.save()
    assert origin_of(song) == replace(ORIGIN, product=None)


def test_texts_that_no_tag_can_hold_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, replace(song_clip(), style="a\0b\ud800c", lyrics="\0"), None, STYLE)
    assert WAVE(path).tags["TCON"].text == ["abc"]
    assert WAVE(path).tags.getall("USLT") == []


def byte_samples(count: int) -> bytes:
    """A WAV of eight bits, so that its sound may end at an odd place."""
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + count, b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    return head + struct.pack("<4sI", b"data", count) + bytes(n % 251 for n in range(count))


@pytest.mark.parametrize("riff", [None, 0, 0xFFFFFFFF])
@pytest.mark.parametrize("size", [None, 0, 0xFFFFFFFF])
@pytest.mark.parametrize(
    "song_bytes", [wav(), byte_samples(4000), byte_samples(4001)], ids=["16", "8", "odd"]
)
def test_a_wav_from_a_pipe_is_tagged_and_sounds_the_same(
    tmp_path: Path, riff: int | None, size: int | None, song_bytes: bytes
) -> None:
    path, plain, data = tmp_path / "song.wav", tmp_path / "plain.wav", bytearray(song_bytes)
    plain.write_bytes(data)
    for at, length in ((4, riff), (40, size)):
        if length is not None:
            data[at : at + 4] = struct.pack("<I", length)
    path.write_bytes(data)
    write_tags(path, song_clip(), PNG, STYLE)
    assert path.read_bytes()[44 : len(data)] == data[44:]
    assert sound_of(path) == sound_of(plain)
    assert origin_of(path) == ORIGIN


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
    write_tags(path, song_clip(), cover, STYLE)
    assert WAVE(path).tags.getall("APIC") == []


@pytest.mark.parametrize("cover", [*sized(8192, 8192), JPEG[:2] + b"\xff" + JPEG[2:]])
def test_large_covers_are_taken(tmp_path: Path, cover: bytes) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav())
    write_tags(path, song_clip(), cover, STYLE)
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
        write_tags(path, song_clip(), None, STYLE)


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
        write_tags(damaged, song_clip(), None, STYLE)
    except NotTaggable:
        return
    assert mutagen.File(damaged) is not None


@pytest.mark.parametrize("song", SONGS, indirect=True, ids=_name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.randoms(use_true_random=False))
def test_where_a_damaged_file_came_from_is_known_or_not_and_nothing_else(song: Path, seed) -> None:
    if origin_of(song) is None:
        write_tags(song, song_clip(), PNG, STYLE)
    data = bytearray(song.read_bytes())
    for _ in range(8):
        data[seed.randrange(len(data))] = seed.randrange(256)
    damaged = song.with_name("damaged")
    damaged.write_bytes(data[: seed.randrange(len(data))])
    origin_of(damaged)


def test_a_full_disk_is_not_taken_for_a_bad_file(small_disk: Path) -> None:
    path = small_disk / "song.wav"
    path.write_bytes(wav(12))
    with pytest.raises(OSError, match="No space left"):
        write_tags(path, song_clip(), JPEG + bytes(200_000), STYLE)
