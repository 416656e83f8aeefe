"""What the command line says: answers on stdout, everything else on stderr.

Either may be closed or full: where nobody can be told any more, nothing is.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from aimusic_desktop.errors import AppError


def put(text: str) -> None:
    """Write an answer to stdout; raises AppError where that cannot be written.

    A reader that went away (``| head``) is no error.
    """
    if not text:
        return
    if sys.stdout is None:
        raise AppError("The answer could not be written: the standard output is closed.")
    encoding = sys.stdout.encoding
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)
    except OSError as error:
        _give_up(sys.stdout)
        raise AppError(f"The answer could not be written: {error.strerror}.") from error


def say(sentence: str) -> None:
    """Tell people something on stderr."""
    _write_aside(f"{sentence}\n")


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
        if text != self._shown and sys.stderr is not None and sys.stderr.isatty():
            _write_aside(f"\r\x1b[K{text}")
            self._shown = text


def _write_aside(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """What is left in the stream goes nowhere: the interpreter flushes once more at its end, and would
    complain."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
