"""Save jobs of several runs in one library: one name each, one owner each."""

from __future__ import annotations

import unicodedata
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aimusic_desktop.library import jobs
from aimusic_desktop.library.connection import transaction
from aimusic_desktop.model import JobState
from aimusic_desktop.names import name_key
from tests.support.library import id_of, job_of, library_at, opened, start_process

ROOT = Path("/music").absolute()
SAME = (
    ("City.m4a", "CITY.m4a", "city.M4A"),
    ("Stra\u00dfe.m4a", "STRASSE.m4a"),
    ("\u00e9", "e\u0301", "\u00c9"),
)
"""Names that some file system takes for one."""
NAMES = st.sampled_from([(number, name) for number, names in enumerate(SAME) for name in names])
JOBS = st.integers(0, 5)
RUNS = st.integers(0, 1)


class TwoRuns(RuleBasedStateMachine):
    """Two connections to one library reserve names for jobs that start, settle and go on in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        path = Path(self.stack.enter_context(TemporaryDirectory()), "library.sqlite3")
        self.runs = [self.stack.enter_context(opened(path)) for _ in range(2)]
        for db in self.runs:
            db.execute("PRAGMA synchronous = OFF")
        self.states = [JobState.QUEUED] * 6
        self.held: dict[int, int] = {}

    @initialize()
    def fill(self) -> None:
        added = [job_of(ROOT, owner=str(number % 2)) for number in range(6)]
        with transaction(self.runs[0]):
            self.ids, _ = jobs.add(self.runs[0], added)

    def teardown(self) -> None:
        self.stack.close()

    @rule(run=RUNS, job=JOBS, name=NAMES)
    def reserve(self, run: int, job: int, name: tuple[int, str]) -> None:
        number, spelling = name
        with transaction(self.runs[run]):
            got, _ = jobs.reserve(self.runs[run], self.ids[job], str(ROOT / spelling))
        others = {other for key, other in self.held.items() if key != job}
        assert got is (number not in others or self.states[job].settled)
        if got and not self.states[job].settled:
            self.held[job] = number

    @rule(run=RUNS, job=JOBS, state=st.sampled_from(JobState))
    def change(self, run: int, job: int, state: JobState) -> None:
        with transaction(self.runs[run]):
            jobs.update(self.runs[run], {self.ids[job]: {"state": state}})
        self.states[job] = state
        if state.settled:
            self.held.pop(job, None)

    @rule(run=RUNS, job=JOBS)
    def give_back(self, run: int, job: int) -> None:
        with transaction(self.runs[run]):
            jobs.update(self.runs[run], {self.ids[job]: {"target": None}})
        self.held.pop(job, None)

    @invariant()
    def no_two_at_work_have_one_name(self) -> None:
        for db in self.runs:
            at_work = [job for job in jobs.readable(db) if not job.state.settled and job.target]
            names = [number_of(Path(job.target or "").name) for job in at_work]
            assert len(names) == len(set(names))
            assert sorted(names) == sorted(self.held.values())


def number_of(name: str) -> int:
    return next(number for number, names in enumerate(SAME) if name in names)


TestTwoRuns = TwoRuns.TestCase
TestTwoRuns.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20))
@example("\u03b1\u0345\u0301")
def test_letter_case_and_composition_make_no_other_name(name: str) -> None:
    spellings = [name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))]
    spellings += [spelling.casefold() for spelling in spellings[1:]]
    assert len({name_key(spelling) for spelling in spellings}) == 1


async def test_processes_that_reserve_at_once_never_get_one_name(path: Path) -> None:
    async with library_at(path) as library:
        await library.add_jobs([job_of(path.parent) for _ in range(40)])
    processes = [start_process("reserve", path, first, first + 20) for first in (1, 21)]
    names = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert [len(each) for each in names] == [20, 20]
    assert not set(names[0]) & set(names[1])


async def test_of_processes_that_adopt_at_once_each_job_goes_to_one(path: Path, tmp_path: Path) -> None:
    async with library_at(path) as library:
        ids = await library.add_jobs([job_of(tmp_path, owner=f"dead {number % 7}") for number in range(200)])
    processes = [start_process("adopt", path) for _ in range(3)]
    adopted = [process.stdout.readline().split() for process in processes if process.stdout]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(int(job_id) for each in adopted for job_id in each) == ids


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(JobState), st.booleans()), max_size=8))
@settings(max_examples=40)
def test_the_unfinished_of_the_dead_go_to_the_first_who_asks_and_nothing_else(
    drawn: list[tuple[str, JobState, bool]],
) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        one, two = (stack.enter_context(opened(Path(folder, "library.sqlite3"))) for _ in range(2))
        records = [
            job_of(ROOT, owner=owner, state=state, part=str(ROOT / ".part") if part else None)
            for owner, state, part in drawn
        ]
        with transaction(one):
            ids, _ = jobs.add(one, records)
        alive = {"a", "c", "me", "you"}
        with transaction(one):
            mine, _ = jobs.adopt(one, "me", alive.__contains__)
        with transaction(two):
            yours, _ = jobs.adopt(two, "you", alive.__contains__)
        expected = [
            job_id
            for job_id, (owner, state, part) in zip(ids, drawn, strict=True)
            if owner not in alive and (part or not state.settled)
        ]
        assert [job.job_id for job in mine] == expected
        assert yours == []
        assert all(job.owner == "me" for job in mine)


async def test_what_is_adopted_is_the_new_owners_and_comes_with_every_field(
    path: Path, tmp_path: Path
) -> None:
    async with library_at(path) as library:
        part = str(tmp_path / ".City.part")
        asked = []

        def alive(token: str) -> bool:
            asked.append(token)
            return token == "living"

        living, dead, placed = await library.add_jobs(
            [
                job_of(tmp_path, owner="living"),
                job_of(tmp_path, owner="dead", state=JobState.PAUSED, received=5),
                job_of(tmp_path, owner="dead", state=JobState.DONE, part=part),
            ]
        )
        adopted = await library.adopt_jobs("me", alive)
        assert adopted == [
            job_of(tmp_path, owner="me", state=JobState.PAUSED, received=5, job_id=dead),
            job_of(tmp_path, owner="me", state=JobState.DONE, part=part, job_id=placed),
        ]
        assert sorted(asked) == ["dead", "living"]
        assert [job.job_id for job in await library.jobs("living", settled_limit=0)] == [living]
        assert await library.saved_paths(id_of(1), "a") == []


async def test_a_settled_job_goes_to_the_first_who_claims_it_and_one_at_work_to_nobody(
    path: Path, tmp_path: Path
) -> None:
    async with library_at(path) as library:
        [failed, at_work, mine] = await library.add_jobs(
            [
                job_of(tmp_path, owner="a", state=JobState.FAILED),
                job_of(tmp_path, owner="a", state=JobState.PLACING),
                job_of(tmp_path, owner="me", state=JobState.PLACING),
            ]
        )
        again = {"state": JobState.QUEUED, "error": None}
        wanted = {
            failed: ("a", again),
            at_work: ("a", again),
            mine: ("me", {"received": 5}),
            99: ("a", again),
        }
        rows = await library.claim_jobs("me", wanted)
        assert [(row.job_id, row.owner, row.state, row.received) for row in rows] == [
            (failed, "me", JobState.QUEUED, 0),
            (at_work, "a", JobState.PLACING, 0),
            (mine, "me", JobState.PLACING, 5),
        ]
        [late] = await library.claim_jobs("you", {failed: ("a", again)})
        assert late.owner == "me"
        await library.update_job(failed, state=JobState.FAILED)
        [late] = await library.claim_jobs("you", {failed: ("a", again)})
        assert (late.owner, late.state) == ("me", JobState.FAILED)
        [now] = await library.claim_jobs("you", {failed: ("me", again)})
        assert (now.owner, now.state) == ("you", JobState.QUEUED)


async def test_the_temporary_file_of_a_job_that_goes_elsewhere_is_left_to_the_next_start(
    path: Path, tmp_path: Path
) -> None:
    part, folder = str(tmp_path / ".City.part"), str(tmp_path / "else")
    async with library_at(path) as library:
        [job_id] = await library.add_jobs([job_of(tmp_path, owner="me", state=JobState.FAILED, part=part)])
        changes = {"state": JobState.QUEUED, "folder": folder}
        [row] = await library.claim_jobs("me", {job_id: ("me", changes)})
        assert (row.folder, row.part) == (folder, None)
        assert await library.jobs("me") == [row]
        before = await library.adopt_jobs("you", lambda token: False)
        assert [(job.folder, job.part) for job in before] == [(folder, None), (str(tmp_path), part)]
        assert before[1].state.settled


async def test_what_another_run_took_up_is_not_changed_by_who_had_it_before(
    path: Path, tmp_path: Path
) -> None:
    async with library_at(path) as library:
        ids = await library.add_jobs([job_of(tmp_path, owner="me"), job_of(tmp_path, owner="you")])
        await library.update_jobs({job_id: {"received": 5} for job_id in ids}, "me")
        assert [(await library.jobs(owner))[0].received for owner in ("me", "you")] == [5, 0]


async def test_whether_another_job_saved_to_a_file_since_is_known_whoever_did(
    path: Path, tmp_path: Path
) -> None:
    name, held = str(tmp_path / "caf\udce9.m4a"), str(tmp_path / "Held.m4a")
    async with library_at(path) as library:
        done, at_work = await library.add_jobs(
            [
                job_of(tmp_path, owner="a", state=JobState.DONE, path=name, settled_at=5.0),
                job_of(tmp_path, owner="b"),
            ]
        )
        await library.forget_jobs([done])
        assert await library.saved_since(5.0, name, at_work)
        assert not await library.saved_since(5.1, name, at_work)
        assert not await library.saved_since(0.0, name, done)
        assert not await library.saved_since(0.0, held, done)
        await library.reserve(at_work, held)
        assert await library.saved_since(9.0, held.upper(), done), "it is about to be"
        assert not await library.saved_since(0.0, held, at_work)
        await library.update_job(at_work, state=JobState.FAILED)
        assert not await library.saved_since(0.0, held, done)
