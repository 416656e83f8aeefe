"""Which save job comes next: the oldest of the host that is least busy. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection

from aimusic_desktop.saving.job import SaveJob


class Line:
    """The jobs that wait for their turn, a queue for each host."""

    def __init__(self) -> None:
        self._queues: dict[str, OrderedDict[SaveJob, None]] = {}
        self._host_of: dict[SaveJob, str] = {}  # as it was when it came; links may change meanwhile

    @property
    def hosts(self) -> Collection[str]:
        """The hosts that somebody waits for."""
        return self._queues.keys()

    def put(self, job: SaveJob, *, first: bool = False) -> None:
        """Let the job wait: behind all others, or before them."""
        self._host_of[job] = job.host
        queue = self._queues.setdefault(job.host, OrderedDict())
        queue[job] = None
        queue.move_to_end(job, last=not first)

    def drop(self, job: SaveJob) -> None:
        """Take the job out, if it is there."""
        host = self._host_of.pop(job, None)
        if host is not None:
            del self._queues[host][job]
            if not self._queues[host]:
                del self._queues[host]

    def next(self, running: Counter[str], held: Callable[[str], bool]) -> SaveJob | None:
        """Take out the job whose turn it is. ``running`` counts the jobs that run by their host; no job
        of a ``held`` host is taken."""
        heads = {host: next(iter(queue)) for host, queue in self._queues.items() if not held(host)}
        if not heads:
            return None
        _, _, host = min((running[host], job.id, host) for host, job in heads.items())
        self.drop(heads[host])
        return heads[host]
