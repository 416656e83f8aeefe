"""What the command line says: answers on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys


def put(text: str) -> None:
    """Write an answer to stdout. A reader that went away (``| head``) is no error."""
    encoding = sys.stdout.encoding
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(sentence: str) -> None:
    """Tell people something on stderr."""
    sys.stderr.write(f"{sentence}\n")


class Progress:
    """One line on stderr that is written anew, until its ``with`` ends. Shown by a terminal only."""

    def __init__(self) -> None:
        self._shown = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Replace the line."""
        if text != self._shown and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._shown = text
