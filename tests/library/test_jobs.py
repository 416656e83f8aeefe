"""Save jobs: written down whole, one name each, the facts kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aimusic_desktop.library.store import Change, LibraryError
from aimusic_desktop.model import JobRecord, JobState, OnTaken, SaveFormat
from tests.support.library import clip_of, id_of, in_its_thread, job_of, library_at, task_of

ID = id_of(1)


def whole_job(folder: Path) -> JobRecord:
    """Every field is another than its default."""
    return JobRecord(
        task_id=ID,
        clip_id="a",
        folder=str(folder),
        name="My song.wav",
        template="{style}/{title}",
        format=SaveFormat.WAV,
        on_taken=OnTaken.ASK,
        replaces="1:2:3:4",
        any_length=True,
        wrong_length=True,
        state=JobState.PLACING,
        error="The disk is full.",
        received=2**40,
        total=2**40 + 1,
        target=str(folder / "My song.wav"),
        part=str(folder / ".My song.1f.part"),
        filling=True,
        path=str(folder / "Old.wav"),
        owner="me",
        added_at=1.5,
        settled_at=2.5,
    )


async def test_gives_back_every_field_also_after_opening_again(path: Path, tmp_path: Path) -> None:
    job = whole_job(tmp_path)
    async with library_at(path) as library:
        [job_id] = await library.add_jobs([job])
    async with library_at(path) as library:
        assert await library.jobs("me") == [replace(job, job_id=job_id)]


async def test_changes_fields_by_name_and_nothing_else(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        [first, second] = await library.add_jobs([job_of(tmp_path, "a"), job_of(tmp_path, "b")])
        changed = {
            name: getattr(whole_job(tmp_path), name)
            for name in JobRecord.__dataclass_fields__
            if name not in ("job_id", "owner")
        }
        await library.update_job(first, **changed)
        await library.update_job(first)
        assert await library.jobs("") == [
            replace(whole_job(tmp_path), job_id=first, owner=""),
            job_of(tmp_path, "b", job_id=second),
        ]


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"job_id": 7}, {"part": Path("/tmp/x")}])
async def test_what_is_no_field_or_no_value_of_one_is_refused(
    path: Path, tmp_path: Path, changes: dict[str, object]
) -> None:
    async with library_at(path) as library:
        [job_id] = await library.add_jobs([job_of(tmp_path)])
        with pytest.raises(TypeError, match=next(iter(changes))):
            await library.update_jobs({job_id: {"received": 5}, job_id + 1: changes})
        assert await library.jobs("") == [job_of(tmp_path, job_id=job_id)]


async def test_many_are_added_or_changed_together_or_not_at_all(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        held = str(tmp_path / "Song.m4a")
        with pytest.raises(LibraryError):
            await library.add_jobs([job_of(tmp_path, target=held), job_of(tmp_path, target=held)])
        assert await library.jobs("") == []
        with pytest.raises(ValueError, match="absolute"):
            await library.add_jobs([job_of(tmp_path), job_of("somewhere")])
        ids = await library.add_jobs([job_of(tmp_path), job_of(tmp_path)])
        with pytest.raises(LibraryError):
            await library.update_jobs({job_id: {"target": held} for job_id in ids})
        assert [job.target for job in await library.jobs("")] == [None, None]


async def test_the_list_of_songs_hears_nothing_of_jobs(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        changes: list[Change] = []
        library.changed.connect(changes.append)
        [job_id] = await library.add_jobs([job_of(tmp_path)])
        await library.reserve(job_id, str(tmp_path / "Song.m4a"))
        await library.update_job(job_id, state=JobState.DONE)
        await library.adopt_jobs("me", lambda token: False)
        await library.forget_jobs([job_id])
        assert changes == []


async def test_a_name_is_held_until_its_job_settles_whatever_its_letters(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        first, second = await library.add_jobs([job_of(tmp_path, owner="a"), job_of(tmp_path, owner="b")])
        assert await library.reserve(first, str(tmp_path / "Caf\u00e9 STRASSE.m4a"))
        assert await library.reserve(first, str(tmp_path / "Caf\u00e9 STRASSE.m4a"))
        taken = str(tmp_path / "cafe\u0301 straße.M4A")
        assert not await library.reserve(second, taken)
        assert [job.target for job in await library.jobs("b")] == [None]
        assert await library.reserve(second, str(tmp_path / "Cafe.m4a"))
        await library.update_job(first, state=JobState.FAILED)
        assert await library.reserve(second, taken)
        assert [job.target for job in await library.jobs("b")][-1] == taken


async def test_a_job_that_another_window_forgot_gets_no_name(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        [job_id] = await library.add_jobs([job_of(tmp_path, state=JobState.FAILED)])
        await library.forget_jobs([job_id])
        with pytest.raises(LibraryError, match="Save the song again"):
            await library.reserve(job_id, str(tmp_path / "Song.m4a"))


async def test_a_name_given_back_is_free(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        first, second = await library.add_jobs([job_of(tmp_path), job_of(tmp_path)])
        name = str(tmp_path / "Song.m4a")
        await library.reserve(first, name)
        await library.update_job(first, target=None)
        assert await library.reserve(second, name)


async def test_a_settled_job_that_goes_on_has_no_name_and_one_at_work_keeps_it(
    path: Path, tmp_path: Path
) -> None:
    name = str(tmp_path / "Song.m4a")
    async with library_at(path) as library:
        first, second = await library.add_jobs([job_of(tmp_path), job_of(tmp_path)])
        await library.reserve(first, name)
        await library.update_job(first, state=JobState.WRITING)
        assert [job.target for job in await library.jobs("")] == [name, None]
        await library.update_job(first, state=JobState.FAILED, error="No.")
        await library.reserve(second, name)
        await library.update_job(first, state=JobState.QUEUED, error=None)
        assert [job.target for job in await library.jobs("")] == [None, name]
        assert not await library.reserve(first, name)


async def test_folders_and_names_that_are_no_text_stay_as_they_are(path: Path, tmp_path: Path) -> None:
    folder = f"{tmp_path}/caf\udce9"
    async with library_at(path) as library:
        first, second = await library.add_jobs([job_of(folder), job_of(folder)])
        assert await library.reserve(first, f"{folder}/Song.m4a")
        assert not await library.reserve(second, f"{folder}/SONG.m4a")
        await library.update_job(first, state=JobState.DONE, path=f"{folder}/Song.m4a")
        assert (await library.jobs(""))[0].folder == folder
        assert await library.saved_paths(ID, "a") == [f"{folder}/Song.m4a"]


async def test_text_and_numbers_that_sqlite_cannot_hold_are_written_as_far_as_it_can(
    path: Path, tmp_path: Path
) -> None:
    async with library_at(path) as library:
        await library.add_jobs([job_of(tmp_path, error="x\ud800", clip_id="\ud800", total=10**30)])
        [job] = await library.jobs("")
        assert (job.error, job.total) == ("x?", 2**63 - 1)
        await library.update_job(job.job_id, state=JobState.DONE, path=str(tmp_path / "x"))
        assert await library.saved_paths(ID, "\ud800") == [str(tmp_path / "x")]


async def test_lists_own_work_and_the_newest_settled_of_anybody(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        settled = [job_of(tmp_path, state=JobState.DONE, owner="x", settled_at=at) for at in (5.0, 9.0, 7.0)]
        await library.add_jobs(
            [*settled, job_of(tmp_path, owner="me"), job_of(tmp_path, owner="other"), *settled[:1]]
        )
        assert [job.job_id for job in await library.jobs("me", settled_limit=2)] == [2, 3, 4]
        assert [job.job_id for job in await library.jobs("me")] == [1, 2, 3, 4, 6]


async def test_where_a_clip_was_saved_is_known_also_after_the_list_was_cleared(
    path: Path, tmp_path: Path
) -> None:
    def done(clip_id: str, name: str, at: float) -> JobRecord:
        return job_of(tmp_path, clip_id, state=JobState.DONE, path=str(tmp_path / name), settled_at=at)

    async with library_at(path) as library:
        jobs = [done("a", "1", 1.0), done("a", "3", 3.0), done("a", "2", 2.0), done("a", "1", 2.5)]
        ids = await library.add_jobs([*jobs, done("b", "4", 4.0), job_of(tmp_path, path=str(tmp_path / "5"))])
        newest_first = [str(tmp_path / name) for name in "312"]
        assert await library.saved_paths(ID, "a") == newest_first
        await library.forget_jobs(ids)
        assert await library.saved_paths(ID, "a") == newest_first
        assert [job.job_id for job in await library.jobs("")] == ids[-1:]
        await library.add_jobs([done("b", "3", 4.0), done("a", "4", 4.5)])  # the last to get a name has it
        assert await library.saved_paths(ID, "a") == [str(tmp_path / name) for name in "412"]


async def test_a_job_at_work_is_not_forgotten_and_a_failed_one_is_wholly(path: Path, tmp_path: Path) -> None:
    part = str(tmp_path / ".Song.part")
    async with library_at(path) as library:
        ids = await library.add_jobs(
            [
                job_of(tmp_path),
                job_of(tmp_path, state=JobState.FAILED),
                job_of(tmp_path, state=JobState.CANCELLED, part=part),
            ]
        )
        await library.forget_jobs(ids)
        assert [job.job_id for job in await library.jobs("")] == ids[:1]
        # Its temporary file may still be there: the next run has to know of it.
        assert [job.part for job in await library.adopt_jobs("me", lambda token: False)] == [None, part]
        await library.update_job(ids[2], part=None)
        await library.forget_jobs([])
        rows = await in_its_thread(library, lambda db: db.execute("SELECT job_id FROM save_job").fetchall())
        assert [row["job_id"] for row in rows] == ids[:1]


async def test_whole_clips_are_found_by_their_ids_even_removed_ones(path: Path) -> None:
    async with library_at(path) as library:
        clips = [clip_of(ID, name, lyrics="la", audio_url=None) for name in ("a", "b\ud800")]
        await library.save(task_of(1, *clips))
        await library.remove([row.row_id for row in await library.rows_of([ID])])
        wanted = [(ID, "b\ud800"), (ID, "a"), (ID, "c"), (id_of(2), "a")]
        found = await library.clips_of(wanted)
        assert found == {(ID, "a"): clips[0], (ID, "b\ud800"): replace(clips[1], clip_id="b?")}
        assert await library.clips_of([]) == {}


async def test_a_stem_can_be_reserved_whatever_the_suffix_of_the_others(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        first, second = await library.add_jobs([job_of(tmp_path), job_of(tmp_path)])
        await library.reserve(first, str(tmp_path / "Vol. 1 Caf\u00e9.m4a"))
        assert not await library.reserve(second, str(tmp_path / "VOL. 1 CAFE\u0301.wav"), alone=True)
        for other in (
            "Vol. 1 Caf\u00e9 (2).wav",
            "Vol. 1.wav",
            "Vol. 1 Caf\u00e9.b.wav",
            "Vol. 1 Caf\u00e9/b.wav",
        ):
            assert await library.reserve(second, str(tmp_path / other), alone=True)
        assert await library.reserve(first, str(tmp_path / "Vol. 1 Caf\u00e9.mp3"), alone=True)
        assert await library.reserve(second, str(tmp_path / "Vol. 1 Caf\u00e9.wav"))
        await library.update_job(second, state=JobState.DONE)
        assert await library.reserve(first, str(tmp_path / "Vol. 1 Caf\u00e9.m4a"), alone=True)
