"""When words are sung: paid for once, known for ever, whatever happens in between."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.model import ClipState, ConversionState, Product
from aimusic_desktop.tracking import alignments
from aimusic_desktop.tracking.alignments import NO_WORDS, AlignmentTrouble
from aimusic_desktop.tracking.ledger import Outdated
from tests.support.api import TASK
from tests.support.converting import posts
from tests.support.library import in_its_thread
from tests.support.service import Reply, Request, Service, as_json, gated
from tests.support.timing import ALIGNED, TIMED, WORDS, row, start_timing, sung, timing_in
from tests.support.waiting import LIMIT_S, until


async def test_words_are_asked_for_once_and_known_for_ever(service: Service, tmp_path: Path) -> None:
    service.on(ALIGNED, TIMED)
    async with timing_in(service, tmp_path) as rig:
        assert await rig.alignments.known(sung()) is None
        assert rig.alignments.cost(sung()) == 1
        found = await rig.alignments.ask(sung())
        assert (found.state, found.words, found.error) == (ConversionState.DONE, WORDS, None)
        assert rig.alignments.cost(sung()) == 0
        assert await rig.alignments.ask(sung()) == found
        assert set(rig.heard) == {(TASK, "c1")}
    async with timing_in(service, tmp_path) as later:
        assert await later.alignments.known(sung()) == found
        assert later.alignments.cost(sung()) == 0
        assert await later.alignments.ask(sung()) == found
    assert posts(service) == 1


async def test_many_who_want_them_at_once_pay_once(service: Service, tmp_path: Path) -> None:
    answer = threading.Event()
    service.on(ALIGNED, gated(TIMED, answer))
    async with timing_in(service, tmp_path) as rig, timing_in(service, tmp_path) as other:
        asking = asyncio.gather(*(rig.alignments.ask(sung()) for _ in range(5)))
        await until(lambda: posts(service))
        with pytest.raises(AlignmentTrouble, match="Another window"):
            await other.alignments.ask(sung())
        waiting = await other.alignments.known(sung())
        assert waiting is not None
        assert (waiting.state, other.alignments.cost(sung())) == (ConversionState.ASKED, 0)
        answer.set()
        assert {found.words for found in await asking} == {WORDS}
        assert (await other.alignments.ask(sung())).words == WORDS
    assert posts(service) == 1


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"lyrics": " \n"}, "has no lyrics"),
        ({"product": Product.PRODUCER}, "lyrics of Producer songs"),
        ({"product": None}, "unknown product"),
        ({"state": ClipState.RUNNING}, "not finished yet"),
    ],
)
async def test_what_cannot_be_had_costs_nothing_and_says_why(
    service: Service, tmp_path: Path, facts: dict[str, object], sentence: str
) -> None:
    async with timing_in(service, tmp_path) as rig:
        assert rig.alignments.cost(sung(**facts)) is None
        with pytest.raises(AlignmentTrouble, match=sentence):
            await rig.alignments.ask(sung(**facts))
        assert await rig.alignments.known(sung()) is None
    assert service.requests == []


async def test_the_row_is_written_before_the_request_is_sent(service: Service, tmp_path: Path) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer(request: Request) -> Reply:
        loop.call_soon_threadsafe(asked.set)
        return Reply(stall_s=20)

    service.on(ALIGNED, answer)
    async with timing_in(service, tmp_path) as rig:
        asking = asyncio.create_task(rig.alignments.ask(sung()))
        await asked.wait()
        assert (await rig.written()).state is ConversionState.ASKED
        asking.cancel()


async def test_nothing_is_sent_when_it_cannot_be_written_down(service: Service, tmp_path: Path) -> None:
    async with timing_in(service, tmp_path) as rig:
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        with pytest.raises(LibraryError):
            await rig.alignments.ask(sung())
        assert rig.alignments.cost(sung()) == 1
    assert service.requests == []


async def test_what_was_paid_for_is_known_though_the_library_cannot_be_written_any_more(
    service: Service, tmp_path: Path
) -> None:
    answer = threading.Event()
    service.on(ALIGNED, gated(TIMED, answer))
    async with timing_in(service, tmp_path) as rig:
        asking = asyncio.create_task(rig.alignments.ask(sung()))
        await until(lambda: posts(service))
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        answer.set()
        assert (await asking).words == WORDS
        known = await rig.alignments.known(sung())
        assert known is not None
        assert known.words == WORDS
        assert (await rig.alignments.ask(sung())).words == WORDS
    assert posts(service) == 1


@pytest.mark.parametrize("look", [True, False], ids=["looked at again", "closed"])
async def test_what_was_paid_for_is_written_down_once_that_can_be_done(
    service: Service, tmp_path: Path, look: bool
) -> None:
    answer = threading.Event()
    service.on(ALIGNED, gated(TIMED, answer))
    async with timing_in(service, tmp_path) as rig:
        asking = asyncio.create_task(rig.alignments.ask(sung()))
        await until(lambda: posts(service))
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        answer.set()
        found = await asking
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = OFF"))
        assert (await rig.written()).state is ConversionState.ASKED
        if look:
            assert await rig.alignments.known(sung()) == found
            assert await rig.written() == found
    async with timing_in(service, tmp_path) as later:
        assert await later.alignments.known(sung()) == found
    assert posts(service) == 1


async def test_whatever_goes_wrong_after_the_request_leaves_it_in_doubt(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(_client: ApiClient, _clip_id: str) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(ApiClient, "align", break_down)
    async with timing_in(service, tmp_path) as rig:
        with pytest.raises(ZeroDivisionError):
            await rig.alignments.ask(sung())
        known = await rig.alignments.known(sung())
        assert known == await rig.written()
        assert (known.state, rig.alignments.cost(sung())) == (ConversionState.UNKNOWN, 1)
        assert "Look at your credits" in (known.error or "")


async def test_what_was_agreed_to_before_more_became_known_is_not_sent(
    service: Service, tmp_path: Path
) -> None:
    service.on(ALIGNED, Reply(body=b"{}", cut_at=1), TIMED)
    async with timing_in(service, tmp_path) as rig, timing_in(service, tmp_path) as other:
        seen = await other.alignments.known(sung())
        with pytest.raises(errors.Unsure):
            await rig.alignments.ask(sung(), seen)
        with pytest.raises(Outdated):
            await other.alignments.ask(sung(), seen)
        assert posts(service) == 1
        doubt = await other.alignments.known(sung())
        assert (await other.alignments.ask(sung(), doubt)).words == WORDS
    assert posts(service) == 2


async def test_a_song_without_words_was_paid_for_all_the_same_and_says_so(
    service: Service, tmp_path: Path
) -> None:
    service.on(ALIGNED, as_json({"data": {"alignment": []}}))
    async with timing_in(service, tmp_path) as rig:
        found = await rig.alignments.ask(sung())
        assert (found.state, found.words, found.error) == (ConversionState.DONE, (), NO_WORDS)
        assert await rig.written() == found
        assert rig.alignments.cost(sung()) == 0
        await rig.alignments.ask(sung())
    assert posts(service) == 1


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(stall_s=20), ConversionState.UNKNOWN),
        (Reply(body=b"{}", cut_at=1), ConversionState.UNKNOWN),
        (as_json({}, 500), ConversionState.UNKNOWN),
        (as_json({"type": "not_found"}, 404), ConversionState.FAILED),
        (as_json({}, 402), ConversionState.FAILED),
        (as_json({}, 429), ConversionState.FAILED),
        (as_json({}, 401), ConversionState.FAILED),
    ],
    ids=["silence", "cut", "trouble", "no lyrics", "no credits", "too fast", "bad key"],
)
async def test_a_request_that_went_wrong_is_not_repeated_but_by_the_user(
    service: Service, tmp_path: Path, reply: Reply, state: ConversionState
) -> None:
    service.on(ALIGNED, reply)
    time_limit_s = 0.5 if reply.stall_s else LIMIT_S
    async with timing_in(service, tmp_path, time_limit_s=time_limit_s) as rig:
        with pytest.raises(errors.ApiError):
            await rig.alignments.ask(sung())
        known = await rig.alignments.known(sung())
        assert known is not None
        assert (known.state, known) == (state, await rig.written())
        assert known.error
        assert "again in a while" not in known.error
        assert (posts(service), rig.alignments.cost(sung())) == (1, 1)
    service.on(ALIGNED, TIMED)
    async with timing_in(service, tmp_path) as rig:
        assert (await rig.alignments.ask(sung(), known)).words == WORDS


async def test_a_process_killed_while_asking_leaves_it_in_doubt(service: Service, tmp_path: Path) -> None:
    service.on(ALIGNED, Reply(stall_s=20))
    process = start_timing(service, tmp_path)
    try:
        await until(lambda: posts(service))
    finally:
        process.kill()
        process.wait()
    async with timing_in(service, tmp_path) as rig:
        known = await rig.alignments.known(sung())
        assert known is not None
        assert (known.state, known) == (ConversionState.UNKNOWN, await rig.written())
        assert "Look at your credits" in (known.error or "")
        assert rig.alignments.cost(sung()) == 1
    assert posts(service) == 1


async def test_a_doubt_that_cannot_be_written_down_is_a_doubt(service: Service, tmp_path: Path) -> None:
    async with timing_in(service, tmp_path) as rig:
        await rig.library.save_alignment(row(ConversionState.ASKED, owner="0" * 16))
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        known = await rig.alignments.known(sung())
        assert known is not None
        assert known.state is ConversionState.UNKNOWN


async def test_a_refused_key_is_not_tried(service: Service, tmp_path: Path) -> None:
    service.on(ALIGNED, as_json({}, 401))
    async with timing_in(service, tmp_path) as rig:
        for _ in range(2):
            with pytest.raises(errors.KeyRefused):
                await rig.alignments.ask(sung(), await rig.alignments.known(sung()))
    assert posts(service) == 1


async def test_closing_lets_a_paid_request_be_answered(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alignments, "CLOSE_LIMIT_S", 10 * alignments.CLOSE_LIMIT_S)
    service.on(ALIGNED, replace(TIMED, stall_s=0.3))
    async with timing_in(service, tmp_path) as rig:
        asking = asyncio.create_task(rig.alignments.ask(sung()))
        await until(lambda: posts(service))
        asking.cancel()
        await rig.alignments.close()
        assert (await rig.written()).words == WORDS
