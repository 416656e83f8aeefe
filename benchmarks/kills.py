"""Kills the program again and again while it saves songs, and looks at what is left in the folder.

    python benchmarks/kills.py [--kills N] [--songs N] [--seed N]

One round saves all songs of a service into a folder, by the core of the program in a process of its own
that is killed (SIGKILL) at random instants and started again, until it comes to its end. Then the folder must
hold what the same round left in peace has: each song whole, tagged, byte by byte, and nothing else. Rounds
are made until there were enough kills. Prints what the jobs were doing when they were killed. Exits 1 when
anything is missing, different or too much.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from song_service import song_service

from aimusic_desktop.core import Core
from aimusic_desktop.media.tags import origin_of
from aimusic_desktop.model import Clip, TaskRef
from aimusic_desktop.options import Options
from aimusic_desktop.paths import Paths

MBIT = 80.0
WORK_S = 0.6  # of work that a life has at most, after it has started
START_SHARE = 0.2  # of the lives end before that
ROUND_LIMIT_S = 120.0
KEY = "key-of-the-benchmark"


async def save_all(home: Path, api_url: str, task_ids: Sequence[str], out: Path) -> None:
    """What the program does at a start, and its user once: look the tasks up, save every song."""
    core = await Core.open(Options(home=home, api_url=api_url))
    try:
        await core.saver.resume()
        if not core.saver.jobs:
            await core.saver.save(await clips_of(core, task_ids), out)
        print("started", flush=True)
        for job in core.saver.jobs:
            await core.saver.wait(job)
    finally:
        await core.close()


async def clips_of(core: Core, task_ids: Sequence[str]) -> list[Clip]:
    """The songs of all tasks, looked up where they are not known yet."""
    await core.tracker.add([TaskRef(task_id=task_id) for task_id in task_ids])
    clips: list[Clip] = []
    for task_id in task_ids:
        while not (task := await core.library.task(task_id)) or not task.state.settled:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # a run before this one may have settled it: no event would tell
        clips += task.clips
    return clips


class Round:
    """One folder of songs; ``states`` counts what the jobs did at the kills."""

    def __init__(self, root: Path, api_url: str, task_ids: Sequence[str]) -> None:
        self.out = root / "songs"
        self.kills = 0
        self.states: Counter[str] = Counter()
        self._database = Paths.under(root).database
        self._command = [sys.executable, __file__, "--child", str(root), api_url, str(self.out), *task_ids]

    def undisturbed(self) -> float:
        """Save everything in peace; gives how long the start took, in seconds."""
        begun = time.monotonic()
        with self._started() as process:
            assert process.stdout is not None
            process.stdout.readline()
            start_s = time.monotonic() - begun
        assert process.returncode == 0
        return start_s

    def disturbed(self, start_s: float, dice: random.Random, most: int) -> None:
        """Kill it, at most so many times, until everything is saved."""
        ends_at = time.monotonic() + ROUND_LIMIT_S
        while self.kills < most and time.monotonic() < ends_at:
            with self._started() as process:
                _live(process, start_s, dice)
            if process.returncode == 0:
                return
            assert process.returncode < 0, "the program failed by itself"
            self.kills += 1
            self._note_states()
        self.undisturbed()

    def digests(self) -> dict[str, list[str]]:
        """All that lies in the folder: names, and the sums of the contents (twins may change places)."""
        paths = sorted(path for path in self.out.rglob("*") if path.is_file())
        sums = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
        return {"names": [str(path.relative_to(self.out)) for path in paths], "sums": sums}

    def tagged(self) -> int:
        """How many songs tell which clip they are, each another one."""
        return len({origin_of(path) for path in self.out.rglob("*") if path.is_file()} - {None})

    def _started(self) -> subprocess.Popen[str]:
        env = {**os.environ, "AIMUSIC_API_KEY": KEY}
        return subprocess.Popen(self._command, env=env, stdout=subprocess.PIPE, text=True)

    def _note_states(self) -> None:
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)) as db,
        ):
            self.states.update(dict(db.execute("SELECT state, count(*) FROM save_job GROUP BY state")))


def _live(process: subprocess.Popen[str], start_s: float, dice: random.Random) -> None:
    """Let the program run for a random time, and kill it unless it is through by then."""
    life_s = dice.uniform(0, start_s)
    if dice.random() > START_SHARE:
        assert process.stdout is not None
        process.stdout.readline()
        life_s = dice.uniform(0, WORK_S)
    try:
        process.wait(life_s)
    except subprocess.TimeoutExpired:
        process.kill()


def run(kills: int, songs: int, seed: int) -> bool:
    """Rounds until there were enough kills; prints what came of them. Gives whether all is well."""
    dice, made, rounds, states = random.Random(seed), 0, 0, Counter[str]()
    good = True
    with song_service(songs, 0, MBIT) as service, tempfile.TemporaryDirectory() as folder:
        where = (service["api_url"], service["task_ids"])
        peace = Round(Path(folder, "peace"), *where)
        start_s = peace.undisturbed()
        wanted = peace.digests()
        good = len(wanted["names"]) == songs == peace.tagged()
        while made < kills and good:
            rounds += 1
            this = Round(Path(folder, str(rounds)), *where)
            this.disturbed(start_s, dice, kills - made)
            made += this.kills
            states += this.states
            found = this.digests()
            good = found == wanted and this.tagged() == songs
            if not good:
                print(f"round {rounds}: {_difference(found, wanted)}")
    doing = ", ".join(f"{state} {count}" for state, count in states.most_common())
    print(f"the jobs at the kills: {doing}")
    print(f"{made} kills in {rounds} rounds of {songs} songs (seed {seed}): {_verdict(good, songs)}")
    return good


def _verdict(good: bool, songs: int) -> str:
    if good:
        return f"each round ended with {songs} whole, byte-identical, tagged songs and nothing else"
    return "NOT what it should be"


def _difference(found: dict[str, list[str]], wanted: dict[str, list[str]]) -> str:
    too_many, missing = (
        sorted((Counter(a["names"]) - Counter(b["names"])).elements())
        for a, b in ((found, wanted), (wanted, found))
    )
    other = sum((Counter(found["sums"]) - Counter(wanted["sums"])).values())
    return f"too many: {too_many}; missing: {missing}; contents that differ: {other}"


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        home, api_url, out, *task_ids = sys.argv[2:]
        asyncio.run(save_all(Path(home), api_url, task_ids, Path(out)))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--songs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = parser.parse_args()
    return 0 if run(options.kills, options.songs, options.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
