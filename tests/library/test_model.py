"""The library against a plain model of it, through random histories."""

from __future__ import annotations

from contextlib import ExitStack

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from aimusic_desktop.library import reading, writing
from aimusic_desktop.library.absorbing import absorb
from aimusic_desktop.library.connection import transaction
from aimusic_desktop.library.query import Query, SortKey
from aimusic_desktop.library.reading import SongRow
from aimusic_desktop.library.saving import save
from aimusic_desktop.library.writing import Removal
from aimusic_desktop.model import ClipState, Group, TaskState
from tests.support.library import clip_of, id_of, refs, task_of, throwaway

NUMBERS = st.integers(1, 4)
CLIPS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(ClipState), max_size=3)


class LibraryHistory(RuleBasedStateMachine):
    """Tasks come, are answered, removed and restored in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.db = self.stack.enter_context(throwaway())
        self.given: set[str] = set()
        self.removals: list[Removal] = []
        self.row_of: dict[tuple[str, str], int] = {}
        self.finished: dict[str, set[str]] = {}
        self.hidden: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        self.stack.close()

    @rule(numbers=st.lists(NUMBERS, max_size=3))
    def add(self, numbers: list[int]) -> None:
        gone = self.gone()
        with transaction(self.db):
            (added, known), _ = writing.add(self.db, refs(*numbers), 1.0)
        asked = [id_of(number) for number in dict.fromkeys(numbers)]
        assert added == [each for each in asked if each not in self.given or each in gone]
        assert known == [each for each in asked if each not in added]
        self.given.update(asked)
        self.hidden -= {key for key in self.hidden if key[0] in added}

    @rule(number=NUMBERS, states=CLIPS, state=st.sampled_from(TaskState))
    def answer(self, number: int, states: dict[str, ClipState], state: TaskState) -> None:
        task_id = id_of(number)
        clips = [
            clip_of(task_id, name, index=index, state=each, title=f"{name} {each}")
            for index, (name, each) in enumerate(states.items())
        ]
        was_gone = task_id in self.gone()
        with transaction(self.db):
            save(self.db, task_of(number, *clips, state=state))
        self.given.add(task_id)
        assert (task_id in self.gone()) is was_gone
        kept = self.finished.setdefault(task_id, set()) - states.keys()
        self.finished[task_id] = kept | {name for name, each in states.items() if each is ClipState.SUCCEEDED}
        if was_gone:
            self.hidden |= {(task_id, name) for name in states}
        expected = {name for name in states.keys() | kept if (task_id, name) not in self.hidden}
        assert self.shown(task_id) == expected

    @rule(number=NUMBERS, states=CLIPS, state=st.sampled_from(TaskState))
    def absorb(self, number: int, states: dict[str, ClipState], state: TaskState) -> None:
        task_id = id_of(number)
        before = self.shown(task_id)
        clips = [clip_of(task_id, name, state=each, title=f"{name} {each}") for name, each in states.items()]
        with transaction(self.db):
            absorb(self.db, [task_of(number, *clips, state=state)], 1.0, {})
        self.given.add(task_id)
        assert task_id not in self.gone()
        shown = self.shown(task_id)
        assert before | states.keys() <= shown
        ready = {name for name, each in states.items() if each is ClipState.SUCCEEDED}
        self.finished[task_id] = self.finished.get(task_id, set()) | ready
        self.hidden -= {(task_id, name) for name in shown}

    @precondition(lambda self: self.rows())
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        chosen = data.draw(
            st.lists(st.sampled_from(self.rows()), min_size=1, unique_by=lambda row: row.row_id)
        )
        with transaction(self.db):
            removal, _ = writing.remove(self.db, [row.row_id for row in chosen])
        self.removals.append(removal)
        self.hidden |= {(row.task_id, row.clip.clip_id) for row in chosen if row.clip}
        assert removal.task_ids == self.gone() & {row.task_id for row in chosen}

    @precondition(lambda self: self.removals)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        latest = len(self.removals) - 1
        chosen = data.draw(st.integers(0, latest))
        removal = self.removals.pop(chosen)
        with transaction(self.db):
            writing.restore(self.db, removal)
        assert chosen < latest or not removal.task_ids & self.gone()
        self.hidden -= {(row.task_id, row.clip.clip_id) for row in self.rows() if row.clip}

    @invariant()
    def every_order_holds_the_same_rows(self) -> None:
        rows = {row.row_id for row in self.rows()}
        for sort in SortKey:
            for descending in (False, True):
                order = reading.order(self.db, Query(sort=sort, descending=descending))
                assert (len(order), set(order)) == (len(rows), rows)

    @invariant()
    def chips_count_what_their_rows_say(self) -> None:
        counts = reading.counts(self.db, "")
        for group in Group:
            rows = [row.row_id for row in self.rows() if row.group is group]
            assert getattr(counts, group.value) == len(rows)
            assert set(reading.order(self.db, Query(group=group))) == set(rows)
        assert counts.all == len(self.rows())

    @invariant()
    def a_placeholder_stands_alone(self) -> None:
        rows = self.rows()
        waiting = [row.task_id for row in rows if row.clip is None]
        assert all(sum(row.task_id == task_id for row in rows) == 1 for task_id in waiting)

    @invariant()
    def a_clip_keeps_its_row(self) -> None:
        rows = {(row.task_id, row.clip.clip_id): row.row_id for row in self.rows() if row.clip}
        assert all(rows[key] == self.row_of[key] for key in rows.keys() & self.row_of.keys())
        self.row_of = rows

    @invariant()
    def search_knows_every_row(self) -> None:
        self.db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
        for row in self.rows():
            assert row.row_id in reading.order(
                self.db, Query(text=row.clip.title if row.clip else row.task_id)
            )

    def rows(self) -> list[SongRow]:
        return reading.rows_of(self.db, self.given)

    def gone(self) -> set[str]:
        return {task_id for task_id in self.given if reading.task(self.db, task_id) is None}

    def shown(self, task_id: str) -> set[str]:
        task = reading.task(self.db, task_id)
        return {clip.clip_id for clip in task.clips} if task else set()


TestLibraryHistory = LibraryHistory.TestCase
TestLibraryHistory.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
