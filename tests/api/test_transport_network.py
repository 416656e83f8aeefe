"""No connection, no trust, and the proxies in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.transport import Transport
from tests.support.api import KEY, self_signed, transport_to
from tests.support.service import Service, as_json, running_service

PATH = "/producer/task/t1"
HERE = "/api/v1/producer/task/t1"


async def test_nobody_listening_is_unreachable_and_tells_no_key(service: Service) -> None:
    with running_service() as gone:
        pass
    transport = Transport(gone.api_url, lambda: KEY)
    with pytest.raises(errors.Unreachable) as caught:
        await transport.api_get(PATH)
    error: BaseException | None = caught.value
    while error is not None:
        assert KEY not in f"{error!r}{error}{vars(error)}"
        error = error.__cause__ or error.__context__
    assert KEY not in repr(transport)
    assert KEY not in repr(vars(transport))
    await transport.close()


async def test_a_host_name_nobody_can_have_is_unreachable() -> None:
    transport = Transport(f"https://{'a' * 70}.invalid/api/v1", lambda: KEY)
    with pytest.raises(errors.Unreachable):
        await transport.api_get(PATH)
    await transport.close()


async def test_a_server_that_speaks_no_tls_is_unreachable(service: Service) -> None:
    transport = Transport(service.api_url.replace("http://", "https://"), lambda: KEY)
    with pytest.raises(errors.Unreachable, match="cannot be reached"):
        await transport.api_get(PATH)
    await transport.close()


async def test_an_untrusted_certificate_gets_no_key(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=self_signed(tmp_path))
    transport = Transport(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", lambda: KEY)
    with pytest.raises(errors.Unreachable, match="prove who it is"):
        await transport.api_get(PATH)
    await transport.close()
    server.close()
    await server.wait_closed()
    assert KEY.encode() not in b"".join(heard)


async def test_certificates_that_cannot_be_read_are_named(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    with pytest.raises(errors.Unreachable, match="SSL_CERT_FILE"):
        await Transport(service.api_url, lambda: KEY).open()


async def test_no_proxy_comes_between_us_and_loopback(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.on(HERE, as_json({}))
    with running_service() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        async with transport_to(service) as transport:
            await transport.api_get(PATH)
        assert proxy.requests == []
    assert service.paths() == [HERE]


async def test_a_proxy_is_asked_for_hosts_elsewhere_and_never_sees_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running_service() as proxy:
        monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")  # as GNOME sets it beside the others
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.removeprefix("http://"))
        transport = Transport("https://api.example/api/v1", lambda: KEY)
        with pytest.raises(errors.Unreachable, match="proxy"):
            await transport.api_get(PATH)
        assert [(request.method, request.path) for request in proxy.requests] == [
            ("CONNECT", "api.example:443")
        ]
        assert "authorization" not in proxy.requests[0].headers
        await transport.close()


async def test_a_host_set_to_bypass_the_proxy_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_service() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        monkeypatch.setenv("NO_PROXY", "api.invalid")
        transport = Transport("https://api.invalid/api/v1", lambda: KEY)
        with pytest.raises(errors.Unreachable, match="reached"):
            await transport.api_get(PATH)
        assert proxy.requests == []
        await transport.close()


async def test_a_proxy_of_an_unknown_kind_is_said_and_harms_no_demo(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    service.on(HERE, as_json({}))
    async with transport_to(service) as transport:
        await transport.api_get(PATH)
    outside = Transport("https://api.example/api/v1", lambda: KEY)
    with pytest.raises(errors.Unreachable, match="proxy"):
        await outside.api_get(PATH)
