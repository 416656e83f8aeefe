"""The pure parts of saving: whose turn it is, how far everything is, what is written in which order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.library.store import LibraryError
from aimusic_desktop.model import JobState
from aimusic_desktop.saving.job import MOVING, SaveJob
from aimusic_desktop.saving.ledger import Ledger
from aimusic_desktop.saving.line import Line
from aimusic_desktop.saving.pulse import _Pace
from aimusic_desktop.saving.totals import Tally
from tests.support.media import song_clip


def job_at(number: int, host: str = "a") -> SaveJob:
    return SaveJob(number, song_clip(f"https://{host}/{number}.m4a", clip_id=str(number)), Path("/out"))


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 6))
def test_no_host_waits_while_another_one_has_two_places_more(hosts: list[str], places: int) -> None:
    line, running = Line(), Counter[str]()
    for number, host in enumerate(hosts):
        line.put(job_at(number, host))
    for _ in range(places):
        job = line.next(running, lambda _host: False)
        if job is None:
            break
        running[job.host] += 1
    waiting = set(line.hosts)
    assert all(running[other] <= running[host] + 1 for host in waiting for other in "abc")
    assert running.total() == min(places, len(hosts))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=20), st.sampled_from("abc"))
def test_each_job_is_taken_once_in_the_order_of_its_host_and_none_of_a_held_one(
    puts: list[tuple[str, bool]], held: str
) -> None:
    line, expected = Line(), list[SaveJob]()
    for number, (host, first) in enumerate(puts):
        job = job_at(number, host)
        line.put(job, first=first)
        expected.insert(0 if first else len(expected), job)
    taken = []
    while job := line.next(Counter(), lambda host: host == held):
        taken.append(job)
    for host in "abc":
        own = [job for job in expected if job.host == host]
        assert [job for job in taken if job.host == host] == ([] if host == held else own)
    assert set(line.hosts) <= {held}


def test_a_dropped_job_has_no_turn() -> None:
    line, (first, second) = Line(), (job_at(1), job_at(2))
    for job in (first, second):
        line.put(job)
    line.drop(first)
    line.drop(first)
    assert line.next(Counter(), lambda _host: False) is second
    assert not line.hosts


CHANGES = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(JobState), st.integers(0, 100), st.integers(0, 100)),
    max_size=40,
)


@given(CHANGES)
def test_counts_are_those_of_the_jobs_whatever_happened_before(
    changes: list[tuple[int, JobState, int, int]],
) -> None:
    jobs, tally = [job_at(number) for number in range(5)], Tally()
    for job in jobs:
        tally.count(job)
    for number, state, received, more in changes:
        job = jobs[number]
        job.state, job.received, job.total = state, received, received + more
        tally.count(job)
    totals, states = tally.totals([]), Counter(job.state for job in jobs)
    assert totals.busy == sum(states[state] for state in MOVING)
    numbers = (totals.waiting, totals.paused, totals.asking)
    assert numbers == (states[JobState.QUEUED], states[JobState.PAUSED], states[JobState.ASKING])
    assert (totals.failed, totals.done) == (states[JobState.FAILED], states[JobState.DONE])
    assert 0 <= totals.received <= totals.total
    for job in jobs:
        tally.drop(job)
    assert tally.totals([]).total == 0


def test_sizes_that_are_not_known_yet_are_reckoned_and_a_new_wave_begins_at_nothing() -> None:
    jobs, tally = [job_at(number) for number in range(4)], Tally()
    for job in jobs:
        tally.count(job)
    jobs[0].state, jobs[0].received, jobs[0].total, jobs[0].bytes_per_s = JobState.FETCHING, 50, 100, 25.0
    tally.count(jobs[0])
    totals = tally.totals(jobs[:1])
    assert (totals.received, totals.total, totals.left_s) == (50, 400, 14.0)
    for job in jobs:
        job.state, job.received, job.total = JobState.DONE, 100, 100
        tally.count(job)
    assert (tally.totals([]).received, tally.totals([]).total) == (400, 400)
    tally.count(job_at(9))
    assert (tally.totals([]).received, tally.totals([]).done) == (0, 4)


def test_a_speed_does_not_count_what_was_there_before_and_fades_when_nothing_comes() -> None:
    job, pace = job_at(1), _Pace()
    job.state, job.received, job.total = JobState.FETCHING, 1_000, 3_000
    assert not pace.measure(job, 10.0)
    assert (job.bytes_per_s, job.left_s) == (0.0, None)
    job.received = 2_000
    assert pace.measure(job, 11.0)
    assert (job.bytes_per_s, job.left_s) == (1_000.0, 1.0)
    assert not pace.measure(job, 12.0)
    assert 0 < job.bytes_per_s < 1_000


class Rows:
    """A library that writes when it is let, and refuses what has ``bad`` in it."""

    def __init__(self) -> None:
        self.batches: list[Mapping[int, Mapping[str, object]]] = []
        self.free = asyncio.Event()

    async def update_jobs(self, changes: Mapping[int, Mapping[str, object]], _owner: str) -> None:
        self.batches.append(changes)
        await self.free.wait()
        if any("bad" in values for values in changes.values()):
            raise LibraryError("The library is full.")


async def test_what_comes_while_the_disk_is_busy_is_written_together_and_in_order() -> None:
    rows, failures = Rows(), list[Collection[int]]()
    ledger = Ledger(rows, "me", lambda ids, _error: failures.append(set(ids)))  # type: ignore[arg-type]
    first = asyncio.create_task(ledger.write(1, state="a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    ledger.put(1, state="b", part="x")
    ledger.put(2, state="b")
    ledger.put(1, state="c")
    rows.free.set()
    await first
    await ledger.close()
    assert rows.batches == [{1: {"state": "a"}}, {1: {"state": "c", "part": "x"}, 2: {"state": "b"}}]
    assert failures == []


async def test_what_cannot_be_written_is_told_to_those_who_wait_and_to_the_saver() -> None:
    rows, failures = Rows(), list[Collection[int]]()
    rows.free.set()
    ledger = Ledger(rows, "me", lambda ids, _error: failures.append(set(ids)))  # type: ignore[arg-type]
    ledger.put(3, bad=True)
    with pytest.raises(LibraryError):
        await ledger.write(4, state="a")
    assert failures == [{3, 4}]
    await ledger.write(4, state="a")


async def test_who_gives_up_waiting_does_not_take_the_change_back() -> None:
    rows = Rows()
    ledger = Ledger(rows, "me", lambda *_: None)  # type: ignore[arg-type]
    waiting = asyncio.create_task(ledger.write(1, state="a"))
    await asyncio.sleep(0)
    waiting.cancel()
    rows.free.set()
    await ledger.close()
    assert rows.batches == [{1: {"state": "a"}}]
