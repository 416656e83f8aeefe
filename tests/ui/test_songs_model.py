"""The list's rows: any order becomes any other, and Qt's own checks hold on the way."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from aimusic_desktop.ui.songs.model import RowRole, SongsModel
from tests.support.rows import ready_row

orders = st.lists(st.integers(1, 60), unique=True, max_size=60)


@pytest.fixture
def model(qapp: object) -> SongsModel:
    return SongsModel()


@given(orders, orders)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_any_order_becomes_any_other_and_keeps_the_selection(
    qapp: object, before: list[int], after: list[int]
) -> None:
    model = SongsModel()
    checks = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_order(before)
    selection = QItemSelectionModel(model)
    chosen = before[::2]
    for row_id in chosen:
        selection.select(model.index(before.index(row_id)), QItemSelectionModel.SelectionFlag.Select)
    model.set_order(after)
    assert list(model.order) == after
    assert model.rowCount() == len(after)
    left = {after[index.row()] for index in selection.selectedIndexes()}
    assert left == set(chosen) & set(after)
    del checks


def test_a_row_is_read_by_screen_readers_and_asked_for_when_missing(model: SongsModel) -> None:
    wanted: list[int] = []
    model.wanted.connect(wanted.append)
    model.set_order([5, 6])
    model.put([ready_row(5)])
    first, second = model.index(0), model.index(1)
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "City Lights, emotional pop, 3:05, ready"
    assert second.data(RowRole) is None
    assert wanted == [1]


def test_only_rows_that_differ_count_as_changed(model: SongsModel) -> None:
    model.set_order([1, 2])
    model.put([ready_row(1), ready_row(2)])
    assert model.put([ready_row(1), ready_row(2, title="Neon Rain")]) == [2]


def test_a_change_is_told_once_for_its_whole_span(model: SongsModel) -> None:
    spans: list[tuple[int, int]] = []
    model.set_order([1, 2, 3, 4])
    model.dataChanged.connect(lambda first, last, _roles: spans.append((first.row(), last.row())))
    model.tell_changed([2, 4])
    model.tell_changed([99])
    assert spans == [(1, 3)]


def test_rows_can_be_dragged_but_not_dropped_upon(model: SongsModel) -> None:
    model.set_order([1])
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDropEnabled
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags
