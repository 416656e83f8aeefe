"""What the user agreed to replace is one file, and nothing else ever goes for it."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from aimusic_desktop.media import exclusive
from aimusic_desktop.model import JobState, OnTaken
from aimusic_desktop.saving import job_run
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.job_disk import identity_of
from tests.support.media import song_clip
from tests.support.saving import TUNE, Bench, bench, left, tune
from tests.support.service import Reply, Service
from tests.support.waiting import until

THERE = b"what lay there before"
OTHER = b"somebody else's"


def there(run: Bench, name: str = "mine.wav", content: bytes = THERE) -> Path:
    run.out.mkdir(exist_ok=True)
    path = run.out / name
    path.write_bytes(content)
    return path


async def test_of_two_saved_as_one_free_name_both_are_kept(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path, saves_at_once=1) as run:
        free = identity_of(run.out / "mine.wav")
        for name in "ab":
            await run.saved(tune(service, name), name="mine.wav", replaces=free)
        assert run.files() == ["mine (2).wav", "mine.wav"]


@pytest.mark.parametrize("agreed", [True, False], ids=["to another file", "to nothing"])
async def test_a_file_that_came_after_the_user_agreed_is_kept(
    service: Service, tmp_path: Path, agreed: bool
) -> None:
    async with bench(service, tmp_path) as run:
        replaces = identity_of(there(run)) if agreed else None
        [job] = await run.save(tune(service), name="mine.wav", replaces=replaces)
        run.saver.pause(job)
        await until(lambda: job.state is JobState.PAUSED)
        path = there(run, content=OTHER)
        run.saver.go_on(job)
        assert (await run.saver.wait(job)).name == "mine (2).wav"
        assert path.read_bytes() == OTHER


async def test_a_file_that_changes_at_the_last_moment_is_kept(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        path, write_part = there(run), job_run.write_part

        def write_late(*args: object) -> None:
            write_part(*args)
            path.write_bytes(OTHER)

        monkeypatch.setattr(job_run, "write_part", write_late)
        [job] = await run.save(tune(service), name="mine.wav", replaces=identity_of(path))
        assert (await run.saver.wait(job)).name == "mine (2).wav"
        assert path.read_bytes() == OTHER
        assert (await run.rows())[job.id].on_taken is OnTaken.NUMBER


async def test_what_was_agreed_to_holds_after_a_new_start(service: Service, tmp_path: Path) -> None:
    clip = tune(service)
    async with bench(service, tmp_path) as run:
        await run.know(clip)
        path = there(run)
        [job] = await run.save(clip, name="mine.wav", replaces=identity_of(path))
        run.saver.pause(job)
        await until(lambda: job.state is JobState.PAUSED)
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        run.saver.go_on(*run.saver.jobs)
        assert await run.saver.wait(run.saver.jobs[0]) == path
        assert run.files() == ["mine.wav"]


async def test_saved_elsewhere_nothing_is_replaced_there(service: Service, tmp_path: Path) -> None:
    service.on("/gone.wav", Reply(404))
    clip = song_clip(service.origin + "/gone.wav", duration_s=None)
    async with bench(service, tmp_path) as run:
        path = there(run)
        job = await run.failed(clip, name="mine.wav", replaces=identity_of(path))
        os.link(path, tmp_path / "mine.wav")  # even the very same file
        service.serve_file("/gone.wav", TUNE, "audio/wav")
        run.saver.retry(job, folder=tmp_path)
        assert (await run.saver.wait(job)).name == "mine (2).wav"
        assert (tmp_path / "mine.wav").read_bytes() == THERE
        row = (await run.rows())[job.id]
        assert (row.on_taken, row.replaces) == (OnTaken.NUMBER, None)


@pytest.mark.parametrize("at_once", [1, 4])
async def test_replacing_all_keeps_every_song_of_one_title(
    service: Service, tmp_path: Path, at_once: int
) -> None:
    clips = [tune(service, str(number)) for number in range(5)]
    async with bench(service, tmp_path, on_taken="ask", saves_at_once=at_once) as run:
        there(run, "City Lights.wav")

        def answer(job: SaveJob) -> None:
            asyncio.get_running_loop().call_soon(run.saver.answer, job, OnTaken.REPLACE, True)

        run.saver.asking.connect(answer)
        await run.saved(*clips)
        numbered = [f"City Lights ({number}).wav" for number in range(2, 6)]
        assert run.files() == [*numbered, "City Lights.wav"]
        assert (run.out / "City Lights.wav").read_bytes() != THERE


async def test_an_answer_for_all_does_not_go_for_what_was_saved_since(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path, on_taken="ask") as run:
        there(run, "City Lights.wav")
        first, second = await run.save(tune(service, "a"), tune(service, "b"))
        run.saver.pause(second)
        await until(lambda: (first.state, second.state) == (JobState.ASKING, JobState.PAUSED))
        run.saver.answer(first, OnTaken.REPLACE, for_all=True)
        assert (await run.saver.wait(first)).name == "City Lights.wav"
        run.saver.go_on(second)
        assert (await run.saver.wait(second)).name == "City Lights (2).wav"


@pytest.fixture
def old_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither links nor exclusive renames are to be had."""

    def refuse(*_paths: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(exclusive, "_system_rename", lambda: None)


@pytest.mark.parametrize("case", ["links", "no links"])
async def test_an_empty_file_of_somebody_elses_is_never_taken_for_ones_own(
    service: Service, tmp_path: Path, case: str, request: pytest.FixtureRequest
) -> None:
    if case == "no links":
        request.getfixturevalue("old_disk")
    async with bench(service, tmp_path) as run:
        part, target = run.out / ".x.0123456789abcdef.part", run.out / "City Lights.wav"
        await left(run, tune(service), state=JobState.PLACING, part=part, target=target)
        part.write_bytes(TUNE)
        target.touch()
        inode = target.stat().st_ino
        await run.saver.resume()
        assert (await run.saver.wait(run.saver.jobs[0])).name == "City Lights (2).wav"
        assert target.stat().st_ino == inode
        assert run.files() == ["City Lights (2).wav", "City Lights.wav"]
