"""What every request stands on: whom to trust, the proxy, and how a client is made of that."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aimusic_desktop import __version__
from aimusic_desktop.api.errors import Unreachable
from aimusic_desktop.api.proxies import find_proxy

if TYPE_CHECKING:
    import ssl

    import httpx

_KEEP_ALIVE_S = 4.0  # many servers hang up after 5 s, and a request must not meet that
_BAD_PROXY = "The proxy set for this computer cannot be used here. Set an http proxy, or none."


@dataclass(frozen=True)
class Ground:
    """What every client is built on: whom to trust, and the proxy's URL or nothing."""

    tls: ssl.SSLContext
    proxy: str

    def client(self, proxy: str) -> httpx.AsyncClient:
        """A client that keeps no cookie and follows no redirect. Raises Unreachable for an unusable proxy."""
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        try:
            return httpx.AsyncClient(
                verify=self.tls,
                proxy=proxy or None,
                trust_env=False,
                limits=httpx.Limits(max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_S),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                headers={"User-Agent": f"aimusic-desktop/{__version__}", "Accept-Encoding": "identity"},
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:  # socks, say, needs one more package
            raise Unreachable(_BAD_PROXY) from error


def lay_ground() -> Ground:
    """Import what is heavy and read the certificates: some 300 ms, so never on the loop's thread."""
    import anyio
    import httpx

    try:
        tls = httpx.create_ssl_context()
        tls.load_default_certs()  # beside certifi's: what this computer trusts, say, a company's proxy
    except OSError as error:
        raise Unreachable("The certificates SSL_CERT_FILE or SSL_CERT_DIR name cannot be read.") from error
    ground = Ground(tls, find_proxy())
    # The first client and the first request import more: let that happen here too.
    ground.client("")
    anyio.run(anyio.sleep, 0, backend_options={"loop_factory": asyncio.SelectorEventLoop})
    return ground
