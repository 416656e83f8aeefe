"""Songs whose lyrics are timed, and what a service says of them."""

from __future__ import annotations

from aimusic_desktop.lyrics.lines import Timing, timing
from aimusic_desktop.model import Alignment, Clip, ConversionState, Product, TimedWord
from tests.support.library import clip_of, id_of
from tests.support.service import Service, as_json

ALIGNED = "/api/v1/sonic/aligned-lyrics"
LYRICS = """[Verse 1]
City lights, carry me home
Neon rain on my window

[Chorus]
Hold on
Never alone"""
LINE_S, WORD_S = 10.0, 1.0
"""From line to line, and from word to word."""


def sung(lyrics: str = LYRICS) -> tuple[TimedWord, ...]:
    """A line every 10 s from the first one at 10 s on, a word every second; marks of sections in between."""
    words: list[TimedWord] = []
    start_s = LINE_S
    for line in filter(None, lyrics.splitlines()):
        if line.startswith("["):
            words.append(TimedWord(f"{line}\n", start_s, start_s))
            continue
        parts = line.split()
        ends = [" "] * (len(parts) - 1) + ["\n"]
        for number, (part, end) in enumerate(zip(parts, ends, strict=True)):
            at_s = start_s + number * WORD_S
            words.append(TimedWord(part + end, at_s, at_s + WORD_S / 2))
        start_s += LINE_S
    return tuple(words)


def timed(lyrics: str = LYRICS) -> Timing:
    return timing(sung(lyrics), lyrics)


def song(number: int = 1, **facts: object) -> Clip:
    """A finished sonic clip of its own task, with lyrics."""
    known: dict[str, object] = {"product": Product.SONIC, "title": f"Song {number}", "lyrics": LYRICS}
    return clip_of(id_of(number), **(known | facts))


def aligned(clip: Clip, state: ConversionState = ConversionState.DONE, **facts: object) -> Alignment:
    """What is known of the clip's times."""
    values: dict[str, object] = {"asked_at": 1.0, "words": sung(clip.lyrics)}
    return Alignment(task_id=clip.task_id, clip_id=clip.clip_id, state=state, **(values | facts))  # type: ignore[arg-type]


def on_aligning(service: Service, *words: TimedWord) -> None:
    """Let the service tell when these words are sung."""
    told = [{"word": word.text, "start_s": word.start_s, "end_s": word.end_s} for word in words]
    service.on(ALIGNED, as_json({"message": "success", "data": {"alignment": told}}))
