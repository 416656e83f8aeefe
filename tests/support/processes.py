"""Programs a test starts: each with its own log, waited for and ended within bounds, by its own id."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class Process:
    """A running program. ``stdout`` and ``stderr`` go to ``log`` unless a caller wants stdout as a pipe."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], log: Path, **options: Any) -> None:
        self.log = log
        with log.open("ab") as output:
            options.setdefault("stdout", output)
            self.popen = subprocess.Popen(command, env=env, stderr=output, **options)
        self.pid = self.popen.pid

    @property
    def running(self) -> bool:
        return self.popen.poll() is None

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def feed(self, text: str) -> None:
        """Writes to its standard input, which must be a pipe, and closes it."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(text.encode())
        self.popen.stdin.close()

    def wait(self, within_s: float) -> int:
        """The exit code; fails when it does not come in time."""
        try:
            return self.popen.wait(within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.log.stem} still runs after {within_s:g} s\n{self.output}") from None

    def end(self, within_s: float = 3.0) -> None:
        """Asks it to end, and ends it when it does not listen."""
        if self.running:
            self.popen.terminate()
        try:
            self.popen.wait(within_s)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                pipe.close()
