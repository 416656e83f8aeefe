"""The lines of a file of any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

CHUNK = 2**16
LONGEST_LINE = 2**20


def lines_of(file: TextIO) -> Iterator[str]:
    """Every line with its end; what is longer than ``LONGEST_LINE`` characters comes in pieces.

    Iterating over the file itself reads 8 KiB at a time. A thread that lets go of the interpreter so often,
    and each time for a moment only, never gives the window's thread its turn.
    """
    rest = ""
    while piece := file.read(CHUNK):
        *lines, rest = (rest + piece).split("\n")
        yield from (f"{line}\n" for line in lines)
        if len(rest) > LONGEST_LINE:
            yield rest
            rest = ""
    if rest:
        yield rest
