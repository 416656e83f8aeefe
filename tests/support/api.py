"""Answers of the service as tests write them down, and a transport that is closed afterwards."""

from __future__ import annotations

import json
import shlex
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aimusic_desktop.api.decode import Outcome, decode_task
from aimusic_desktop.api.transport import Transport
from aimusic_desktop.model import Product
from tests.support.service import Service

TASK = "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
KEY = "sk-7Qm2vX9cT4bZ1aWd"
AUDIO = "https://cdn.example/song.m4a"

_CITY_LIGHTS_MEDIA = (
    "https://storage.googleapis.com/corpusant-app-public/riffs/9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
)
CITY_LIGHTS: dict[str, Any] = {
    "code": 200,
    "data": [
        {
            "clip_id": "74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
            "title": "City Lights",
            "sound": "emotional pop with gentle piano",
            "lyrics": "[Verse 1]\nI've been running in circles...",
            "image_url": f"{_CITY_LIGHTS_MEDIA}/image/74dc7bf7-56bf-457c-a4a3-3fa12f05d727.jpg",
            "audio_url": f"{_CITY_LIGHTS_MEDIA}/audio/74dc7bf7-56bf-457c-a4a3-3fa12f05d727.m4a",
            "video_url": None,
            "created_at": "2025-10-01T08:49:47.934443Z",
            "mv": "FUZZ-2.0 Pro",
            "seed": "3966900172",
            "duration": 185.02,
            "state": "succeeded",
        }
    ],
    "message": "success",
}


def clip(**fields: Any) -> dict[str, Any]:
    """One element of ``data``: a finished song unless said otherwise."""
    return {"clip_id": "c1", "audio_url": AUDIO, "state": "succeeded"} | fields


def finished(*elements: Any, **fields: Any) -> dict[str, Any]:
    """The envelope of a finished task."""
    return {"code": 200, "data": list(elements), "message": "success"} | fields


def decoded(
    answer: Any,
    status: int = 200,
    product: Product = Product.PRODUCER,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """What the decoder makes of an answer: a JSON value, or a body as it is."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return decode_task(TASK, product, status, headers, body)


@asynccontextmanager
async def transport_to(service: Service, **options: Any) -> AsyncIterator[Transport]:
    transport = Transport(service.api_url, lambda: KEY, **options)
    try:
        yield transport
    finally:
        await transport.close()


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate for 127.0.0.1 that nobody trusts."""
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 2 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem"
    )
    subprocess.run(shlex.split(command), cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
