"""Whatever someone wrote into the file, reading it gives values of the right kind."""

from __future__ import annotations

import math
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from aimusic_desktop.library import conversions, jobs, reading
from aimusic_desktop.library.query import Query, SortKey
from aimusic_desktop.library.saving import save
from aimusic_desktop.model import (
    Clip,
    ClipState,
    Conversion,
    ConversionState,
    Group,
    JobRecord,
    JobState,
    OnTaken,
    Product,
    SaveFormat,
    TaskState,
)
from tests.support.library import clip_of, id_of, job_of, task_of, throwaway

FOLDER = Path("/music").absolute()
CONVERSION = Conversion(
    task_id=id_of(1),
    clip_id="a",
    format=SaveFormat.WAV,
    product=Product.SONIC,
    state=ConversionState.RUNNING,
)

TASK_COLUMNS = ("product", "state", "error", "added_at", "tracked_since", "settled_at")
SONG_COLUMNS = (
    *(
        "clip_id",
        "clip_index",
        "added_at",
        "chip",
        "title_key",
        "created_time",
        "duration_s",
        "state",
        "error",
    ),
    *(
        "title",
        "style",
        "model",
        "seed",
        "created_at",
        "image_url",
        "audio_url",
        "wav_url",
        "video_url",
        "lyrics",
    ),
)
ANYTHING = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary()
ODD_VALUES = st.dictionaries(
    st.sampled_from([("task", name) for name in TASK_COLUMNS] + [("song", name) for name in SONG_COLUMNS]),
    ANYTHING,
    min_size=1,
)


@given(ODD_VALUES)
@example({("song", "clip_index"): 2.0**63})
@example({("song", "duration_s"): math.inf})
@example({("task", "added_at"): -math.inf})
@settings(max_examples=80, deadline=None)
def test_odd_values_fall_back(values: dict[tuple[str, str], object]) -> None:
    with throwaway() as db:
        save(db, task_of(1, clip_of(id_of(1), title="One")), b"{}")
        for (table, column), value in values.items():
            db.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", [value])
        for sort in SortKey:
            [row_id] = reading.order(db, Query(sort=sort))
        reading.counts(db, "")
        reading.counts(db, "one")
        reading.unfinished(db)
        [row] = reading.rows(db, [row_id])
        assert isinstance(row.product, Product | None)
        assert isinstance(row.task_state, TaskState)
        assert isinstance(row.group, Group)
        assert math.isfinite(row.added_at)
        task = reading.task(db, id_of(1))
        assert task is not None
        for clip in task.clips:
            assert_sound(clip)
        save(db, task)


JOB_COLUMNS = tuple(name for name in JobRecord.__dataclass_fields__ if name != "job_id")
CONVERSION_COLUMNS = tuple(Conversion.__dataclass_fields__)
ODD_JOB_VALUES = st.dictionaries(
    st.sampled_from([("save_job", name) for name in (*JOB_COLUMNS, "name_key", "listed")])
    | st.sampled_from([("conversion", name) for name in CONVERSION_COLUMNS]),
    ANYTHING,
    min_size=1,
)


@given(ODD_JOB_VALUES)
@example({("save_job", "folder"): "relative"})
@example({("save_job", "folder"): b"\xff"})
@example({("save_job", "part"): "/a\0b"})
@example({("save_job", "total"): math.inf})
@example({("save_job", "received"): -1})
@settings(max_examples=80, deadline=None)
def test_odd_values_of_jobs_and_conversions_fall_back(values: dict[tuple[str, str], object]) -> None:
    with throwaway() as db:
        jobs.add(db, [job_of(FOLDER, owner="me", target=str(FOLDER / "Song.m4a"))])
        conversions.save(db, CONVERSION)
        for (table, column), value in values.items():
            db.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", [value])
        for job in [*jobs.listed(db, "me", 500), *jobs.adopt(db, "you", lambda token: False)[0]]:
            assert_sound_job(job)
        jobs.saved_paths(db, id_of(1), "a")
        jobs.reserve(db, 1, str(FOLDER / "Other.m4a"))
        jobs.forget(db, [1])
        for conversion in conversions.readable(db):
            assert isinstance(conversion.state, ConversionState)
            assert isinstance(conversion.product, Product)
            assert isinstance(conversion.url, str | None)
            assert math.isfinite(conversion.asked_at)
            conversions.save(db, conversion)


def assert_sound_job(job: JobRecord) -> None:
    assert (type(job.state), type(job.format), type(job.on_taken)) == (JobState, SaveFormat, OnTaken)
    assert Path(job.folder).is_absolute()
    assert all(path is None or Path(path).is_absolute() for path in (job.target, job.part, job.path))
    assert job.received >= 0
    assert job.total is None or job.total >= 0
    assert math.isfinite(job.added_at)
    texts = (job.task_id, job.clip_id, job.template, job.owner)
    assert all(isinstance(text, str) for text in texts)


def assert_sound(clip: Clip) -> None:
    assert isinstance(clip.state, ClipState)
    assert isinstance(clip.index, int)
    assert clip.duration_s is None or math.isfinite(clip.duration_s)
    assert all(isinstance(text, str) for text in (clip.clip_id, clip.title, clip.lyrics, clip.created_at))
    assert all(isinstance(url, str | None) for url in (clip.image_url, clip.audio_url))


def test_an_unknown_state_is_asked_about_again() -> None:
    with throwaway() as db:
        save(db, task_of(1, clip_of(id_of(1))))
        db.execute("UPDATE task SET state = 'dreaming', product = 'kazoo'")
        [task] = reading.unfinished(db)
        assert (task.state, task.product) == (TaskState.PENDING, None)


def test_bytes_that_are_no_text_are_read_as_far_as_they_go() -> None:
    with throwaway() as db:
        save(db, task_of(1, clip_of(id_of(1))))
        db.execute("UPDATE song SET title = CAST(x'41ff42' AS TEXT)")
        [row] = reading.rows(db, reading.order(db, Query()))
        assert row.clip is not None
        assert row.clip.title == "A�B"


def test_a_count_under_an_unknown_chip_is_still_a_row() -> None:
    with throwaway() as db:
        save(db, task_of(1, clip_of(id_of(1))))
        db.execute("UPDATE song SET chip = 'blue'")
        assert reading.counts(db, "") == reading.Counts(all=1)
