"""When nothing may be asked: offline, without a good key, slowed by the service."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aimusic_desktop.api.errors import RateLimited, Unreachable
from aimusic_desktop.model import TaskState
from aimusic_desktop.tracking.connection import ConnectionState
from tests.support.service import Reply, Request, Service, as_json
from tests.support.tracking import KEY, Rig, done, id_of, refs, tracking
from tests.support.waiting import until

REFUSED = as_json({"type": "unauthorized", "error": "bad key"}, 401)


async def test_offline_all_wait_and_a_probe_finds_the_way_back(service: Service, tmp_path: Path) -> None:
    service.fallback = done()
    held = socket.socket()  # until somebody listens on it, nobody does on its port
    held.bind(("127.0.0.1", 0))
    port = held.getsockname()[1]
    async with tracking(f"http://127.0.0.1:{port}/api/v1", tmp_path, next_ask=lambda *_: 600.0) as rig:
        asked: list[str] = []
        await rig.tracker.add(refs(*range(100)))
        await until(lambda: rig.connection.state is ConnectionState.OFFLINE)
        assert rig.connection.until is not None
        await until(lambda: (asking := rig.tracker.asking(id_of(0))) and asking.next_at)
        rig.tracker.asked.connect(asked.append)
        begun = time.monotonic()
        await until(lambda: len(asked) > 20)  # each is told twice
        assert time.monotonic() - begun > 0.1  # a probe every 0.05 to 0.1 s, beside 8 under way before
        relay = await asyncio.start_server(lambda *ends: _relay(service.port, *ends), sock=held)
        await until(lambda: rig.connection.state is ConnectionState.CONNECTED)
        await until(lambda: len(rig.settled) == 100)
        assert {task.state for task in rig.settled} == {TaskState.SUCCEEDED}
        relay.close()


async def test_the_way_back_is_found_with_no_task_to_ask_about(service: Service, tmp_path: Path) -> None:
    service.on("/api/v1/get-credits", as_json({"credits": 5}))
    async with tracking(service.api_url, tmp_path) as rig:
        rig.connection.report(Unreachable("No network."))
        await until(lambda: rig.connection.state is ConnectionState.CONNECTED)
        assert service.paths() == ["/api/v1/get-credits"]
        rig.connection.report(RateLimited(0.1))
        await until(lambda: rig.connection.state is ConnectionState.CONNECTED)
        assert len(service.requests) == 1


async def test_without_a_key_all_wait_until_there_is_one(service: Service, tmp_path: Path) -> None:
    service.fallback = done()
    async with tracking(service.api_url, tmp_path) as rig:
        rig.key = None
        await rig.tracker.add(refs(1, 2))
        await until(lambda: rig.connection.state is ConnectionState.NO_KEY)
        assert service.requests == []
        rig.use_key(KEY)
        await until(lambda: len(rig.settled) == 2)


async def test_a_refused_key_pauses_everything_once_until_it_is_replaced(
    service: Service, tmp_path: Path
) -> None:
    def check(request: Request) -> Reply:
        return done() if request.headers["authorization"] == "Bearer good" else REFUSED

    service.fallback = check
    async with tracking(service.api_url, tmp_path) as rig:
        refusals = _count(rig, ConnectionState.KEY_REFUSED)
        rig.use_key("bad")
        await rig.tracker.add(refs(*range(30)))
        await until(lambda: refusals)
        await until(lambda: not any(_is_asking(rig, number) for number in range(30)))
        asked = len(service.requests)
        await asyncio.sleep(0.2)
        assert asked == len(service.requests) <= 8
        assert len(refusals) == 1
        assert rig.settled == []
        asking = rig.tracker.asking(id_of(0))
        assert asking is not None
        assert asking.next_at is None
        rig.use_key("good")
        await until(lambda: len(rig.settled) == 30)
        assert rig.connection.state is ConnectionState.CONNECTED


async def test_retry_after_seconds_stops_all_and_is_obeyed(service: Service, tmp_path: Path) -> None:
    await _is_obeyed(service, tmp_path, lambda: ("1", time.time() + 1))


async def test_retry_after_a_date_stops_all_and_is_obeyed(service: Service, tmp_path: Path) -> None:
    def in_a_moment() -> tuple[str, float]:
        date = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
        return format_datetime(date, usegmt=True), date.timestamp()

    await _is_obeyed(service, tmp_path, in_a_moment)


async def _is_obeyed(service: Service, tmp_path: Path, slow_down: Callable[[], tuple[str, float]]) -> None:
    """``slow_down`` gives what the service says, and the time that it means."""
    not_before: list[float] = []
    asked_at: list[float] = []

    def refuse(request: Request) -> Reply:
        retry_after, at = slow_down()
        not_before.append(at)
        return as_json({"type": "rate_limited"}, 429, **{"Retry-After": retry_after})

    def answer(request: Request) -> Reply:
        asked_at.append(time.time())
        return done()

    service.fallback = answer
    service.on_task("producer", id_of(0), refuse, answer)
    async with tracking(service.api_url, tmp_path) as rig:
        slowed = _count(rig, ConnectionState.SLOWED)
        await rig.tracker.add(refs(0))
        await until(lambda: slowed)
        await rig.tracker.add(refs(1, 2))
        await until(lambda: len(rig.settled) == 3)
        for at in (slowed[0], *asked_at):
            assert at is not None
            assert at > not_before[0] - 0.05


def _count(rig: Rig, state: ConnectionState) -> list[float | None]:
    """A list that grows whenever the connection comes to this state, by how long that holds."""
    seen: list[float | None] = []

    def note() -> None:
        if rig.connection.state is state:
            seen.append(rig.connection.until)

    rig.connection.changed.connect(note)
    return seen


def _is_asking(rig: Rig, number: int) -> bool:
    asking = rig.tracker.asking(id_of(number))
    return asking is not None and asking.asking


async def _relay(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
