from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mutagen.wave import WAVE

from aimusic_desktop.errors import AppError
from aimusic_desktop.get import _begin_saving
from aimusic_desktop.model import JobState, SaveFormat
from aimusic_desktop.saving.job import SaveJob
from tests.support.command import (
    CLIP,
    NOT_READY,
    OTHER,
    SONG_S,
    TASK,
    TWIN,
    environment,
    finished,
    start,
    two_clips,
)
from tests.support.media import wav
from tests.support.saving import TUNE, bench, left, tune
from tests.support.service import Reply, Service
from tests.support.waiting import wait_until


def test_songs_are_saved_as_tagged_files(get, service, song_url, tmp_path) -> None:
    clip = {"title": "City Lights", "sound": "soft pop", "audio_url": song_url, "state": "succeeded"}
    service.on_task("sonic", TASK, two_clips({**clip, "clip_id": CLIP}, {**clip, "clip_id": TWIN}))
    folder = tmp_path / "new" / "songs"
    done = get(TASK, "--product", "sonic", "--save", str(folder), "--json")
    assert (done.code, done.err) == (0, "")
    files = sorted(clip["file"] for clip in done.objects[0]["clips"])
    assert files == [str(folder / "City Lights (2).wav"), str(folder / "City Lights.wav")]
    assert sorted(map(str, folder.iterdir())) == files
    assert str(WAVE(files[1]).tags["TIT2"]) == "City Lights"
    assert all("authorization" not in request.headers for request in service.requests[1:])


def test_a_song_that_cannot_be_saved_is_said_and_the_others_are_kept(
    get, service, song_url, tmp_path
) -> None:
    gone = f"{service.origin}/songs/gone.wav"
    clip = {"title": "City Lights", "state": "succeeded"}
    broken, good = (
        {**clip, "clip_id": CLIP, "audio_url": gone},
        {**clip, "clip_id": TWIN, "audio_url": song_url},
    )
    service.on_task("sonic", TASK, two_clips(broken, good))
    done = get(TASK, "--product", "sonic", "--save", str(tmp_path), "--json")
    assert done.code == 1
    [task] = done.objects
    assert task["state"] == "succeeded"
    assert [bool(clip["file"]) for clip in task["clips"]] == [False, True]
    assert task["clips"][0]["error"].endswith(".")


def test_a_half_failed_task_keeps_its_good_song(get, service, song_url, tmp_path) -> None:
    good = {"clip_id": CLIP, "title": "Kept", "audio_url": song_url, "state": "succeeded"}
    bad = {"clip_id": TWIN, "state": "failed", "error_message": "The lyrics were refused."}
    service.on_task("sonic", TASK, two_clips(good, bad))
    done = get(TASK, "--product", "sonic", "--save", str(tmp_path), "--json")
    assert done.code == 1
    [task] = done.objects
    assert task["state"] == "partial"
    assert task["clips"][0]["file"] == str(tmp_path / "Kept.wav")
    assert (task["clips"][1]["state"], task["clips"][1]["file"]) == ("failed", None)
    assert "refused" in task["clips"][1]["error"]


def test_a_song_of_another_length_is_saved_when_told_to(get, service, song_url, tmp_path) -> None:
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url))
    refused = get(TASK, "--json", "--save", str(tmp_path))
    assert refused.code == 1
    assert "the service says 3:05" in refused.objects[0]["clips"][0]["error"]
    done = get(TASK, "--json", "--save", str(tmp_path), "--any-length")
    assert (done.code, done.objects[0]["clips"][0]["file"]) == (0, str(tmp_path / "City Lights.wav"))


def trickle() -> Iterator[bytes]:
    data = wav()
    yield data[:1000]
    for at in range(1000, len(data), 10):
        time.sleep(0.1)
        yield data[at : at + 10]


@pytest.mark.parametrize("media", [Reply(stall_s=60), Reply(chunks=trickle, length=len(wav()))])
def test_the_timeout_bounds_saving_too(get, service, song_url, tmp_path, media) -> None:
    service.on("/songs/slow.wav", media)
    clip = {"title": "City Lights", "state": "succeeded"}
    good, slow = ({"clip_id": CLIP, "audio_url": song_url}, {"clip_id": TWIN})
    slow["audio_url"] = f"{service.origin}/songs/slow.wav"
    service.on_task("sonic", TASK, two_clips(clip | good, clip | slow))
    done = get(TASK, "--product", "sonic", "--save", str(tmp_path), "--json", "--timeout", "10")
    assert (done.code, done.err) == (1, "")
    saved, late = done.objects[0]["clips"]
    assert (saved["file"], saved["error"]) == (str(tmp_path / "City Lights.wav"), None)
    assert late["file"] is None
    assert late["error"].startswith("Saving was not finished within 10 s. ")


def test_finished_songs_are_saved_though_others_took_all_the_time(get, service, song_url, tmp_path) -> None:
    service.on_task("producer", TASK, NOT_READY)
    song = Reply(body=wav(), headers={"Content-Type": "audio/wav"}, stall_s=1.5)
    service.on("/songs/lights.wav", song)
    service.on_task("sonic", OTHER, finished(TWIN, audio_url=song_url, duration=SONG_S))
    done = get(TASK, f"/sonic/task/{OTHER}", "--json", "--timeout", "6", "--save", str(tmp_path))
    assert done.objects[1]["clips"][0]["file"] == str(tmp_path / "City Lights.wav")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_a_command_that_was_killed_is_gone_on_with_by_the_next(get, service, song_url, tmp_path) -> None:
    service.on("/songs/lights.wav", Reply(stall_s=60))
    service.on_task("producer", TASK, finished(CLIP, audio_url=song_url, duration=SONG_S))
    arguments = (TASK, "--save", str(tmp_path / "out"))
    process = start("get", *arguments, env=environment(AIMUSIC_API_URL=service.api_url))
    wait_until(
        lambda: any(request.path == "/songs/lights.wav" for request in service.requests), "it began", 30
    )
    process.kill()
    process.communicate(timeout=30)
    service.serve_file("/songs/lights.wav", wav(), "audio/wav")
    assert get(*arguments).code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["City Lights.wav"]


def test_the_link_that_is_told_is_the_fresh_one(get, service, song_url, tmp_path) -> None:
    old = f"{service.origin}/songs/old.wav"
    service.on("/songs/old.wav", Reply(403))
    answers = [finished(CLIP, audio_url=url, duration=SONG_S) for url in (old, song_url)]
    service.on_task("producer", TASK, *answers)
    done = get(TASK, "--json", "--save", str(tmp_path))
    [clip] = done.objects[0]["clips"]
    assert (done.code, clip["audio_url"]) == (0, song_url)
    assert clip["file"] == str(tmp_path / "City Lights.wav")


async def test_what_is_gone_on_with_and_done_at_once_is_not_saved_again(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        placing, fresh = tune(service), tune(service, "fresh", title="Fresh")
        part = run.out / ".City Lights.0123456789abcdef.part"
        await run.know(fresh)
        await left(run, placing, state=JobState.PLACING, part=part, target=run.out / "City Lights.wav")
        part.write_bytes(TUNE)
        resume = run.saver.resume

        async def resume_and_end(*how: Any) -> list[SaveJob]:
            jobs = await resume(*how)
            await asyncio.gather(*map(run.saver.wait, jobs))
            return jobs

        monkeypatch.setattr(run.saver, "resume", resume_and_end)
        jobs = await _begin_saving(run.saver, [fresh, placing], run.out, any_length=False)
        await asyncio.gather(*map(run.saver.wait, jobs))
        assert {job.clip.clip_id for job in jobs} == {placing.clip_id, fresh.clip_id}
        assert run.files() == ["City Lights.wav", "Fresh.wav"]


async def test_a_song_that_is_saved_under_a_name_or_as_mp3_is_not_the_one_that_is_wanted(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path) as run:
        clip = tune(service)
        await left(run, clip, name="Mine.wav")
        await left(run, clip, format=SaveFormat.MP3)
        run.links.urls[SaveFormat.MP3] = AppError("No.")
        jobs = await _begin_saving(run.saver, [clip], run.out, any_length=False)
        await asyncio.gather(*map(run.saver.wait, jobs))
        assert [job.path.name for job in jobs if job.path] == ["City Lights.wav"]
