"""Songs in other formats and the times of their words, ordered over HTTP."""

from __future__ import annotations

import io
import re
import wave
from typing import Any

import pytest
from mutagen.mp3 import MP3

from aimusic_desktop.api.alignment import decode_alignment
from aimusic_desktop.demo.server import DemoService
from aimusic_desktop.demo.songs import load_songs
from aimusic_desktop.lyrics.lines import timing
from aimusic_desktop.lyrics.sections import section_name
from tests.support.demo import Got, ask, ask_api, ask_task, order

SONGS = load_songs()
PRODUCER = SONGS["city-lights"]
SONIC = SONGS["orange-grove"]


def credits_left(demo: DemoService) -> int:
    return int(ask_api(demo, "get-credits").json["credits"])


def downloaded(demo: DemoService, wanted: str, key: str = "city-lights") -> Got:
    """The file that producer's way leads to."""
    ordered = order(demo, "producer/download", {"clip_id": SONGS[key].clip_id, "format": wanted})
    made = ask_task(demo, "producer", ordered.json["task_id"])
    return ask(made.json["data"][0]["audio_url"])


def test_a_wav_is_as_long_as_its_song(demo: DemoService) -> None:
    got = downloaded(demo, "wav")
    assert got.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(got.body)) as file:
        length_s = file.getnframes() / file.getframerate()
    assert length_s == pytest.approx(PRODUCER.duration_s, abs=0.1)


@pytest.mark.parametrize("key", ["city-lights", "paper-lanterns", "midnight-ferry", "slow-tide"])
def test_an_mp3_is_as_long_as_its_song(demo: DemoService, key: str) -> None:
    got = downloaded(demo, "mp3", key)
    assert got.headers["content-type"] == "audio/mpeg"
    assert MP3(io.BytesIO(got.body)).info.length == pytest.approx(SONGS[key].duration_s, abs=0.5)


def test_sonic_gives_the_link_at_once(demo: DemoService) -> None:
    got = order(demo, "sonic/wav", {"clip_id": SONIC.clip_id})
    assert ask(got.json["data"]["wav_url"]).body.startswith(b"RIFF")


def test_the_words_of_every_sonic_song_are_timed_for_a_credit(demo: DemoService) -> None:
    sonic = [song for song in SONGS.values() if song.model.startswith("sonic")]
    for song in sonic:
        got = order(demo, "sonic/aligned-lyrics", {"clip_id": song.clip_id})
        found = timing(decode_alignment(got.status, got.headers, got.body), song.lyrics)
        written = [line for line in song.lyrics.splitlines() if line and not section_name(line)]
        assert [cue.text for cue in found.cues] == written
        assert [song.lyrics.splitlines()[cue.line or 0] for cue in found.cues] == written
        assert [f"[{name}]" for _, name in found.sections] == re.findall(r"\[.*\]", song.lyrics)
        assert found.cues[0].start_s > 1
        assert song.duration_s / 2 < found.cues[-1].end_s < song.duration_s
    assert credits_left(demo) == 50 - len(sonic)


def test_a_song_that_has_a_wav_has_it_for_nothing(demo: DemoService) -> None:
    (clip,) = ask_task(demo, "producer", demo.task_ids[2]).json["data"]
    assert ask(clip["wav_url"]).body.startswith(b"RIFF")
    assert credits_left(demo) == 50


def test_a_wav_can_be_had_in_parts(demo: DemoService) -> None:
    whole = downloaded(demo, "wav")
    url = f"{demo.api_url.removesuffix('/api/v1')}/media/city-lights.wav"
    part = ask(url, Range="bytes=1000-1999", If_Range=whole.headers["etag"])
    assert (part.status, part.body) == (206, whole.body[1000:2000])


def test_every_order_is_paid_for_until_the_credits_are_gone(demo: DemoService) -> None:
    order(demo, "sonic/wav", {"clip_id": SONIC.clip_id})
    assert credits_left(demo) == 49
    body = {"clip_id": PRODUCER.clip_id}
    statuses = [order(demo, "producer/download", body).status for _ in range(25)]
    assert (statuses.count(200), statuses[-1], credits_left(demo)) == (24, 402, 1)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("producer/download", {"clip_id": SONIC.clip_id}, 404),
        ("sonic/wav", {"clip_id": PRODUCER.clip_id}, 404),
        ("sonic/aligned-lyrics", {"clip_id": PRODUCER.clip_id}, 404),
        ("sonic/aligned-lyrics", {}, 400),
        ("producer/download", {"clip_id": PRODUCER.clip_id, "format": "flac"}, 400),
        ("producer/download", {}, 400),
        ("producer/download", b"[1, 2]", 400),
        ("producer/download", b"no json", 400),
        ("producer/create", {}, 404),
    ],
)
def test_a_bad_order_costs_nothing(demo: DemoService, path: str, body: Any, status: int) -> None:
    assert order(demo, path, body).status == status
    assert credits_left(demo) == 50


def test_orders_need_the_key(demo: DemoService) -> None:
    assert order(demo, "sonic/wav", {"clip_id": SONIC.clip_id}, key="wrong").status == 401
    assert credits_left(demo) == 50
