from __future__ import annotations

import io
import struct
import tracemalloc
import wave
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimusic_desktop.media import mp3_frames
from aimusic_desktop.media.audio_type import AudioType
from aimusic_desktop.media.check import WrongLength, check_song
from aimusic_desktop.media.errors import CutShort, FolderGone, NotAudio
from aimusic_desktop.media.mp3_frames import MAX_RUBBISH, mp3_is_whole, mp3_length_s
from aimusic_desktop.media.wav_chunks import wav_is_whole, wav_length_s
from tests.media.conftest import MakeSong
from tests.support.media import HTML, JPEG, boxes, wav

FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov")
VARIABLE = ("-q:a", "6", "-write_xing", "0")
SONGS = [("m4a", ()), ("m4a", ("-movflags", "+faststart")), ("mp3", ()), ("mp3", VARIABLE), ("wav", ())]


@pytest.fixture(params=SONGS, ids=lambda song: "".join([*song[1][-1:], song[0]]))
def song(tmp_path: Path, encoded: MakeSong, request: pytest.FixtureRequest) -> Path:
    """A song of three seconds."""
    kind, options = request.param
    path = tmp_path / f"song.{kind}"
    path.write_bytes(encoded(kind, *options).read_bytes())
    return path


@pytest.mark.parametrize("expected_s", [None, 0.0, 2.3, 3.0, 3.9])
def test_a_whole_song_of_its_length_is_what_its_bytes_say(song: Path, expected_s: float | None) -> None:
    path = song.rename(song.with_name("cached"))
    assert check_song(path, expected_s, any_length=False) == song.suffix[1:]


@pytest.mark.parametrize("expected_s", [1.5, 4.5, 185.02])
def test_another_length_is_refused_unless_the_user_wants_it(song: Path, expected_s: float) -> None:
    said = f"lasts 0:0[23], but the service says {int(expected_s) // 60}:{int(expected_s) % 60:02}"
    with pytest.raises(WrongLength, match=said):
        check_song(song, expected_s, any_length=False)
    assert check_song(song, expected_s, any_length=True) == song.suffix[1:]


def test_the_sentence_says_both_lengths() -> None:
    assert WrongLength(92.9, 185.02).sentence == (
        "This song lasts 1:32, but the service says 3:05. Try again, or save it all the same."
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.02, 0.98))
def test_a_cut_song_is_never_taken_for_a_whole_one(song: Path, share: float) -> None:
    data = song.read_bytes()
    cut = song.with_name("cut")
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises((CutShort, NotAudio, WrongLength)):
        check_song(cut, 4.0 if share > 0.6 else 3.0, any_length=False)


def test_a_song_cut_in_its_middle_is_cut_short_whatever_its_length(song: Path) -> None:
    song.write_bytes(song.read_bytes()[:-101])
    with pytest.raises(CutShort):
        check_song(song, None, any_length=True)


@pytest.mark.parametrize(
    "data",
    [HTML, JPEG, b"", b"{}", boxes(5000), b"ID3\x04" + bytes(30), b"ID3\x04" + bytes(6) + HTML],
    ids=["page", "picture", "empty", "json", "boxes", "tag", "tagged page"],
)
def test_what_is_no_song_is_refused_even_if_any_length_is_wanted(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "song.m4a"
    path.write_bytes(data)
    with pytest.raises(NotAudio):
        check_song(path, None, any_length=True)


def test_a_wav_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(wav().replace(b"fmt ", b"fnt "))
    with pytest.raises(NotAudio):
        check_song(path, None, any_length=True)


def test_a_song_in_fragments_does_not_tell_its_length_and_is_taken(encoded: MakeSong) -> None:
    assert check_song(encoded("m4a", *FRAGMENTED), 185.02, any_length=False) is AudioType.M4A


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(FolderGone):
        check_song(tmp_path / "gone", None, any_length=False)


def test_an_mp3_is_measured_by_its_frames_among_whatever_else(tmp_path: Path, encoded: MakeSong) -> None:
    path, data = tmp_path / "song.mp3", encoded("mp3", *VARIABLE).read_bytes()
    path.write_bytes(data)
    length_s = mp3_length_s(path)
    assert length_s == pytest.approx(3.0, abs=0.1)
    for odd in (
        b"ID3\x03\x00\x00\x00\x00\x02\x01" + b"\xff\xfb" * 128 + b"x" + data,
        data + b"TAG" + b"\xff" * 125,
        data + bytes(1000),
        data + JPEG * 20,
        b"\xff" * 5 + bytes(50) + data,
    ):
        path.write_bytes(odd)
        assert mp3_length_s(path) == length_s
        assert mp3_is_whole(path)


def test_an_mp3_of_two_kinds_of_frames_is_measured_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes((b"\xff\xfb\x90\x64" + bytes(413)) * 50 + (b"\xff\xfb\x94\x64" + bytes(380)) * 50)
    assert mp3_length_s(path) == pytest.approx(50 * 1152 / 44100 + 50 * 1152 / 48000)
    assert mp3_is_whole(path)


def test_endless_rubbish_is_not_searched_to_its_end(tmp_path: Path) -> None:
    frame, path = b"\xff\xfb\x90\x64" + bytes(413), tmp_path / "song.mp3"
    gap = b"\xff\xfb\x90rubbish" * (MAX_RUBBISH // 20)
    path.write_bytes(frame * 50 + gap + frame * 50 + gap * 2 + frame * 50)
    length_s = mp3_length_s(path)
    assert length_s == pytest.approx(100 * 1152 / 44100, rel=0.05)
    with path.open("r+b") as file:
        file.truncate(64 * MAX_RUBBISH)  # nor is it ever held at once
    tracemalloc.start()
    assert mp3_length_s(path) == length_s
    assert mp3_is_whole(path)
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("block", [64, 1000, 5000])
def test_frames_are_found_across_the_blocks_that_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(mp3_frames, "_BLOCK", block)
    monkeypatch.setattr(mp3_frames, "_STEP", block)
    frame, path = b"\xff\xfb\x90\x64" + bytes(413), tmp_path / "song.mp3"
    path.write_bytes(bytes(3000) + frame * 50 + b"\xff\xfb\x90rubbish" * 300 + frame * 50)
    assert mp3_length_s(path) == pytest.approx(100 * 1152 / 44100, rel=0.05)
    assert mp3_is_whole(path)


def test_an_mp3_goes_on_behind_rubbish_in_it(tmp_path: Path) -> None:
    frame = b"\xff\xfb\x90\x64" + bytes(413)  # 128 kbit/s at 44,100 Hz
    path = tmp_path / "song.mp3"
    path.write_bytes(frame * 50 + b"\xff\xfb\x90rubbish" + frame * 50)
    assert mp3_length_s(path) == pytest.approx(100 * 1152 / 44100, rel=0.05)
    assert mp3_is_whole(path)
    path.write_bytes(frame * 50 + frame[:400])
    assert not mp3_is_whole(path)


@given(st.binary(max_size=300), st.sampled_from([b"", b"ID3", b"\xff\xfb\x90", wav()[:40], wav()[:36]]))
def test_any_bytes_are_measured_without_an_error(tmp_path_factory, rest: bytes, head: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(head + rest)
    for measured in (mp3_length_s(path), wav_length_s(path)):
        assert measured is None or measured >= 0
    mp3_is_whole(path)
    wav_is_whole(path)


def test_a_wav_lasts_as_long_as_it_holds_whatever_it_states(tmp_path: Path) -> None:
    path, data = tmp_path / "song.wav", wav(2.0)
    for size in (32000, 0, 0xFFFFFFFF, 320_000):
        path.write_bytes(data[:40] + struct.pack("<I", size) + data[44:])
        assert wav_length_s(path) == pytest.approx(2.0)
        assert wav_is_whole(path) is (size != 320_000)


def test_a_wav_with_other_chunks_is_measured_by_its_sound(tmp_path: Path) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8001))
    data = out.getvalue()
    path = tmp_path / "song.wav"
    path.write_bytes(data[:36] + b"LIST\x03\x00\x00\x00abc\x00" + data[36:])
    assert wav_length_s(path) == pytest.approx(1.0, abs=0.001)
