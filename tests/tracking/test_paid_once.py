"""Conversions when the disk, the program or another window gets in between: nothing is paid for twice."""

from __future__ import annotations

import asyncio
import itertools
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from aimusic_desktop.api import errors
from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.model import ConversionState, SaveFormat
from aimusic_desktop.tracking.ledger import Outdated
from tests.support.api import finished
from tests.support.converting import ACCEPTED, DOWNLOAD, LINK, MADE_BY, converting, posts, song
from tests.support.library import in_its_thread
from tests.support.service import Reply, Service, as_json, gated
from tests.support.waiting import until

WAV = SaveFormat.WAV
MADE = as_json(finished({"audio_url": LINK}))


@pytest.mark.parametrize("look", [True, False], ids=["looked at again", "closed"])
async def test_what_was_paid_for_is_known_while_the_library_cannot_be_written_and_written_later(
    service: Service, tmp_path: Path, look: bool
) -> None:
    answer = threading.Event()
    service.on(DOWNLOAD, gated(ACCEPTED, answer))
    service.on_task("producer", MADE_BY, MADE)
    times = itertools.count(1000.0, 400.0)
    async with converting(service, tmp_path, clock=lambda: next(times)) as rig:
        begun = asyncio.create_task(rig.conversions.begin(song(), WAV))
        await until(lambda: posts(service))
        assert rig.conversions.cost(song(), WAV) == 0
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = ON"))
        answer.set()
        await begun
        assert await rig.conversions.link(song(), WAV) == LINK
        await rig.conversions.recall([song()], WAV)
        assert (await rig.known()).state is ConversionState.ASKED
        assert rig.conversions.cost(song(), WAV) == 0
        await in_its_thread(rig.library, lambda db: db.execute("PRAGMA query_only = OFF"))
        if look:
            await rig.conversions.recall([song()], WAV)
            assert (await rig.known()).url == LINK
    async with converting(service, tmp_path) as later:
        assert await later.conversions.link(song(), WAV) == LINK
    assert posts(service) == 1


async def test_whatever_goes_wrong_after_the_request_leaves_it_in_doubt(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(ApiClient, "convert", break_down)
    async with converting(service, tmp_path) as rig:
        with pytest.raises(ZeroDivisionError):
            await rig.conversions.begin(song(), WAV)
        assert (await rig.known()).state is ConversionState.UNKNOWN
        assert "Look at your credits" in (rig.conversions.trouble(song(), WAV) or "")
        assert rig.conversions.cost(song(), WAV) == 2


async def test_what_was_agreed_to_before_more_became_known_is_not_sent(
    service: Service, tmp_path: Path
) -> None:
    service.on(DOWNLOAD, Reply(body=b"{}", cut_at=1), ACCEPTED)
    async with converting(service, tmp_path) as rig, converting(service, tmp_path) as other:
        with pytest.raises(errors.Unsure):
            await rig.conversions.begin(song(), WAV)
        with pytest.raises(Outdated):
            await other.conversions.begin(song(), WAV)
        assert posts(service) == 1
        await other.conversions.begin(song(), WAV, other.conversions.known(song(), WAV))
    assert posts(service) == 2
