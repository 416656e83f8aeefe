"""What the save list says of a job and of all together."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimusic_desktop.model import JobState, SaveFormat
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.ui.saves import words
from aimusic_desktop.ui.saves.deeds import Deed, buttons, deeds, fitting, possible
from tests.support.saves import job_of

HALF = {"received": 3_100_000, "total": 5_200_000}


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (job_of(1), "Waiting"),
        (job_of(1, note="Waiting for the network."), "Waiting for the network."),
        (job_of(1, JobState.FETCHING), "Connecting"),
        (
            job_of(1, JobState.FETCHING, bytes_per_s=1_200_000.0, **HALF),
            "3.1 of 5.2 MB · 1.2 MB/s · 2 s left",
        ),
        (job_of(1, JobState.FETCHING, received=12_300), "12.3 kB"),
        (job_of(1, JobState.PAUSED, **HALF), "Paused · 3.1 of 5.2 MB"),
        (job_of(1, JobState.CONVERTING, format=SaveFormat.WAV), "The service makes it a WAV file"),
        (job_of(1, JobState.CONVERTING, format=SaveFormat.MP3), "The service makes it an MP3 file"),
        (job_of(1, JobState.WRITING), "Writing"),
        (job_of(1, JobState.FAILED, error="The disk is full."), "The disk is full."),
        (job_of(1, JobState.DONE, total=5_200_000, path=Path("/m/a.m4a")), "/m · 5.2 MB"),
        (job_of(1, JobState.CANCELLED, note="Skipped."), "Skipped."),
    ],
    ids=lambda value: value.state if isinstance(value, SaveJob) else "",
)
def test_the_line_of_a_job(job: SaveJob, said: str) -> None:
    assert words.line(job) == said


@pytest.mark.parametrize("state", JobState)
def test_every_state_reads_as_a_sentence_that_begins_with_the_name(state: JobState) -> None:
    spoken = words.sentence(job_of(1, state))
    name, *rest = spoken.split(", ")
    assert name == "Song 1"
    assert all(rest)


def test_a_job_is_named_after_its_file_as_soon_as_that_has_a_name() -> None:
    assert words.name(job_of(1)) == "Song 1"
    assert words.name(job_of(1, name="Mine.m4a")) == "Mine.m4a"
    assert words.name(job_of(1, target=Path("/m/Song 1 (2).m4a"))) == "Song 1 (2).m4a"
    assert words.name(job_of(1, title="")).startswith("Task ")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (999_960, "1.0 MB"), (123_456_789, "123 MB")],
)
def test_bytes_as_people_count_them(number: int, text: str) -> None:
    assert words.size(number) == text


@pytest.mark.parametrize(
    ("totals", "text"),
    [
        (Totals(), ""),
        (Totals(busy=2, waiting=3, paused=1, received=1, total=4), "5 saving 25 %"),
        (Totals(waiting=8, failed=1), "8 waiting"),
        (Totals(asking=1, waiting=4, paused=2), "1 asking"),
        (Totals(paused=32), "32 paused"),
        (Totals(failed=2, done=5), "2 not saved"),
    ],
)
def test_the_status_bar_says_what_presses_most(totals: Totals, text: str) -> None:
    assert words.in_short(totals) == text


def test_all_together() -> None:
    totals = Totals(busy=2, waiting=1_200, done=3, received=64, total=100, bytes_per_s=4.0)
    assert words.summary(totals) == "2 saving, 1,200 waiting, 3 saved"
    assert words.progress(totals) == "64 % · 4 bytes/s · 9 s left"
    assert words.share(totals) == 0.64


def test_nothing_under_way_has_no_share() -> None:
    assert words.share(Totals(done=4, received=10, total=10)) is None
    assert words.progress(Totals(done=4, received=10, total=10)) == ""
    assert words.summary(Totals()) == ""


@pytest.mark.parametrize("state", JobState)
def test_every_state_but_writing_has_a_button(state: JobState) -> None:
    assert bool(buttons(job_of(1, state))) is (state not in (JobState.WRITING, JobState.PLACING))


def test_only_a_song_of_the_wrong_length_can_be_saved_all_the_same() -> None:
    assert Deed.ANY_LENGTH not in deeds(job_of(1, JobState.FAILED))
    assert buttons(job_of(1, JobState.FAILED, wrong_length=True)) == (
        Deed.ANY_LENGTH,
        Deed.RETRY,
        Deed.CANCEL,
    )


def test_a_deed_takes_the_jobs_it_fits() -> None:
    running, paused, done = job_of(1, JobState.FETCHING), job_of(2, JobState.PAUSED), job_of(3, JobState.DONE)
    assert fitting([running, paused, done], Deed.CANCEL) == [running, paused]
    assert possible([paused, done]) == {Deed.GO_ON, Deed.CANCEL, Deed.SHOW}
