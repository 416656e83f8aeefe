"""Fetching media: never with the key, every hop of a redirect checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.transport import AT_ONCE, Transport
from tests.support.api import KEY, transport_to
from tests.support.service import Reply, Service, running_service

SONG = bytes(range(256)) * 1000


def redirect(url: str) -> Reply:
    return Reply(307, b"", {"Location": url, "Set-Cookie": "a=b; Path=/"})


async def fetched(transport: Transport, url: str, headers: dict[str, str] | None = None) -> bytes:
    async with transport.media(url, headers=headers) as response:
        return b"".join([chunk async for chunk in response.chunks()])


async def test_a_file_comes_whole_and_without_the_key(service: Service) -> None:
    url = service.serve_file("/song.m4a", SONG)
    async with transport_to(service) as transport, transport.media(f" {url}") as response:
        assert (response.status, response.url) == (200, url)
        assert response.headers["content-type"] == "audio/mp4"
        assert b"".join([chunk async for chunk in response.chunks()]) == SONG
    assert "authorization" not in service.requests[0].headers
    assert service.requests[0].headers["accept-encoding"] == "identity"
    assert KEY not in repr(service.requests)


async def test_a_range_can_be_asked_for(service: Service) -> None:
    url = service.serve_file("/song.m4a", SONG)
    async with transport_to(service) as transport:
        assert await fetched(transport, url, {"Range": "bytes=10-19"}) == SONG[10:20]


@pytest.mark.parametrize("status", [403, 404, 410, 416, 500])
async def test_the_status_is_the_callers_to_judge(service: Service, status: int) -> None:
    service.on("/song.m4a", Reply(status, b"gone"))
    async with transport_to(service) as transport, transport.media(f"{service.origin}/song.m4a") as response:
        assert response.status == status


async def test_redirects_are_followed_across_hosts_without_cookies(service: Service) -> None:
    with running_service() as other:
        url = other.serve_file("/song.m4a", SONG)
        service.on("/first", redirect("/second"))
        service.on("/second", redirect(url))
        async with transport_to(service) as transport, transport.media(f"{service.origin}/first") as response:
            assert response.url == url
            assert b"".join([chunk async for chunk in response.chunks()]) == SONG
        for request in (*service.requests, *other.requests):
            assert not {"authorization", "cookie"} & set(request.headers)


async def test_redirects_in_a_circle_come_to_an_end(service: Service) -> None:
    service.on("/a", redirect("/a"))
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer, match="circles"):
            await fetched(transport, f"{service.origin}/a")
    assert len(service.requests) == 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://192.0.2.1/x", "https://u:p@cdn.example/x"]
)
async def test_a_redirect_to_a_link_that_is_refused_goes_nowhere(service: Service, location: str) -> None:
    service.on("/a", redirect(location))
    async with transport_to(service) as transport:
        with pytest.raises(errors.ApiError):
            await fetched(transport, f"{service.origin}/a")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "data:,x", "http://192.0.2.1/x", "", "https://[bad/x"])
async def test_a_refused_link_is_not_opened(service: Service, url: str) -> None:
    async with transport_to(service) as transport:
        with pytest.raises(errors.InvalidRequest, match="not safe"):
            await fetched(transport, url)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_loopback_is_not_opened_for_an_api_elsewhere(service: Service, scheme: str) -> None:
    transport = Transport("https://api.example/api/v1", lambda: KEY)
    with pytest.raises(errors.InvalidRequest):
        await fetched(transport, f"{scheme}://127.0.0.1:{service.port}/song.m4a")
    assert service.requests == []


async def test_a_cut_file_is_said(service: Service) -> None:
    service.on("/song.m4a", Reply(body=SONG, cut_at=1000))
    async with transport_to(service) as transport:
        with pytest.raises(errors.BadAnswer, match=r"127\.0\.0\.1 broke off"):
            await fetched(transport, f"{service.origin}/song.m4a")


async def test_silence_in_the_middle_is_cut(service: Service) -> None:
    def stalling() -> Iterator[bytes]:
        yield b"begin"
        service.closing.wait(20)

    service.on("/song.m4a", Reply(chunks=stalling, length=10))
    async with transport_to(service, stall_limit_s=1.0) as transport:
        with pytest.raises(errors.SlowAnswer):
            await fetched(transport, f"{service.origin}/song.m4a")


async def test_a_file_that_keeps_coming_has_no_time_limit(service: Service) -> None:
    def slow() -> Iterator[bytes]:
        for _ in range(6):
            yield b"x"
            time.sleep(0.45)

    service.on("/song.m4a", Reply(chunks=slow, length=6))
    async with transport_to(service, stall_limit_s=2.0, time_limit_s=0.1) as transport:
        assert await fetched(transport, f"{service.origin}/song.m4a") == b"x" * 6


async def test_nobody_listening_is_unreachable_by_name(service: Service) -> None:
    with running_service() as gone:
        pass
    async with transport_to(service) as transport:
        with pytest.raises(errors.Unreachable, match=r"^127\.0\.0\.1 cannot be reached"):
            await fetched(transport, f"{gone.origin}/song.m4a")


async def test_the_callers_own_errors_pass_through(service: Service) -> None:
    url = service.serve_file("/song.m4a", SONG)
    async with transport_to(service) as transport:
        with pytest.raises(TimeoutError, match="mine"):
            async with transport.media(url):
                raise TimeoutError("mine")


async def test_one_may_stop_reading_at_any_time(service: Service) -> None:
    url = service.serve_file("/song.m4a", SONG * 20)
    async with transport_to(service) as transport:
        for _ in range(AT_ONCE * 3):
            async with transport.media(url) as response:
                async for _chunk in response.chunks():
                    break
        assert await fetched(transport, url) == SONG * 20


async def test_slow_songs_do_not_hold_up_the_api(service: Service) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x"
            time.sleep(0.02)

    service.on("/song.m4a", Reply(chunks=endless))
    service.on("/api/v1/get-credits", Reply(body=b"{}"))
    async with transport_to(service) as transport:
        url = f"{service.origin}/song.m4a"
        songs = [asyncio.create_task(fetched(transport, url)) for _ in range(AT_ONCE)]
        while service.active < AT_ONCE:
            await asyncio.sleep(0.01)
        assert (await transport.api_get("/get-credits")).status == 200
        for song in songs:
            song.cancel()
        await asyncio.gather(*songs, return_exceptions=True)
