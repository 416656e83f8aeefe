"""Songs whose every second has a tone of its own, and what is told by a recording: which song, where in it.

Song n plays its second s at 300 + 100 s + 25 n Hz, so that no two of the four sound alike anywhere.
"""

from __future__ import annotations

import io
import math
import uuid
import wave
from array import array
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from tests.support.api import clip, finished
from tests.support.service import Service, as_json
from tests.support.sound import RATE_HZ, SILENCE, Ears

TITLES = ("Alder", "Birch", "Cedar", "Damson")
"""The songs, by their numbers."""

FIRST_HZ, STEP_HZ, SONG_HZ = 300, 100, 25
_PIECE = RATE_HZ // 20  # 50 ms: the lowest tone swings 15 times in it
_NEAR = 0.3  # of what lies between two songs


class Moment(NamedTuple):
    """A second of a song."""

    song: str
    second: int


class Spell(NamedTuple):
    """A moment that was heard, with its place in the recording, in seconds; exact to some 50 ms."""

    moment: Moment
    begin_s: float
    end_s: float


def task_of(title: str) -> str:
    """The id of a song's task."""
    return str(uuid.UUID(int=TITLES.index(title) + 1, version=4))


def serve(service: Service, **lengths_s: int) -> list[str]:
    """Put songs on the service, each the only one of its task: ``Alder=20``. Gives the ids of the tasks."""
    for title, seconds in lengths_s.items():
        service.on_task("producer", task_of(title), as_json(finished(_clip(service, title, seconds))))
    return [task_of(title) for title in lengths_s]


def serve_pair(service: Service, one: str, other: str, seconds: int) -> str:
    """Put two songs on the service as the clips of one task; gives its id."""
    clips = (_clip(service, title, seconds) for title in (one, other))
    service.on_task("producer", task_of(one), as_json(finished(*clips)))
    return task_of(one)


def moment(ears: Ears) -> Moment | None:
    """What is heard right now; None in silence and between two tones."""
    return _moment(ears.recent(0.25)[-_PIECE:])


def spells(samples: array[int]) -> list[Spell]:
    """What was heard, one after the other; what cannot be told is left out."""
    places = range(0, len(samples) - _PIECE + 1, _PIECE // 4)
    told = [(place / RATE_HZ, _moment(samples[place : place + _PIECE])) for place in places]
    clear = [(at_s, found) for at_s, found in told if found is not None]
    runs = ((found, [at_s for at_s, _ in run]) for found, run in groupby(clear, key=lambda each: each[1]))
    return [Spell(found, times[0], times[-1] + _PIECE / RATE_HZ) for found, times in runs]


def longest_silence(samples: array[int]) -> float:
    """The longest time without a sound between two sounds, in seconds."""
    loud = [place for place, sample in enumerate(samples) if abs(sample) > SILENCE]
    return max((after - before for before, after in pairwise(loud)), default=0) / RATE_HZ


def silence_near(samples: array[int], at_s: float) -> float:
    """The longest silence within a quarter of a second of a place in the recording, in seconds."""
    return longest_silence(samples[max(0, round((at_s - 0.25) * RATE_HZ)) : round((at_s + 0.25) * RATE_HZ)])


def _clip(service: Service, title: str, seconds: int) -> dict[str, Any]:
    audio_url = service.serve_file(f"/{title}.wav", _wav(title, seconds), "audio/wav")
    return clip(clip_id=f"clip-{title}", title=title, duration=seconds, audio_url=audio_url)


def _wav(title: str, seconds: int) -> bytes:
    samples = array("h")
    for second in range(seconds):
        turn = math.tau * _hz(Moment(title, second)) / RATE_HZ
        samples.extend(round(12_000 * math.sin(turn * at)) for at in range(RATE_HZ))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(samples.itemsize)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _hz(told: Moment) -> int:
    return FIRST_HZ + STEP_HZ * told.second + SONG_HZ * TITLES.index(told.song)


def _moment(samples: array[int]) -> Moment | None:
    """The song and second with the tone of so short a piece, if it is one tone from beginning to end."""
    if len(samples) < _PIECE or max(samples) <= SILENCE:
        return None
    ups = [_crossing(samples, at) for at in range(1, len(samples)) if samples[at - 1] < 0 <= samples[at]]
    middle = len(ups) // 2
    steps = {_steps(part) for part in (ups[: middle + 1], ups[middle:])}
    if len(steps) > 1 or None in steps:
        return None
    second, number = divmod(steps.pop() or 0, STEP_HZ // SONG_HZ)
    return Moment(TITLES[number], second) if second >= 0 else None


def _steps(ups: list[float]) -> int | None:
    """How many steps above the lowest tone one lies that passes zero at these samples; None off the steps."""
    if len(ups) < 2:
        return None
    steps = (RATE_HZ * (len(ups) - 1) / (ups[-1] - ups[0]) - FIRST_HZ) / SONG_HZ
    return round(steps) if abs(steps - round(steps)) < _NEAR else None


def _crossing(samples: array[int], at: int) -> float:
    """Where between two samples the first of which is negative the sound passes zero."""
    return at - samples[at] / (samples[at] - samples[at - 1])
