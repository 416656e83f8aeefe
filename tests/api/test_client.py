"""The endpoints, against a service that listens."""

from __future__ import annotations

import subprocess
import sys

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.client import ApiClient, Credits
from aimusic_desktop.api.products import CANDIDATES, PRODUCTS, task_path
from aimusic_desktop.model import Product, TaskState
from tests.support.api import CITY_LIGHTS, TASK, clip, finished, transport_to
from tests.support.service import Reply, Service, as_json


async def test_a_task_is_looked_up_at_its_product(service: Service) -> None:
    service.on_task("producer", TASK, as_json(CITY_LIGHTS))
    async with transport_to(service) as transport:
        outcome = await ApiClient(transport).look_up(Product.PRODUCER, TASK)
    assert outcome.state is TaskState.SUCCEEDED
    assert outcome.clips[0].title == "City Lights"
    assert service.paths() == [f"/api/v1/producer/task/{TASK}"]


async def test_a_large_answer_is_understood_too(service: Service) -> None:
    service.on_task("sonic", TASK, as_json(finished(clip(lyrics="la-" * 300_000))))
    async with transport_to(service) as transport:
        outcome = await ApiClient(transport).look_up(Product.SONIC, TASK)
    assert len(outcome.clips[0].lyrics) == 100_000


async def test_media_on_loopback_passes_while_the_api_is_there(service: Service) -> None:
    link = f"{service.origin}/song.m4a"
    service.on_task("producer", TASK, as_json(finished(clip(audio_url=link))))
    async with transport_to(service) as transport:
        outcome = await ApiClient(transport).look_up(Product.PRODUCER, TASK)
    assert outcome.clips[0].audio_url == link


async def test_errors_come_as_the_tree(service: Service) -> None:
    async with transport_to(service) as transport:
        client = ApiClient(transport)
        with pytest.raises(errors.TaskNotFound):
            await client.look_up(Product.SONIC, "unknown")
        service.on("/api/v1/get-credits", as_json({}, 401), Reply(body=b"<html>"))
        with pytest.raises(errors.KeyRefused):
            await client.credits()
        with pytest.raises(errors.BadAnswer, match="web page"):
            await client.credits()


async def test_a_retired_product_is_not_even_asked(service: Service) -> None:
    async with transport_to(service) as transport:
        with pytest.raises(errors.ProductRetired, match="Nuro"):
            await ApiClient(transport).look_up(Product.NURO, TASK)
    assert service.requests == []


async def test_credits_are_told(service: Service) -> None:
    service.on("/api/v1/get-credits", as_json({"credits": 50, "extra_credits": 2}))
    async with transport_to(service) as transport:
        assert await ApiClient(transport).credits() == Credits(50, 2)


def test_importing_the_room_loads_no_network_library() -> None:
    code = "import sys, aimusic_desktop.api.client; print(*{'httpx', 'anyio', 'PySide6'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b""


def test_ids_are_quoted_into_the_path() -> None:
    assert task_path(Product.SONIC, "a/../b?c#d é") == "/sonic/task/a%2F..%2Fb%3Fc%23d%20%C3%A9"


def test_every_product_has_its_facts_and_retired_ones_are_no_candidates() -> None:
    assert set(PRODUCTS) == set(Product)
    assert all(0 < facts.poll_first_s <= facts.poll_last_s for facts in PRODUCTS.values())
    assert not any(PRODUCTS[product].retired for product in CANDIDATES)
