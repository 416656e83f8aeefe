"""The one door to the network. Nothing else sends requests, and nothing else sends the key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aimusic_desktop.api.envelope import request_id
from aimusic_desktop.api.errors import BadAnswer, InvalidRequest, Unreachable
from aimusic_desktop.api.fields import cleaned
from aimusic_desktop.api.ground import Ground, lay_ground
from aimusic_desktop.api.guards import (
    MAX_ANSWER_BYTES,
    TOO_LARGE,
    checked_key,
    hider,
    unpack,
    without_key,
)
from aimusic_desktop.api.lanes import Lanes
from aimusic_desktop.api.links import LINK_REFUSED, check_media_url
from aimusic_desktop.api.proxies import proxy_for
from aimusic_desktop.api.trouble import as_api_errors, as_unsure
from aimusic_desktop.settings import check_api_url, is_loopback

if TYPE_CHECKING:
    import httpx

__all__ = [
    "AT_ONCE",
    "MAX_ANSWER_BYTES",
    "TIME_LIMIT_S",
    "Answer",
    "MediaResponse",
    "Transport",
    "check_media_url",
]

TIME_LIMIT_S = 25.0
AT_ONCE = 8

_POST_PATIENCE = 4  # times the limit of a GET: some POSTs are answered when the work is done
_API_REDIRECTS = 3
_MEDIA_REDIRECTS = 5
_CONNECT_LIMIT_S = 10.0
_STALL_LIMIT_S = 30.0


@dataclass(frozen=True)
class Answer:
    """A whole answer of the API. Header names are lower case; the body is at most MAX_ANSWER_BYTES."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """What the service's support can find the request by."""
        return request_id(self.headers)


class MediaResponse:
    """The beginning of a media host's answer. Header names are lower case; ``url`` is the final one."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers.items())
        self.url = str(response.url)
        self._response = response

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes as they came over the wire. Raises SlowAnswer after 30 s of silence, BadAnswer
        when cut."""
        with as_api_errors(self._response.url.host):
            async for chunk in self._response.aiter_raw():
                yield chunk


class Transport:
    """Asks the API with the key and fetches media without it.

    ``api_url`` is where the API is, in its normal form; ``api_is_loopback`` whether that is this
    machine. ``key`` gives the key of the moment. Never more than AT_ONCE requests run at a time of
    either kind. Raises AppError for an address no key may be sent to.
    """

    def __init__(
        self,
        api_url: str,
        key: Callable[[], str | None],
        *,
        time_limit_s: float = TIME_LIMIT_S,
        stall_limit_s: float = _STALL_LIMIT_S,
    ) -> None:
        self.api_url = check_api_url(api_url)
        self.api_is_loopback = is_loopback(urlsplit(self.api_url).hostname or "")
        self._key = key
        self._time_limit_s = time_limit_s
        self._stall_limit_s = stall_limit_s
        self._ground: Ground | None = None
        self._opening = asyncio.Lock()
        self._closed = False
        self._api = Lanes(self._make_client, AT_ONCE)
        self._media = Lanes(self._make_client, AT_ONCE)

    async def open(self) -> None:
        """Import and build what the first request needs, in a thread; cheap when done already.

        Raises Unreachable when the certificates to trust cannot be read, or after ``close``.
        """
        async with self._opening:
            if self._ground is None:
                self._ground = await asyncio.to_thread(lay_ground)
            if self._closed:
                raise Unreachable("The connection was closed with the program.")

    async def api_get(self, path: str) -> Answer:
        """GET a quoted path below the API's address, with the key.

        The answer is whole and of any status. Raises KeyMissing, KeyRefused for a key that cannot
        be sent, Unreachable, SlowAnswer after the time limit (waiting for a turn is not counted),
        and BadAnswer for what is cut, too large or a redirect away from the API.
        """
        async with self._api.turn():
            key = checked_key(self._key())
            await self.open()
            with as_api_errors("The service"):
                async with asyncio.timeout(self._time_limit_s):
                    return await self._ask(path, key)

    async def api_post(self, path: str, body: Mapping[str, object]) -> Answer:
        """POST a JSON object to a quoted path below the API's address, with the key, exactly once.

        Nothing sends it again, and no redirect is followed. The answer is whole and of any status.
        Raises KeyMissing, KeyRefused and Unreachable when nothing was sent, else Unsure.
        """
        async with self._api.turn():
            key = checked_key(self._key())
            await self.open()
            with as_unsure(), as_api_errors("The service"):
                async with asyncio.timeout(_POST_PATIENCE * self._time_limit_s):
                    return await self._post(path, key, body)

    @asynccontextmanager
    async def media(
        self, url: str, *, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[MediaResponse]:
        """GET a media link, without the key; the status is the caller's to judge.

        Up to five redirects are followed, each only to a link that ``check_media_url`` passes.
        Raises InvalidRequest for a link that it does not, Unreachable, SlowAnswer and BadAnswer.
        """
        async with self._media.turn():
            await self.open()
            for _ in range(_MEDIA_REDIRECTS + 1):
                target = self._media_url(url)
                async with self._client(self._media, target.host) as client:
                    with as_api_errors(target.host):
                        response = await self._send(client, target, headers)
                    async with aclosing(response):
                        if response.next_request is None:
                            yield MediaResponse(response)
                            return
                        url = str(response.next_request.url)
        raise BadAnswer("The host of this file sends us round in circles instead of giving it.")

    async def close(self) -> None:
        """Close every connection. What still runs fails, and so does whatever is asked afterwards."""
        self._closed = True
        await self._api.close()
        await self._media.close()

    async def _ask(self, path: str, key: str) -> Answer:
        import httpx

        home = url = httpx.URL(self.api_url + path)
        timeout = httpx.Timeout(None, connect=_CONNECT_LIMIT_S)
        headers = {"Authorization": f"Bearer {key}"}
        async with self._client(self._api, home.host) as client:
            for _ in range(_API_REDIRECTS + 1):
                async with client.stream("GET", url, headers=headers, timeout=timeout) as response:
                    if response.next_request is None:
                        return await _answer(response, key)
                    url = response.next_request.url
                if url.userinfo or (url.scheme, url.host, url.port) != (home.scheme, home.host, home.port):
                    raise BadAnswer("The service sent us to another address. Check the address of the API.")
        raise BadAnswer("The service sends us round in circles; asking again in a while.")

    async def _post(self, path: str, key: str, body: Mapping[str, object]) -> Answer:
        import httpx

        url = httpx.URL(self.api_url + path)
        timeout = httpx.Timeout(None, connect=_CONNECT_LIMIT_S)
        headers = {"Authorization": f"Bearer {key}"}
        # On a new connection: an old one that the service hangs up on would leave us in doubt.
        async with (
            self._client(self._api, url.host, fresh=True) as client,
            client.stream("POST", url, headers=headers, timeout=timeout, json=dict(body)) as response,
        ):
            return await _answer(response, key)

    async def _send(
        self, client: httpx.AsyncClient, url: httpx.URL, headers: Mapping[str, str] | None
    ) -> httpx.Response:
        import httpx

        limit_s = self._stall_limit_s
        timeout = httpx.Timeout(limit_s, connect=min(limit_s, _CONNECT_LIMIT_S))
        return await client.send(
            client.build_request("GET", url, headers=headers, timeout=timeout), stream=True
        )

    @asynccontextmanager
    async def _client(
        self, lanes: Lanes[httpx.AsyncClient], host: str, *, fresh: bool = False
    ) -> AsyncIterator[httpx.AsyncClient]:
        assert self._ground is not None
        proxy = await proxy_for(host, self._ground.proxy)
        async with lanes.client(proxy, fresh=fresh) as client:
            yield client

    def _make_client(self, proxy: str) -> httpx.AsyncClient:
        assert self._ground is not None
        return self._ground.client(proxy)

    def _media_url(self, link: str) -> httpx.URL:
        import httpx

        try:
            url = httpx.URL(link.strip())
        except httpx.InvalidURL as error:
            raise InvalidRequest(LINK_REFUSED) from error
        # Checked as it came and as httpx reads it: two readings of one link are an old trick.
        for reading in (link, str(url)):
            if check_media_url(reading, api_is_loopback=self.api_is_loopback) is None:
                raise InvalidRequest(LINK_REFUSED)
        return url


async def _answer(response: httpx.Response, key: str) -> Answer:
    """The whole answer, in which nothing repeats the key."""
    body = await _read_bounded(response)
    body = await asyncio.to_thread(without_key, body, key)  # a large one would be felt in the window
    hide = hider(key)
    headers = {name: hide(cleaned(value)) for name, value in response.headers.items()}
    return Answer(response.status_code, headers, body)


async def _read_bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise BadAnswer(TOO_LARGE)
    # Unpacked here and not by httpx, which unpacks without a bound.
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return await asyncio.to_thread(unpack, bytes(body))
    if encoding != "identity":
        raise BadAnswer("The service's answer is packed in an unknown way; asking again in a while.")
    return bytes(body)
