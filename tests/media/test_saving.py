from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mutagen.mp4 import MP4
from mutagen.wave import WAVE

from aimusic_desktop.media import saving
from aimusic_desktop.media.errors import MediaError
from aimusic_desktop.media.saving import JobState, SaveJob, Saver
from aimusic_desktop.model import ClipState
from tests.media.conftest import MakeSong
from tests.support.media import HTML, PNG, SONG, held, song_clip, stores, until, wav
from tests.support.service import Reply, Service

TUNE = wav()


@asynccontextmanager
async def saver_in(service: Service, root: Path) -> AsyncIterator[Saver]:
    async with stores(service, root) as (audio, covers):
        saver = Saver(audio, covers)
        yield saver
        await saver.close()


async def test_a_song_is_saved_whole_and_tagged_with_its_cover(
    service: Service, tmp_path: Path, encoded: MakeSong
) -> None:
    url = service.serve_file("/song.m4a", encoded("m4a").read_bytes())
    clip = song_clip(url, image_url=service.serve_file("/cover.png", PNG))
    seen: list[tuple[JobState, int, int | None]] = []
    async with saver_in(service, tmp_path) as saver:
        saver.changed.connect(lambda job: seen.append((job.state, job.received, job.total)))
        job = saver.save(clip, tmp_path / "out")
        assert await saver.wait(job) == job.path == tmp_path / "out" / "City Lights.m4a"
    tags = MP4(job.path).tags
    assert (tags["\xa9nam"], tags["covr"]) == ([clip.title], [PNG])
    states = list(dict.fromkeys(state for state, _, _ in seen))
    assert states == [JobState.QUEUED, JobState.FETCHING, JobState.WRITING, JobState.DONE]
    assert seen[-1][1] == seen[-1][2] == encoded("m4a").stat().st_size


@pytest.mark.parametrize(
    "cover", [Reply(404), Reply(200, HTML), Reply(200, PNG, cut_at=9)], ids=["gone", "page", "cut"]
)
async def test_a_cover_that_fails_never_fails_the_song(
    service: Service, tmp_path: Path, cover: Reply
) -> None:
    service.on("/cover", cover)
    clip = song_clip(service.serve_file("/song", TUNE), image_url=service.origin + "/cover")
    async with saver_in(service, tmp_path) as saver:
        path = await saver.wait(saver.save(clip, tmp_path / "out"))
    assert WAVE(path).tags.getall("APIC") == []
    assert WAVE(path).tags["TIT2"].text == [clip.title]


async def test_saving_again_or_a_twin_gets_a_number(service: Service, tmp_path: Path) -> None:
    url = service.serve_file("/song", TUNE)
    clips = [song_clip(url, clip_id=name) for name in "aab"]
    async with saver_in(service, tmp_path) as saver:
        jobs = [saver.save(clip, tmp_path / "out") for clip in clips]
        names = {(await saver.wait(job)).name for job in jobs}
    assert names == {"City Lights.wav", "City Lights (2).wav", "City Lights (3).wav"}
    assert len(service.requests) == 2


async def test_save_as_replaces_what_the_user_agreed_to(service: Service, tmp_path: Path) -> None:
    (tmp_path / "mine.wav").write_bytes(b"old")
    clip = song_clip(service.serve_file("/song", TUNE))
    async with saver_in(service, tmp_path) as saver:
        await saver.wait(saver.save(clip, tmp_path, "mine.wav", replace=True))
        kept = await saver.wait(saver.save(clip, tmp_path, "mine.wav"))
    assert WAVE(tmp_path / "mine.wav").tags
    assert kept.name == "mine (2).wav"


async def test_a_failed_job_says_why_and_can_be_tried_elsewhere(service: Service, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    clip = song_clip(service.serve_file("/song", TUNE))
    async with saver_in(service, tmp_path) as saver:
        job = saver.save(clip, tmp_path / "file")
        with pytest.raises(MediaError, match="There is no folder"):
            await saver.wait(job)
        assert (job.state, job.path) == (JobState.FAILED, None)
        assert job.error
        saver.retry(job, tmp_path / "out")
        assert job.error is None
        assert (await saver.wait(job)).parent == tmp_path / "out"
        assert saver.jobs == [job]


async def test_an_unforeseen_error_fails_the_job_and_the_next_one_goes_on(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clip = song_clip(service.serve_file("/song", TUNE))
    async with saver_in(service, tmp_path) as saver:
        with monkeypatch.context() as broken:
            broken.setattr(saving, "publish", lambda *_args, **_options: 1 / 0)
            with pytest.raises(MediaError, match="could not be saved"):
                await saver.wait(saver.save(clip, tmp_path / "out"))
        assert (await saver.wait(saver.save(clip, tmp_path / "out"))).exists()
    assert "ZeroDivisionError" in caplog.text


async def test_a_host_that_refuses_fails_the_job_and_leaves_no_file(service: Service, tmp_path: Path) -> None:
    async with saver_in(service, tmp_path) as saver:
        job = saver.save(song_clip(service.origin + "/gone"), tmp_path / "out")
        with pytest.raises(MediaError, match="expired"):
            await saver.wait(job)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("state", [ClipState.RUNNING, ClipState.FAILED, ClipState.PENDING])
async def test_a_song_that_is_not_finished_is_never_kept(
    service: Service, tmp_path: Path, state: ClipState
) -> None:
    clip = song_clip(service.serve_file("/song", TUNE), state=state)
    async with saver_in(service, tmp_path) as saver:
        with pytest.raises(MediaError, match="not finished"):
            await saver.wait(saver.save(clip, tmp_path / "out"))
    assert service.requests == []


async def test_a_few_jobs_run_at_a_time_and_cancelled_ones_leave_nothing(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()
    service.on("/song", held(SONG, 100_000, gate))
    clips = [song_clip(service.origin + "/song", clip_id=str(n)) for n in range(6)]
    async with saver_in(service, tmp_path) as saver:
        jobs = [saver.save(clip, tmp_path / "out") for clip in clips]
        await until(lambda: service.active == saving.AT_ONCE)
        assert [job.state for job in jobs] == [JobState.FETCHING] * 3 + [JobState.QUEUED] * 3
        saver.cancel(jobs[0])
        saver.cancel(jobs[5])
        await until(lambda: jobs[3].state is JobState.FETCHING)
        for job in (jobs[0], jobs[5]):
            with pytest.raises(MediaError, match="cancelled"):
                await saver.wait(job)
            assert job.state is JobState.CANCELLED
        gate.set()
        await asyncio.gather(*(saver.wait(job) for job in jobs[1:5]))
        saver.cancel(jobs[1])
        assert jobs[1].state is JobState.DONE
    assert len(list((tmp_path / "out").iterdir())) == 4


async def test_closing_gives_up_what_is_not_being_written(service: Service, tmp_path: Path) -> None:
    service.on("/song", held(SONG, 100_000, threading.Event()))
    clips = [song_clip(service.origin + "/song", clip_id=str(n)) for n in range(5)]
    async with saver_in(service, tmp_path) as saver:
        jobs = [saver.save(clip, tmp_path / "out") for clip in clips]
        await until(lambda: service.active == saving.AT_ONCE)
        await saver.close()
        assert {job.state for job in jobs} == {JobState.CANCELLED}
    assert not (tmp_path / "out").exists()


async def test_closing_lets_a_file_be_written_to_its_end(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, publish = threading.Event(), saving.publish

    def slow_publish(*args, **options) -> Path:
        gate.wait(10)
        return publish(*args, **options)

    monkeypatch.setattr(saving, "publish", slow_publish)
    async with saver_in(service, tmp_path) as saver:
        job: SaveJob = saver.save(song_clip(service.serve_file("/song", TUNE)), tmp_path / "out")
        await until(lambda: job.state is JobState.WRITING)
        saver.cancel(job)
        closing = asyncio.create_task(saver.close())
        await asyncio.sleep(0)
        gate.set()
        await closing
    assert job.path
    assert job.path.exists()
