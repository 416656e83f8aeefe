"""The demo without a display: does the main job in the real window, and proves it.

``python -m aimusic_desktop.tour --out DIR`` looks the demo's tasks up, waits until they are settled,
plays two seconds of a song, saves every finished song and a screenshot into DIR, and prints what it
did. It exits 0 only if all of that happened.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimusic_desktop.app import Session
    from aimusic_desktop.model import MusicTask

SETTLE_LIMIT_S = 90.0
PLAY_LIMIT_S = 20.0
SAVE_LIMIT_S = 60.0
PLAYED_MS = 2_000
SIZE = (1180, 760)


class TourError(Exception):
    """A stop of the tour did not happen; the text says which."""


def main(argv: list[str] | None = None) -> int:
    """Run the tour; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m aimusic_desktop.tour", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="where songs and screenshot go")
    out: Path = parser.parse_args(argv).out.absolute()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false;qt.multimedia.*=false")
    out.mkdir(parents=True, exist_ok=True)
    try:
        _run(out)
    except TourError as error:
        print(f"The tour stopped: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _run(out: Path) -> None:
    import qasync

    from aimusic_desktop.app import make_app

    loop = qasync.QEventLoop(make_app())
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_tour(out))


async def _tour(out: Path) -> None:
    from aimusic_desktop.app import Session
    from aimusic_desktop.options import Options
    from aimusic_desktop.ui.main_window import MainWindow

    home = out / "home"
    window = MainWindow()
    window.resize(*SIZE)
    window.show()
    session = await Session.open(window, Options(demo=True, home=home), [])
    try:
        await _settle(session)
        await _play(session)
        await _save(session, out)
        _picture(session, out)
    finally:
        await session.close()
        shutil.rmtree(home, ignore_errors=True)
    _say("The tour is complete: everything above happened.")


async def _settle(session: Session) -> None:
    core, started = session.core, time.monotonic()
    await _until(lambda: bool(session.workspace.model.order), SETTLE_LIMIT_S, "no task appeared in the list")
    await _until(
        lambda: core.tracker.working == 0, SETTLE_LIMIT_S, "the demo's tasks were not settled in time"
    )
    counts = await core.library.counts()
    took = time.monotonic() - started
    _say(
        f"Looked up: {counts.ready} songs ready, {counts.failed} rows failed as they should, in {took:.0f} s."
    )
    if not counts.ready or counts.working:
        raise TourError("not every song is ready")


async def _play(session: Session) -> None:
    workspace = session.workspace
    ready = [row for row in workspace.listed() if row.clip is not None and row.clip.ready]
    workspace.view.select_ids([ready[0].row_id])
    workspace.commands.listening.play_row(ready[0])
    player = workspace.player
    await _until(lambda: player.position_ms >= PLAYED_MS, PLAY_LIMIT_S, "the song did not play two seconds")
    assert player.clip is not None
    _say(f"Played: {player.position_ms / 1000:.1f} s of “{player.clip.title}”.")


async def _save(session: Session, out: Path) -> None:
    core = session.core
    clips = [clip for task in await _tasks(session) for clip in task.clips if clip.ready]
    jobs = await core.saver.save(clips, out)
    async with asyncio.timeout(SAVE_LIMIT_S):
        paths = [await core.saver.wait(job) for job in jobs]
    for path in paths:
        _say(f"Saved: {path.name} ({path.stat().st_size / 1e6:.1f} MB)")


async def _tasks(session: Session) -> list[MusicTask]:
    task_ids = dict.fromkeys(row.task_id for row in session.workspace.listed())
    tasks = [await session.core.library.task(task_id) for task_id in task_ids]
    return [task for task in tasks if task is not None]


def _picture(session: Session, out: Path) -> None:
    path = out / "window.png"
    if not session.window.grab().save(str(path)):
        raise TourError("the screenshot could not be written")
    _say(f"Screenshot: {path}")


async def _until(done: Callable[[], bool], limit_s: float, otherwise: str) -> None:
    ends = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > ends:
            raise TourError(otherwise)
        await asyncio.sleep(0.1)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
