"""Every dialect of the service's answers, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from aimusic_desktop.api.decode import MAX_CLIPS
from aimusic_desktop.model import ClipState, Product, TaskState
from tests.support.api import AUDIO, CITY_LIGHTS, TASK, clip, decoded, finished


def test_the_documented_example_is_read_whole() -> None:
    outcome = decoded(CITY_LIGHTS)
    assert outcome.state is TaskState.SUCCEEDED
    assert outcome.error is None
    song = outcome.clips[0]
    assert (song.task_id, song.clip_id) == (TASK, "74dc7bf7-56bf-457c-a4a3-3fa12f05d727")
    assert (song.title, song.style) == ("City Lights", "emotional pop with gentle piano")
    assert song.lyrics == "[Verse 1]\nI've been running in circles..."
    assert (song.model, song.seed, song.duration_s) == ("FUZZ-2.0 Pro", "3966900172", 185.02)
    assert song.created_at == "2025-10-01T08:49:47.934443Z"
    assert song.audio_url == CITY_LIGHTS["data"][0]["audio_url"]
    assert song.image_url == CITY_LIGHTS["data"][0]["image_url"]
    assert song.video_url is None
    assert song.ready
    assert song.product is Product.PRODUCER


def test_the_answer_is_kept_as_it_came() -> None:
    body = b'\xef\xbb\xbf {"code": 200,  "data": []}'
    assert decoded(body).body == body


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (202, {"type": "not_ready"}),
        (202, {"type": "not_ready", "code": 202, "error": "Task is not ready."}),
        (202, b""),
        (202, b"<html>accepted</html>"),
        (202, {"code": 200}),
        (200, {"code": 202, "message": "not ready"}),
        (200, {"code": "202"}),
        (200, {"type": "not_ready"}),
        (200, finished(status="PENDING")),
        (200, finished(status="RUNNING")),
        (200, finished(status="queued")),
        (200, finished(clip(), status="MASTERING")),
        (200, finished(status="SUCCESS")),
        (200, finished()),
        (200, {"code": 200, "data": None}),
        (200, {"data": [{}]}),
        (200, finished(clip(audio_url=None), status="SUCCESS")),
        (200, finished(clip(audio_url=""))),
        (200, finished(clip(state="running"))),
        (200, finished(clip(state="Processing"))),
        (200, finished(clip(state="somewhere else"))),
        (200, finished(clip(state="pending", audio_url=None))),
        (200, finished({"clip_id": "c1", "title": "No link yet"})),
        (200, finished(clip(state=None), status="RUNNING")),
    ],
)
def test_what_is_not_finished_is_running(status: int, answer: Any) -> None:
    outcome = decoded(answer, status)
    assert outcome.state is TaskState.RUNNING
    assert outcome.error is None


@pytest.mark.parametrize(
    "answer",
    [
        finished(clip()),
        finished(clip(state="Complete")),
        finished(clip(state="SUCCESS")),
        finished(clip(state=None)),
        finished({"audio_url": AUDIO}),
        finished(clip(), status="SUCCESS"),
        finished(clip(), code="200"),
        finished(clip(), code="success"),
        finished(clip(), code=None, status="success"),
        {"data": [clip()]},
        {"data": clip()},
        finished(None, 7, "text", {}, clip()),
    ],
)
def test_what_is_finished_has_succeeded(answer: Any) -> None:
    outcome = decoded(answer)
    assert outcome.state is TaskState.SUCCEEDED
    assert [song.ready for song in outcome.clips] == [True]


def test_the_finished_clip_of_a_half_finished_task_shows_at_once() -> None:
    outcome = decoded(
        finished(clip(), clip(clip_id="c2", state="running", audio_url=None)), product=Product.SONIC
    )
    assert outcome.state is TaskState.RUNNING
    assert [song.state for song in outcome.clips] == [ClipState.SUCCEEDED, ClipState.RUNNING]


def test_a_running_clip_with_a_link_plays_but_is_not_ready() -> None:
    song = decoded(finished(clip(state="streaming"))).clips[0]
    assert song.playable
    assert not song.ready


def test_a_riffusion_task_with_one_clip_of_two_is_asked_again() -> None:
    assert decoded(finished(clip()), product=Product.RIFFUSION).state is TaskState.RUNNING
    both = finished(clip(), clip(clip_id="c2"))
    assert decoded(both, product=Product.RIFFUSION).state is TaskState.SUCCEEDED


def test_partial_success_keeps_the_good_clip() -> None:
    outcome = decoded(
        finished(clip(), clip(clip_id="c2", state="failed", error_message="Lyrics were refused."))
    )
    assert outcome.state is TaskState.PARTIAL
    assert outcome.error == "1 of 2 songs failed: Lyrics were refused."
    assert outcome.clips[0].ready
    assert outcome.clips[0].error is None
    assert outcome.clips[1].error == "Lyrics were refused."


@pytest.mark.parametrize("kind", ["failed", "timeout", "forbidden", "api_error"])
def test_a_failure_inside_a_200_says_why(kind: str) -> None:
    outcome = decoded({"type": kind, "error": "The lyrics broke the rules."})
    assert outcome.state is TaskState.FAILED
    assert outcome.error == "The lyrics broke the rules."


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (
            200,
            {"code": 200, "status": "FAILED", "message": "Failed. Credits refunded."},
            "Failed. Credits refunded.",
        ),
        (200, {"status": "failed", "data": []}, "The service could not make this song."),
        (
            504,
            {"error": "Task failed due to timeout. Credits were previously refunded."},
            "Task failed due to",
        ),
        (200, {"code": 504, "message": "Task failed due to timeout."}, "Task failed due to timeout."),
        (
            200,
            finished(clip(state="error", audio_url=None, error_message={"message": "Too long."})),
            "Too long.",
        ),
        (200, finished(clip(state="failed")), "The service could not make this song."),
        (200, finished({"clip_id": "c1", "error": "Moderated."}), "Moderated."),
        (200, {"type": "failed", "message": "success"}, "The service could not make this song."),
    ],
)
def test_a_failed_task_is_an_outcome_and_not_an_error(status: int, answer: Any, words: str) -> None:
    outcome = decoded(answer, status)
    assert outcome.state is TaskState.FAILED
    assert outcome.error is not None
    assert outcome.error.startswith(words)


def test_a_failed_task_leaves_no_clip_running() -> None:
    outcome = decoded(
        finished(clip(), clip(clip_id="c2", state="running"), status="FAILED", message="Broken.")
    )
    assert outcome.state is TaskState.PARTIAL
    assert [song.state for song in outcome.clips] == [ClipState.SUCCEEDED, ClipState.FAILED]
    assert outcome.error == "1 of 2 songs failed: Broken."


@pytest.mark.parametrize(
    "link", ["file:///etc/passwd", "http://cdn.example/a.mp3", "data:audio/mp3,x", "//a/b"]
)
def test_a_link_that_must_not_be_opened_fails_the_clip(link: str) -> None:
    outcome = decoded(finished(clip(audio_url=link, image_url=link)))
    assert outcome.state is TaskState.FAILED
    assert outcome.error == "The service gave a link that is not safe to open."
    assert outcome.clips[0].audio_url is None
    assert outcome.clips[0].image_url is None


def test_other_names_of_the_same_fields_are_read() -> None:
    song = decoded(finished({"id": "c9", "tags": "jazz", "lyric": "la\r\nla", "audio_url": AUDIO})).clips[0]
    assert (song.clip_id, song.style, song.lyrics) == ("c9", "jazz", "la\nla")


@pytest.mark.parametrize("name", ["sound", "tags"])
def test_a_style_given_as_a_list_is_one_text(name: str) -> None:
    song = decoded(finished(clip(**{name: ["jazz", None, " slow\n", {}, 90]}))).clips[0]
    assert song.style == "jazz, slow, 90"


def test_clips_may_come_in_an_object() -> None:
    outcome = decoded({"code": 200, "data": {"task_id": TASK, "clips": [clip(), clip(clip_id="c2")]}})
    assert [song.clip_id for song in outcome.clips] == ["c1", "c2"]
    assert decoded({"code": 200, "data": {"task_id": TASK, "clips": []}}).state is TaskState.RUNNING


def test_a_finished_song_with_nothing_but_a_wav_is_ready() -> None:
    wav = "https://cdn.example/song.wav"
    outcome = decoded(finished(clip(audio_url=None, wav_url=wav)))
    assert outcome.state is TaskState.SUCCEEDED
    assert (outcome.clips[0].ready, outcome.clips[0].audio_url) == (True, wav)
    assert decoded(finished(clip(wav_url=wav))).clips[0].audio_url == AUDIO
    assert not decoded(finished(clip(state="running", audio_url=None, wav_url=wav))).clips[0].playable


def test_a_video_alone_is_an_end_that_says_so() -> None:
    video = clip(audio_url=None, video_url="https://cdn.example/v.mp4")
    outcome = decoded(finished(video))
    assert outcome.state is TaskState.SUCCEEDED
    assert outcome.error == outcome.clips[0].error
    assert (outcome.error or "").startswith("This task made a video, which this program cannot play")
    assert (outcome.clips[0].state, outcome.clips[0].ready) == (ClipState.SUCCEEDED, False)
    with_song = decoded(finished(video, clip(clip_id="c2")))
    assert (with_song.state, with_song.error) == (TaskState.SUCCEEDED, None)
    with_failure = decoded(finished(video, clip(clip_id="c2", state="failed", error="Broken.")))
    assert (with_failure.state, with_failure.error) == (TaskState.PARTIAL, "1 of 2 songs failed: Broken.")
    assert decoded(finished(video | {"audio_url": "file:///x"})).state is TaskState.FAILED


def test_a_clip_without_an_id_gets_one_that_stays_the_same() -> None:
    answer = finished({"audio_url": AUDIO}, {"audio_url": AUDIO})
    assert [song.clip_id for song in decoded(answer).clips] == [f"{TASK}-1", f"{TASK}-2"]
    assert decoded(answer).clips == decoded(answer).clips


def test_stems_under_one_id_are_told_apart() -> None:
    ids = [song.clip_id for song in decoded(finished(clip(), clip(), clip(clip_id="c1-2"))).clips]
    assert len(set(ids)) == 3
    assert ids[0] == "c1"


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (185.02, 185.02),
        (90, 90.0),
        ("61.5", 61.5),
        (0, None),
        (-4, None),
        ("soon", None),
        ("", None),
        (None, None),
        (True, None),
        ([3], None),
        ("nan", None),
        ("inf", None),
        (10**400, None),
        (86_401, None),
    ],
)
def test_a_duration_is_seconds_or_unknown(sent: Any, seconds: float | None) -> None:
    assert decoded(finished(clip(duration=sent))).clips[0].duration_s == seconds


@pytest.mark.parametrize(
    ("sent", "seed"),
    [("3966900172", "3966900172"), (3966900172, "3966900172"), (7.0, "7"), (None, ""), ({}, ""), (False, "")],
)
def test_a_seed_is_a_text(sent: Any, seed: str) -> None:
    assert decoded(finished(clip(seed=sent))).clips[0].seed == seed


def test_texts_are_made_safe_and_bounded() -> None:
    hostile = "\u202eevil\x00\x1b[31m\ud800 <img src=x>\nsecond\u2066"
    song = decoded(finished(clip(title=hostile, lyrics=hostile, sound="s" * 5000, mv=["x"]))).clips[0]
    assert song.title == "evil[31m <img src=x> second"
    assert song.lyrics == "evil[31m <img src=x>\nsecond"
    assert len(song.style) == 2000
    assert song.model == ""
    long = decoded(
        finished(clip(title="t" * 301, lyrics="l" * 200_000, error_message="e" * 900, state="failed"))
    )
    assert len(long.clips[0].title) == 300
    assert len(long.clips[0].lyrics) == 100_000
    assert len(long.clips[0].error or "") == 500


def test_a_flood_of_clips_is_bounded() -> None:
    assert len(decoded(finished(*[clip()] * 5000)).clips) == MAX_CLIPS


def test_bytes_that_are_not_utf8_damage_a_letter_and_not_the_song() -> None:
    body = b'{"data": [{"title": "Caf\xe9\nnoir", "audio_url": "https://cdn.example/a.mp3"}]}'
    assert decoded(body).clips[0].title == "Caf� noir"
