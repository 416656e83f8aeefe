"""What an error answer means, in every shape the service gives it."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.decode import Credits, decode_credits
from aimusic_desktop.model import Product
from tests.support.api import decoded


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, {"type": "validation_error", "error": "mv is wrong"}, errors.InvalidRequest),
        (400, {"message": "task not found."}, errors.TaskNotFound),
        (400, {"error": {"message": "Task Not Found"}}, errors.TaskNotFound),
        (400, {"message": "missing task id."}, errors.InvalidRequest),
        (401, {"type": "unauthorized"}, errors.KeyRefused),
        (401, b"", errors.KeyRefused),
        (402, {"type": "insufficient_credits"}, errors.NoCredits),
        (403, {"detail": "moderation"}, errors.Forbidden),
        (404, {"type": "not_found"}, errors.TaskNotFound),
        (404, b"<html>", errors.TaskNotFound),
        (410, {"type": "endpoint_retired"}, errors.ProductRetired),
        (422, {"detail": [{"loc": ["path"], "msg": "not a uuid"}]}, errors.InvalidRequest),
        (429, {}, errors.RateLimited),
        (408, {}, errors.ServiceTrouble),
        (500, {"type": "internal_error"}, errors.ServiceTrouble),
        (502, b"<html>Bad gateway</html>", errors.ServiceTrouble),
        (503, b"", errors.ServiceTrouble),
        (504, {"type": "timeout", "error": "Upstream timeout"}, errors.ServiceTrouble),
        (304, b"", errors.BadAnswer),
        (200, {"code": 500, "message": "oops"}, errors.ServiceTrouble),
        (200, {"code": "500"}, errors.ServiceTrouble),
        (200, {"code": 10001, "message": "oops"}, errors.ServiceTrouble),
        (200, {"code": -1e300}, errors.ServiceTrouble),
        (200, {"code": 404, "data": None}, errors.TaskNotFound),
        (200, {"code": 400, "message": "task not found."}, errors.TaskNotFound),
        (200, {"code": 401}, errors.KeyRefused),
        (200, {"code": 402}, errors.NoCredits),
        (200, {"code": 403}, errors.Forbidden),
        (200, {"code": 410}, errors.ProductRetired),
        (200, {"code": 429}, errors.RateLimited),
        (200, {"type": "not_found", "error": "no such record"}, errors.TaskNotFound),
        (200, {"type": "unauthorized"}, errors.KeyRefused),
        (200, {"code": "rate_limited"}, errors.RateLimited),
        (200, {"error": "something odd"}, errors.ServiceTrouble),
        (200, {}, errors.BadAnswer),
        (200, {"hello": "world"}, errors.BadAnswer),
        (200, b"", errors.BadAnswer),
        (200, b"<!doctype html><p>Sign in</p>", errors.BadAnswer),
        (200, b'{"code": 200, "data": [{"clip_id": "c', errors.BadAnswer),
        (200, b"[]", errors.BadAnswer),
        (200, b"null", errors.BadAnswer),
        (200, b"\xff\xfe\x00", errors.BadAnswer),
        (200, b'{"data":' + b"[" * 200_000, errors.BadAnswer),
        (200, b'{"code": ' + b"9" * 5000 + b"}", errors.BadAnswer),
        (204, b"", errors.BadAnswer),
    ],
)
def test_an_error_is_recognised(status: int, answer: Any, kind: type[errors.ApiError]) -> None:
    with pytest.raises(errors.ApiError) as caught:
        decoded(answer, status)
    assert type(caught.value) is kind
    assert caught.value.sentence.endswith(".")


def test_trouble_can_be_asked_again_and_refusals_cannot() -> None:
    for status, retryable in [
        (400, False),
        (401, False),
        (404, False),
        (410, False),
        (429, True),
        (500, True),
    ]:
        with pytest.raises(errors.ApiError) as caught:
            decoded({}, status)
        assert caught.value.retryable is retryable
        assert caught.value.status == status


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "Too odd", "message": "success"},
        {"message": "Too odd"},
        {"detail": "Too odd"},
        {"error": {"code": 7, "message": "Too odd"}},
        {"error": {"error": {"detail": ["Too odd"]}}},
        {"error": "T\u202eoo\x07 odd"},
    ],
)
def test_the_words_of_the_service_are_found_and_safe(answer: Any) -> None:
    with pytest.raises(errors.InvalidRequest, match=r"^The service refused the request: Too odd\.$"):
        decoded(answer, 418)


def test_a_retired_product_is_named() -> None:
    with pytest.raises(errors.ProductRetired, match="Nuro was retired"):
        decoded({}, 410, Product.NURO)


def test_support_can_find_the_request() -> None:
    with pytest.raises(errors.ServiceTrouble) as caught:
        decoded({}, 500, headers={"cf-ray": "ray", "x-request-id": "req-\x1b1"})
    assert caught.value.request_id == "req-1"


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("999999", 3600.0), ("soon", None), ("inf", None), ("", None)],
)
def test_retry_after_is_read_in_seconds(sent: str, seconds: float | None) -> None:
    with pytest.raises(errors.RateLimited) as caught:
        decoded({}, 429, headers={"retry-after": sent})
    assert caught.value.retry_after_s == seconds


def test_retry_after_is_read_as_a_date() -> None:
    with pytest.raises(errors.ServiceTrouble) as caught:
        decoded({}, 503, headers={"retry-after": formatdate(time.time() + 100, usegmt=True)})
    assert caught.value.retry_after_s == pytest.approx(100, abs=5)


@pytest.mark.parametrize(
    ("answer", "credits_left"),
    [
        ({"credits": 50, "extra_credits": 0}, Credits(50, 0)),
        ({"credits": "12.0", "extra_credits": 3.0}, Credits(12, 3)),
        ({"credits": 7}, Credits(7, 0)),
        ({"code": 200, "credits": 7, "extra_credits": None}, Credits(7, 0)),
    ],
)
def test_credits_are_read(answer: Any, credits_left: Credits) -> None:
    assert decode_credits(200, {}, json.dumps(answer).encode()) == credits_left


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (200, {"extra_credits": 5}, errors.BadAnswer),
        (200, {"credits": [1]}, errors.BadAnswer),
        (200, {"code": 401}, errors.KeyRefused),
        (401, {}, errors.KeyRefused),
        (404, {}, errors.InvalidRequest),
        (500, {}, errors.ServiceTrouble),
    ],
)
def test_credits_that_cannot_be_read_say_why(status: int, answer: Any, kind: type[errors.ApiError]) -> None:
    with pytest.raises(errors.ApiError) as caught:
        decode_credits(status, {}, json.dumps(answer).encode())
    assert type(caught.value) is kind
