"""Songs made into another format: paid for once, whatever happens in between."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.model import ConversionState, Product, SaveFormat
from aimusic_desktop.tracking import conversions
from aimusic_desktop.tracking.conversions import ConversionTrouble
from tests.support.api import TASK, finished
from tests.support.converting import (
    ACCEPTED,
    DOWNLOAD,
    LINK,
    MADE_BY,
    NOT_READY,
    SONIC_WAV,
    converting,
    posts,
    row,
    song,
    start_converting,
)
from tests.support.library import in_its_thread
from tests.support.service import Reply, Request, Service, as_json
from tests.support.waiting import LIMIT_S, until

WAV, MP3 = SaveFormat.WAV, SaveFormat.MP3
MADE = as_json(finished({"audio_url": LINK}))
SONIC = {"product": Product.SONIC, "audio_url": "https://cdn.example/c1.mp3"}


async def test_a_conversion_is_asked_for_once_and_its_link_waited_for(
    service: Service, tmp_path: Path
) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, NOT_READY, NOT_READY, MADE)
    async with converting(service, tmp_path) as rig:
        assert rig.conversions.cost(song(), WAV) == 2
        await rig.conversions.begin(song(), WAV)
        assert rig.conversions.cost(song(), WAV) == 0
        links = await asyncio.gather(*(rig.conversions.link(song(), WAV) for _ in range(3)))
        assert links == [LINK] * 3
        await rig.conversions.begin(song(), WAV)
        known = await rig.known()
    assert (known.state, known.url, known.conversion_id) == (ConversionState.DONE, LINK, MADE_BY)
    assert posts(service) == 1
    assert len(service.requests) == 4


async def test_sonic_answers_at_once(service: Service, tmp_path: Path) -> None:
    service.on(SONIC_WAV, as_json({"message": "success", "data": {"wav_url": LINK}}))
    async with converting(service, tmp_path) as rig:
        assert rig.conversions.cost(song(**SONIC), WAV) == 1
        await rig.conversions.begin(song(**SONIC), WAV)
        assert await rig.conversions.link(song(**SONIC), WAV) == LINK
    assert len(service.requests) == 1


async def test_many_who_want_it_at_once_pay_once(service: Service, tmp_path: Path) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, MADE)
    async with converting(service, tmp_path) as rig, converting(service, tmp_path) as other:
        await asyncio.gather(*(rig.conversions.begin(song(), WAV) for _ in range(5)))
        await other.conversions.begin(song(), WAV)
        assert await other.conversions.link(song(), WAV) == LINK
    assert posts(service) == 1


async def test_the_row_is_written_before_the_request_is_sent(service: Service, tmp_path: Path) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(request: Request) -> Reply:
        loop.call_soon_threadsafe(asked.set)
        return Reply(stall_s=20)

    service.on(DOWNLOAD, answer)
    async with converting(service, tmp_path) as rig:
        begun = asyncio.create_task(rig.conversions.begin(song(), WAV))
        await asked.wait()
        assert (await rig.known()).state is ConversionState.ASKED
        begun.cancel()


async def test_nothing_is_sent_when_it_cannot_be_written_down(service: Service, tmp_path: Path) -> None:
    async with converting(service, tmp_path) as rig:
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        with pytest.raises(LibraryError):
            await rig.conversions.begin(song(), WAV)
    assert service.requests == []


async def test_after_a_crash_while_asking_nobody_knows_and_only_the_user_asks_again(
    service: Service, tmp_path: Path
) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, MADE)
    async with converting(service, tmp_path) as rig:
        await rig.library.save_conversion(row(ConversionState.ASKED))
        await rig.conversions.resume()
        assert (await rig.known()).state is ConversionState.UNKNOWN
        with pytest.raises(ConversionTrouble, match="Look at your credits"):
            await rig.conversions.link(song(), WAV)
        assert service.requests == []
        assert rig.conversions.cost(song(), WAV) == 2
        assert "without saying so" in (rig.conversions.trouble(song(), WAV) or "")
        await rig.conversions.begin(song(), WAV, rig.conversions.known(song(), WAV))
        assert await rig.conversions.link(song(), WAV) == LINK
    assert posts(service) == 1


async def test_a_process_killed_while_asking_leaves_it_unknown(service: Service, tmp_path: Path) -> None:
    service.on(DOWNLOAD, Reply(stall_s=20))
    process = start_converting(service, tmp_path)
    try:
        await until(lambda: posts(service))
    finally:
        process.kill()
        process.wait()
    async with converting(service, tmp_path) as rig:
        assert (await rig.known()).state is ConversionState.UNKNOWN
    assert posts(service) == 1


async def test_a_conversion_under_way_survives_a_restart(service: Service, tmp_path: Path) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, NOT_READY)
    async with converting(service, tmp_path) as rig:
        await rig.conversions.begin(song(), WAV)
    service.on_task("producer", MADE_BY, NOT_READY, MADE)
    async with converting(service, tmp_path) as rig:
        assert rig.conversions.cost(song(), WAV) == 0
        assert await rig.conversions.link(song(), WAV) == LINK
    assert posts(service) == 1


async def test_nothing_is_looked_up_before_the_key_can_be_known(service: Service, tmp_path: Path) -> None:
    service.on_task("producer", MADE_BY, MADE)
    async with converting(service, tmp_path, resume=False) as rig:
        await rig.library.save_conversion(row(ConversionState.RUNNING, conversion_id=MADE_BY))
        waiting = asyncio.create_task(rig.conversions.link(song(), WAV))
        await asyncio.wait([waiting], timeout=0.2)
        assert service.requests == []
        await rig.conversions.resume()
        assert await waiting == LINK


async def test_what_was_converted_in_an_earlier_run_is_free(service: Service, tmp_path: Path) -> None:
    async with converting(service, tmp_path) as rig:
        await rig.library.save_conversion(row(ConversionState.DONE, url=LINK, conversion_id=MADE_BY))
        await rig.conversions.recall([song()], WAV)
        assert rig.conversions.cost(song(), WAV) == 0
        await rig.conversions.begin(song(), WAV)
        assert await rig.conversions.link(song(), WAV) == LINK
    assert service.requests == []


async def test_what_a_dead_run_was_asking_for_is_unknown(service: Service, tmp_path: Path) -> None:
    async with converting(service, tmp_path) as rig:
        await rig.library.save_conversion(row(ConversionState.ASKED))
        await rig.conversions.recall([song()], WAV)
        assert rig.conversions.cost(song(), WAV) == 2


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(stall_s=20), ConversionState.UNKNOWN),
        (Reply(body=b"{}", cut_at=1), ConversionState.UNKNOWN),
        (as_json({}, 500), ConversionState.UNKNOWN),
        (as_json({}, 402), ConversionState.FAILED),
        (as_json({}, 429), ConversionState.FAILED),
        (as_json({}, 401), ConversionState.FAILED),
    ],
    ids=["silence", "cut", "trouble", "no credits", "too fast", "bad key"],
)
async def test_a_request_that_went_wrong_is_not_repeated(
    service: Service, tmp_path: Path, reply: Reply, state: ConversionState
) -> None:
    service.on(DOWNLOAD, reply)
    time_limit_s = 0.5 if reply.stall_s else LIMIT_S
    async with converting(service, tmp_path, time_limit_s=time_limit_s) as rig:
        with pytest.raises(errors.ApiError):
            await rig.conversions.begin(song(), WAV)
        known = await rig.known()
        with pytest.raises(ConversionTrouble, match="to have it made again"):
            await rig.conversions.link(song(), WAV)
    assert known.state is state
    assert known.error
    assert "again in a while" not in known.error
    assert posts(service) == 1


async def test_a_failed_conversion_says_why(service: Service, tmp_path: Path) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, as_json({"status": "FAILED", "message": "2 credits were refunded."}))
    async with converting(service, tmp_path) as rig:
        await rig.conversions.begin(song(), WAV)
        with pytest.raises(ConversionTrouble, match="2 credits were refunded"):
            await rig.conversions.link(song(), WAV)
        assert (await rig.known()).state is ConversionState.FAILED
        assert rig.conversions.cost(song(), WAV) == 2


async def test_trouble_while_waiting_is_waited_out(service: Service, tmp_path: Path) -> None:
    slower = as_json({"type": "rate_limited"}, 429, **{"Retry-After": "0"})
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, as_json({}, 500), slower, Reply(body=b"{", cut_at=0), MADE)
    async with converting(service, tmp_path) as rig:
        await rig.conversions.begin(song(), WAV)
        assert await rig.conversions.link(song(), WAV) == LINK


async def test_a_refused_key_is_waited_for(service: Service, tmp_path: Path) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, as_json({}, 401), MADE)
    async with converting(service, tmp_path) as rig:
        await rig.conversions.begin(song(), WAV)
        await until(lambda: rig.connection.needs_key)
        rig.connection.key_changed("another")
        assert await rig.conversions.link(song(), WAV) == LINK


async def test_a_conversion_that_the_service_denies_is_looked_up_again_before_it_is_paid_for_again(
    service: Service, tmp_path: Path
) -> None:
    """It may have been another account's key."""
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, as_json({"type": "not_found"}, 404), MADE)
    async with converting(service, tmp_path) as rig:
        await rig.conversions.begin(song(), WAV)
        with pytest.raises(ConversionTrouble, match="knows no task"):
            await rig.conversions.link(song(), WAV)
        assert await rig.conversions.link(song(), WAV) == LINK
    assert posts(service) == 1


async def test_waiting_ends_after_half_an_hour_and_can_be_taken_up_again(
    service: Service, tmp_path: Path
) -> None:
    ahead_s = 0.0

    def late(request: Request) -> Reply:
        nonlocal ahead_s
        ahead_s += 1801.0
        return NOT_READY

    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, late, MADE)
    async with converting(service, tmp_path, clock=lambda: 1000.0 + ahead_s) as rig:
        await rig.conversions.begin(song(), WAV)
        with pytest.raises(ConversionTrouble, match="still converting"):
            await rig.conversions.link(song(), WAV)
        assert (await rig.known()).state is ConversionState.RUNNING
        assert await rig.conversions.link(song(), WAV) == LINK
    assert posts(service) == 1


async def test_closing_lets_a_paid_request_be_answered(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversions, "CLOSE_LIMIT_S", 10 * conversions.CLOSE_LIMIT_S)
    service.on(DOWNLOAD, Reply(ACCEPTED.status, ACCEPTED.body, ACCEPTED.headers, stall_s=0.3))
    async with converting(service, tmp_path) as rig:
        begun = asyncio.create_task(rig.conversions.begin(song(), WAV))
        await until(lambda: posts(service))
        begun.cancel()
        await rig.conversions.close()
        known = await rig.known()
    assert (known.state, known.conversion_id) == (ConversionState.RUNNING, MADE_BY)
    assert known.task_id == TASK
