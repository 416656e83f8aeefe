"""Asking the demo service as any HTTP client would."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aimusic_desktop.demo.server import DEMO_KEY, DemoService


@dataclass(frozen=True)
class Got:
    """An answer; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Got:
    """One request on a connection of its own; ``_`` in a header's name stands for ``-``."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        connection.request(method, parts.path, body, headers)
        answer = connection.getresponse()
        return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def ask_api(demo: DemoService, path: str, key: str = DEMO_KEY) -> Got:
    """One GET below the demo's ``api_url``."""
    return ask(f"{demo.api_url}/{path}", Authorization=f"Bearer {key}")


def ask_task(demo: DemoService, product: str, task_id: str) -> Got:
    return ask_api(demo, f"{product}/task/{task_id}")


def order(demo: DemoService, path: str, body: Any, key: str = DEMO_KEY) -> Got:
    """One POST below the demo's ``api_url`` of an object, or of bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(f"{demo.api_url}/{path}", "POST", data, Authorization=f"Bearer {key}")
