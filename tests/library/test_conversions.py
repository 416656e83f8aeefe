"""Conversions: what was paid for is known for good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.library.store import Change
from aimusic_desktop.model import Conversion, ConversionState, Product, SaveFormat
from tests.support.library import id_of, in_its_thread, library_at

ID = id_of(1)
WAV = Conversion(
    task_id=ID,
    clip_id="a",
    format=SaveFormat.WAV,
    product=Product.SONIC,
    state=ConversionState.RUNNING,
    conversion_id="7c1e",
    url="https://media.example/a.wav",
    error="Not yet.",
    asked_at=1.5,
    owner="0123456789abcdef",
)


async def test_gives_back_every_field_also_after_opening_again(path: Path) -> None:
    async with library_at(path) as library:
        await library.save_conversion(WAV)
    async with library_at(path) as library:
        assert await library.conversion(ID, "a", SaveFormat.WAV) == WAV
        assert await library.conversion(ID, "a", SaveFormat.MP3) is None
        assert await library.conversion(ID, "b", SaveFormat.WAV) is None


async def test_there_is_one_for_each_clip_and_format(path: Path) -> None:
    async with library_at(path) as library:
        others = [
            replace(WAV, format=SaveFormat.MP3),
            replace(WAV, clip_id="b\ud800"),
            replace(WAV, task_id="x"),
        ]
        for conversion in [WAV, *others]:
            await library.save_conversion(conversion)
        done = replace(WAV, state=ConversionState.DONE, error=None)
        await library.save_conversion(done)
        assert await library.conversion(ID, "a", SaveFormat.WAV) == done
        assert await library.conversion(ID, "b\ud800", SaveFormat.WAV) == replace(WAV, clip_id="b?")
        assert len(await library.conversions()) == len(others) + 1


async def test_all_are_given_oldest_first(path: Path) -> None:
    async with library_at(path) as library:
        for number, state in enumerate(ConversionState):
            conversion = replace(WAV, clip_id=state.value, state=state, asked_at=-float(number))
            await library.save_conversion(conversion)
        states = [conversion.state for conversion in await library.conversions()]
        assert states == [*ConversionState][::-1]


async def test_of_two_windows_that_ask_at_once_one_may(path: Path) -> None:
    asked = replace(WAV, state=ConversionState.ASKED, conversion_id=None, url=None, error=None)
    async with library_at(path) as one, library_at(path) as other:
        assert await one.claim_conversion(asked, None)
        assert not await other.claim_conversion(replace(asked, asked_at=2.0), None)
        assert await other.conversion(ID, "a", SaveFormat.WAV) == asked
        failed = replace(asked, state=ConversionState.FAILED)
        await one.save_conversion(failed)
        assert await other.claim_conversion(asked, failed)


async def test_nothing_of_an_earlier_asking_is_written_over_a_later_one(path: Path) -> None:
    async with library_at(path) as library:
        assert await library.save_conversion(WAV)
        later = replace(WAV, asked_at=2.5, conversion_id="another")
        assert await library.claim_conversion(later, WAV)
        for earlier in (WAV, replace(later, owner="f" * 16)):
            assert not await library.save_conversion(replace(earlier, state=ConversionState.FAILED))
        assert await library.conversion(ID, "a", SaveFormat.WAV) == later
        assert await library.save_conversion(replace(later, state=ConversionState.DONE))


async def test_the_list_of_songs_hears_nothing_of_them(path: Path) -> None:
    async with library_at(path) as library:
        changes: list[Change] = []
        library.changed.connect(changes.append)
        await library.save_conversion(WAV)
        assert changes == []


@pytest.mark.parametrize("column", ["state", "product"])
async def test_one_that_makes_no_sense_is_the_users_to_decide(path: Path, column: str) -> None:
    async with library_at(path) as library:
        await library.save_conversion(WAV)
        await in_its_thread(library, lambda db: db.execute(f"UPDATE conversion SET {column} = 'blue'"))
        found = await library.conversion(ID, "a", SaveFormat.WAV)
        assert found is not None
        assert found.state is ConversionState.UNKNOWN
