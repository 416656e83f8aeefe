"""What is said when songs were put into the queue."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from aimusic_desktop.model import Repeat
from aimusic_desktop.ui.commands.queueing import Queueing
from tests.support.listening import playing, song


@pytest.mark.parametrize(
    ("repeat", "sentence"),
    [
        (Repeat.OFF, "“Song x” plays next."),
        (Repeat.ALL, "“Song x” plays next."),
        (Repeat.ONE, "“Song x” plays next, once “Repeat this song” is off."),
    ],
)
async def test_what_repeats_is_not_passed_over_in_silence(repeat: Repeat, sentence: str) -> None:
    said: list[str] = []
    running: list[Any] = []

    async def chosen() -> list[Any]:
        return [SimpleNamespace(clip=song("x"))]

    desk: Any = SimpleNamespace(
        chosen=chosen,
        background=SimpleNamespace(run=lambda work, _: running.append(work)),
        notice=SimpleNamespace(say=said.append, look_again=lambda: None),
    )
    queue = playing("ab")
    queue.set_repeat(repeat)
    Queueing(desk, queue).play_next()
    await running[0]
    assert said == [sentence]
