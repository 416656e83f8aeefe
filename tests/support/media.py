"""Songs, pictures and stores for the media tests."""

from __future__ import annotations

import asyncio
import io
import itertools
import math
import struct
import threading
import time
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aimusic_desktop.api.transport import Transport
from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import AudioStore, Song
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.model import Clip, ClipState, Product
from aimusic_desktop.runs import Runs
from tests.support.service import Reply, Request, Service, file_reply
from tests.support.waiting import LIMIT_S

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
    + bytes(9)  # then a frame of 32 × 16 pixels
    + b"\xff\xc0\x00\x11\x08\x00\x10\x00\x20\x03"
    + bytes(200)
    + b"\xff\xd9"
)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40)
GIF = b"GIF89a" + bytes(40)
HTML = b"<!doctype html><html><body>This link has expired</body></html>" * 20


def box(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", len(payload) + 8, name) + payload


def boxes(size: int, *, index_last: bool = False) -> bytes:
    """The structure of an .m4a around bytes that tell their place; nobody can decode it."""
    ftyp, moov = box(b"ftyp", b"M4A \x00\x00\x02\x00isomiso2"), box(b"moov", bytes(400))
    rest = size - len(ftyp) - len(moov) - 8
    mdat = box(b"mdat", b"".join(struct.pack(">Q", n) for n in range(rest // 8 + 1))[:rest])
    return ftyp + (mdat + moov if index_last else moov + mdat)


def wav(seconds: float = 0.5, frequency: float = 440.0) -> bytes:
    """A real song, of one tone."""
    rate = 8000
    tone = (int(12000 * math.sin(2 * math.pi * frequency * n / rate)) for n in range(int(seconds * rate)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return out.getvalue()


def song_clip(
    audio_url: str | None = None,
    *,
    title: str = "City Lights",
    clip_id: str = "74dc7bf7-56bf-457c-a4a3-3fa12f05d727",
    state: ClipState = ClipState.SUCCEEDED,
    image_url: str | None = None,
    duration_s: float | None = 185.02,
) -> Clip:
    return Clip(
        task_id="9329c1ad-c5b2-4d41-a3b6-842d7c2674b1",
        clip_id=clip_id,
        product=Product.PRODUCER,
        title=title,
        style="emotional pop with gentle piano",
        lyrics="[Verse 1]\nI've been running in circles…\n日本語",
        model="FUZZ-2.0 Pro",
        seed="3966900172",
        created_at="2025-10-01T08:49:47.934443Z",
        duration_s=duration_s,
        image_url=image_url,
        audio_url=audio_url,
        state=state,
    )


class Renewal:
    """Looks a clip up again, by giving the next of the answers it was made with."""

    def __init__(self, *answers: Clip | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[Clip] = []

    async def __call__(self, clip: Clip) -> Clip:
        self.calls.append(clip)
        answer = self.answers.pop(0) if self.answers else clip
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def running(root: Path) -> Iterator[Runs]:
    """A run that keeps its songs in ``root``; all of that root know of each other."""
    runs = Runs(root.with_name(f"{root.name}-runs"))
    runs.begin()
    try:
        yield runs
    finally:
        runs.close()


@asynccontextmanager
async def audio_store(
    service: Service,
    root: Path,
    renew: Renewal | None = None,
    limit_bytes: int = 2**30,
    stall_limit_s: float = 30.0,
) -> AsyncIterator[AudioStore]:
    transport = Transport(service.api_url, lambda: "the-key", stall_limit_s=stall_limit_s)
    with running(root) as runs:
        store = AudioStore(transport, root, Bound(limit_bytes), renew or Renewal(), runs)
        try:
            yield store
        finally:
            await store.close()
            await transport.close()


@asynccontextmanager
async def stores(service: Service, root: Path) -> AsyncIterator[tuple[AudioStore, CoverStore]]:
    async with audio_store(service, root / "audio") as audio:
        covers = CoverStore(audio._transport, root / "covers", audio._bound)
        yield audio, covers
        await covers.close()


async def whole_bytes(store: AudioStore, clip: Clip) -> bytes:
    """Open, wait for all of it, read, release."""
    song = store.open(clip)
    try:
        return (await song.whole()).read_bytes()
    finally:
        song.release()


async def fetch_song(service: Service, root: Path, renew: Renewal | None = None) -> bytes:
    """What the store gives for the song at /song.m4a."""
    async with audio_store(service, root, renew) as store:
        return await whole_bytes(store, song_clip(service.origin + "/song.m4a"))


def ranges(requests: list[Request]) -> list[str]:
    """The Range of each request, "" where it had none."""
    return [request.headers.get("range", "") for request in requests]


async def read_in_thread(song: Song, offset: int, size: int = 1000) -> bytes:
    assert song.growing is not None
    return await asyncio.to_thread(song.growing.read, offset, size, LIMIT_S)


SONG = boxes(300_000)
LONG_SONG = boxes(3_000_000)
WITH_RANGES = {"Accept-Ranges": "bytes", "ETag": '"v1"'}


def pieces(data: bytes, at: int, gate: threading.Event) -> Callable[[], Iterator[bytes]]:
    """The data, standing still at ``at`` until the gate opens."""

    def send() -> Iterator[bytes]:
        yield data[:at]
        gate.wait(LIMIT_S)
        yield data[at:]

    return send


def held(data: bytes, at: int, gate: threading.Event) -> Callable[[Request], Reply]:
    """The whole file stands still at ``at``; parts of it come at once."""
    return _whole_comes_as(data, pieces(data, at, gate))


def headers_of(data: bytes) -> dict[str, str]:
    """What a host that gives ranges says of this file."""
    return file_reply(Request("GET", "", {}), data, "audio/mp4").headers


def dripping(data: bytes, at: int) -> Callable[[Request], Reply]:
    """The whole file comes at once up to there, and then 50 kB a second; parts of it come at once."""
    return _whole_comes_as(data, lambda: itertools.chain([data[:at]], _paced(data[at:], 1_000)))


def slowly(data: bytes) -> Callable[[Request], Reply]:
    """The whole file at a megabyte a second; parts of it come at once."""
    return _whole_comes_as(data, lambda: _paced(data, 20_000))


def _paced(data: bytes, size: int) -> Iterator[bytes]:
    """Fifty pieces of that size a second: a host that is slow on purpose."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
        time.sleep(0.02)


def _whole_comes_as(data: bytes, send: Callable[[], Iterator[bytes]]) -> Callable[[Request], Reply]:
    """Who asks for a part has it at once."""

    def answer(request: Request) -> Reply:
        if "range" in request.headers:
            return file_reply(request, data, "audio/mp4")
        return Reply(200, headers=headers_of(data), chunks=send, length=len(data))

    return answer
