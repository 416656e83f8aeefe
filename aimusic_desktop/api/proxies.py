"""The proxy this computer is set to use. Only https goes past loopback, so only that one counts."""

from __future__ import annotations

import asyncio

from aimusic_desktop.settings import is_loopback


def find_proxy() -> str:
    """The URL of the proxy for https, from the environment or the system's settings; empty without one.

    Blocks, and imports urllib.request: call it in a thread.
    """
    from urllib.request import getproxies

    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all") or ""
    return proxy if "://" in proxy or not proxy else f"http://{proxy}"


async def proxy_for(host: str, proxy: str) -> str:
    """``proxy``, or empty for a host that is reached without: loopback always, others as set."""
    if not proxy or is_loopback(host):
        return ""
    from urllib.request import proxy_bypass

    bypassed = await asyncio.to_thread(proxy_bypass, host)  # may look names up on Windows
    return "" if bypassed else proxy
