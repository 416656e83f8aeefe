"""Tasks and clips for the tests of the library, and other processes that use the same one."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from sqlite3 import Connection
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from aimusic_desktop.library.opening import open_database
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import Clip, ClipState, JobRecord, MusicTask, TaskRef, TaskState
from aimusic_desktop.runs import Runs

ROOT = Path(__file__).parents[2]


def id_of(number: int) -> str:
    """The same task id for the same number."""
    return str(UUID(int=number << 96 | number))


def refs(*numbers: int) -> list[TaskRef]:
    return [TaskRef(task_id=id_of(number)) for number in numbers]


def clip_of(task_id: str, clip_id: str = "a", **facts: Any) -> Clip:
    """A finished clip, unless ``facts`` say otherwise."""
    facts = {"state": ClipState.SUCCEEDED, "audio_url": f"https://media.example/{clip_id}.m4a"} | facts
    return Clip(task_id=task_id, clip_id=clip_id, **facts)


def task_of(number: int, *clips: Clip, **facts: Any) -> MusicTask:
    """A finished task, unless ``facts`` say otherwise."""
    return MusicTask(task_id=id_of(number), clips=clips, **{"state": TaskState.SUCCEEDED, **facts})


async def in_its_thread(library: Library, work: Callable[[Connection], Any]) -> Any:
    """Does something to the library's own connection, where it lives."""
    return await library._read(work)


@asynccontextmanager
async def library_at(path: Path) -> AsyncIterator[Library]:
    library = await Library.open(path)
    try:
        yield library
    finally:
        await library.close()


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A bare connection to a library, for tests of the functions below ``Library``."""
    db, _ = open_database(path)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def throwaway() -> Iterator[Connection]:
    """A new library for one example of a property test."""
    with TemporaryDirectory() as folder, opened(Path(folder, "library.sqlite3")) as db:
        db.execute("PRAGMA synchronous = OFF")
        yield db


def job_of(folder: Path | str, clip_id: str = "a", **facts: Any) -> JobRecord:
    """A save job of the first task, waiting for its turn, unless ``facts`` say otherwise."""
    return JobRecord(**{"task_id": id_of(1), "clip_id": clip_id, "folder": str(folder), **facts})


def start_process(command: str, path: Path, *numbers: int) -> subprocess.Popen[str]:
    """Runs one of the commands below in a process of its own."""
    arguments = [sys.executable, "-m", "tests.support.library", command, str(path), *map(str, numbers)]
    pipe = subprocess.PIPE
    return subprocess.Popen(arguments, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


async def _add_and_die(path: Path, first: int, last: int) -> None:
    library = await Library.open(path)
    await library.add(refs(*range(first, last)), 1.0)
    os.kill(os.getpid(), signal.SIGKILL)


async def _add_one_by_one(path: Path, first: int, last: int) -> None:
    async with library_at(path) as library:
        for ref in refs(*range(first, last)):
            await library.add([ref], 1.0)
            print(ref.task_id, flush=True)


async def _open_and_tell(path: Path) -> None:
    async with library_at(path) as library:
        print(library.notice)


async def _adopt(path: Path) -> None:
    """Tells in one line which jobs it adopted, and lives until its input ends."""
    runs = Runs(path.with_name("runs"))
    runs.begin()
    async with library_at(path) as library:
        print(*[job.job_id for job in await library.adopt_jobs(runs.token, runs.alive)], flush=True)
        sys.stdin.read()
    runs.close()


async def _reserve(path: Path, first: int, last: int) -> None:
    """Each job from ``first`` on wants the names in order and takes the first that is free."""
    async with library_at(path) as library:
        for job_id in range(first, last):
            for number in count():
                if await library.reserve(job_id, str(path.with_name(f"Song {number}.m4a"))):
                    print(number, flush=True)
                    break


if __name__ == "__main__":
    commands: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
        "add-and-die": _add_and_die,
        "add": _add_one_by_one,
        "open": _open_and_tell,
        "adopt": _adopt,
        "reserve": _reserve,
    }
    asyncio.run(commands[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:])))
