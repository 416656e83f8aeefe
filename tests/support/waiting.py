"""Waiting in tests for what comes, however busy the machine is. No test is decided by how long that takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LIMIT_S = 30.0
"""What comes does so long before, unless it never does."""

AT_ONCE_S = 3.0
"""What does not wait for something that takes many seconds is over by then."""


async def until(condition: Callable[[], object], within_s: float = LIMIT_S) -> None:
    """Returns once the condition holds; fails when it does not in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"it did not come to that within {within_s:g} s"
        await asyncio.sleep(0.005)


def wait_until(condition: Callable[[], T | None], what: str, within_s: float = LIMIT_S) -> T:
    """Polls until ``condition()`` is true and gives its value; fails after ``within_s``, saying ``what``."""
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.03)
    return value
