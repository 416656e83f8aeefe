from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.model import Clip, JobState, OnTaken
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.job_disk import identity_of
from tests.support.media import HTML, held, song_clip
from tests.support.saving import SONG, TUNE, Bench, bench, held_tune, tune
from tests.support.service import Service
from tests.support.waiting import until

THERE = b"what lay there before"


async def test_save_as_replaces_what_the_user_agreed_to_and_nothing_else(
    service: Service, tmp_path: Path
) -> None:
    clip = tune(service)
    async with bench(service, tmp_path) as run:
        run.out.mkdir()
        (run.out / "mine.wav").write_bytes(THERE)
        (run.out / "mine.m4a").write_bytes(THERE)
        [path] = await run.saved(clip, name="mine.wav", replaces=identity_of(run.out / "mine.wav"))
        assert path.read_bytes() != THERE
        [kept] = await run.saved(clip, name="mine.wav")
        assert kept.name == "mine (2).wav"
        # The song is a WAV:
        [other] = await run.saved(clip, name="mine.m4a", replaces=identity_of(run.out / "mine.m4a"))
        assert other.name == "mine (3).wav"
        assert (run.out / "mine.m4a").read_bytes() == THERE


async def test_skipping_leaves_the_same_clip_and_numbers_another(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path, on_taken="skip") as run:
        first = await run.saved(tune(service), tune(service, "other"))
        asked = len(service.requests)
        again = await run.saved(tune(service, "other"), tune(service))
        assert sorted(again) == sorted(first)
        assert len(service.requests) == asked
        assert len(run.files()) == 2


async def test_skipping_saves_a_song_given_twice_at_once_once(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    clip = held_tune(service, gate)
    async with bench(service, tmp_path, on_taken="skip") as run:
        first = await run.save(clip)
        assert await run.save(clip) == first
        gate.set()
        await run.saver.wait(first[0])
        assert run.files() == ["City Lights.wav"]


async def asked_about(run: Bench, *names: str) -> list[SaveJob]:
    """Jobs that ask, for a file of their name is there."""
    run.out.mkdir()
    asked: list[SaveJob] = []
    run.saver.asking.connect(asked.append)
    for name in names:
        (run.out / f"{name}.wav").write_bytes(THERE)
    jobs = await run.save(*(tune(run.service, name, title=name) for name in names))
    await until(lambda: len(asked) == len(names))
    assert {job.state for job in jobs} == {JobState.ASKING}
    return jobs


@pytest.mark.parametrize(
    ("choice", "state", "files"),
    [
        (OnTaken.NUMBER, JobState.DONE, ["A (2).wav", "A.wav"]),
        (OnTaken.SKIP, JobState.CANCELLED, ["A.wav"]),
        (OnTaken.REPLACE, JobState.DONE, ["A.wav"]),
    ],
)
async def test_the_user_is_asked_before_the_first_byte_and_obeyed(
    service: Service, tmp_path: Path, choice: OnTaken, state: JobState, files: list[str]
) -> None:
    async with bench(service, tmp_path, on_taken="ask") as run:
        [job] = await asked_about(run, "A")
        assert job.target == run.out / "A.wav"
        assert service.requests == []
        run.saver.answer(job, choice)
        await job.settled.wait()
        assert (job.state, run.files()) == (state, files)
        assert ((run.out / "A.wav").read_bytes() == THERE) == (choice is not OnTaken.REPLACE)


async def test_one_answer_serves_all_present_jobs_and_none_that_come_later(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path, on_taken="ask", saves_at_once=1) as run:
        first, second = await asked_about(run, "A", "B")
        (run.out / "C.wav").write_bytes(THERE)
        [third] = await run.save(tune(service, "C", title="C"))
        run.saver.answer(first, OnTaken.REPLACE, for_all=True)
        await asyncio.gather(*map(run.saver.wait, (first, second, third)))
        assert run.files() == ["A.wav", "B.wav", "C.wav"]
        assert THERE not in {path.read_bytes() for path in run.out.iterdir()}
        [later] = await run.save(tune(service, "A", title="A"))
        await until(lambda: later.state is JobState.ASKING)


async def test_a_replacement_agreed_to_for_one_type_is_not_taken_for_another(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path, on_taken="ask") as run:
        run.out.mkdir()
        for name in ("City Lights.mp3", "City Lights.wav"):
            (run.out / name).write_bytes(THERE)
        [job] = await run.save(song_clip(service.serve_file("/song.mp3", TUNE), duration_s=None))
        await until(lambda: job.state is JobState.ASKING)
        run.saver.answer(job, OnTaken.REPLACE)
        await until(lambda: job.state is JobState.ASKING and job.target == run.out / "City Lights.wav")
        assert (run.out / "City Lights.wav").read_bytes() == THERE


async def test_a_name_taken_at_the_last_moment_by_somebody_else_is_left_to_them(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()
    service.on("/song.wav", held(SONG, 1_000_000, gate))
    async with bench(service, tmp_path) as run:
        [job] = await run.save(song_clip(service.origin + "/song.wav", duration_s=None))
        await until(lambda: job.received)
        (run.out / "City Lights.wav").write_bytes(THERE)
        gate.set()
        assert (await run.saver.wait(job)).name == "City Lights (2).wav"
        assert (run.out / "City Lights.wav").read_bytes() == THERE


async def test_what_may_be_replaced_is_the_chosen_file_and_never_one_of_a_number(
    service: Service, tmp_path: Path
) -> None:
    gate = threading.Event()
    service.on("/song.wav", held(SONG, 1_000_000, gate))
    clips = [song_clip(service.origin + "/song.wav", clip_id=name, duration_s=None) for name in "ab"]
    async with bench(service, tmp_path) as run:
        [first] = await run.save(clips[0], name="mine.wav")
        await until(lambda: first.received)
        [second] = await run.save(clips[1], name="mine.wav")  # the name is promised to the first
        await until(lambda: second.received)
        (run.out / "mine (2).wav").write_bytes(THERE)
        gate.set()
        await asyncio.gather(*map(run.saver.wait, (first, second)))
        assert run.files() == ["mine (2).wav", "mine (3).wav", "mine.wav"]
        assert (run.out / "mine (2).wav").read_bytes() == THERE


async def test_two_runs_of_one_library_never_go_for_one_name(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    clips = [held_tune(service, gate, str(number)) for number in range(6)]
    async with bench(service, tmp_path) as one, bench(service, tmp_path) as other:
        await one.know(*clips)
        several = await asyncio.gather(one.save(*clips), other.save(*clips))
        # Before anything is settled: what is, every run lists.
        await asyncio.gather(one.saver.resume(), other.saver.resume())
        gate.set()
        saved = [
            await run.saver.wait(job) for run, jobs in zip((one, other), several, strict=True) for job in jobs
        ]
        assert len(set(saved)) == 12
        assert one.files() == sorted(path.name for path in saved)
        assert (len(one.saver.jobs), len(other.saver.jobs)) == (6, 6)


async def test_two_windows_save_into_one_folder_without_loss(service: Service, tmp_path: Path) -> None:
    """Two libraries that know nothing of each other, as two users of one shared folder have."""
    clips = [tune(service, str(number)) for number in range(4)]
    async with bench(service, tmp_path / "a") as one, bench(service, tmp_path / "b") as other:
        jobs = [(run, await run.save(*clips, folder=tmp_path / "shared")) for run in (one, other)]
        paths = [await run.saver.wait(job) for run, several in jobs for job in several]
    assert len(set(paths)) == 8
    assert sorted(tmp_path.joinpath("shared").iterdir()) == sorted(paths)


async def test_a_file_name_that_is_a_path_is_refused(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path) as run:
        for name in ("../out.wav", "a/b.wav", ".."):
            assert "not a file name" in str((await run.failed(tune(service), name=name)).error)
        assert list(tmp_path.glob("*.wav")) == []


async def test_a_link_that_leads_out_of_the_folder_is_not_followed(service: Service, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    async with bench(service, tmp_path, name_template="{product}/{title}") as run:
        run.out.mkdir()
        (run.out / "Producer").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        assert "leads to another place" in str((await run.failed(tune(service))).error)
        assert list((tmp_path / "elsewhere").iterdir()) == []


async def test_a_link_or_a_folder_of_the_songs_name_is_left_alone(service: Service, tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(HTML)
    async with bench(service, tmp_path) as run:
        run.out.mkdir()
        (run.out / "City Lights.wav").mkdir()
        (run.out / "City Lights (2).wav").symlink_to(tmp_path / "page")
        (run.out / "City Lights (3).wav").symlink_to(tmp_path / "nowhere")
        [path] = await run.saved(tune(service))
        assert path.name == "City Lights (4).wav"
        job = await run.failed(
            tune(service), name="City Lights.wav", replaces=identity_of(run.out / "City Lights.wav")
        )
        assert "is a folder" in str(job.error)
    assert (tmp_path / "page").read_bytes() == HTML
    assert not (tmp_path / "nowhere").exists()


def lyrics_by_stem(run: Bench) -> dict[str, str]:
    """What a player shows for each song that lies there."""
    songs = (path for path in run.out.iterdir() if path.suffix in (".wav", ".mp3", ".m4a"))
    return {song.name: song.with_suffix(".txt").read_text("utf-8").strip() for song in songs}


def sung(service: Service, lyrics: str) -> Clip:
    return replace(tune(service, lyrics), lyrics=lyrics)


def in_another_format(service: Service, lyrics: str) -> Clip:
    """A song whose link says MP3; what it is, is seen when it comes only."""
    url = service.serve_file(f"/{lyrics}.mp3", TUNE, "audio/mpeg")
    return replace(song_clip(url, clip_id=lyrics, duration_s=None), lyrics=lyrics)


async def test_each_song_has_its_own_lyrics_by_its_stem_whatever_its_suffix(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path, beside_lyrics="txt") as run:
        run.out.mkdir()
        (run.out / "city lights.mp3").write_bytes(THERE)
        (run.out / "City Lights (2).txt").write_bytes(b"somebody's notes")
        clips = [
            sung(service, "a"),
            in_another_format(service, "b"),
            sung(service, "c"),
        ]
        saved = await run.saved(*clips)
        (run.out / "city lights.mp3").unlink()
        assert lyrics_by_stem(run) == {
            path.name: clip.lyrics for path, clip in zip(saved, clips, strict=True)
        }
        assert sorted(path.name for path in saved) == [f"City Lights ({n}).wav" for n in (3, 4, 5)]


async def test_a_stem_that_another_job_goes_for_is_left_to_it(service: Service, tmp_path: Path) -> None:
    gate = threading.Event()
    service.on("/song.m4a", held(SONG, 1_000_000, gate))
    first = replace(song_clip(service.origin + "/song.m4a", clip_id="a", duration_s=None), lyrics="a")
    async with bench(service, tmp_path, beside_lyrics="txt") as run:
        [slow] = await run.save(first)
        await until(lambda: slow.received)
        [quick] = await run.saved(sung(service, "b"))
        gate.set()
        assert quick.name == "City Lights (2).wav"
        assert lyrics_by_stem(run)["City Lights (2).wav"] == "b"
        await run.saver.wait(slow)
        assert lyrics_by_stem(run)["City Lights.wav"] == "a"


async def test_without_anything_beside_a_suffix_is_enough_to_tell_songs_apart(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path) as run:
        run.out.mkdir()
        (run.out / "City Lights.mp3").write_bytes(THERE)
        [path] = await run.saved(tune(service))
        assert path.name == "City Lights.wav"


async def test_skipping_finds_a_song_again_that_got_a_number_for_its_stem(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path, on_taken="skip", beside_lyrics="txt") as run:
        run.out.mkdir()
        (run.out / "City Lights.mp3").write_bytes(THERE)
        [first] = await run.saved(tune(service))
        assert first.name == "City Lights (2).wav"
        assert await run.saved(tune(service)) == [first]


async def test_nobody_is_asked_about_a_file_of_another_name(service: Service, tmp_path: Path) -> None:
    async with bench(service, tmp_path, on_taken="ask", beside_lyrics="txt") as run:
        run.out.mkdir()
        for name in ("City Lights.mp3", "City Lights (2).wav"):
            (run.out / name).write_bytes(THERE)
        [path] = await run.saved(tune(service))
        assert path.name == "City Lights (3).wav"


async def test_a_song_that_is_replaced_has_the_lyrics_of_the_new_one(
    service: Service, tmp_path: Path
) -> None:
    async with bench(service, tmp_path, beside_lyrics="txt") as run:
        await run.saved(sung(service, "old"), name="mine.wav")
        agreed = identity_of(run.out / "mine.wav")
        await run.saved(sung(service, "new"), name="mine.wav", replaces=agreed)
        assert lyrics_by_stem(run) == {"mine.wav": "new"}
        assert run.files() == ["mine.txt", "mine.wav"]
