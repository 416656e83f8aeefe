"""Settings that several runs share: each writes what it changed itself."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from filelock import FileLock

from aimusic_desktop import runs, settings
from aimusic_desktop.settings import Settings, SettingsStore
from tests.support.waiting import LIMIT_S


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def loaded(file: Path) -> SettingsStore:
    store = SettingsStore(file)
    store.load()
    return store


async def test_a_run_writes_what_it_changed_and_leaves_the_rest_to_others(file: Path) -> None:
    first, second = loaded(file), loaded(file)
    first.update(save_folder=str(file.parent), cache_limit_mb=64, sort="title")
    await first.close()
    second.update(window="Z2Vv", volume=second.value.volume, sort="length")
    await second.close()
    assert loaded(file).value == Settings(
        save_folder=str(file.parent), cache_limit_mb=64, sort="length", window="Z2Vv"
    )
    first.update(muted=True)
    await first.close()
    assert loaded(file).value.sort == "length"


async def test_what_was_changed_back_is_written_too(file: Path) -> None:
    store = loaded(file)
    store.update(muted=True)
    await store.close()
    store.update(muted=False)
    await store.close()
    assert loaded(file).value == Settings()


def test_two_runs_that_write_at_once_lose_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first stands still with what it has read until the second waits for its turn, or has not waited."""
    monkeypatch.setattr(runs, "_TURN_LIMIT_S", LIMIT_S)
    first, second = loaded(file), loaded(file)
    first.update(muted=True)
    second.update(speed=1.5)
    has_read, go_on = Event(), Event()
    write_it, acquire = settings._write_atomically, FileLock.acquire

    def written(path: Path, data: bytes) -> None:
        if has_read.is_set():
            write_it(path, data)
            go_on.set()
        else:
            has_read.set()
            assert go_on.wait(LIMIT_S)
            write_it(path, data)

    def acquired(lock: FileLock, *args: Any, **named: Any) -> Any:
        if has_read.is_set():
            go_on.set()
        return acquire(lock, *args, **named)

    monkeypatch.setattr(settings, "_write_atomically", written)
    monkeypatch.setattr(FileLock, "acquire", acquired)
    with ThreadPoolExecutor(2) as threads:
        writing = threads.submit(asyncio.run, first.close())
        assert has_read.wait(LIMIT_S)
        threads.submit(asyncio.run, second.close()).result()
        writing.result()
    assert loaded(file).value == Settings(muted=True, speed=1.5)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"volume": 7, "sort": "colour"}'])
async def test_what_was_spoilt_meanwhile_is_written_as_the_run_has_it(file: Path, text: str | None) -> None:
    file.parent.mkdir()
    file.write_text('{"volume": 0.5, "sort": "title"}')
    store = loaded(file)
    file.unlink() if text is None else file.write_text(text)
    store.update(muted=True)
    await store.close()
    assert loaded(file).value == Settings(volume=0.5, sort="title", muted=True)
