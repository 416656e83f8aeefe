"""Saving goes on from every point at which the process can end. The points themselves, in their order, are
asserted too: whoever adds a step sees that it is covered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.media.errors import MediaError, Offline
from aimusic_desktop.model import JobRecord, JobState, OnTaken
from aimusic_desktop.runs import Runs
from aimusic_desktop.saving import job_disk
from tests.support.crashing import OLD
from tests.support.media import PNG, song_clip
from tests.support.saving import TUNE, TUNE_S, bench, left, tune
from tests.support.service import Service

PROJECT = Path(__file__).parents[2]
LIMIT_S = 110
WRITING = ["commit", "open part", "shutil.copyfile song", *["open part"] * 5, "commit"]
"""Row WRITING; the temporary file, copied, tagged, synced; row PLACING."""
ENDING = ["commit", "os.remove part", "commit"]
"""Row DONE; the temporary file's end; the row without it."""

CASES: Mapping[str, tuple[list[str], set[str]]] = {
    "taken": ([*WRITING, "os.link part", *ENDING], {"City Lights.wav", "City Lights (2).wav"}),
    "replace": ([*WRITING, "os.rename part", "commit", "commit"], {"mine.wav"}),
    "no links": ([*WRITING, "commit", "commit"], {"City Lights.wav"}),
    "no renames": (
        [*WRITING, "commit", "open City Lights.wav", "os.rename part", "commit", "commit"],
        {"City Lights.wav"},
    ),
    "beside": (
        [*WRITING, "os.link part"]
        + [
            f"{change} part{suffix}"
            for suffix in (".png", ".txt")
            for change in ("os.remove", "open", "open", "os.link", "os.remove")
        ]
        + ENDING,
        {"City Lights.wav", "City Lights.png", "City Lights.txt"},
    ),
}


def crashes(service: Service, root: Path, case: str) -> list[dict[str, Any]]:
    """What became of each attempt; the last one was left in peace."""
    service.serve_file("/song.wav", TUNE, "audio/wav")
    service.serve_file("/cover.png", PNG, "image/png")
    command = [sys.executable, "-m", "tests.support.crashing", service.api_url, str(root), case]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def step(at: str) -> str:
    """A point without what differs from run to run."""
    at = re.sub(r"\.(City Lights|mine).*?\.part", "part", at)
    return re.sub(r"[0-9a-f]{32}\.wav", "song", at)


def assert_all_alike(attempts: list[dict[str, Any]]) -> None:
    """Each crash ended in the same files as no crash at all, byte by byte, and nothing beside them."""
    *crashed, undisturbed = attempts
    assert len(crashed) > 8
    for attempt in crashed:
        assert attempt["files"] == undisturbed["files"], attempt["at"]
        assert set(attempt["parts"]) == {None}, attempt["at"]


def test_a_crash_at_any_step_from_the_first_row_on_loses_nothing(service: Service, tmp_path: Path) -> None:
    attempts = crashes(service, tmp_path, "plain")
    assert_all_alike(attempts)
    assert set(attempts[-1]["files"]) == {"City Lights.wav"}
    steps = [step(attempt["at"]) for attempt in attempts[:-1]]
    assert steps[0] == "commit"  # the job's row; before it nothing is on the disk
    assert steps[-len(WRITING) - 4 :] == [*WRITING, "os.link part", *ENDING]


@pytest.mark.parametrize("case", CASES)
def test_a_crash_at_any_step_of_writing_loses_nothing(service: Service, tmp_path: Path, case: str) -> None:
    steps, files = CASES[case]
    attempts = crashes(service, tmp_path, case)
    assert_all_alike(attempts)
    assert [step(attempt["at"]) for attempt in attempts] == [*steps, ""]
    assert set(attempts[-1]["files"]) == files
    if case == "taken":
        assert attempts[-1]["files"]["City Lights.wav"] == hashlib.sha256(OLD).hexdigest()


@pytest.mark.parametrize("content", [b"", TUNE[:1000], TUNE], ids=["empty", "cut", "whole"])
async def test_a_part_that_may_be_half_is_written_anew(
    service: Service, tmp_path: Path, content: bytes
) -> None:
    async with bench(service, tmp_path) as run:
        part = run.out / ".City Lights.0123456789abcdef.part"
        await left(run, tune(service), state=JobState.WRITING, part=part, target=run.out / "City Lights.wav")
        part.write_bytes(content)
        await run.saver.resume()
        [job] = run.saver.jobs
        assert (await run.saver.wait(job)).stat().st_size > len(TUNE)
        assert run.files() == ["City Lights.wav"]


async def test_a_whole_part_gets_its_name_without_the_network(service: Service, tmp_path: Path) -> None:
    clip = song_clip("http://127.0.0.1:9/gone.wav")
    async with bench(service, tmp_path) as run:
        part = run.out / ".City Lights.0123456789abcdef.part"
        await left(run, clip, state=JobState.PLACING, part=part, target=run.out / "City Lights.wav")
        part.write_bytes(TUNE)
        await run.saver.resume()
        assert (await run.saver.wait(run.saver.jobs[0])).read_bytes() == TUNE
        assert run.files() == ["City Lights.wav"]


async def test_a_name_that_was_taken_while_nothing_ran_is_left_to_its_file(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path) as run:
        part, target = run.out / ".City Lights.0123456789abcdef.part", run.out / "City Lights.wav"
        await left(run, tune(service), state=JobState.PLACING, part=part, target=target)
        part.write_bytes(TUNE)
        target.write_bytes(OLD)
        await run.saver.resume()
        await run.saver.wait(run.saver.jobs[0])
        assert run.files() == ["City Lights (2).wav", "City Lights.wav"]
        assert target.read_bytes() == OLD


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
async def test_what_a_settled_job_left_is_removed_and_nothing_else(
    service: Service, tmp_path: Path, state: JobState
) -> None:
    async with bench(service, tmp_path) as run:
        part = run.out / ".City Lights.0123456789abcdef.part"
        await left(run, tune(service), state=state, part=part, error="Why." if state == "failed" else None)
        for path in (part, part.with_name(part.name + ".txt"), run.out / "City Lights.wav"):
            path.write_bytes(TUNE)
        await run.saver.resume()
        await run.saver.close()
        assert run.files() == ["City Lights.wav"]
        assert [row.part for row in (await run.rows()).values()] == [None]
        assert run.saver.jobs[0].state is state


async def test_a_temporary_file_on_a_disk_that_is_not_there_is_removed_when_it_is_back(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path) as run:
        await left(
            run, tune(service), state=JobState.DONE, part=run.out / ".City Lights.0123456789abcdef.part"
        )
        run.out.rmdir()
        await run.saver.resume()
        await run.saver.close()
    async with bench(service, tmp_path) as run:
        run.out.mkdir()
        (run.out / ".City Lights.0123456789abcdef.part").write_bytes(TUNE)
        await run.saver.resume()
        await run.saver.close()
        assert run.files() == []


async def test_paused_jobs_stay_paused_and_asking_ones_ask_again(service: Service, tmp_path: Path) -> None:
    asked = []
    async with bench(service, tmp_path) as run:
        await left(run, tune(service), state=JobState.PAUSED)
        await left(run, tune(service, "b"), state=JobState.ASKING, on_taken=OnTaken.ASK)
        run.saver.asking.connect(asked.append)
        await run.saver.resume()
        paused, asking = run.saver.jobs
        assert (paused.state, asking.state) == (JobState.PAUSED, JobState.ASKING)
        assert asked == [asking]
        run.saver.answer(asking, OnTaken.NUMBER)
        run.saver.go_on(*run.saver.jobs)
        await asyncio.gather(run.saver.wait(paused), run.saver.wait(asking))


async def test_a_job_whose_song_left_the_library_says_so(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        [job_id] = await run.library.add_jobs(
            [JobRecord(task_id="t", clip_id="c", folder=str(run.out), owner="dead")]
        )
        await run.saver.resume()
        [job] = run.saver.jobs
        await job.settled.wait()
        assert "no longer in the library" in str(job.error)
        assert job.id == job_id


async def test_a_run_that_lives_keeps_its_jobs(service: Service, tmp_path: Path) -> None:
    other = Runs(tmp_path / "runs")
    other.begin()
    async with bench(service, tmp_path) as run:
        await run.library.add_jobs(
            [JobRecord(task_id="t", clip_id="c", folder=str(run.out), owner=other.token)]
        )
        await run.saver.resume()
        assert run.saver.jobs == []
        other.close()
        await run.saver.resume()
        assert len(run.saver.jobs) == 1


async def test_a_part_that_cannot_be_placed_now_is_placed_by_a_later_start(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(part: Path, *_target: Path) -> None:
        part.parent.rename(tmp_path / "unplugged")
        raise MediaError("There is no folder.")

    async with bench(service, tmp_path) as run:
        clip = tune(service)
        await run.know(clip)
        with monkeypatch.context() as broken:
            broken.setattr(job_disk, "place", gone)
            job = await run.failed(clip)
        assert (await run.rows())[job.id].state is JobState.PLACING
    async with bench(service, tmp_path) as run:
        (tmp_path / "unplugged").rename(run.out)
        await run.saver.resume()
        await run.saver.wait(run.saver.jobs[0])
        assert run.files() == ["City Lights.wav"]


async def test_cancelling_a_job_that_only_lacks_its_name_ends_it(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its temporary file goes at the next start at the latest."""

    def gone(part: Path, *_target: Path) -> None:
        part.parent.rename(tmp_path / "unplugged")
        raise Offline("Not now.")

    async with bench(service, tmp_path) as run:
        clip = tune(service, duration_s=TUNE_S)
        await run.know(clip)
        monkeypatch.setattr(job_disk, "place", gone)
        [job] = await run.save(clip)
        while not job.note:
            await asyncio.sleep(0.01)
        run.saver.cancel(job)
        assert job.state is JobState.CANCELLED
        assert (await run.rows())[job.id].state is JobState.CANCELLED
    (tmp_path / "unplugged").rename(tmp_path / "out")
    async with bench(service, tmp_path) as run:
        await run.saver.resume()
        await run.saver.close()
        assert run.files() == []


async def test_a_song_that_is_there_but_could_not_be_written_down_is_not_saved_twice(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(service, tmp_path) as run:
        write = run.library.update_jobs

        async def refuse_the_end(changes: Mapping[int, Mapping[str, object]], owner: str) -> None:
            if any(values.get("state") == JobState.DONE for values in changes.values()):
                raise LibraryError("The disk with the library is full.")
            await write(changes, owner)

        with monkeypatch.context() as broken:
            broken.setattr(run.library, "update_jobs", refuse_the_end)
            job = await run.failed(tune(service))
        assert (await run.rows())[job.id].state is JobState.PLACING
        run.saver.retry(job)
        assert (await run.saver.wait(job)).name == "City Lights.wav"
        assert run.files() == ["City Lights.wav"]
