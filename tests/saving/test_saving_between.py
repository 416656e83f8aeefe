"""What comes in between: while a job is taken up, while a row is written, while another window works."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.media.tags import origin_of
from aimusic_desktop.model import Clip, JobState, OnTaken
from aimusic_desktop.saving import job_run
from aimusic_desktop.saving.job import SaveJob
from tests.saving.test_saving_again import a_failed_job, unplugged
from tests.support.saving import TUNE, Bench, bench, held_tune, tune
from tests.support.service import Reply, Service
from tests.support.waiting import LIMIT_S, until


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOTCONN, errno.ESTALE, errno.EACCES])
async def test_a_disk_that_answers_with_an_error_keeps_no_job_from_being_tried_again(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    stat = os.stat

    def broken(path: Any, *args: Any, **how: Any) -> os.stat_result:
        if str(path).startswith(str(tmp_path / "out")):
            raise OSError(number, os.strerror(number), str(path))
        return stat(path, *args, **how)

    async with bench(service, tmp_path) as run:
        clip = tune(service, "other")
        service.on("/other.wav", Reply(404))
        other = await run.failed(clip, folder=tmp_path / "else")
        tune(service, "other")
        job = await unplugged(run, monkeypatch)
        with monkeypatch.context() as disk:
            disk.setattr(os, "stat", broken)
            run.saver.retry(job, other)
            await until(lambda: job.settled.is_set() and other.settled.is_set())
        assert other.state is JobState.DONE
        if job.state is JobState.FAILED:  # that the disk gave no answer
            run.saver.retry(job)
        assert await run.saver.wait(job) == run.out / "City Lights.wav"


@pytest.mark.parametrize("wish", [JobState.CANCELLED, JobState.PAUSED])
async def test_a_job_stopped_while_it_could_not_be_taken_up_is_not_stopped_another_time(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wish: JobState
) -> None:
    asked, refused = asyncio.Event(), asyncio.Event()

    async with bench(service, tmp_path) as run:
        claim = run.library.claim_jobs

        async def busy(*wanted: Any) -> Any:
            if asked.is_set():
                return await claim(*wanted)
            asked.set()
            await refused.wait()
            raise LibraryError("Another program is holding the library.")

        job = await a_failed_job(run)
        monkeypatch.setattr(run.library, "claim_jobs", busy)
        run.saver.retry(job)
        await asked.wait()
        (run.saver.cancel if wish is JobState.CANCELLED else run.saver.pause)(job)
        refused.set()
        await job.settled.wait()
        # What cannot be begun rests anyway, and that it cannot is worth more to know.
        assert job.state is (JobState.CANCELLED if wish is JobState.CANCELLED else JobState.FAILED)
        assert job.error == "Another program is holding the library."
        await run.saver._chores.close(LIMIT_S)
        assert (await run.rows())[job.id].state is job.state
        run.saver.retry(job)
        await until(lambda: job.state in (JobState.DONE, wish))
        assert job.state is JobState.DONE


async def test_what_is_cleared_while_its_end_is_still_to_be_written_stays_away(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun, free = threading.Event(), asyncio.Event(), asyncio.Event()
    async with bench(service, tmp_path) as run:
        write = run.library.update_jobs

        async def slow(changes: Mapping[int, Mapping[str, object]], owner: str) -> None:
            begun.set()
            await free.wait()
            await write(changes, owner)

        clips = [held_tune(service, gate, name) for name in "ab"]
        await run.know(*clips)
        jobs = await run.save(*clips)
        run.saver.pause(*jobs)
        await until(lambda: all(job.state is JobState.PAUSED for job in jobs))
        await run.rows()
        monkeypatch.setattr(run.library, "update_jobs", slow)
        run.saver._book.ledger.put(jobs[0].id, received=1)  # as a beat does
        await begun.wait()
        run.saver.cancel(*jobs)
        run.saver.clear_done()
        assert run.saver.jobs == []
        free.set()
        gate.set()
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        assert run.saver.jobs == []


class Tidying:
    """The first temporary file that is removed is, but who removed it hears of that late; and songs are
    written, but who wrote them hears of that late."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.removed, self.heard = threading.Event(), threading.Event()
        self.written, self.go_on = threading.Event(), threading.Event()
        self._remove, self._write_part = job_run.remove, job_run.write_part
        monkeypatch.setattr(job_run, "remove", self._removes)
        monkeypatch.setattr(job_run, "write_part", self._writes)

    def _removes(self, part: Path) -> None:
        first = not self.removed.is_set()
        self._remove(part)
        self.removed.set()
        if first:
            self.heard.wait(LIMIT_S)

    def _writes(self, *given: Any) -> None:
        self._write_part(*given)
        self.written.set()
        self.go_on.wait(LIMIT_S)


@contextmanager
def tidying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tidying]:
    made = Tidying(monkeypatch)
    try:
        yield made
    finally:
        made.heard.set()
        made.go_on.set()


async def plugged_in_again(run: Bench, monkeypatch: pytest.MonkeyPatch) -> SaveJob:
    """A failed job whose temporary file is there."""
    job = await unplugged(run, monkeypatch)
    await run.rows()
    (run.root / "unplugged").rename(run.out)
    return job


async def test_who_tidies_up_late_does_not_forget_what_another_window_is_writing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as one, bench(service, tmp_path) as other:
        job = await plugged_in_again(one, monkeypatch)
        with tidying(monkeypatch) as late:
            one.saver.cancel(job)
            await until(late.removed.is_set)
            await other.saver.resume()
            [same] = other.saver.jobs
            other.saver.retry(same)
            await until(late.written.is_set)
            late.heard.set()
            await one.saver._chores.close(LIMIT_S)
            await one.rows()
            part = (await other.rows())[job.id].part
            assert part
            assert Path(part) == same.part
        await other.saver.wait(same)
        assert other.files() == ["City Lights.wav"]


async def test_who_tidies_up_late_does_not_forget_what_is_written_in_the_next_try(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, free = asyncio.Event(), asyncio.Event()
    async with bench(service, tmp_path) as run:
        write = run.library.update_jobs

        async def slow(changes: Mapping[int, Mapping[str, object]], owner: str) -> None:
            if any(values.get("state") is JobState.WRITING for values in changes.values()):
                begun.set()
                await free.wait()
            await write(changes, owner)

        job = await plugged_in_again(run, monkeypatch)
        with tidying(monkeypatch) as late:
            run.saver.cancel(job)
            await until(late.removed.is_set)
            monkeypatch.setattr(run.library, "update_jobs", slow)
            run.saver.retry(job)
            await begun.wait()
            late.heard.set()
            await run.saver._chores.close(LIMIT_S)
            free.set()
            await until(late.written.is_set)
            part = (await run.rows())[job.id].part
            assert part
            assert Path(part) == job.part
        await run.saver.wait(job)
        assert run.files() == ["City Lights.wav"]


@pytest.mark.parametrize("case", ["asks later", "asks already", "asked by itself"])
async def test_an_answer_for_all_does_not_go_for_what_another_window_saved_since(
    service: Service, tmp_path: Path, case: str
) -> None:
    def clip(name: str, title: str) -> Clip:
        return tune(service, name, title=title)

    async with (
        bench(service, tmp_path, on_taken="ask") as one,
        bench(service, tmp_path) as other,
    ):
        one.out.mkdir()
        (one.out / "First.wav").write_bytes(TUNE)
        first, mine = await one.save(clip("first", "First"), clip("mine", "Same"))
        one.saver.pause(mine)
        await until(lambda: (first.state, mine.state) == (JobState.ASKING, JobState.PAUSED))
        [same] = await other.saved(clip("theirs", "Same"))
        if case != "asks later":
            one.saver.go_on(mine)
            await until(lambda: mine.state is JobState.ASKING)
        asked = mine if case == "asked by itself" else first
        one.saver.answer(asked, OnTaken.REPLACE, for_all=True)
        one.saver.go_on(mine)
        await asyncio.gather(one.saver.wait(first), one.saver.wait(mine))
        replaced = case == "asked by itself"
        assert one.files() == ["First.wav", *([] if replaced else ["Same (2).wav"]), "Same.wav"]
        assert origin(same) == ("mine" if replaced else "theirs")
        assert origin(one.out / "First.wav") == "first"


def origin(path: Path) -> str | None:
    known = origin_of(path)
    return known and known.clip_id
