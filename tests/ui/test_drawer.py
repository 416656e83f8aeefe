"""The drawer: how tall its page is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from aimusic_desktop.ui.drawer import HEIGHT, LEAST, QUEUE, Drawer


@pytest.fixture
def made(qapp: QApplication) -> Iterator[Drawer]:
    window = QWidget()
    drawer = Drawer(QWidget(), window)
    drawer.furnish({QUEUE: QWidget()})
    drawer.resize(600, 600)
    window.show()
    yield drawer
    window.close()
    window.deleteLater()


def test_a_window_that_was_small_leaves_the_page_as_tall_as_it_was_wanted(made: Drawer) -> None:
    made.show_page(QUEUE)
    made.resize(600, 100)
    made.show_page("")
    made.show_page(QUEUE)
    assert made.remembered() == f"queue {HEIGHT} queue"
    made.resize(600, 600)
    QApplication.processEvents()
    assert made.sizes()[1] == HEIGHT


def test_a_page_that_was_remembered_too_low_is_opened_high_enough(made: Drawer) -> None:
    made.restore("queue 60 queue")
    assert made.sizes()[1] == LEAST


def test_in_a_low_window_list_and_page_share_the_room(made: Drawer) -> None:
    made.show_page(QUEUE)
    made.resize(600, 323)
    upper, page = made.sizes()
    assert page == LEAST
    assert upper >= LEAST
    made.resize(600, 600)
    assert made.sizes()[1] == HEIGHT


def test_who_gives_the_list_less_has_it_so_in_a_low_window_too(made: Drawer) -> None:
    made.show_page(QUEUE)
    made.moveSplitter(100, 1)
    made.resize(600, 400)
    assert made.sizes()[0] <= 100 + made.handleWidth()
