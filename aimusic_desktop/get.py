"""``aimusic-desktop get``: looks tasks up, waits for them, saves their songs. No window, no Qt.

What it prints is a contract: with ``--json`` one object a line a task on stdout and nothing else there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aimusic_desktop.api.errors import KeyRefused
from aimusic_desktop.console import Progress, put, say
from aimusic_desktop.core import Core
from aimusic_desktop.errors import AppError
from aimusic_desktop.model import Clip, MusicTask, OnTaken, Product, SaveFormat, TaskRef, TaskState
from aimusic_desktop.options import Options
from aimusic_desktop.report import Saved, as_json, as_text
from aimusic_desktop.saving.saver import SaveJob, Saver
from aimusic_desktop.tracking.connection import ConnectionState, wait_at_most
from aimusic_desktop.tracking.intake import find_tasks
from aimusic_desktop.tracking.merge import with_failure, without_promise

OK, NOT_ALL, BAD_USAGE, NO_KEY = range(4)
"""Exit codes."""

PROGRESS_EVERY_S = 0.5
TROUBLE_AFTER_S = 5.0
LEAST_SAVING_S = 10.0
CANCEL_LIMIT_S = 2.0

Jobs = dict[tuple[str, str], SaveJob]
"""By task id and clip id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for: ``texts`` holding task ids, the ``product`` of those that name none, the
    ``folder`` to save songs into (with ``any_length`` also those whose length is not what the service
    says), how long to wait in seconds, and the form of the answer."""

    texts: Sequence[str]
    product: Product | None = None
    folder: Path | None = None
    any_length: bool = False
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
    for notice in filter(None, (core.settings.notice, core.library.notice)):
        say(notice)
    try:
        await core.find_key()
        if core.credentials.key is None:
            say(_no_key(core))
            return NO_KEY
        return await _Run(core, request, refs).answer()
    finally:
        await core.close()


def _no_key(core: Core) -> str:
    credentials = core.credentials
    if credentials.trouble:
        return credentials.trouble
    why = f" {credentials.state.sentence}" if credentials.state else ""
    return f"There is no API key: set AIMUSIC_API_KEY to yours, or enter it in the window once.{why}"


async def _begin_saving(saver: Saver, clips: Sequence[Clip], folder: Path, any_length: bool) -> list[SaveJob]:
    """Go on with what a command that was killed has begun of this, and begin the rest."""
    jobs = await saver.resume(clips, folder)
    # Another name or format is another wish. One of these may be done by now, and would be saved again.
    resumed = [job for job in jobs if job.name is None and job.format is SaveFormat.ORIGINAL]
    saver.go_on(*resumed)
    begun = {_key(job.clip) for job in resumed}
    rest = [clip for clip in clips if _key(clip) not in begun]
    return [*resumed, *await saver.save(rest, folder, any_length=any_length)]


class _Run:
    """One request under way: which tasks are waited for, and what of their songs is saved."""

    def __init__(self, core: Core, request: Request, refs: Sequence[TaskRef]) -> None:
        self._core = core
        self._request = request
        self._refs = refs
        self._ends_at = time.monotonic() + request.timeout_s
        self._waiting = {ref.task_id for ref in refs}
        self._notes: dict[str, str] = {}
        self._over = asyncio.Event()
        self._trouble = _Trouble()
        self._jobs: Jobs = {}

    async def answer(self) -> int:
        """Do it all and print what came of it; gives the exit code. Cancelled, it prints what is settled."""
        try:
            await self._settle()
            refused = bool(self._waiting) and self._core.connection.state is ConnectionState.KEY_REFUSED
            if refused:
                say(KeyRefused().sentence)
                self._refs = self._settled_refs()
            if self._request.folder:
                await self._save(self._request.folder)
        except asyncio.CancelledError:
            await self._end_saving()
            await self._print(self._settled_refs())
            raise
        tasks = await self._print(self._refs)
        if refused:
            return NO_KEY
        return OK if all(map(self._is_good, tasks)) else NOT_ALL

    async def _settle(self) -> None:
        """Look all up, afresh if they are known, until they are settled, the time is over or the key is
        refused. From then on nobody asks about those that are not settled."""
        tracker = self._core.tracker
        tracker.settled.connect(self._has_settled)
        self._core.connection.changed.connect(self._connection_changed)
        await _set_products_right(self._core, self._refs)
        await tracker.start(resume=False)
        _, known = await tracker.add(self._refs)
        await tracker.look_up_again(known)
        with Progress() as progress:
            while not self._over.is_set() and (left_s := self._ends_at - time.monotonic()) > 0:
                self._trouble.heed(self._notes_now(), progress)
                settled, all_of_them = len(self._refs) - len(self._waiting), len(self._refs)
                progress.show(f"{settled} of {all_of_them} tasks settled")
                await wait_at_most(self._over, min(left_s, PROGRESS_EVERY_S))
        self._notes = self._notes_now()
        tracker.forget(self._waiting)

    async def _save(self, folder: Path) -> None:
        """Save every finished song of the tasks into the folder, as long as there is time."""
        if self._waiting:  # these songs are finished: waiting for others must not cost them their chance
            self._ends_at = max(self._ends_at, time.monotonic() + LEAST_SAVING_S)
        tasks = [await self._task(ref) for ref in self._refs]
        ready = [clip for task in tasks for clip in task.clips if clip.ready]
        self._core.saver.asking.connect(self._number)  # nobody is here to be asked about taken names
        jobs = await _begin_saving(self._core.saver, ready, folder, self._request.any_length)
        self._jobs = {_key(job.clip): job for job in jobs}
        with Progress() as progress:
            for number, job in enumerate(jobs):
                progress.show(f"{number} of {len(jobs)} songs saved")
                await wait_at_most(job.settled, self._ends_at - time.monotonic())
        await self._end_saving()

    async def _end_saving(self) -> None:
        """Give up what is not being written yet, and wait a moment for the rest."""
        unfinished = [job for job in self._jobs.values() if not job.settled.is_set()]
        if unfinished:
            self._core.saver.cancel(*unfinished)
        ends_at = time.monotonic() + CANCEL_LIMIT_S
        for job in unfinished:
            await wait_at_most(job.settled, ends_at - time.monotonic())

    async def _print(self, refs: Sequence[TaskRef]) -> list[MusicTask]:
        """Print these tasks as the library has them now: saving may have renewed their links."""
        tasks = [await self._task(ref) for ref in refs]
        show = as_json if self._request.as_json else as_text
        put("".join(f"{show(task, self._saved(task))}\n" for task in tasks))
        return tasks

    async def _task(self, ref: TaskRef) -> MusicTask:
        """The task as the library has it; one that is not settled timed out, for this command only."""
        task = await self._core.library.task(ref.task_id)
        task = task or MusicTask(task_id=ref.task_id, product=ref.product)
        if task.state.settled:
            return task
        note = without_promise(self._notes.get(ref.task_id, ""))
        sentence = f"Not finished within {self._request.timeout_s:g} s. {note}".rstrip()
        return with_failure(task, TaskState.TIMED_OUT, sentence, time.time())

    def _number(self, job: SaveJob) -> None:
        self._core.saver.answer(job, OnTaken.NUMBER)

    def _saved(self, task: MusicTask) -> Saved:
        """What came of saving the task's songs, by clip id."""
        jobs = {clip.clip_id: job for clip in task.clips if (job := self._jobs.get(_key(clip)))}
        return {clip_id: (job.path, self._trouble_of(job)) for clip_id, job in jobs.items()}

    def _trouble_of(self, job: SaveJob) -> str | None:
        if job.path or job.error or time.monotonic() < self._ends_at:
            return job.error
        limit = f"{self._request.timeout_s:g} s"
        why = job.note or "Give it more time with --timeout."
        return f"Saving was not finished within {limit}. {why}"

    def _is_good(self, task: MusicTask) -> bool:
        if not self._request.folder:
            return task.state is TaskState.SUCCEEDED
        jobs = [self._jobs.get(_key(clip)) for clip in task.clips if clip.ready]
        return task.state is TaskState.SUCCEEDED and all(job and job.path for job in jobs)

    def _settled_refs(self) -> list[TaskRef]:
        return [ref for ref in self._refs if ref.task_id not in self._waiting]

    def _notes_now(self) -> dict[str, str]:
        """The troubles of those that are waited for."""
        asking = {task_id: self._core.tracker.asking(task_id) for task_id in self._waiting}
        return {task_id: each.note for task_id, each in asking.items() if each and each.note}

    def _has_settled(self, task: MusicTask) -> None:
        self._waiting.discard(task.task_id)
        if not self._waiting:
            self._over.set()

    def _connection_changed(self) -> None:
        if self._core.connection.state is ConnectionState.KEY_REFUSED:
            self._over.set()


class _Trouble:
    """Says once what is wrong when something is for long; who waits should know what for."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._said = False

    def heed(self, notes: Mapping[str, str], progress: Progress) -> None:
        """Judge the present troubles, by task id."""
        now = time.monotonic()
        self._since = (self._since or now) if notes else None
        if self._since and not self._said and now - self._since >= TROUBLE_AFTER_S:
            self._said = True
            progress.show("")
            say(next(iter(notes.values())))


async def _set_products_right(core: Core, refs: Sequence[TaskRef]) -> None:
    """The product named now is the one that is asked, unless another one has the task."""
    for ref in refs:
        task = await core.library.task(ref.task_id) if ref.product else None
        if task and not task.clips:
            await core.library.save(replace(task, product=ref.product, state=TaskState.PENDING, error=None))


def _key(clip: Clip) -> tuple[str, str]:
    return clip.task_id, clip.clip_id
