"""Who asked for a conversion: a living run's request is its own, and no old one outdoes a new one."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.model import ConversionState, SaveFormat
from aimusic_desktop.runs import Runs
from aimusic_desktop.tracking.conversions import ConversionTrouble
from tests.support.api import finished
from tests.support.converting import ACCEPTED, DOWNLOAD, LINK, MADE_BY, converting, posts, row, song
from tests.support.library import in_its_thread
from tests.support.service import Service, as_json, gated
from tests.support.waiting import LIMIT_S, until

WAV = SaveFormat.WAV
MADE = as_json(finished({"audio_url": LINK}))


async def test_what_a_living_window_is_asking_for_is_neither_doubted_nor_paid_for_again(
    service: Service, tmp_path: Path
) -> None:
    answer = threading.Event()
    service.on(DOWNLOAD, gated(ACCEPTED, answer))
    service.on_task("producer", MADE_BY, MADE)
    async with converting(service, tmp_path) as rig:
        asking = asyncio.create_task(rig.conversions.begin(song(), WAV))
        await until(lambda: posts(service))
        async with converting(service, tmp_path) as other:
            assert (await rig.known()).state is ConversionState.ASKED
            assert other.conversions.cost(song(), WAV) == 0
            await other.conversions.begin(song(), WAV)
            with pytest.raises(ConversionTrouble, match="Another window"):
                await other.conversions.link(song(), WAV)
            answer.set()
            await asking
            assert await other.conversions.link(song(), WAV) == LINK
        assert (await rig.known()).conversion_id == MADE_BY
    assert posts(service) == 1


async def test_a_doubt_never_takes_the_place_of_what_is_known_meanwhile(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", MADE_BY, MADE)
    loop, asked = asyncio.get_running_loop(), row(ConversionState.ASKED, owner="0" * 16)
    async with converting(service, tmp_path, resume=False) as rig:
        await rig.library.save_conversion(asked)
        answered = replace(asked, state=ConversionState.RUNNING, conversion_id=MADE_BY)

        class Slow(Runs):
            def alive(self, token: str) -> bool:
                asyncio.run_coroutine_threadsafe(rig.library.save_conversion(answered), loop).result(LIMIT_S)
                return super().alive(token)

        rig.conversions._ledger._runs = Slow(tmp_path / "runs")
        await rig.conversions.resume()
        assert await rig.conversions.link(song(), WAV) == LINK


async def test_a_doubt_that_cannot_be_written_down_stops_nothing(service: Service, tmp_path: Path) -> None:
    async with converting(service, tmp_path, resume=False) as rig:
        await rig.library.save_conversion(row(ConversionState.ASKED))
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        await rig.conversions.resume()
        assert rig.conversions.cost(song(), WAV) == 2


async def test_how_an_earlier_request_ended_is_not_written_over_a_later_one(
    service: Service, tmp_path: Path
) -> None:
    asked_anew = row(ConversionState.RUNNING, conversion_id="another", asked_at=2.0, owner="0" * 16)
    answer = threading.Event()
    service.on_task("producer", MADE_BY, gated(as_json({"status": "FAILED"}), answer))
    async with converting(service, tmp_path) as rig:
        earlier = row(ConversionState.RUNNING, conversion_id=MADE_BY)
        await rig.library.save_conversion(earlier)
        waiting = asyncio.create_task(rig.conversions.link(song(), WAV))
        await until(lambda: service.requests)
        assert await rig.library.claim_conversion(asked_anew, earlier)
        answer.set()
        with pytest.raises(ConversionTrouble):
            await waiting
        assert await rig.known() == asked_anew
