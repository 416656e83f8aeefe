from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimusic_desktop.api.errors import KeyRefused, Unreachable
from aimusic_desktop.errors import AppError
from aimusic_desktop.media import tries
from aimusic_desktop.media.errors import Offline
from aimusic_desktop.model import Clip, JobState, SaveFormat
from aimusic_desktop.saving import holding
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.tracking.connection import Connection
from tests.support.media import Renewal, headers_of, song_clip
from tests.support.saving import SONG, TUNE, bench, left, tune
from tests.support.service import Reply, Service, running_service
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(holding, "LAST_PAUSE_S", 0.3)


@pytest.fixture
def dead_port() -> Iterator[int]:
    """Nobody listens there, and as long as the test runs nobody else can."""
    with socket.socket() as keeper:
        keeper.bind(("127.0.0.1", 0))
        yield int(keeper.getsockname()[1])


def out_of_reach(count: int, port: int) -> list[Clip]:
    return [
        song_clip(f"http://127.0.0.1:{port}/{number}.wav", clip_id=str(number), duration_s=None)
        for number in range(count)
    ]


async def test_a_host_out_of_reach_lets_all_its_jobs_wait_and_none_fail(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> None:
    monkeypatch.setattr(holding, "FIRST_PAUSE_S", 60.0)
    held_states: list[str | None] = []
    async with bench(service, tmp_path) as run:
        run.saver.held.connect(lambda: held_states.append(run.saver.hold))
        jobs = await run.save(*out_of_reach(6, dead_port))
        # Those that began together before anybody knew end one by one.
        await until(lambda: run.saver.hold and not any(job.state is JobState.FETCHING for job in jobs))
        assert {job.state for job in jobs} == {JobState.QUEUED}
        assert "goes on by itself" in str(run.saver.hold)
        assert any(job.note == run.saver.hold for job in jobs)
        assert (await run.rows())[jobs[0].id].state is JobState.QUEUED
        run.saver.cancel(*run.saver.jobs)
        assert run.saver.hold is None
    assert held_states[-1] is None


async def test_when_the_host_is_back_everything_goes_on_by_itself(tmp_path: Path) -> None:
    with running_service() as first:
        port = first.port
    async with bench(first, tmp_path) as run:
        holds: list[bool] = []
        tries: list[SaveJob] = []
        run.saver.held.connect(lambda: holds.append(run.saver.hold is not None))
        run.saver.changed.connect(lambda job: tries.append(job) if job.state is JobState.FETCHING else None)
        jobs = await run.save(*out_of_reach(6, port))
        await until(lambda: run.saver.hold)
        begun = len(tries)
        await until(lambda: len(tries) >= begun + 3)
        assert holds == [True], "it is said once, whoever tries"
        with running_service(port) as back:
            for number in range(6):
                back.serve_file(f"/{number}.wav", TUNE)
            await asyncio.gather(*map(run.saver.wait, jobs))
        assert run.saver.hold is None
        assert {job.note for job in jobs} == {""}


async def test_a_host_out_of_reach_holds_up_no_other_host(
    service: Service, tmp_path: Path, dead_port: int
) -> None:
    async with bench(service, tmp_path, saves_at_once=1) as run:
        away = await run.save(*out_of_reach(3, dead_port))
        service.serve_file("/song.wav", TUNE)
        url = service.origin.replace("127.0.0.1", "localhost") + "/song.wav"
        await run.saved(song_clip(url, duration_s=None))
        assert {job.state for job in away} <= {JobState.QUEUED, JobState.FETCHING}


async def test_while_out_of_reach_one_job_at_a_time_tries(
    service: Service, tmp_path: Path, dead_port: int
) -> None:
    most = 0

    def fetching() -> int:
        return sum(job.state is JobState.FETCHING for job in run.saver.jobs)

    def count(_job: SaveJob) -> None:
        nonlocal most
        most = max(most, fetching())

    async with bench(service, tmp_path) as run:
        await run.save(*out_of_reach(6, dead_port))
        # Those that began together before anybody knew end one by one.
        await until(lambda: run.saver.hold and not fetching())
        tries: list[JobState] = []
        run.saver.changed.connect(count)
        run.saver.changed.connect(lambda job: tries.append(job.state))
        await until(lambda: tries.count(JobState.FETCHING) > 3)
        assert most == 1


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[holding.Holding]:
    """Pauses are over in no time."""
    monkeypatch.setattr(holding, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(holding, "LAST_PAUSE_S", 0.0)
    made = holding.Holding(Connection(), lambda: None)
    yield made
    made.close()


AWAY = Offline("No network.")


async def test_only_the_trial_of_a_hold_ends_with_it(hosts: holding.Holding) -> None:
    late = hosts.trying("host")
    assert hosts.takes(AWAY, "host", hosts.trying("host"))
    assert hosts.held("host")
    await until(lambda: not hosts.held("host"))
    trial = hosts.trying("host")
    assert hosts.takes(AWAY, "host", late)
    await asyncio.sleep(holding.EARLY_S)
    assert hosts.held("host"), "a job begun before the hold tells nothing new"
    assert hosts.takes(AWAY, "host", trial)
    await until(lambda: not hosts.held("host"))


async def test_the_trial_of_a_hold_that_was_lifted_does_not_end_that_of_the_next(
    hosts: holding.Holding,
) -> None:
    hosts.takes(AWAY, "host", None)
    old = hosts.trying("host")
    hosts.reached("host")
    hosts.takes(AWAY, "host", None)
    hosts.trying("host")
    hosts.takes(AWAY, "host", old)
    await asyncio.sleep(holding.EARLY_S)
    assert hosts.held("host")


async def test_news_of_the_service_lets_everything_be_tried_at_once(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> None:
    monkeypatch.setattr(holding, "FIRST_PAUSE_S", 60.0)
    async with bench(service, tmp_path) as run:
        [job] = await run.save(*out_of_reach(1, dead_port))
        await until(lambda: run.saver.hold)
        run.connection.report(Unreachable("No network."))
        assert job.state is JobState.QUEUED
        run.connection.report_ok()
        assert job.state is JobState.FETCHING


async def test_a_refused_key_lets_all_wait_until_there_is_another(service: Service, tmp_path: Path) -> None:
    service.on("/old.wav", Reply(403))
    clip = song_clip(service.origin + "/old.wav", duration_s=None)
    fresh = song_clip(service.serve_file("/fresh.wav", TUNE), duration_s=None)
    renew = Renewal(KeyRefused(), fresh)
    async with bench(service, tmp_path, renew, saves_at_once=1) as run:
        run.connection.report(KeyRefused())
        jobs = await run.save(clip, tune(service))
        await until(lambda: run.saver.hold)
        assert "refused the API key" in str(run.saver.hold)
        assert {job.state for job in jobs} == {JobState.QUEUED}
        run.connection.key_changed("another")
        await asyncio.gather(*map(run.saver.wait, jobs))
        assert run.saver.hold is None


async def test_a_service_out_of_reach_lets_a_conversion_wait(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        run.links.urls[SaveFormat.WAV] = Unreachable("The service cannot be reached.")
        [job] = await run.save(tune(service), format=SaveFormat.WAV)
        await until(lambda: run.saver.hold)
        run.links.urls[SaveFormat.WAV] = service.serve_file("/made.wav", TUNE)
        await run.saver.wait(job)


async def test_other_trouble_fails_its_job_only(service: Service, tmp_path: Path) -> None:
    service.on("/broken.wav", Reply(500))
    async with bench(service, tmp_path) as run:
        job = await run.failed(song_clip(service.origin + "/broken.wav", duration_s=None))
        assert "HTTP 500" in str(job.error)
        assert run.saver.hold is None
        await run.saved(tune(service))


async def test_a_network_that_dies_on_the_way_costs_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "OFFLINE_S", 0.1)
    gate = threading.Event()

    def broken_off() -> Iterator[bytes]:
        yield SONG[:1_000_000]
        gate.wait(10)

    with running_service() as first:
        begun = Reply(200, headers=headers_of(SONG), chunks=broken_off, length=len(SONG))
        first.on("/0.wav", begun)
        port = first.port
        async with bench(first, tmp_path) as run:
            [job] = await run.save(*out_of_reach(1, port))
            await until(lambda: job.received >= 131_072)
            first.stop()
            gate.set()
            await until(lambda: run.saver.hold)
            assert job.received >= 131_072
            with running_service(port) as back:
                back.serve_file("/0.wav", SONG)
                await run.saver.wait(job)
            assert all("range" in request.headers for request in back.requests)


def test_every_error_that_can_pass_is_known_as_such() -> None:
    expired = AppError("The link has expired.")
    expired.__cause__ = KeyRefused()
    assert holding._cause(expired) is expired.__cause__
    assert holding._cause(AppError("no")) is None


async def test_a_job_that_is_only_converted_does_not_stand_for_a_host_that_is_out_of_reach(
    service: Service, tmp_path: Path
) -> None:
    with running_service() as first:
        port = first.port
    away, other = out_of_reach(2, port)
    async with bench(first, tmp_path) as run:
        made = asyncio.Event()

        async def late_link(*_args: object) -> str:
            await made.wait()
            return service.serve_file("/made.wav", TUNE)

        run.links.link = late_link  # type: ignore[method-assign]
        [job] = await run.save(away)
        await until(lambda: run.saver.hold)
        [converted] = await run.save(other, format=SaveFormat.WAV)
        await until(lambda: converted.state is JobState.CONVERTING)
        with running_service(port) as back:
            back.serve_file("/0.wav", TUNE)
            await run.saver.wait(job)
        assert converted.state is JobState.CONVERTING
        made.set()
        await run.saver.wait(converted)


async def test_a_job_that_only_lacks_its_name_does_not_tell_that_its_host_is_back(
    service: Service, tmp_path: Path, dead_port: int
) -> None:
    clips = out_of_reach(2, dead_port)
    async with bench(service, tmp_path) as run:
        part = run.out / ".x.0123456789abcdef.part"
        await run.save(clips[0])
        await until(lambda: run.saver.hold)
        why = run.saver.hold
        lifted: list[str | None] = []
        run.saver._at_work._holding.reached = lifted.append  # type: ignore[method-assign]
        await left(run, clips[1], state=JobState.PLACING, part=part, target=run.out / "Other.wav")
        part.write_bytes(TUNE)
        await run.saver.resume()
        await run.saver.wait(run.saver.jobs[1])
        assert (lifted, why) == ([], run.saver.hold)


@pytest.mark.parametrize("state", [JobState.PAUSED, JobState.CANCELLED])
async def test_a_job_stopped_in_the_very_moment_its_conversion_ends_is_stopped(
    service: Service, tmp_path: Path, state: JobState
) -> None:
    clip, made = tune(service), asyncio.Event()
    async with bench(service, tmp_path) as run:
        await run.know(clip)

        async def late_link(*_args: object) -> str:
            await made.wait()
            # Its task ends in this very turn of the loop; what it ends with is heard in the next one.
            asyncio.get_running_loop().call_soon(stop, job)
            return str(clip.audio_url)

        run.links.link = late_link  # type: ignore[method-assign]
        [job] = await run.save(clip, format=SaveFormat.WAV)
        stop = run.saver.pause if state is JobState.PAUSED else run.saver.cancel
        await until(lambda: job.state is JobState.CONVERTING)
        made.set()
        await until(lambda: job.state is not JobState.CONVERTING)
        assert job.state is state
        assert (await run.rows())[job.id].state is state
        assert run.files() == []


async def test_a_timer_that_comes_too_soon_ends_the_pause_all_the_same(
    hosts: holding.Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, news = asyncio.get_running_loop(), []
    later = loop.call_later
    monkeypatch.setattr(loop, "call_later", lambda s, *what: later(s - holding.EARLY_S / 2, *what))
    monkeypatch.setattr(holding, "FIRST_PAUSE_S", holding.EARLY_S)
    monkeypatch.setattr(hosts, "_news", lambda: news.append(hosts.held("host")))
    hosts.takes(AWAY, "host", None)
    await until(lambda: news)
    assert news == [False]


async def test_a_host_that_nobody_wants_any_more_wakes_nobody(
    hosts: holding.Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    news: list[bool] = []
    hosts._news = lambda: news.append(True)  # type: ignore[method-assign]
    hosts.takes(AWAY, "unwanted", None)
    await until(lambda: news)
    begun = len(news)
    monkeypatch.setattr(holding, "FIRST_PAUSE_S", 0.2)
    hosts.takes(AWAY, "host", None)
    await until(lambda: not hosts.held("host"))
    assert len(news) == begun + 1
