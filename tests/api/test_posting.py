"""Requests that cost credits: sent once, whatever happens, and honest about what may have arrived."""

from __future__ import annotations

import json
import socket

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.transport import Transport
from tests.support.api import KEY, transport_to
from tests.support.service import Answer, Reply, Request, Service, as_json

PATH = "/producer/download"
HERE = "/api/v1/producer/download"
BODY = {"clip_id": "c1", "format": "wav"}


async def test_the_object_is_posted_as_json_with_the_key(service: Service) -> None:
    service.on(HERE, as_json({"task_id": "t"}, 418))
    async with transport_to(service) as transport:
        answer = await transport.api_post(PATH, BODY)
    assert (answer.status, answer.body) == (418, b'{"task_id": "t"}')
    (request,) = service.requests
    assert (request.method, json.loads(request.body)) == ("POST", BODY)
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {KEY}"


def hang_up(request: Request) -> Reply:
    raise ConnectionResetError


@pytest.mark.parametrize(
    "reply",
    [hang_up, Reply(stall_s=20), Reply(body=b"{}", cut_at=1), Reply(body=b"{}", cut_at=0)],
    ids=["hangs up", "silent", "cut", "headers only"],
)
async def test_what_breaks_off_may_have_arrived_and_is_not_sent_again(
    service: Service, reply: Answer
) -> None:
    service.on(HERE, reply)
    async with transport_to(service, time_limit_s=0.5) as transport:
        with pytest.raises(errors.Unsure) as caught:
            await transport.api_post(PATH, BODY)
    assert not caught.value.retryable
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(service: Service, status: int) -> None:
    service.on(HERE, Reply(status, b"", {"Location": "/api/v1/elsewhere"}))
    async with transport_to(service) as transport:
        assert (await transport.api_post(PATH, BODY)).status == status
    assert service.paths() == [HERE]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_trouble_of_the_service_is_not_asked_again(service: Service, status: int) -> None:
    service.on(HERE, as_json({}, status, **{"Retry-After": "0"}))
    async with transport_to(service) as transport:
        assert (await transport.api_post(PATH, BODY)).status == status
    assert len(service.requests) == 1


async def test_a_connection_that_was_used_before_is_not_trusted_with_it(service: Service) -> None:
    """The service may hang up on it just then, and leave open whether the request came through."""
    service.on("/api/v1/get-credits", as_json({}))
    service.on(HERE, as_json({}))
    async with transport_to(service) as transport:
        for _ in range(3):
            await transport.api_get("/get-credits")
            await transport.api_post(PATH, BODY)
        await transport.api_get("/get-credits")
    assert service.accepted == 4


async def test_what_never_left_says_so() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        transport = Transport(f"http://127.0.0.1:{closed.getsockname()[1]}/api/v1", lambda: KEY)
        with pytest.raises(errors.Unreachable):
            await transport.api_post(PATH, BODY)


async def test_nothing_is_posted_without_a_key(service: Service) -> None:
    with pytest.raises(errors.KeyMissing):
        await Transport(service.api_url, lambda: None).api_post(PATH, BODY)
    assert service.requests == []


async def test_the_answer_does_not_repeat_the_key(service: Service) -> None:
    service.on(HERE, as_json({"error": f"bad key {KEY}"}, 400))
    async with transport_to(service) as transport:
        assert (await transport.api_post(PATH, BODY)).body == b'{"error": "bad key [key]"}'


async def test_some_answers_take_longer_than_a_look_up_may(service: Service) -> None:
    service.on(HERE, Reply(body=b"{}", stall_s=1.2))
    async with transport_to(service, time_limit_s=1.0) as transport:
        assert (await transport.api_post(PATH, BODY)).body == b"{}"
