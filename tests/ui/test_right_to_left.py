"""Where reading goes from right to left: what belongs together stands together, and begins at the right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.tracking.connection import Connection
from aimusic_desktop.ui.intake_bar import IntakeBar
from aimusic_desktop.ui.labels import TextLabel
from aimusic_desktop.ui.status import StatusBar

LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
ENGLISH, HEBREW = "Orange Grove", "פרדס תפוזים"
WIDE = 400


@pytest.fixture
def parent(qapp: QApplication) -> Iterator[QWidget]:
    widget = QWidget()
    widget.setLayoutDirection(RTL)
    widget.resize(WIDE, 100)
    yield widget
    widget.close()
    widget.deleteLater()


def begins_right(label: QLabel) -> bool:
    """Whether its words lie in the right half of it, and not in the left one."""
    label.resize(WIDE, 30)
    picture = label.grab().toImage()
    left, right = _inked(picture, range(WIDE // 2)), _inked(picture, range(WIDE // 2, WIDE))
    assert left is not right
    return right


def _inked(picture: QImage, columns: range) -> bool:
    ground = picture.pixelColor(picture.width() // 2, 1)
    return any(picture.pixelColor(x, y) != ground for x in columns for y in range(picture.height()))


@pytest.mark.parametrize("selectable", [True, False])
@pytest.mark.parametrize("text", [ENGLISH, HEBREW])
def test_a_label_begins_where_the_window_s_lines_do_whatever_its_script(
    parent: QWidget, text: str, selectable: bool
) -> None:
    label = TextLabel(text, parent, selectable=selectable)
    assert begins_right(label)
    parent.setLayoutDirection(LTR)
    assert not begins_right(label)


def test_a_label_that_is_centred_stays_so(parent: QWidget) -> None:
    label = TextLabel(ENGLISH, parent)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    for direction in (LTR, RTL):
        parent.setLayoutDirection(direction)
        assert label.alignment() & Qt.AlignmentFlag.AlignHCenter


def test_a_label_that_is_given_a_place_later_begins_there(parent: QWidget) -> None:
    label = TextLabel(ENGLISH)
    label.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
    label.setParent(parent)
    assert begins_right(label)
    assert label.alignment() & Qt.AlignmentFlag.AlignTop


def test_the_points_of_the_status_bar_stand_between_its_facts(parent: QWidget) -> None:
    bar = StatusBar(Connection(), parent)
    bar.show_working(1)
    bar.show_saving(Totals(failed=1))
    bar.resize(WIDE, 30)
    parent.show()
    line = [bar.connection, bar._before_working, bar.working, bar._before_saving, bar.saving]
    QApplication.processEvents()
    places = [widget.mapTo(bar, QPoint()).x() for widget in line]
    assert places == sorted(places, reverse=True)
    assert [widget.isVisible() for widget in line] == [True] * 5
    assert [widget.text() for widget in line[1:]] == ["·", "1 working", "·", "1 not saved"]


def test_no_point_stands_beside_nothing(parent: QWidget) -> None:
    bar = StatusBar(Connection(), parent)
    parent.show()
    bar.show_working(1)
    bar.show_working(0)
    bar.show_saving(Totals())
    assert not bar._before_working.isVisible()
    assert not bar._before_saving.isVisible()


def test_the_arrow_of_look_up_points_where_reading_goes(parent: QWidget) -> None:
    bar = IntakeBar(parent)
    assert _weight(bar) < 0
    parent.setLayoutDirection(LTR)
    assert _weight(bar) > 0


def _weight(bar: IntakeBar) -> int:
    """Above zero when more of the arrow lies right of its middle, where its head is."""
    picture = bar.button.icon().pixmap(QSize(24, 24)).toImage()
    inked = [x for x in range(24) for y in range(24) if picture.pixelColor(x, y).alpha() > 128]
    return sum(1 if x >= 12 else -1 for x in inked)
