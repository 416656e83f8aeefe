from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.media.audio_type import AudioType, is_whole, sniff
from tests.media.conftest import MakeSong
from tests.support.media import GIF, HTML, JPEG, PNG, WEBP, box, boxes, wav

UP_TO_SOUND = boxes(900)[: boxes(900).index(b"mdat") - 4]


@pytest.mark.parametrize(
    ("head", "audio_type"),
    [
        (boxes(2000), AudioType.M4A),
        (wav(), AudioType.WAV),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00", AudioType.MP3),
        (b"\xff\xfb\x90\x64\x00\x00", AudioType.MP3),
        (b"\xff\xf3\x40\xc4\x00\x00", AudioType.MP3),
        (b"\xff\xf1\x50\x80\x00\x00", None),  # AAC without a container
        (b"\xff\xfb\xf0\x64", None),
        (b"\xff\xff\xff\xff", None),
        (HTML, None),
        (b'<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>', None),
        (b'{"error":"expired"}', None),
        (b"\xef\xbb\xbf<html>", None),
        (b"", None),
        (JPEG, None),
        (PNG, None),
        (WEBP, None),
        (GIF, None),
    ],
    ids=range(17),
)
def test_the_first_bytes_tell_the_type(head: bytes, audio_type: AudioType | None) -> None:
    assert sniff(head) is audio_type
    assert sniff(head[:16]) is audio_type


@given(st.binary(max_size=40))
def test_any_bytes_are_judged_without_an_error(head: bytes) -> None:
    sniff(head)


@pytest.mark.parametrize("index_last", [False, True])
def test_a_cut_m4a_is_not_whole(tmp_path: Path, index_last: bool) -> None:
    path, data = tmp_path / "song", boxes(3000, index_last=index_last)
    path.write_bytes(data)
    assert is_whole(path, AudioType.M4A)
    for end in (0, 7, 24, 25, 30, 450, 1500, 2999):
        path.write_bytes(data[:end])
        assert not is_whole(path, AudioType.M4A), end


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (boxes(900) + bytes(100), True),  # padding behind the end
        (boxes(900) + b"xyz", True),
        (boxes(900) + box(b"free", bytes(50))[:-1], False),
        (UP_TO_SOUND + struct.pack(">I4s", 0, b"mdat") + bytes(90), True),  # "to the end of the file"
        (UP_TO_SOUND + struct.pack(">I4sQ", 1, b"mdat", 16 + 90) + bytes(90), True),  # 64-bit size
        (UP_TO_SOUND + struct.pack(">I4sQ", 1, b"mdat", 16 + 91) + bytes(90), False),
    ],
    ids=["padded", "tail", "cut", "open end", "64 bit", "64 bit cut"],
)
def test_the_odd_shapes_of_m4a(tmp_path: Path, data: bytes, whole: bool) -> None:
    path = tmp_path / "song"
    path.write_bytes(data)
    assert is_whole(path, AudioType.M4A) is whole


def test_a_cut_wav_is_not_whole_and_one_from_a_pipe_is(tmp_path: Path) -> None:
    path, data = tmp_path / "song", wav()
    path.write_bytes(data)
    assert is_whole(path, AudioType.WAV)
    path.write_bytes(data[:-1])
    assert not is_whole(path, AudioType.WAV)
    path.write_bytes(data[:4] + b"\xff" * 4 + data[8:])
    assert is_whole(path, AudioType.WAV)


@pytest.mark.parametrize(
    ("kind", "options"), [("m4a", ()), ("m4a", ("-movflags", "+faststart")), ("mp3", ())]
)
def test_what_encoders_make_is_known_and_whole(
    encoded: MakeSong, kind: str, options: tuple[str, ...]
) -> None:
    path = encoded(kind, *options)
    assert sniff(path.read_bytes()[:16]) == kind
    assert is_whole(path, AudioType(kind))
