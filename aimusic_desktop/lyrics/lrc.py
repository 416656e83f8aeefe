"""Lines with their times as LRC, which players read. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from aimusic_desktop.lyrics.lines import Cue, Timing

_SILENCE_S = 2.0
"""After a line, so long a silence is written too, so that a player does not go on showing it."""


def to_lrc(timing: Timing, facts: Mapping[str, str], *, words: bool = False) -> str:
    """The file's text: the facts by their tag (``ti``, ``ar``, ``al``, ``length``), then a line a cue.

    Empty facts are left out. ``words`` writes the time of each word too, as ``<mm:ss.xx>`` before it, which
    not every player understands.
    """
    return "".join(f"{line}\n" for line in (*head(facts), *_lines(timing, words=words)))


def head(facts: Mapping[str, str]) -> list[str]:
    """The lines a file begins with."""
    plain = {name: " ".join(text.split()) for name, text in facts.items()}
    return [f"[{name}:{text}]" for name, text in plain.items() if text]


def _lines(timing: Timing, *, words: bool) -> Iterator[str]:
    following = [*(cue.start_s for cue in timing.cues[1:]), math.inf]
    for cue, next_s in zip(timing.cues, following, strict=False):
        yield f"[{_clock(cue.start_s)}]{_with_times(cue) if words else cue.text}"
        if next_s - cue.end_s >= _SILENCE_S:
            yield f"[{_clock(cue.end_s)}]"


def _with_times(cue: Cue) -> str:
    """The line with a time before each word and one behind the last."""
    ends = [*(word.first for word in cue.words[1:]), len(cue.text)]
    timed = (
        f"<{_clock(word.start_s)}>{cue.text[word.first : end]}"
        for word, end in zip(cue.words, ends, strict=True)
    )
    return f"{''.join(timed)}<{_clock(cue.words[-1].end_s)}>"


def _clock(seconds: float) -> str:
    minutes, hundredths = divmod(round(seconds * 100), 6000)
    return f"{minutes:02}:{hundredths // 100:02}.{hundredths % 100:02}"
