"""Settled jobs begun anew or given up: by one window, wherever they stand, and nothing is left of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.model import JobRecord, JobState, SaveFormat
from aimusic_desktop.saving import book, job_disk
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.ui.saves.deeds import Deed, buttons
from tests.support.media import boxes, song_clip
from tests.support.saving import TUNE, Bench, bench, held_tune, left, tune
from tests.support.service import Reply, Service
from tests.support.waiting import until


async def a_failed_job(run: Bench, name: str = "song") -> SaveJob:
    """One that would not fail again."""
    run.service.on(f"/{name}.wav", Reply(404))
    clip = song_clip(f"{run.service.origin}/{name}.wav", clip_id=name, duration_s=None)
    await run.know(clip)
    job = await run.failed(clip)
    await run.rows()
    run.service.serve_file(f"/{name}.wav", TUNE, "audio/wav")
    return job


@asynccontextmanager
async def failed_in_two_windows(
    service: Service, tmp_path: Path
) -> AsyncIterator[tuple[Bench, SaveJob, Bench, SaveJob]]:
    """A window with a failed job, and another that lists the same."""
    async with bench(service, tmp_path) as one, bench(service, tmp_path) as other:
        job = await a_failed_job(one)
        await other.saver.resume()
        [same] = other.saver.jobs
        yield one, job, other, same


async def unplugged(run: Bench, monkeypatch: pytest.MonkeyPatch) -> SaveJob:
    """A job whose disk went just before its file got the name."""

    def gone(part: Path, target: Path) -> bool:
        run.out.rename(run.root / "unplugged")
        return place(part, target)

    place, clip = job_disk.place, tune(run.service)
    await run.know(clip)
    with monkeypatch.context() as broken:
        broken.setattr(job_disk, "place", gone)
        job = await run.failed(clip)
    assert job.part
    return job


async def test_of_two_windows_that_try_one_job_again_one_does(service: Service, tmp_path: Path) -> None:
    async with failed_in_two_windows(service, tmp_path) as (one, job, other, same):
        one.saver.retry(job)
        other.saver.retry(same)
        await asyncio.gather(job.settled.wait(), same.settled.wait())
        assert one.files() == ["City Lights.wav"]
        assert sorted((job.state, same.state)) == [JobState.CANCELLED, JobState.DONE]
        loser = min(job, same, key=lambda each: each.state)
        assert "Another window" in loser.note
        assert next(iter((await one.rows()).values())).state is JobState.DONE


async def test_what_another_window_took_up_is_not_cancelled_under_it(
    service: Service, tmp_path: Path
) -> None:
    async with failed_in_two_windows(service, tmp_path) as (one, job, other, same):
        other.saver.retry(same)
        await until(lambda: same.owner == other.runs.token)
        one.saver.cancel(job)
        await other.saver.wait(same)
        await until(lambda: job.note)
        assert "Another window" in job.note
        assert [row.state for row in (await other.rows()).values()] == [JobState.DONE]


async def test_a_job_of_another_window_can_be_tried_here_once_it_failed_there(
    service: Service, tmp_path: Path
) -> None:
    async with failed_in_two_windows(service, tmp_path) as (one, job, other, same):
        service.on("/song.wav", Reply(404))
        one.saver.retry(job)
        await until(lambda: job.state is JobState.FAILED)
        await one.rows()
        service.serve_file("/song.wav", TUNE, "audio/wav")
        other.saver.retry(same)
        await other.saver.wait(same)
        assert one.files() == ["City Lights.wav"]


async def test_what_another_window_has_saved_meanwhile_is_not_saved_twice(
    service: Service, tmp_path: Path
) -> None:
    async with failed_in_two_windows(service, tmp_path) as (one, job, other, same):
        one.saver.retry(job)
        await one.saver.wait(job)
        assert [row.state for row in (await one.rows()).values()] == [JobState.DONE]
        other.saver.retry(same)
        await same.settled.wait()
        assert "Another window" in same.note
        assert one.files() == ["City Lights.wav"]


async def test_what_another_window_has_saved_meanwhile_stays_done(service: Service, tmp_path: Path) -> None:
    async with failed_in_two_windows(service, tmp_path) as (one, job, other, same):
        one.saver.retry(job)
        await one.saver.wait(job)
        other.saver.cancel(same)
        await until(lambda: same.note)
        assert "Another window" in same.note
        assert [row.state for row in (await other.rows()).values()] == [JobState.DONE]


async def test_saved_elsewhere_no_temporary_file_stays_where_the_disk_was(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        job = await unplugged(run, monkeypatch)
        run.saver.retry(job, folder=tmp_path / "else")
        assert (await run.saver.wait(job)).parent == tmp_path / "else"
        assert run.saver.jobs == [job]
        (tmp_path / "unplugged").rename(run.out)
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        assert [job.state for job in run.saver.jobs] == [JobState.DONE]
        await run.saver.close()
        assert run.files() == []


async def test_a_folder_that_is_gone_for_good_keeps_no_job_from_being_tried_again(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        job = await unplugged(run, monkeypatch)
        run.saver.retry(job)
        assert await run.saver.wait(job) == run.out / "City Lights.wav"
        assert run.files() == ["City Lights.wav"]


async def test_what_is_being_saved_already_is_not_saved_twice(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    async with bench(service, tmp_path) as run:
        clip = held_tune(service, gate)
        await run.know(clip)
        [first] = await run.save(clip)
        [second] = await run.save(clip)
        assert second is first
        run.saver.pause(first)
        await until(lambda: first.state is JobState.PAUSED)
        [third] = await run.save(clip)
        assert third is first
        gate.set()
        await run.saver.wait(first)
        assert run.files() == ["City Lights.wav"]


async def test_only_what_is_wanted_is_taken_over_from_a_dead_run(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    async with bench(service, tmp_path) as run:
        wanted, other = held_tune(service, gate), tune(service, "other", title="Other")
        await run.know(wanted, other)
        facts = {"folder": str(run.out), "owner": "dead"}
        rows = [JobRecord(task_id=clip.task_id, clip_id=clip.clip_id, **facts) for clip in (wanted, other)]
        await run.library.add_jobs(rows)
        await run.saver.resume([wanted], run.out)
        [job] = await run.save(wanted)
        gate.set()
        await run.saver.wait(job)
        assert run.files() == ["City Lights.wav"]
        [_, left_alone] = await run.library.jobs("dead")
        assert (left_alone.clip_id, left_alone.state) == (other.clip_id, JobState.QUEUED)


async def test_a_failed_job_that_is_cancelled_leaves_nothing_and_can_be_cleared(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        job = await unplugged(run, monkeypatch)
        (tmp_path / "unplugged").rename(run.out)
        assert run.files() != []
        run.saver.cancel(job)
        assert job.state is JobState.CANCELLED
        await until(lambda: not run.files())
        run.saver.clear_done()
        assert run.saver.jobs == []
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        assert run.saver.jobs == []
        assert run.files() == []


async def test_who_cancels_a_failed_job_can_still_try_it_again(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        job = await a_failed_job(run)
        run.saver.cancel(job)
        run.saver.retry(job)
        await run.saver.wait(job)
        assert (await run.rows())[job.id].state is JobState.DONE


async def test_a_job_stopped_while_it_is_begun_anew_is_stopped(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        job = await a_failed_job(run)
        run.saver.retry(job)
        run.saver.pause(job)
        await until(lambda: job.state is JobState.PAUSED)
        assert (await run.rows())[job.id].state is JobState.PAUSED
        run.saver.go_on(job)
        await run.saver.wait(job)


async def test_a_job_that_cannot_be_taken_up_says_why(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_args: object) -> None:
        raise LibraryError("The disk with the library is full.")

    async with bench(service, tmp_path) as run:
        job = await a_failed_job(run)
        monkeypatch.setattr(run.library, "claim_jobs", refuse)
        run.saver.retry(job)
        await job.settled.wait()
        assert (job.state, job.error) == (JobState.FAILED, "The disk with the library is full.")


async def test_a_song_of_the_wrong_length_can_be_saved_all_the_same_after_a_new_start(
    service: Service, tmp_path: Path
) -> None:
    clip = tune(service, duration_s=99.0)
    async with bench(service, tmp_path) as run:
        await run.know(clip)
        await run.failed(clip)
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        [job] = run.saver.jobs
        assert Deed.ANY_LENGTH in buttons(job)
        run.saver.retry(job, any_length=True)
        await run.saver.wait(job)


async def test_a_song_to_be_made_into_another_format_is_never_fetched_as_it_is(
    service: Service, tmp_path: Path
) -> None:
    """Not even if the process ended while the file was written, and the cache has lost the song since."""
    clip = song_clip(service.serve_file("/original.m4a", boxes(200_000), "audio/mp4"), duration_s=None)
    async with bench(service, tmp_path) as run:
        run.links.urls[SaveFormat.WAV] = service.serve_file("/made.wav", TUNE, "audio/wav")
        part = run.out / ".x.0123456789abcdef.part"
        await left(run, clip, state=JobState.WRITING, part=part, format=SaveFormat.WAV)
        part.write_bytes(b"half")
        await run.saver.resume()
        await run.saver.wait(run.saver.jobs[0])
        assert run.files() == ["City Lights.wav"]
        assert {request.path for request in service.requests} == {"/made.wav"}


async def test_a_damaged_row_never_has_a_file_of_somebody_elses_removed(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_bytes(TUNE)
    async with bench(service, tmp_path) as run:
        await left(run, tune(service), state=JobState.FAILED, part=tmp_path / "mine")
        await run.saver.resume()
        await run.saver.close()
        assert (tmp_path / "mine").exists()


@pytest.mark.parametrize("broken", ["jobs", "clips_of"])
async def test_what_was_taken_over_is_listed_as_soon_as_the_library_can_be_read(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    monkeypatch.setattr(book, "READ_AGAIN_S", 0.05)
    failing = asyncio.Event()

    async def refuse(*_args: object) -> list[JobRecord]:
        failing.set()
        raise LibraryError("The library is busy.")

    async with bench(service, tmp_path) as run:
        part = run.out / ".x.0123456789abcdef.part"
        await left(run, tune(service, "b"), state=JobState.CANCELLED, part=part)
        part.write_bytes(TUNE)
        await left(run, tune(service), state=JobState.QUEUED)
        with monkeypatch.context() as patched:
            patched.setattr(run.library, broken, refuse)
            resuming = asyncio.create_task(run.saver.resume())
            await failing.wait()
            await until(lambda: run.saver.hold)
            assert "The library is busy." in str(run.saver.hold)
        await resuming
        assert run.saver.hold is None
        await run.saver.wait(run.saver.jobs[1])
        await until(lambda: run.files() == ["City Lights.wav"])


async def test_names_are_given_in_the_order_of_the_jobs(service: Service, tmp_path: Path) -> None:
    clips = [tune(service, str(number)) for number in range(40)]
    async with bench(service, tmp_path, saves_at_once=4) as run:
        paths = await run.saved(*clips)
    assert [path.stem for path in paths] == ["City Lights", *(f"City Lights ({n})" for n in range(2, 41))]


async def test_a_name_is_not_kept_whose_file_came_while_it_was_reserved(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        reserve, targets = run.library.reserve, list[Path | None]()

        async def late(job_id: int, target: str, **how: bool) -> bool:
            (run.out / "City Lights.wav").write_bytes(TUNE)
            return await reserve(job_id, target, **how)

        monkeypatch.setattr(run.library, "reserve", late)
        run.saver.changed.connect(lambda job: targets.append(job.target))
        await run.saved(tune(service))
        assert set(targets) == {None, run.out / "City Lights (2).wav"}


async def test_a_song_saved_without_tags_is_skipped_too(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path, tags=False, on_taken="skip") as run:
        [first] = await run.saved(tune(service))
        assert await run.saved(tune(service)) == [first]
        [other] = await run.saved(tune(service, "other"))
        assert run.files() == [other.name, "City Lights.wav"]
        # Another song has the name since: it is not the clip's any more.
        agreed = job_disk.identity_of(first)
        await run.saved(tune(service, "third"), name=first.name, replaces=agreed)
        assert (await run.saved(tune(service)))[0].name == "City Lights (3).wav"
