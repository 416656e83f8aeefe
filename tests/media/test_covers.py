from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimusic_desktop.media import covers as covers_module
from aimusic_desktop.media.errors import HostTrouble, LinkExpired, MediaError, NotImage, TooLarge
from tests.support.media import GIF, HTML, JPEG, PNG, WEBP, stores
from tests.support.service import Reply, Service
from tests.support.waiting import LIMIT_S, until


@pytest.mark.parametrize("image", [PNG, JPEG, WEBP, GIF], ids=["png", "jpeg", "webp", "gif"])
async def test_a_cover_is_fetched_once_and_then_here(service: Service, tmp_path: Path, image: bytes) -> None:
    url = service.serve_file("/cover?size=1", image, "text/plain")
    service.on("/cover", Reply(200, image))
    async with stores(service, tmp_path) as (_, covers):
        assert covers.cached(url) is None
        paths = await asyncio.gather(*(covers.fetch(url) for _ in range(5)))
        assert [path.read_bytes() for path in set(paths)] == [image]
        assert await covers.fetch(url) == covers.cached(url) == paths[0]
        assert await covers.bytes_of(url) == image
    assert len(service.requests) == 1
    assert "authorization" not in service.requests[0].headers


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(200, HTML, {"Content-Type": "image/png"}), NotImage),
        (Reply(200, b""), NotImage),
        (Reply(404), LinkExpired),
        (Reply(503), HostTrouble),
        (Reply(200, JPEG, cut_at=20), HostTrouble),
    ],
    ids=["page", "empty", "gone", "trouble", "cut"],
)
async def test_a_cover_that_cannot_be_had_is_not_asked_for_again_at_once(
    service: Service, tmp_path: Path, reply: Reply, error: type[MediaError]
) -> None:
    service.on("/cover", reply)
    url = service.origin + "/cover"
    async with stores(service, tmp_path) as (_, covers):
        for _ in range(3):
            with pytest.raises(error):
                await covers.fetch(url)
            assert await covers.bytes_of(url) is None
    assert len(service.requests) == 1


async def test_a_failure_is_forgotten_after_a_while(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covers_module, "TROUBLE_KEPT_S", 0.0)
    service.on("/cover", Reply(503), Reply(200, PNG))
    async with stores(service, tmp_path) as (_, covers):
        with pytest.raises(HostTrouble):
            await covers.fetch(service.origin + "/cover")
        assert (await covers.fetch(service.origin + "/cover")).read_bytes() == PNG


async def test_a_cover_too_large_is_not_fetched_to_its_end(service: Service, tmp_path: Path) -> None:
    def endless() -> Iterator[bytes]:
        yield JPEG
        while True:
            yield bytes(2**20)

    service.on("/cover", Reply(200, chunks=endless))
    async with stores(service, tmp_path) as (_, covers):
        with pytest.raises(TooLarge):
            await covers.fetch(service.origin + "/cover")


async def test_a_compressed_cover_is_understood(service: Service, tmp_path: Path) -> None:
    service.on("/cover", Reply(200, gzip.compress(PNG), {"Content-Encoding": "gzip"}))
    async with stores(service, tmp_path) as (_, covers):
        assert (await covers.fetch(service.origin + "/cover")).read_bytes() == PNG


async def test_few_at_once_and_what_nobody_wants_any_more_is_not_fetched(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()

    def slow() -> Iterator[bytes]:
        gate.wait(LIMIT_S)
        yield PNG

    paths = [f"/cover/{n}" for n in range(20)]
    for path in paths:
        service.on(path, Reply(200, chunks=slow))
    async with stores(service, tmp_path) as (_, covers):
        wanted = [asyncio.create_task(covers.fetch(service.origin + path)) for path in paths]
        await until(lambda: service.active == covers_module.AT_ONCE)
        for task in wanted[10:]:
            task.cancel()
        gate.set()
        await asyncio.wait(wanted)
        assert sum(not task.cancelled() for task in wanted) == 10
    assert service.most_active == covers_module.AT_ONCE
    assert len(service.requests) == 10


async def test_the_folder_stays_below_its_bound(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covers_module, "LIMIT_BYTES", 3 * len(PNG))
    monkeypatch.setattr(covers_module, "_TRIM_EVERY", 1)
    async with stores(service, tmp_path) as (_, covers):
        for n in range(6):
            last = service.serve_file(f"/cover/{n}", PNG)
            await covers.fetch(last)
        assert len(list((tmp_path / "covers").iterdir())) == 3
        assert covers.cached(last)


async def test_a_disk_that_refuses_is_said(service: Service, tmp_path: Path) -> None:
    (tmp_path / "covers").write_bytes(b"in the way")
    url = service.serve_file("/cover", PNG)
    async with stores(service, tmp_path) as (_, covers):
        with pytest.raises(MediaError, match="There is no folder"):
            await covers.fetch(url)


async def test_closing_ends_what_is_under_way(service: Service, tmp_path: Path) -> None:
    service.on("/cover", Reply(200, PNG, stall_s=20))
    async with stores(service, tmp_path) as (_, covers):
        fetching = asyncio.create_task(covers.fetch(service.origin + "/cover"))
        await until(lambda: service.active)
        await covers.close()
        with pytest.raises(asyncio.CancelledError):
            await fetching
