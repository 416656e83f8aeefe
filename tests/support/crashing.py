"""Ends the process at every single step of saving a song, one after another, and lets the next one go on.

    python -m tests.support.crashing API_URL ROOT CASE

Each attempt is a fork of this process that kills itself before its n-th change to the disk (a commit of the
library, a file opened to be written, a link, a rename, a removal), then a fork that starts again as the
program does. One line of JSON an attempt tells where it ended and what lies in the folder afterwards; the
last one, of the attempt that came to its end undisturbed, has no ``at``.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from aimusic_desktop.media import exclusive, growing
from aimusic_desktop.model import Clip, JobState
from aimusic_desktop.saving import job_run, saver
from aimusic_desktop.saving.job_disk import identity_of
from tests.support.library import in_its_thread
from tests.support.media import song_clip
from tests.support.saving import TUNE_S, Bench, bench
from tests.support.service import Service

CHANGES = frozenset({"open", "os.link", "os.remove", "os.rename", "os.mkdir", "shutil.copyfile"})
LIMIT_S = 20.0
OLD = b"what lay there before"


class Fuse:
    """Kills this process before the n-th change below ``root``; tells before which, through ``say``."""

    def __init__(self, root: Path, changes: int, say: int) -> None:
        self._root, self._left, self._say = str(root), changes, say
        self._armed = False

    async def lay(self, run: Bench, from_state: JobState | None) -> None:
        """Count from now on, or from when the job comes to that state."""
        await in_its_thread(run.library, lambda db: db.set_trace_callback(self._traced))
        sys.addaudithook(self._heard)
        self._armed = from_state is None
        run.saver.changed.connect(lambda job: self._arm(job.state is from_state))

    def _arm(self, now: bool) -> None:
        self._armed = self._armed or now

    def disarm(self) -> None:
        self._armed = False

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._armed or event not in CHANGES or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        path = os.fsdecode(arguments[0])
        reads = event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if path.startswith(self._root) and not reads:
            self._burn(f"{event} {Path(path).name}")

    def _traced(self, statement: str) -> None:
        if self._armed and statement.startswith("COMMIT"):
            self._burn("commit")

    def _burn(self, what: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.write(self._say, what.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def prepare(case: str, out: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings and the way of saving of a case, whose folder and system are made what they should be."""
    out.mkdir()
    if case == "replace":
        (out / "mine.wav").write_bytes(OLD)
        return {}, {"name": "mine.wav", "replaces": identity_of(out / "mine.wav")}
    if case == "taken":
        (out / "City Lights.wav").write_bytes(OLD)
    if case in ("no links", "no renames"):
        os.link = _refuse
    if case == "no renames":
        exclusive._system_rename = lambda: None
    beside = {"beside_cover": True, "beside_lyrics": "txt"} if case == "beside" else {}
    return {"name_template": "{product}/{title}", **beside} if case == "beside" else {}, {}


def _refuse(*_paths: object, **_options: object) -> None:
    raise OSError(errno.EPERM, "no links here")


async def save(service: Service, root: Path, case: str, clip: Clip, changes: int, say: int) -> None:
    """Save a song until the n-th change; ``say`` hears before which that was."""
    settings, how = prepare(case, root / "out")
    fuse = Fuse(root, changes, say)
    async with bench(service, root, **settings) as run:
        await run.know(clip)
        await run.saver.resume()
        await fuse.lay(run, from_state=None if case == "plain" else JobState.WRITING)
        await run.saved(clip, **how)
        await run.rows()
        fuse.disarm()


async def go_on(service: Service, root: Path, case: str, clip: Clip, tell: int) -> None:
    """Start again; if nothing was written down yet, save as the user would."""
    settings, how = prepare(case, root / "elsewhere")
    async with bench(service, root, **settings) as run:
        await run.saver.resume()
        jobs = run.saver.jobs or await run.save(clip, **how)
        for job in jobs:
            await run.saver.wait(job)
        await run.saver.close()
        rows = (await run.rows()).values()
        told = {"parts": [row.part for row in rows], "files": _sums(run.out), "targets": len(jobs)}
        os.write(tell, json.dumps(told).encode())


def _sums(folder: Path) -> dict[str, str]:
    """All that lies in the folder, by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def forked(work: Callable[[int], Coroutine[Any, Any, None]]) -> str:
    """What a fork of this process wrote to its pipe before it ended, however it did."""
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(round(LIMIT_S))
        try:
            asyncio.run(work(into))
        except BaseException:  # noqa: BLE001 (it is printed, and pytest fails on anything printed)
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return said


def main(api_url: str, root: Path, case: str) -> None:
    service = Service.__new__(Service)  # the real one is in the process of the test
    service.api_url = api_url
    origin = api_url.removesuffix("/api/v1")
    clip = song_clip(f"{origin}/song.wav", duration_s=TUNE_S, image_url=f"{origin}/cover.png")
    # What is noted by the clock would be a step more in the slow ones of the attempts.
    growing.NOTE_EVERY_S = math.inf
    saver.NOTED_EVERY = sys.maxsize
    for number in count(1):
        home = root / str(number)
        home.mkdir()
        at = forked(partial(save, service, home, case, clip, number))
        told = forked(partial(go_on, service, home, case, clip))
        print(json.dumps({"at": at, **json.loads(told or '{"files": null}')}), flush=True)
        if not at:
            return


if __name__ == "__main__":
    assert job_run  # imported before the first fork: forks share it
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
