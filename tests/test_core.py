from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from aimusic_desktop.api.errors import Unreachable
from aimusic_desktop.core import Core, Options
from aimusic_desktop.credentials import KeySource
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library, LibraryError
from aimusic_desktop.model import TaskRef
from aimusic_desktop.options import remembered_geometry
from aimusic_desktop.settings import DEFAULT_API_URL
from aimusic_desktop.tracking.connection import ConnectionState
from tests.support.command import NOT_READY, finished
from tests.support.media import wav
from tests.support.service import Reply, Request, Service, as_json, gated
from tests.support.waiting import until

TASK = "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
CLIP = "74dc7bf7-56bf-457c-a4a3-3fa12f05d727"
CREDITS = "/api/v1/get-credits"


@asynccontextmanager
async def opened(options: Options, **how: Any) -> AsyncIterator[Core]:
    core = await Core.open(options, **how)
    try:
        yield core
    finally:
        await core.close()


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AIMUSIC_API_KEY", "the-key-0123456789")
    return "the-key-0123456789"


async def test_it_resumes_what_was_unfinished_and_asks_for_the_credits(service: Service, key: str) -> None:
    service.on(CREDITS, as_json({"credits": 50, "extra_credits": 5}))
    service.on_task("producer", TASK, finished(CLIP, audio_url="https://cdn.example/a.m4a"))
    options = Options(api_url=service.api_url)
    async with opened(options, resume=False) as core:
        await core.library.add([TaskRef(task_id=TASK)], 1.0)
    assert service.requests == []
    async with opened(options) as core:
        heard: list[object] = []
        core.credits_changed.connect(lambda: heard.append(core.credits))
        await until(lambda: heard and len(service.requests) == 2)
        assert core.credits is not None
        assert (core.credits.credits, core.credits.extra) == (50, 5)
        assert core.credentials.source is KeySource.ENVIRONMENT
        assert core.connection.state is ConnectionState.CONNECTED
    assert {request.headers["authorization"] for request in service.requests} == {f"Bearer {key}"}


async def test_without_a_key_nothing_is_asked_until_there_is_one(service: Service) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url="https://cdn.example/a.m4a"))
    async with opened(Options(api_url=service.api_url)) as core:
        await until(lambda: core.connection.state is ConnectionState.NO_KEY)
        await core.tracker.add([TaskRef(task_id=TASK)])
        assert service.requests == []
        settled = asyncio.Event()
        core.tracker.settled.connect(lambda _task: settled.set())
        core.credentials.use_for_this_run("entered-key")
        await settled.wait()


async def test_credits_that_could_not_be_had_are_asked_for_later(service: Service, key: str) -> None:
    service.on(CREDITS, as_json({"error": "trouble"}, 500), as_json({"credits": 50, "extra_credits": 0}))
    async with opened(Options(api_url=service.api_url)) as core:
        await until(lambda: core.connection.state is ConnectionState.CONNECTED)
        core.connection.report(Unreachable("No network."))
        core.connection.report_ok()
        await until(lambda: core.credits)


async def test_a_refused_key_shows_at_once_even_without_tasks(service: Service, key: str) -> None:
    service.on(CREDITS, as_json({"type": "unauthorized"}, 401))
    async with opened(Options(api_url=service.api_url)) as core:
        await until(lambda: core.connection.state is ConnectionState.KEY_REFUSED)
        assert core.credits is None


async def test_a_refusal_that_passes_needs_no_new_key(
    service: Service, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimusic_desktop.core.KEY_AGAIN_S", 0.05)
    refused = as_json({"type": "unauthorized"}, 401)
    service.on(CREDITS, refused, refused, as_json({"credits": 50, "extra_credits": 5}))
    async with opened(Options(api_url=service.api_url)) as core:
        await until(lambda: core.connection.state is ConnectionState.KEY_REFUSED)
        await until(lambda: core.connection.state is ConnectionState.CONNECTED)
        assert core.credits is not None


async def test_an_answer_about_the_key_before_says_nothing_of_the_one_in_use(
    service: Service, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimusic_desktop.core.KEY_AGAIN_S", 0.01)
    refused, answered = as_json({"type": "unauthorized"}, 401), threading.Event()
    answers = {
        f"Bearer {key}": [refused, gated(as_json({"credits": 1, "extra_credits": 0}), answered)],
        "Bearer new-key": [refused, as_json({"credits": 50, "extra_credits": 0})],
    }

    def answer(request: Request) -> Reply:
        one = answers[request.headers["authorization"]].pop(0)
        return one if isinstance(one, Reply) else one(request)

    service.on(CREDITS, answer)
    async with opened(Options(api_url=service.api_url)) as core:
        heard: list[object] = []
        core.credits_changed.connect(lambda: heard.append(core.credits and core.credits.credits))
        await until(lambda: len(service.requests) == 2)  # the refused key is being tried again
        core.credentials.use_for_this_run("new-key")
        await until(lambda: core.connection.state is ConnectionState.KEY_REFUSED)
        answered.set()
        await until(lambda: core.connection.state is ConnectionState.CONNECTED)
        assert heard == [50]


async def test_credits_that_come_after_another_key_are_not_taken(service: Service, key: str) -> None:
    answered = threading.Event()
    service.on(CREDITS, gated(as_json({"credits": 1, "extra_credits": 0}), answered))
    async with opened(Options(api_url=service.api_url), resume=False) as core:
        await core.find_key()
        asking = asyncio.create_task(core.refresh_credits())
        await until(lambda: service.requests)
        core.credentials.use_for_this_run("new-key")
        answered.set()
        await asking
        assert core.credits is None


async def test_what_cannot_be_read_at_the_start_is_told_and_holds_up_nothing_else(
    service: Service, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(_library: Library) -> None:
        raise LibraryError("The disk reported an error.")

    monkeypatch.setattr(Library, "conversions", unreadable)
    service.on_task("producer", TASK, finished(CLIP, audio_url="https://cdn.example/a.m4a"))
    async with opened(Options(api_url=service.api_url)) as core:
        told: list[str] = []
        settled: list[str] = []
        core.trouble.connect(told.append)
        core.tracker.settled.connect(lambda task: settled.append(task.task_id))
        await core.tracker.add([TaskRef(task_id=TASK)])
        await until(lambda: told and settled)
        assert (told, settled) == (["The disk reported an error."], [TASK])


async def test_an_expired_link_is_replaced_by_looking_the_task_up(
    service: Service, key: str, tmp_path: Path
) -> None:
    service.on("/old.wav", Reply(403))
    fresh = service.serve_file("/fresh.wav", wav(), "audio/wav")
    old = f"{service.origin}/old.wav"
    answers = [finished(CLIP, audio_url=url, duration=None) for url in (old, fresh)]
    service.on_task("producer", TASK, *answers)
    async with opened(Options(api_url=service.api_url)) as core:
        settled: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        core.tracker.settled.connect(settled.set_result)
        await core.tracker.add([TaskRef(task_id=TASK)])
        task = await settled
        [job] = await core.saver.save(task.clips, tmp_path)
        path = await core.saver.wait(job)
    assert path.read_bytes()[:4] == b"RIFF"


async def test_closing_ends_everything_even_if_a_part_fails(service: Service, key: str, monkeypatch) -> None:
    service.on_task("producer", TASK, NOT_READY)
    before = asyncio.all_tasks()
    core = await Core.open(Options(api_url=service.api_url))
    core.settings.update(muted=True)
    await core.tracker.add([TaskRef(task_id=TASK)])

    async def fail() -> None:
        raise RuntimeError("a part that does not close")

    monkeypatch.setattr(core.saver, "close", fail)
    await core.close()
    assert asyncio.all_tasks() == before
    assert core.paths.settings_file.exists()
    with pytest.raises(RuntimeError):
        await core.library.counts()


async def test_settings_reach_the_parts_they_are_for() -> None:
    async with opened(Options(), resume=False) as core:
        core.settings.update(cache_limit_mb=100, api_url="https://api.musicapi.ai/v1", window="Z2Vv")
        assert core.cache.limit_bytes == 100 * 2**20
        assert core.transport.api_url == DEFAULT_API_URL
    async with opened(Options(), resume=False) as core:
        assert core.transport.api_url == "https://api.musicapi.ai/v1"
    assert remembered_geometry(Options()) == "Z2Vv"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"window": 1}', '{"window": "\\ud800"}'])
def test_no_geometry_is_remembered_from_unusable_settings(text: str, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(text)
    assert remembered_geometry(Options(home=tmp_path)) == ""


async def test_an_unusable_address_or_library_is_said(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="https"):
        await Core.open(Options(api_url="http://elsewhere.example"))
    (tmp_path / "file").touch()
    for demo in (False, True):
        with pytest.raises(AppError, match=r"\.$"):
            await Core.open(Options(demo=demo, home=tmp_path / "file"))


async def test_the_demo_has_a_service_a_key_and_a_library_of_its_own(tmp_path: Path) -> None:
    async with opened(Options(demo=True, home=tmp_path)) as core:
        await until(lambda: core.credits)
        assert core.credentials.source is KeySource.DEMO
        assert core.transport.api_url.startswith("http://127.0.0.1:")
        assert core.paths.database.parent.parent == tmp_path / "demo"
        assert core.demo_text
        assert not (tmp_path / "library.sqlite3").exists()
        other = core.paths.data.parent / "run-other"
        other.mkdir()
    assert list((tmp_path / "demo").iterdir()) == [other]


@pytest.mark.skipif(os.name != "posix", reason="there are no such modes there")
async def test_what_it_keeps_is_for_this_user_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    async with opened(Options(home=home), resume=False):
        assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_core_loads_no_qt_and_its_heavy_parts_late() -> None:
    program = (
        "import sys, aimusic_desktop.core\n"
        "print(*sorted({'PySide6', 'qasync', 'httpx', 'keyring', 'mutagen'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("\n", "")
