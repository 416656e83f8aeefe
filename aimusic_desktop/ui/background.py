"""Every asyncio task the window starts: named, held, and ended with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from aimusic_desktop.errors import AppError

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 2.0


class Background:
    """Runs coroutines for widgets. ``say`` is shown the sentence of an AppError; other errors are logged."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._tasks: set[asyncio.Task[Any]] = set()

    def run(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start ``work`` on the loop; its errors are told, never lost."""
        task = asyncio.get_event_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for it, at most ``CLOSE_LIMIT_S`` seconds."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_LIMIT_S)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, AppError):
            self._say(error.sentence)
            return
        log.error("%s failed", task.get_name(), exc_info=error)
        self._say("Something went wrong inside the program; the log file has the details.")
