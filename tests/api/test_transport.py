"""Asking the API: bounds in time and size, redirects, and where the key may go."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.guards import without_key
from aimusic_desktop.api.transport import AT_ONCE, MAX_ANSWER_BYTES, Transport
from aimusic_desktop.errors import AppError
from aimusic_desktop.model import Product
from tests.support.api import KEY, transport_to
from tests.support.service import Reply, Request, Service, as_json, gated, running_service
from tests.support.waiting import LIMIT_S, until

PATH = "/producer/task/t1"
HERE = "/api/v1/producer/task/t1"
FLOOD = b" " * 2**20


def redirect(url: str) -> Reply:
    return Reply(302, b"", {"Location": url})


def pieces(*, of: bytes, times: int, pause_s: float = 0.0) -> Callable[[], Iterator[bytes]]:
    def send() -> Iterator[bytes]:
        for _ in range(times):
            yield of
            time.sleep(pause_s)

    return send


async def test_the_answer_comes_whole_with_its_status(service: Service) -> None:
    service.on(HERE, as_json({"a": "ü"}, 418, **{"X-Request-Id": "r-1"}))
    async with transport_to(service) as transport:
        answer = await transport.api_get(PATH)
    assert (answer.status, answer.body, answer.request_id) == (418, b'{"a": "\\u00fc"}', "r-1")
    assert answer.headers["content-type"] == "application/json"
    assert service.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert service.requests[0].headers["user-agent"].startswith("aimusic-desktop/")


async def test_a_connection_is_used_again_and_cookies_are_not_kept(service: Service) -> None:
    service.on(HERE, Reply(body=b"{}", headers={"Set-Cookie": "a=b; Path=/"}))
    async with transport_to(service) as transport:
        for _ in range(3):
            await transport.api_get(PATH)
    assert service.accepted == 1
    assert not any("cookie" in request.headers for request in service.requests)


@pytest.mark.parametrize("key", [None, ""])
async def test_nothing_is_sent_without_a_key(service: Service, key: str | None) -> None:
    transport = Transport(service.api_url, lambda: key)
    with pytest.raises(errors.KeyMissing):
        await transport.api_get(PATH)
    assert service.requests == []


@pytest.mark.parametrize("key", ["geheim\nX-Evil: 1", "gehe\x00im", "gehe im", "gehéim", "gehe\ud800im"])
async def test_a_key_that_is_no_header_is_refused_and_not_repeated(service: Service, key: str) -> None:
    transport = Transport(service.api_url, lambda: key)
    with pytest.raises(errors.KeyRefused) as caught:
        await transport.api_get(PATH)
    assert "gehe" not in "".join(traceback.format_exception(caught.value))
    assert service.requests == []


@pytest.mark.parametrize("url", ["http://api.example/api/v1", "ftp://127.0.0.1", "https://user@api.example"])
def test_an_address_that_must_not_get_a_key_is_refused(url: str) -> None:
    with pytest.raises(AppError):
        Transport(url, lambda: KEY)


async def test_a_redirect_to_another_port_is_refused_and_gets_no_key(service: Service) -> None:
    with running_service() as other:
        other.on("/api/v1/stolen", as_json({}))
        service.on(HERE, redirect(f"{other.origin}/api/v1/stolen"))
        async with transport_to(service) as transport:
            with pytest.raises(errors.BadAnswer, match="another address"):
                await transport.api_get(PATH)
        assert other.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/x",
        "https://127.0.0.1:{port}/x",
        "//127.0.0.2:{port}/x",
        "http://u:p@127.0.0.1:{port}/x",
    ],
)
async def test_a_redirect_to_another_origin_is_refused(service: Service, location: str) -> None:
    service.on(HERE, redirect(location.format(port=service.port)))
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer, match="another address"):
            await transport.api_get(PATH)
    assert service.paths() == [HERE]


@pytest.mark.parametrize("location", ["http://[bad", "http://\x7f/", "file:///etc/passwd", "http:///x:y:z"])
async def test_a_redirect_to_nonsense_is_a_bad_answer(service: Service, location: str) -> None:
    service.on(HERE, redirect(location))
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer):
            await transport.api_get(PATH)


async def test_a_redirect_within_the_api_is_followed_with_the_key(service: Service) -> None:
    service.on(HERE, redirect("/api/v1/moved"))
    service.on("/api/v1/moved", as_json({"moved": True}))
    async with transport_to(service) as transport:
        assert (await transport.api_get(PATH)).body == b'{"moved": true}'
    assert service.requests[-1].headers["authorization"] == f"Bearer {KEY}"


async def test_redirects_in_a_circle_come_to_an_end(service: Service) -> None:
    service.on(HERE, redirect(HERE))
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer, match="circles"):
            await transport.api_get(PATH)
    assert len(service.requests) == 4


@pytest.mark.parametrize(
    "reply",
    [Reply(stall_s=20), Reply(chunks=pieces(of=b" ", times=200, pause_s=0.05), length=200)],
    ids=["silence", "trickle"],
)
async def test_the_whole_call_has_one_time_limit(service: Service, reply: Reply) -> None:
    service.on(HERE, reply)
    async with transport_to(service, time_limit_s=0.3) as transport:
        await transport.open()
        began = time.monotonic()
        with pytest.raises(errors.SlowAnswer):
            await transport.api_get(PATH)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b'{"data": []}', cut_at=5),
        Reply(body=b'{"data": []}', cut_at=0),
        Reply(body=gzip.compress(b"{}" * 999)[:-9], headers={"Content-Encoding": "gzip"}),
        Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
        Reply(body=b"{}", headers={"Content-Encoding": "br"}),
        Reply(body=b"{}", headers={"Content-Encoding": "gzip, gzip"}),
    ],
)
async def test_a_cut_or_garbled_body_is_a_bad_answer(service: Service, reply: Reply) -> None:
    service.on(HERE, reply)
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer) as caught:
            await transport.api_get(PATH)
    assert caught.value.retryable


async def test_hanging_up_without_an_answer_is_a_bad_answer(service: Service) -> None:
    def hang_up(request: Request) -> Reply:
        raise ConnectionResetError

    service.on(HERE, hang_up)
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer):
            await transport.api_get(PATH)


async def test_a_packed_body_is_unpacked(service: Service) -> None:
    service.on(HERE, Reply(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"}))
    async with transport_to(service) as transport:
        assert (await transport.api_get(PATH)).body == b'{"a": 1}'


@pytest.mark.parametrize(
    "reply",
    [
        Reply(chunks=pieces(of=FLOOD, times=100)),
        Reply(chunks=pieces(of=FLOOD, times=100), length=100 * len(FLOOD)),
        Reply(body=gzip.compress(FLOOD * 100), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["endless", "announced", "packed"],
)
async def test_a_flood_is_cut_off(service: Service, reply: Reply) -> None:
    service.on(HERE, reply)
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer, match="too large"):
            await transport.api_get(PATH)


async def test_the_largest_answer_is_taken(service: Service) -> None:
    service.on(HERE, Reply(body=b" " * MAX_ANSWER_BYTES))
    async with transport_to(service) as transport:
        assert len((await transport.api_get(PATH)).body) == MAX_ANSWER_BYTES


@pytest.mark.parametrize("body", [b"", b"<!doctype html><p>Sign in"])
async def test_what_is_no_json_is_left_to_the_decoder(service: Service, body: bytes) -> None:
    service.on(HERE, Reply(body=body))
    async with transport_to(service) as transport:
        assert (await transport.api_get(PATH)).body == body


async def test_an_answer_that_repeats_the_key_does_not_carry_it_on(service: Service) -> None:
    service.on(HERE, as_json({"error": f"bad key {KEY}"}, 400))
    async with transport_to(service) as transport:
        answer = await transport.api_get(PATH)
    assert KEY.encode() not in answer.body
    assert b"bad key [key]" in answer.body


def spelt(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


@pytest.mark.parametrize("key", [KEY, "abc/def+1", "geheim"])
@pytest.mark.parametrize(
    "disguise",
    [
        lambda key: key,
        spelt,
        lambda key: spelt(key[0]) + key[1:],
        lambda key: key.replace("/", "\\/"),
        lambda key: key[:4] + "\\u0001" + key[4:],
        lambda key: key[:4] + "\x01\u202e" + key[4:],
        lambda key: key[:3] + "\\ud800" + key[3:],
    ],
    ids=["plain", "escaped", "one letter", "slash", "split", "split raw", "surrogate"],
)
async def test_no_spelling_brings_the_key_into_a_text_or_the_answer_kept(
    service: Service, key: str, disguise: Callable[[str], str]
) -> None:
    said = disguise(key)
    body = f'{{"x": "{said}", "x": 1, "{said}": [1.50], "data": [{{"state": "failed", "title": "A {said}'
    body += f'", "lyrics": "la\\n{said}", "error_message": "bad {said}!"}}]}}'
    service.on_task("producer", "t1", Reply(body=body.encode(), headers={"X-Request-Id": key}))
    service.on("/api/v1/get-credits", Reply(400, f'{{"error": "no {said}"}}'.encode(), {"CF-Ray": key}))
    transport = Transport(service.api_url, lambda: key)
    outcome = await ApiClient(transport).look_up(Product.PRODUCER, "t1")
    with pytest.raises(errors.ApiError, match=r"no \[key\]") as raised:
        await ApiClient(transport).credits()
    await transport.close()
    song = outcome.clips[0]
    assert (song.title, song.lyrics, song.error) == ("A [key]", "la\n[key]", "bad [key]!")
    assert outcome.error == "bad [key]!"
    assert outcome.body.count(b"[key]") == 5
    assert b"[1.50]" in outcome.body
    assert raised.value.request_id == "[key]"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ('{"title": "demo"}', '{"title": "demo"}'),
        ('{"error": "Bearer demo"}', '{"error": "Bearer [key]"}'),
        ('{"error": "bearer: sk-0123456789abcdef"}', '{"error": "bearer: [key]"}'),
        ('{"title": "The Bearer of Bad News"}', '{"title": "The Bearer of Bad News"}'),
        ("<p>Bearer demo", "<p>Bearer [key]"),
    ],
)
def test_what_is_sent_as_a_bearer_is_hidden_and_a_word_is_not(body: str, kept: str) -> None:
    assert without_key(body.encode(), "demo").decode() == kept


@pytest.mark.parametrize("piece", [b'"', b'\\"', b"bearer ", b"\\u0061", KEY.encode()[:-1]])
def test_looking_for_the_key_takes_no_longer_than_the_answer_is_long(piece: bytes) -> None:
    body = b'"' + piece * (2**21 // len(piece))
    began = time.monotonic()
    without_key(body, KEY)
    assert time.monotonic() - began < 5


async def test_no_more_than_eight_run_at_a_time(service: Service) -> None:
    gate = threading.Event()
    service.on(HERE, gated(Reply(body=b"{}"), gate))
    async with transport_to(service) as transport:
        asking = asyncio.gather(*(transport.api_get(PATH) for _ in range(24)))
        await until(lambda: service.active >= AT_ONCE)
        await asyncio.sleep(0.1)  # in which a ninth would come
        gate.set()
        await asking
    assert service.most_active == AT_ONCE
    assert len(service.requests) == 24


async def test_opening_twice_and_at_once_is_fine(service: Service) -> None:
    service.on(HERE, as_json({}))
    async with transport_to(service) as transport:
        await asyncio.gather(transport.open(), transport.open(), transport.api_get(PATH))
        await transport.open()


async def test_closing_ends_what_runs_and_what_comes_after(service: Service) -> None:
    service.on(HERE, Reply(stall_s=20))
    transport = Transport(service.api_url, lambda: KEY)
    running = [asyncio.create_task(transport.api_get(PATH)) for _ in range(AT_ONCE + 2)]
    while service.active < AT_ONCE:
        await asyncio.sleep(0.01)
    await transport.close()
    results = await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), LIMIT_S)
    assert all(isinstance(result, errors.ApiError) for result in results)
    with pytest.raises(errors.Unreachable):
        await transport.api_get(PATH)
    assert len(service.requests) == AT_ONCE
