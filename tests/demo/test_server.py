"""The demo service, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from aimusic_desktop.demo import server
from aimusic_desktop.demo.server import DemoService
from aimusic_desktop.demo.songs import load_songs
from aimusic_desktop.model import Product
from tests.support.demo import ask, ask_api, ask_task
from tests.support.waiting import LIMIT_S

DOCUMENTED_EXAMPLE = {
    "code": 200,
    "data": [
        {
            "clip_id": "74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
            "title": "City Lights",
            "sound": "emotional pop with gentle piano",
            "lyrics": "[Verse 1]\nI've been running in circles...",
            "image_url": "{media}/city-lights.jpg",
            "audio_url": "{media}/city-lights.m4a",
            "video_url": None,
            "created_at": "2025-10-01T08:49:47.934443Z",
            "mv": "FUZZ-2.0 Pro",
            "seed": "3966900172",
            "duration": 185.02,
            "state": "succeeded",
        }
    ],
    "message": "success",
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def media_url(demo: DemoService, name: str) -> str:
    return f"http://{urlsplit(demo.api_url).netloc}/media/{name}"


def test_city_lights_answers_exactly_the_documented_example(demo: DemoService) -> None:
    got = ask_task(demo, "producer", demo.task_ids[0])
    media = media_url(demo, "").rstrip("/")
    assert got.status == 200
    assert got.body.decode().replace(media, "{media}") == json.dumps(DOCUMENTED_EXAMPLE)


def test_it_listens_on_loopback_only(demo: DemoService) -> None:
    assert urlsplit(demo.api_url).hostname == "127.0.0.1"


def test_credits_are_told_to_who_has_the_key(demo: DemoService) -> None:
    assert ask_api(demo, "get-credits").json == {"credits": 50, "extra_credits": 0}


@pytest.mark.parametrize("path", ["get-credits", f"producer/task/{UNKNOWN}"])
def test_another_key_is_refused(demo: DemoService, path: str) -> None:
    got = ask_api(demo, path, key="wrong")
    assert (got.status, got.json["type"]) == (401, "unauthorized")
    assert ask(f"{demo.api_url}/{path}").status == 401


@pytest.mark.parametrize("product", [Product.PRODUCER, Product.SONIC, Product.RIFFUSION])
def test_an_unknown_task_is_not_found(demo: DemoService, product: Product) -> None:
    got = ask_task(demo, product, UNKNOWN)
    assert (got.status, got.json["type"]) == (404, "not_found")


def test_a_task_is_known_to_its_own_product_only(demo: DemoService) -> None:
    for task_id in demo.task_ids[:-1]:
        statuses = [ask_task(demo, product, task_id).status for product in ("producer", "sonic", "riffusion")]
        assert sorted(statuses) == [200, 404, 404]


def test_nuro_is_retired(demo: DemoService) -> None:
    got = ask_task(demo, "nuro", demo.task_ids[-1])
    assert (got.status, got.json["type"]) == (410, "endpoint_retired")


def test_anything_else_is_not_there(demo: DemoService) -> None:
    assert ask_api(demo, "unheard-of").status == 404
    assert ask(media_url(demo, "../songs.toml")).status == 401
    assert ask(media_url(demo, "unheard-of.m4a"), Authorization="Bearer demo").status == 404


def test_extra_tasks_stay_unfinished(demo: DemoService) -> None:
    task_ids = demo.extra_tasks(3)
    assert len(set(task_ids)) == 3
    assert {ask_task(demo, "producer", task_id).status for task_id in task_ids} == {202}


def test_waiting_times_count_from_the_first_ask_and_keep_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((1000.0, 1005.9, 1006.1, 1013.9, 1014.1))
    monkeypatch.setattr(server, "time", SimpleNamespace(monotonic=lambda: next(times)))
    demo = DemoService(pace=2)
    demo.start()
    try:
        answers = [ask_task(demo, "producer", demo.task_ids[3]) for _ in range(5)]
    finally:
        demo.stop()
    stages = [(got.status, got.json.get("status")) for got in answers]
    assert stages == [(202, None)] * 2 + [(200, "RUNNING")] * 2 + [(200, "SUCCESS")]


@pytest.fixture
def song(demo: DemoService) -> str:
    return media_url(demo, "orange-grove.m4a")


def test_every_file_of_every_song_is_served(demo: DemoService) -> None:
    for each in load_songs().values():
        for path, kind in ((each.audio, "audio/mp4"), (each.cover, "image/jpeg")):
            got = ask(media_url(demo, path.name))
            assert (got.status, got.headers["content-type"]) == (200, kind)
            assert got.body == path.read_bytes()


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, None),
        ("bytes=100-199", 100, 200),
        ("bytes=-50", -50, None),
        ("bytes=300000-99999999", 300_000, None),
    ],
)
def test_a_range_gives_that_part(song: str, wanted: str, first: int, last: int | None) -> None:
    whole = ask(song).body
    got = ask(song, Range=wanted)
    part = whole[first:last]
    start = first % len(whole)
    assert (got.status, got.body) == (206, part)
    assert got.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=9-3", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"])
def test_a_range_that_is_none_gives_the_whole(song: str, wanted: str) -> None:
    assert ask(song, Range=wanted).status == 200


def test_a_range_past_the_end_is_refused_with_the_size(song: str) -> None:
    size = len(ask(song).body)
    got = ask(song, Range=f"bytes={size}-")
    assert (got.status, got.body, got.headers["content-range"]) == (416, b"", f"bytes */{size}")


def test_a_range_of_another_version_gives_the_whole(song: str) -> None:
    tag = ask(song).headers["etag"]
    assert ask(song, Range="bytes=5-", If_Range=tag).status == 206
    assert ask(song, Range="bytes=5-", If_Range='"other"').status == 200


def test_head_is_refused(song: str) -> None:
    assert ask(song, "HEAD").status == 405


def test_media_arrives_at_a_pace_and_stopping_cuts_it() -> None:
    demo = DemoService(pace=100)
    demo.start()
    cut: list[Exception] = []

    def listen() -> None:
        try:
            ask(media_url(demo, "orange-grove.m4a"))
        except (OSError, http.client.IncompleteRead) as error:
            cut.append(error)

    listener = threading.Thread(target=listen)
    listener.start()
    listener.join(0.3)
    assert listener.is_alive()
    demo.stop()
    listener.join(LIMIT_S)
    assert cut


def test_a_service_that_never_started_can_be_stopped() -> None:
    DemoService().stop()
