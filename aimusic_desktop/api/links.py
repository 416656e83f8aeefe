"""Which links of an answer may be opened. Pure."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from aimusic_desktop.api.fields import plain_text
from aimusic_desktop.settings import is_loopback

MAX_URL_LENGTH = 4096
MAX_QUERY_LENGTH = 8192  # signatures of signed links are long
LINK_REFUSED = "The service gave a link that is not safe to open."

_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def check_media_url(url: str, *, api_is_loopback: bool) -> str | None:
    """The link without blanks around it, or None when it must not be opened.

    https goes to any host; plain http, and this machine itself, only while the API is on loopback
    too. Other schemes, user names, control characters and over-long links never pass.
    """
    url = url.strip()
    path, _, query = url.partition("?")
    if len(path) > MAX_URL_LENGTH or len(query) > MAX_QUERY_LENGTH:
        return None
    if "\\" in url or url != plain_text(url, len(url)):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if ":" in host:
            ipaddress.IPv6Address(host)
    except ValueError:
        return None
    if "@" in parts.netloc or port == 0 or not _HOST.fullmatch(host):
        return None
    if parts.scheme == "https":
        return url if api_is_loopback or not _names_this_machine(host) else None
    return url if parts.scheme == "http" and api_is_loopback and is_loopback(host) else None


def _names_this_machine(host: str) -> bool:
    """Whether a host may be this machine, however it is spelt: resolvers read "127.1" and "0x7f.1" so."""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(_NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]))
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)
