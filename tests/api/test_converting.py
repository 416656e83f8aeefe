"""Asking for a song in another format, and what the answers mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.client import ApiClient, Submitted
from aimusic_desktop.model import Product, SaveFormat
from tests.support.api import transport_to
from tests.support.service import Answer, Reply, Service, as_json

DOWNLOAD = "/api/v1/producer/download"
SONIC_WAV = "/api/v1/sonic/wav"
TASK_ID = "4fdc3f26-6e0d-4a4f-9d2a-6f1f0a1f2b3c"


async def converted(
    service: Service, answer: Answer, product: Product = Product.PRODUCER, wanted: SaveFormat = SaveFormat.WAV
) -> Submitted:
    """What the client makes of this answer to either endpoint."""
    service.on(DOWNLOAD, answer)
    service.on(SONIC_WAV, answer)
    async with transport_to(service) as transport:
        return await ApiClient(transport).convert(product, "c1", wanted)


@pytest.mark.parametrize(
    ("product", "wanted", "path", "body"),
    [
        (Product.PRODUCER, SaveFormat.WAV, DOWNLOAD, {"clip_id": "c1", "format": "wav"}),
        (Product.PRODUCER, SaveFormat.MP3, DOWNLOAD, {"clip_id": "c1", "format": "mp3"}),
        (Product.SONIC, SaveFormat.WAV, SONIC_WAV, {"clip_id": "c1"}),
    ],
)
async def test_each_product_is_asked_in_its_way(
    service: Service, product: Product, wanted: SaveFormat, path: str, body: dict[str, str]
) -> None:
    await converted(service, as_json({"message": "success", "task_id": TASK_ID}), product, wanted)
    (request,) = service.requests
    assert (request.path, json.loads(request.body)) == (path, body)


@pytest.mark.parametrize(
    ("answer", "submitted"),
    [
        ({"message": "success", "task_id": TASK_ID}, Submitted(TASK_ID, None)),
        ({"code": "success", "data": {"task_id": TASK_ID}}, Submitted(TASK_ID, None)),
        ({"code": 200, "data": [{"task_id": TASK_ID}]}, Submitted(TASK_ID, None)),
        (
            {"message": "success", "data": {"wav_url": "https://a.b/c.wav"}},
            Submitted(None, "https://a.b/c.wav"),
        ),
        ({"wav_url": " https://a.b/c.wav "}, Submitted(None, "https://a.b/c.wav")),
        ({"data": [{"audio_url": "https://a.b/c"}], "task_id": TASK_ID}, Submitted(None, "https://a.b/c")),
    ],
)
async def test_the_answer_is_a_task_or_a_link(service: Service, answer: Any, submitted: Submitted) -> None:
    assert await converted(service, as_json(answer)) == submitted


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (as_json({"error": "bad"}, 400), errors.InvalidRequest),
        (as_json({"error": "clip not found"}, 404), errors.InvalidRequest),
        (as_json({}, 401), errors.KeyRefused),
        (as_json({}, 402), errors.NoCredits),
        (as_json({"error": "no"}, 403), errors.Forbidden),
        (as_json({}, 410), errors.ProductRetired),
        (as_json({}, 429), errors.RateLimited),
        (as_json({"type": "failed", "error": "refunded"}), errors.InvalidRequest),
        (as_json({"data": {"wav_url": "http://127.0.0.1.evil/x"}}), errors.InvalidRequest),
    ],
)
async def test_a_no_is_a_no(service: Service, reply: Reply, error: type[errors.ApiError]) -> None:
    with pytest.raises(error):
        await converted(service, reply)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        as_json({}, 500),
        as_json({"type": "timeout"}, 504),
        Reply(502, b"<html>"),
        Reply(200, b"<html>"),
        Reply(302, b"", {"Location": "/x"}),
        as_json({"message": "success"}),
        as_json({"task_id": ["no", "text"]}),
        as_json({"type": "not_ready"}, 202),
        as_json({"code": 500, "message": "oops"}),
    ],
)
async def test_what_is_neither_yes_nor_no_leaves_it_open(service: Service, reply: Reply) -> None:
    with pytest.raises(errors.Unsure):
        await converted(service, reply)
    assert len(service.requests) == 1
