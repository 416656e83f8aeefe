"""The feed that brings the library's songs into the list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from aimusic_desktop.library.errors import LibraryError
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui.songs import feed
from aimusic_desktop.ui.songs.model import RowRole
from tests.support.desk import desk_at
from tests.support.library import task_of
from tests.support.service import Service
from tests.support.waiting import until

SONGS = 3 * feed.PAGE


async def test_rows_that_could_not_be_read_are_read_later(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(tmp_path / "home", service.api_url) as desk:
        model, library = desk.feed.model, desk.core.library
        await library.absorb([task_of(number) for number in range(1, SONGS + 1)], 1.0)
        await until(lambda: len(model.order) == SONGS)
        last, read, failed = model.order[-1], library.rows, []

        async def fails_once(row_ids: Sequence[int]) -> list[SongRow]:
            if last in row_ids and not failed:
                failed.append(last)
                raise LibraryError("The library is busy.")
            return await read(row_ids)

        monkeypatch.setattr(library, "rows", fails_once)
        monkeypatch.setattr(feed, "RETRY_S", 0.0)
        assert model.data(model.index(SONGS - 1), RowRole) is None  # as it is painted, once
        await until(lambda: model.row(last) is not None)
        assert failed
