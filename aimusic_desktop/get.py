"""``aimusic-desktop get``: looks tasks up, waits for them, saves their songs. No window, no Qt.

What it prints is a contract: with ``--json`` one object a line a task on stdout and nothing else there.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aimusic_desktop.api.errors import KeyRefused
from aimusic_desktop.console import Progress, put, say
from aimusic_desktop.core import Core
from aimusic_desktop.errors import AppError
from aimusic_desktop.media.saving import SaveJob
from aimusic_desktop.model import Clip, MusicTask, Product, TaskRef, TaskState
from aimusic_desktop.options import Options
from aimusic_desktop.tracking.connection import ConnectionState
from aimusic_desktop.tracking.intake import find_tasks

OK, NOT_ALL, BAD_USAGE, NO_KEY = range(4)
"""Exit codes."""

PROGRESS_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for: ``texts`` holding task ids, the ``product`` of those that name none, the
    ``folder`` to save songs into, how long to wait in seconds, and the form of the answer."""

    texts: Sequence[str]
    product: Product | None = None
    folder: Path | None = None
    timeout_s: float
    as_json: bool = False


def run(options: Options, request: Request) -> int:
    """Do it; gives the exit code."""
    refs = _refs(request)
    if not refs:
        say("There is no task id in what was given; give the id that the service answered, or a link to it.")
        return BAD_USAGE
    try:
        return asyncio.run(_get(options, request, refs))
    except AppError as error:
        say(error.sentence)
        return NOT_ALL


def _refs(request: Request) -> list[TaskRef]:
    """The tasks in order, each once. A product that a link names holds for all mentions of its task."""
    refs: dict[str, TaskRef] = {}
    for text in request.texts:
        found = find_tasks(text)
        for odd in found.rejected:
            say(f"“{odd}” is not a task id.")
        for ref in found.refs:
            known = refs.setdefault(ref.task_id, ref)
            refs[ref.task_id] = replace(known, product=known.product or ref.product)
    return [replace(ref, product=ref.product or request.product) for ref in refs.values()]


async def _get(options: Options, request: Request, refs: Sequence[TaskRef]) -> int:
    core = await Core.open(options, resume=False)
    try:
        await core.find_key()
        if core.credentials.key is None:
            say(_no_key(core))
            return NO_KEY
        return await _answer(core, request, refs)
    finally:
        await core.close()


def _no_key(core: Core) -> str:
    credentials = core.credentials
    if credentials.trouble:
        return credentials.trouble
    why = f" {credentials.state.sentence}" if credentials.state else ""
    return f"There is no API key: set AIMUSIC_API_KEY to yours, or enter it in the window once.{why}"


async def _answer(core: Core, request: Request, refs: Sequence[TaskRef]) -> int:
    waiting = await _settle(core, refs, request.timeout_s)
    refused = bool(waiting) and core.connection.state is ConnectionState.KEY_REFUSED
    if refused:
        say(KeyRefused().sentence)
        refs = [ref for ref in refs if ref.task_id not in waiting]
    tasks = [await _task(core, ref, request.timeout_s) for ref in refs]
    jobs = await _save(core, tasks, request.folder) if request.folder else {}
    show = _as_json if request.as_json else _as_text
    put("".join(f"{show(task, jobs)}\n" for task in tasks))
    if refused:
        return NO_KEY
    good = all(task.state is TaskState.SUCCEEDED for task in tasks) and all(job.path for job in jobs.values())
    return OK if good else NOT_ALL


async def _settle(core: Core, refs: Sequence[TaskRef], timeout_s: float) -> set[str]:
    """Look all up, afresh if they are known, until they are settled, the time is over or the key is refused.

    Gives the ids of those that are not settled.
    """
    waiting, over = {ref.task_id for ref in refs}, asyncio.Event()

    def settled(task: MusicTask) -> None:
        waiting.discard(task.task_id)
        if not waiting:
            over.set()

    def connection_changed() -> None:
        if core.connection.state is ConnectionState.KEY_REFUSED:
            over.set()

    core.tracker.settled.connect(settled)
    core.connection.changed.connect(connection_changed)
    await _set_products_right(core, refs)
    await core.tracker.start()
    ends_at = time.monotonic() + timeout_s
    _, known = await core.tracker.add(refs)
    await core.tracker.look_up_again(known)
    with Progress() as progress:
        while not over.is_set() and (left_s := ends_at - time.monotonic()) > 0:
            progress.show(f"{len(refs) - len(waiting)} of {len(refs)} tasks settled")
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), min(left_s, PROGRESS_EVERY_S))
    return waiting


async def _set_products_right(core: Core, refs: Sequence[TaskRef]) -> None:
    """The product named now is the one that is asked, unless another one has the task."""
    for ref in refs:
        task = await core.library.task(ref.task_id) if ref.product else None
        if task and not task.clips:
            await core.library.save(replace(task, product=ref.product, state=TaskState.PENDING, error=None))


async def _task(core: Core, ref: TaskRef, timeout_s: float) -> MusicTask:
    """The task as the library has it; one that is not settled timed out, for this command only."""
    task = await core.library.task(ref.task_id) or MusicTask(task_id=ref.task_id, product=ref.product)
    if task.state.settled:
        return task
    asking = core.tracker.asking(ref.task_id)
    note = f" {asking.note}" if asking else ""
    return replace(
        task, state=TaskState.TIMED_OUT, error=f"Not finished within {timeout_s:g} s.{note}".rstrip()
    )


async def _save(core: Core, tasks: Sequence[MusicTask], folder: Path) -> dict[Clip, SaveJob]:
    """Save every finished song of the tasks into the folder."""
    ready = [clip for task in tasks for clip in task.clips if clip.ready]
    jobs = {clip: core.saver.save(clip, folder) for clip in ready}
    with Progress() as progress:
        for number, job in enumerate(jobs.values()):
            progress.show(f"{number} of {len(jobs)} songs saved")
            await job.settled.wait()
    return jobs


def _as_json(task: MusicTask, jobs: Mapping[Clip, SaveJob]) -> str:
    answer = {
        "task_id": task.task_id,
        "product": task.product,
        "state": task.state,
        "error": task.error,
        "clips": [_clip_object(clip, jobs.get(clip)) for clip in task.clips],
    }
    return json.dumps(answer)


def _clip_object(clip: Clip, job: SaveJob | None) -> dict[str, Any]:
    return {
        "clip_id": clip.clip_id,
        "title": clip.title,
        "style": clip.style,
        "lyrics": clip.lyrics,
        "model": clip.model,
        "seed": clip.seed,
        "duration_s": clip.duration_s,
        "created_at": clip.created_at,
        "image_url": clip.image_url,
        "audio_url": clip.audio_url,
        "state": clip.state,
        "file": str(job.path.absolute()) if job and job.path else None,
        "error": job.error if job and job.error else clip.error,
    }


def _as_text(task: MusicTask, jobs: Mapping[Clip, SaveJob]) -> str:
    """``task id: state``, then a line or two a clip, or what is wrong."""
    lines = [f"{task.task_id}: {task.state.replace('_', ' ')}"]
    if task.error:
        lines.append(f"  {task.error}")
    for clip in task.clips:
        facts = (clip.title or clip.clip_id, _length(clip.duration_s), clip.model)
        lines.append(f"  {' · '.join(fact for fact in facts if fact)}")
        lines.append(f"    {_outcome(clip, jobs.get(clip))}")
    return "\n".join(lines)


def _outcome(clip: Clip, job: SaveJob | None) -> str:
    """Where the song is, or what is wrong with it."""
    if job and job.path:
        return str(job.path.absolute())
    trouble = job.error if job else clip.error
    return trouble or (clip.audio_url if clip.ready and clip.audio_url else f"{clip.state}")


def _length(duration_s: float | None) -> str:
    """Minutes and seconds, as players show them."""
    if duration_s is None:
        return ""
    minutes, seconds = divmod(round(duration_s), 60)
    return f"{minutes}:{seconds:02}"
