"""Bare ids on real parts: which products are asked, and what their answers end."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimusic_desktop.model import Product, TaskState
from tests.support.service import Reply, Service, as_json
from tests.support.tracking import NOT_FOUND, NOT_READY, TROUBLE, done, id_of, refs, tracking
from tests.support.waiting import until

ONE = id_of(1)


async def test_a_bare_id_is_tried_on_each_product_and_the_right_one_remembered(
    service: Service, tmp_path: Path
) -> None:
    refusal = as_json({"type": "validation_error", "error": "bad parameter"}, 400)
    service.on_task("producer", ONE, refusal)
    service.on_task("sonic", ONE, NOT_READY)
    async with tracking(service.api_url, tmp_path) as rig:
        await rig.tracker.add(refs(1, product=None))
        await until(lambda: len(service.requests) >= 4)
        assert (await rig.task(ONE)).product is Product.SONIC
    asked = [path.split("/")[3] for path in service.paths()]
    assert asked == ["producer"] + ["sonic"] * (len(asked) - 1)


async def test_a_task_no_product_knows_is_not_found(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=None))
        assert (task.state, task.product) == (TaskState.NOT_FOUND, None)
        assert task.error
        assert [path.split("/")[3] for path in service.paths()] == ["producer", "sonic", "riffusion"]


async def test_a_bare_id_that_all_products_retired_says_so(service: Service, tmp_path: Path) -> None:
    service.fallback = as_json({"error": "gone"}, 410)
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=None))
        assert (task.state, task.product) == (TaskState.FAILED, None)
        assert "retired" in str(task.error)
        assert len(service.requests) == 3


@pytest.mark.parametrize("trouble", [TROUBLE, Reply(200, b"<html>busy</html>"), Reply(200)])
async def test_a_product_in_trouble_does_not_keep_a_bare_id_from_the_others(
    service: Service, tmp_path: Path, trouble: Reply
) -> None:
    service.on_task("producer", ONE, trouble)
    service.on_task("riffusion", ONE, done("a", "b"))
    service.on_task("producer", id_of(2), trouble, NOT_FOUND)
    async with tracking(service.api_url, tmp_path, starts_per_s=100) as rig:
        found, unknown = await rig.settle(*refs(1, 2, product=None))
        assert (found.state, found.product) == (TaskState.SUCCEEDED, Product.RIFFUSION)
        assert unknown.state is TaskState.NOT_FOUND
    asked = [path.split("/")[3] for path in service.paths() if path.endswith(id_of(2))]
    assert asked == ["producer", "sonic", "riffusion", "producer"]


@pytest.mark.parametrize("status", [402, 403])
async def test_a_refusal_ends_the_search_for_a_bare_id(service: Service, tmp_path: Path, status: int) -> None:
    service.on_task("producer", ONE, as_json({"error": "no way"}, status))
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=None))
        assert task.state is TaskState.FAILED
        assert len(service.requests) == 1


async def test_a_link_names_the_one_product_that_is_asked(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=Product.SONIC))
        assert task.state is TaskState.NOT_FOUND
        assert service.paths() == [f"/api/v1/sonic/task/{ONE}"]


async def test_a_waiting_bare_id_learns_its_product_from_a_link_given_later(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("sonic", ONE, done())
    async with tracking(service.api_url, tmp_path, next_ask=lambda *_: 0.1) as rig:
        service.on_task("producer", ONE, TROUBLE)
        await rig.tracker.add(refs(1, product=None))
        await until(lambda: service.requests)
        _, known = await rig.tracker.add(refs(1, product=Product.SONIC))
        assert known == [ONE]
        await until(lambda: rig.settled)
        assert rig.settled[0].product is Product.SONIC


async def test_nuro_says_that_it_was_retired(service: Service, tmp_path: Path) -> None:
    async with tracking(service.api_url, tmp_path) as rig:
        [task] = await rig.settle(*refs(1, product=Product.NURO))
        assert task.state is TaskState.FAILED
        assert task.error is not None
        assert "Nuro was retired" in task.error
