"""What the queue says of its songs."""

from __future__ import annotations

import pytest

from aimusic_desktop.listening.queue import Entry
from aimusic_desktop.ui.queue import words
from tests.support.listening import song


def entries(*lengths: float | None) -> list[Entry]:
    return [Entry(number, song("a", duration_s=seconds)) for number, seconds in enumerate(lengths)]


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((), ""),
        ((20.0,), "1 song · 1 min"),
        ((600.0, 1_680.0), "2 songs · 38 min"),
        ((3_600.0,), "1 song · 1 h"),
        ((4_320.0, None), "2 songs · 1 h 12 min+"),
        ((None, None), "2 songs"),
    ],
)
def test_what_is_to_come(lengths: tuple[float | None, ...], said: str) -> None:
    assert words.summary(entries(*lengths)) == said


def test_a_song_without_a_title_is_named_after_its_task() -> None:
    assert words.title(song("a", title="")) == "Task task-a"
    assert words.removed(entries(1.0, 2.0)) == "Removed 2 songs from the queue."
