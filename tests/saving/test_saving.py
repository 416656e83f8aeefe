from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutagen.mp4 import MP4
from mutagen.wave import WAVE

from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.media.errors import MediaError
from aimusic_desktop.model import Alignment, ClipState, ConversionState, JobState, TimedWord
from aimusic_desktop.saving import job_run
from aimusic_desktop.saving import saver as saving
from aimusic_desktop.saving.job import SaveJob
from tests.media.conftest import MakeSong
from tests.support.media import HTML, PNG, headers_of, held, song_clip
from tests.support.saving import SONG, TUNE, bench, tune
from tests.support.service import Reply, Service
from tests.support.waiting import until


async def test_a_song_is_saved_whole_and_tagged_with_its_cover(
    service: Service, tmp_path: Path, encoded: MakeSong
) -> None:
    url = service.serve_file("/song.m4a", encoded("m4a").read_bytes())
    clip = song_clip(url, image_url=service.serve_file("/cover.png", PNG), duration_s=3.0)
    seen: list[tuple[JobState, int, int | None]] = []
    async with bench(service, tmp_path) as run:
        run.saver.changed.connect(lambda job: seen.append((job.state, job.received, job.total)))
        [path] = await run.saved(clip)
        assert path == run.out / "City Lights.m4a"
        assert run.files() == ["City Lights.m4a"]
    tags = MP4(path).tags
    assert (tags["\xa9nam"], tags["covr"]) == ([clip.title], [PNG])
    states = list(dict.fromkeys(state for state, _, _ in seen))
    assert states == [JobState.FETCHING, JobState.WRITING, JobState.PLACING, JobState.DONE]
    assert seen[-1][1] == seen[-1][2] == encoded("m4a").stat().st_size


async def test_a_job_is_written_down_before_its_first_byte_and_after_each_step(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()
    service.on("/song.wav", held(SONG, 1_000_000, gate))
    clip = song_clip(service.origin + "/song.wav", duration_s=None)
    async with bench(service, tmp_path, name_template="{model}/{title}") as run:
        [job] = await run.save(clip)
        assert service.requests == []
        [row] = (await run.rows()).values()
        assert (row.clip_id, row.folder, row.template) == (clip.clip_id, str(run.out), "{model}/{title}")
        await until(lambda: job.received)
        [row] = (await run.rows()).values()
        assert (row.state, row.target) == (JobState.FETCHING, str(run.out / "FUZZ-2.0 Pro/City Lights.wav"))
        gate.set()
        path = await run.saver.wait(job)
        [row] = (await run.rows()).values()
        assert (row.state, row.path, row.part, row.received) == (
            JobState.DONE,
            str(path),
            None,
            len(SONG),
        )
        assert await run.library.saved_paths(clip.task_id, clip.clip_id) == [str(path)]


@pytest.mark.parametrize(
    "cover", [Reply(404), Reply(200, HTML), Reply(200, PNG, cut_at=9)], ids=["gone", "page", "cut"]
)
async def test_a_cover_that_fails_never_fails_the_song(
    service: Service, tmp_path: Path, cover: Reply
) -> None:
    service.on("/cover", cover)
    async with bench(service, tmp_path) as run:
        [path] = await run.saved(tune(service, image_url=service.origin + "/cover"))
    assert WAVE(path).tags.getall("APIC") == []
    assert WAVE(path).tags["TIT2"].text == ["City Lights"]


async def test_tags_can_be_left_out_and_files_put_beside(service: Service, tmp_path: Path) -> None:
    wanted = {"tags": False, "beside_cover": True, "beside_lyrics": "txt"}
    async with bench(service, tmp_path, **wanted) as run:
        [path] = await run.saved(tune(service, image_url=service.serve_file("/cover.png", PNG)))
        assert path.read_bytes() == TUNE
        assert run.files() == ["City Lights.png", "City Lights.txt", "City Lights.wav"]


async def test_lyrics_beside_a_song_have_the_times_that_were_paid_for(
    service: Service, tmp_path: Path
) -> None:
    clip = tune(service)
    words = (TimedWord("Hey\n", 1.0, 2.0),)
    alignment = Alignment(task_id=clip.task_id, clip_id=clip.clip_id, state=ConversionState.DONE, words=words)
    async with bench(service, tmp_path, beside_lyrics="lrc") as run:
        await run.know(clip)
        await run.library.claim_alignment(alignment, None)
        [path] = await run.saved(clip)
    assert "[00:01.00]Hey\n" in path.with_suffix(".lrc").read_text("utf-8")


async def test_trouble_beside_the_song_is_a_note_and_no_failure(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_how: object) -> None:
        raise MediaError("The disk is full.")

    monkeypatch.setattr(job_run, "write_beside", refuse)
    async with bench(service, tmp_path, beside_lyrics="txt") as run:
        [job] = await run.save(tune(service))
        await run.saver.wait(job)
        assert job.state is JobState.DONE
        assert "not all that belongs beside it" in job.note
        assert run.files() == ["City Lights.wav"]


async def test_saving_again_or_a_twin_gets_a_number(service: Service, tmp_path: Path) -> None:
    clip, twin = tune(service), tune(service, "other")
    async with bench(service, tmp_path) as run:
        names = {path.name for clips in ([clip], [clip, twin]) for path in await run.saved(*clips)}
    assert names == {"City Lights.wav", "City Lights (2).wav", "City Lights (3).wav"}
    assert len(service.requests) == 2


async def test_a_failed_job_says_why_and_can_be_tried_elsewhere(service: Service, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    async with bench(service, tmp_path) as run:
        job = await run.failed(tune(service), folder=tmp_path / "file")
        with pytest.raises(MediaError, match="There is no folder"):
            await run.saver.wait(job)
        assert (job.state, job.path) == (JobState.FAILED, None)
        assert (await run.rows())[job.id].error == job.error
        run.saver.retry(job, folder=run.out)
        assert job.error is None
        assert (await run.saver.wait(job)).parent == run.out
        assert run.saver.jobs == [job]
        row = (await run.rows())[job.id]
        assert (row.state, row.folder, row.error) == (JobState.DONE, str(run.out), None)


async def test_an_unforeseen_error_fails_the_job_and_the_next_one_goes_on(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench(service, tmp_path) as run:
        with monkeypatch.context() as broken:
            broken.setattr(job_run, "write_part", lambda *_args: 1 / 0)
            job = await run.failed(tune(service))
            assert "could not be saved" in str(job.error)
        assert (await run.saved(tune(service)))[0].exists()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("state", [ClipState.RUNNING, ClipState.FAILED, ClipState.PENDING])
async def test_a_song_that_is_not_finished_is_never_kept(
    service: Service, tmp_path: Path, state: ClipState
) -> None:
    async with bench(service, tmp_path) as run:
        job = await run.failed(tune(service, state=state))
        assert "not finished" in str(job.error)
    assert service.requests == []


async def test_a_few_jobs_run_at_a_time_as_the_settings_say_at_any_moment(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 1_000_000, gate))
    clips = [song_clip(service.origin + "/song", clip_id=str(n), duration_s=None) for n in range(6)]
    busy: list[int] = []
    async with bench(service, tmp_path, saves_at_once=2) as run:
        run.saver.changed.connect(lambda _job: busy.append(run.saver.totals.busy))
        jobs = await run.save(*clips)
        await until(lambda: service.active == 2)
        assert [job.state for job in jobs] == [JobState.FETCHING] * 2 + [JobState.QUEUED] * 4
        run.set(saves_at_once=4)
        await until(lambda: service.active == 4)
        gate.set()
        await asyncio.gather(*map(run.saver.wait, jobs))
    assert max(busy) == 4


async def test_hosts_take_turns(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 1_000_000, gate))
    other = service.origin.replace("127.0.0.1", "localhost")
    hosts = [service.origin] * 5 + [other] * 2
    clips = [song_clip(f"{host}/song", clip_id=str(n), duration_s=None) for n, host in enumerate(hosts)]
    async with bench(service, tmp_path, saves_at_once=4) as run:
        jobs = await run.save(*clips)
        await until(lambda: service.active == 4)
        assert [job.state is JobState.FETCHING for job in jobs] == [True] * 2 + [False] * 3 + [True] * 2
        gate.set()
        await asyncio.gather(*map(run.saver.wait, jobs))


async def test_a_cancelled_job_leaves_nothing_and_can_be_tried_again(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 1_000_000, gate))
    clips = [song_clip(service.origin + "/song", clip_id=str(n), duration_s=None) for n in range(3)]
    async with bench(service, tmp_path, saves_at_once=2) as run:
        jobs = await run.save(*clips)
        await until(lambda: jobs[0].received)
        run.saver.cancel(jobs[0], jobs[2])
        for job in (jobs[0], jobs[2]):
            with pytest.raises(MediaError, match="cancelled"):
                await run.saver.wait(job)
            assert (await run.rows())[job.id].state is JobState.CANCELLED
        gate.set()
        await run.saver.wait(jobs[1])
        run.saver.cancel(*run.saver.jobs)
        assert jobs[1].state is JobState.DONE
        assert len(run.files()) == 1
        run.saver.retry(jobs[0])
        await run.saver.wait(jobs[0])
        assert len(run.files()) == 2


async def test_a_paused_job_goes_on_where_it_was(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 1_000_000, gate))
    async with bench(service, tmp_path) as run:
        jobs = await run.save(song_clip(service.origin + "/song", duration_s=None), tune(service, state=None))
        await jobs[1].settled.wait()
        await until(lambda: jobs[0].received >= 65_536)
        run.saver.pause(*run.saver.jobs)
        await until(lambda: jobs[0].state is JobState.PAUSED)
        assert not jobs[0].settled.is_set()
        assert (await run.rows())[jobs[0].id].state is JobState.PAUSED
        gate.set()
        run.saver.go_on(*run.saver.jobs)
        await run.saver.wait(jobs[0])
        assert jobs[1].state is JobState.FAILED
    assert service.requests[-1].headers["range"].startswith("bytes=")


async def test_a_queued_job_can_be_paused_and_cancelled(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 1_000_000, gate))
    async with bench(service, tmp_path, saves_at_once=1) as run:
        jobs = await run.save(song_clip(service.origin + "/song", duration_s=None), tune(service))
        run.saver.pause(jobs[1])
        gate.set()
        await run.saver.wait(jobs[0])
        assert jobs[1].state is JobState.PAUSED
        run.saver.cancel(jobs[1])
        assert jobs[1].state is JobState.CANCELLED
        assert jobs[1].settled.is_set()


async def test_progress_tells_speed_and_time_left_of_each_and_of_all(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()

    def drops() -> Iterator[bytes]:
        for start in range(0, len(SONG), 1000):
            yield SONG[start : start + 1000]
            gate.wait(0.02)

    service.on("/song", Reply(200, headers=headers_of(SONG), chunks=drops, length=len(SONG)))
    async with bench(service, tmp_path) as run:
        jobs = await run.save(song_clip(service.origin + "/song", duration_s=None), tune(service))
        await run.saver.wait(jobs[1])
        await until(lambda: jobs[0].left_s is not None)
        totals = run.saver.totals
        assert (totals.busy, totals.done, totals.total) == (1, 1, len(SONG) + len(TUNE))
        assert len(TUNE) < totals.received < totals.total
        assert 500 < totals.bytes_per_s < 5_000_000
        assert totals.left_s is not None
        gate.set()
        await run.saver.wait(jobs[0])
        assert (run.saver.totals.busy, run.saver.totals.left_s) == (0, None)


async def test_done_and_cancelled_jobs_can_be_cleared_for_good(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        [done] = await run.save(tune(service))
        await run.saver.wait(done)
        failed = await run.failed(song_clip(service.origin + "/gone", duration_s=None))
        run.saver.clear_done()
        assert run.saver.jobs == [failed]
        assert (run.saver.totals.done, run.saver.totals.failed) == (0, 1)
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        assert [job.id for job in run.saver.jobs] == [failed.id]
        assert await run.library.saved_paths(done.clip.task_id, done.clip.clip_id)


async def test_a_library_that_cannot_be_written_fails_the_job_and_says_so(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:

        async def refuse(*_args: object) -> None:
            raise LibraryError("The disk with the library is full.")

        lost: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: lost.append(context))
        with monkeypatch.context() as broken:
            broken.setattr(run.library, "update_jobs", refuse)
            job = await run.failed(tune(service))
            assert job.error == "The disk with the library is full."
            assert run.files() == []
        assert lost == []
        run.saver.retry(job)
        await run.saver.wait(job)
        with monkeypatch.context() as broken:
            broken.setattr(run.library, "add_jobs", refuse)
            with pytest.raises(LibraryError):
                await run.save(tune(service))


async def test_closing_leaves_unfinished_jobs_to_the_next_start(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 1_000_000, gate))
    clips = [song_clip(service.origin + "/song", clip_id=str(n), duration_s=None) for n in range(5)]
    async with bench(service, tmp_path) as run:
        await run.know(*clips)
        jobs = await run.save(*clips)
        await until(lambda: service.active == 4)
        await run.saver.close()
        with pytest.raises(MediaError, match="goes on"):
            await run.saver.wait(jobs[0])
        assert run.files() == []
    gate.set()
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        await asyncio.gather(*map(run.saver.wait, run.saver.jobs))
        assert len(run.files()) == 5


async def test_closing_lets_a_file_be_written_to_its_end(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, write_part = threading.Event(), job_run.write_part

    def slow_write(*args: object) -> None:
        gate.wait(10)
        write_part(*args)

    monkeypatch.setattr(job_run, "write_part", slow_write)
    async with bench(service, tmp_path) as run:
        [job] = await run.save(tune(service))
        await until(lambda: job.state is JobState.WRITING)
        run.saver.cancel(job)
        closing = asyncio.create_task(run.saver.close())
        await asyncio.sleep(0)
        gate.set()
        await closing
        assert job.path
        assert job.path.exists()


async def test_what_is_saved_during_the_resume_is_listed_once(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        _, jobs = await asyncio.gather(run.saver.resume(), run.save(tune(service)))
        await run.saver.resume()
        assert run.saver.jobs == jobs
        await run.saver.wait(jobs[0])


def test_a_job_is_what_everybody_reads() -> None:
    assert saving.SaveJob is SaveJob
