"""How the tracker changes what the library knows of a task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aimusic_desktop.library.store import Library
from aimusic_desktop.model import MusicTask


class Record:
    """Reads, changes and saves one task at a time, so that no two answers overwrite each other, nor that of
    another window."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._turn = asyncio.Lock()

    async def read(self, task_id: str) -> MusicTask | None:
        """The task as the library has it, if it has it. Raises LibraryError."""
        return await self._library.task(task_id)

    async def rewrite(
        self, task_id: str, change: Callable[[MusicTask], MusicTask | None], answer: bytes | None = None
    ) -> MusicTask | None:
        """The task as ``change`` made it, saved with the service's answer if that made a difference.

        ``change`` is asked again when another window has written meanwhile. None when the task is not in
        the library, or ``change`` gave None. Raises LibraryError.
        """
        async with self._turn:
            while True:
                task = await self._library.task(task_id)
                changed = change(task) if task is not None else None
                if changed is None or changed == task or await self._library.save(changed, answer, task):
                    return changed
