"""Runs a command as a busy machine would: its processes stand still now and then, at random.

    python -m tests.jolt [--seed N] [--longest SECONDS] -- python -m pytest tests/saving

What passes alone and fails like this counts on one thing to be quicker than another. Linux only.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from os import kill
from pathlib import Path
from typing import NamedTuple

APART_S = (0.02, 0.25)
"""From the end of a jolt to the next: at least and at most."""
SHARE = 4
"""One process of so many stands still."""


class Found(NamedTuple):
    """A process, as the kernel tells of it."""

    pid: int
    state: str
    parent: int


def processes() -> Iterator[Found]:
    """All there are."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            yield Found(int(path.parent.name), state, int(parent))


def running_below(root: int) -> list[int]:
    """The processes that come from this one, but those that a test has stopped itself."""
    children = defaultdict(list)
    for found in processes():
        children[found.parent].append(found)
    below, left = [], [root]
    while left:
        here = children[left.pop()]
        left += [found.pid for found in here]
        below += [found.pid for found in here if found.state != "T"]
    return below


def jolt(pids: list[int], seconds: float) -> None:
    """Let these processes stand still for a while."""
    _send(signal.SIGSTOP, pids)
    try:
        time.sleep(seconds)
    finally:
        _send(signal.SIGCONT, pids)


def _send(sign: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            kill(pid, sign)


def main() -> int:
    """Gives the exit code of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=0.4, metavar="SECONDS")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with subprocess.Popen(options.command) as command:
        while command.poll() is None:
            time.sleep(chance.uniform(*APART_S))
            pids = running_below(command.pid)
            jolt(chance.sample(pids, -(-len(pids) // SHARE)), options.longest * chance.random())
    return command.returncode


if __name__ == "__main__":
    sys.exit(main())
