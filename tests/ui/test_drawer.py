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
