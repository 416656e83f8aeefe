"""What two windows that track one task make of it together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from aimusic_desktop.library.query import Query
from aimusic_desktop.model import ClipState, MusicTask, TaskState
from aimusic_desktop.tracking.merge import with_failure
from aimusic_desktop.tracking.record import Record
from tests.support.library import clip_of, id_of, library_at, refs

TASK = id_of(1)
OVERDUE = partial(with_failure, state=TaskState.TIMED_OUT, sentence="late", now=3.0)


def running(task: MusicTask) -> MusicTask:
    clip = clip_of(TASK, state=ClipState.RUNNING)
    return replace(task, state=TaskState.RUNNING, clips=(clip,))


def titled(task: MusicTask) -> MusicTask:
    clips = tuple(replace(clip, style="waltz") for clip in task.clips)
    return replace(task, clips=clips)


def finished(task: MusicTask) -> MusicTask:
    return replace(task, state=TaskState.SUCCEEDED, settled_at=2.0, clips=(clip_of(TASK),))


@pytest.mark.parametrize("late", [titled, OVERDUE], ids=["progress", "overdue"])
async def test_what_another_window_has_learned_meanwhile_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: Callable[[MusicTask], MusicTask]
) -> None:
    path = tmp_path / "library.sqlite3"
    async with library_at(path) as one, library_at(path) as other:
        await one.add(refs(1), 1.0)
        await Record(one).rewrite(TASK, running)
        save, about_to_write, written = one.save, asyncio.Event(), asyncio.Event()

        async def save_late(*given: object) -> bool:
            about_to_write.set()
            await written.wait()
            return await save(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(one, "save", save_late)
        rewriting = asyncio.create_task(Record(one).rewrite(TASK, late))
        await about_to_write.wait()
        await Record(other).rewrite(TASK, finished)
        written.set()
        task = await rewriting
        assert task == await other.task(TASK)
        assert task is not None
        assert task.state is TaskState.SUCCEEDED
        assert all(clip.ready for clip in task.clips)


async def test_what_another_window_has_removed_meanwhile_is_not_written(tmp_path: Path) -> None:
    async with library_at(tmp_path / "library.sqlite3") as library:
        await library.add(refs(1), 1.0)
        task = await library.task(TASK)
        assert task is not None
        await library.remove(await library.order(Query()))
        assert not await library.save(running(task), None, task)
