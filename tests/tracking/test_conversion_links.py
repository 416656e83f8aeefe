"""Where a song lies in another format, what that costs, and links that have expired."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimusic_desktop.errors import AppError
from aimusic_desktop.model import ConversionState, Product, SaveFormat
from aimusic_desktop.tracking.conversions import ConversionTrouble
from tests.support.api import TASK, finished
from tests.support.converting import LINK, MADE_BY, converting, posts, row, song
from tests.support.service import Service, as_json

WAV, MP3 = SaveFormat.WAV, SaveFormat.MP3
SONIC = {"product": Product.SONIC, "audio_url": "https://cdn.example/c1.mp3"}


@pytest.mark.parametrize(
    ("facts", "wanted", "link"),
    [
        ({}, SaveFormat.ORIGINAL, "https://cdn.example/c1.m4a"),
        ({"wav_url": LINK}, WAV, LINK),
        ({"audio_url": LINK + "?signed=1"}, WAV, LINK + "?signed=1"),
        (SONIC, MP3, "https://cdn.example/c1.mp3"),
        (SONIC | {"audio_url": "https://cdn.example/c1"}, MP3, "https://cdn.example/c1"),
    ],
)
async def test_what_lies_there_already_is_free(
    service: Service, tmp_path: Path, facts: dict[str, object], wanted: SaveFormat, link: str
) -> None:
    async with converting(service, tmp_path) as rig:
        assert rig.conversions.cost(song(**facts), wanted) == 0
        await rig.conversions.begin(song(**facts), wanted)
        assert await rig.conversions.link(song(**facts), wanted) == link
    assert service.requests == []


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"product": Product.RIFFUSION}, WAV),
        ({"product": None}, WAV),
        (SONIC | {"audio_url": "https://cdn.example/c1.m4a"}, MP3),
        ({"audio_url": None}, WAV),
    ],
)
async def test_what_cannot_be_had_is_not_asked_for(
    service: Service, tmp_path: Path, facts: dict[str, object], wanted: SaveFormat
) -> None:
    async with converting(service, tmp_path) as rig:
        assert rig.conversions.cost(song(**facts), wanted) is None
        with pytest.raises(ConversionTrouble, match="cannot be had"):
            await rig.conversions.begin(song(**facts), wanted)
        with pytest.raises(ConversionTrouble, match="not made into"):
            await rig.conversions.link(song(**facts), wanted)
    assert service.requests == []


async def test_an_expired_link_is_renewed_by_looking_the_conversion_up(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", MADE_BY, as_json(finished({"audio_url": LINK + "?new"})))
    async with converting(service, tmp_path) as rig:
        await rig.library.save_conversion(row(ConversionState.DONE, url=LINK, conversion_id=MADE_BY))
        assert await rig.conversions.fresh_link(song(), WAV) == LINK + "?new"
        assert (await rig.known()).url == LINK + "?new"
    assert posts(service) == 0


async def test_an_expired_free_link_is_renewed_by_looking_the_song_up(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("producer", TASK, as_json(finished({"clip_id": "c1", "wav_url": LINK + "?new"})))
    async with converting(service, tmp_path) as rig:
        assert await rig.conversions.fresh_link(song(wav_url=LINK), WAV) == LINK + "?new"
    assert posts(service) == 0


async def test_a_link_that_cannot_be_renewed_free_of_charge_is_for_the_user_to_decide(
    service: Service, tmp_path: Path
) -> None:
    service.on_task("sonic", TASK, as_json(finished({"clip_id": "c1", "audio_url": SONIC["audio_url"]})))
    async with converting(service, tmp_path) as rig:
        done = row(ConversionState.DONE, url=LINK, product=Product.SONIC)
        await rig.library.save_conversion(done)
        with pytest.raises(AppError, match="has expired"):
            await rig.conversions.fresh_link(song(**SONIC), WAV)
        assert rig.conversions.cost(song(**SONIC), WAV) == 1
    assert posts(service) == 0
