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
_SHORTEST_S = 0.1
"""Where a sound stumbles, a shorter one may be mistaken for another song."""
_AROUND_S = 0.1
"""What of two spells is looked at with the change from one to the other."""
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
    """What was heard just now; None if that was silence, or cannot be told."""
    heard = spells(ears.recent(0.25))
    return heard[-1].moment if heard else None


def spells(samples: array[int]) -> list[Spell]:
    """What was heard, one after the other, without what cannot be told or is too short for that."""
    places = range(0, len(samples) - _PIECE + 1, _PIECE // 4)
    told = [(place / RATE_HZ, _moment(samples[place : place + _PIECE])) for place in places]
    heard = _joined([Spell(found, at_s, at_s + _PIECE / RATE_HZ) for at_s, found in told if found])
    return _joined([spell for spell in heard if spell.end_s - spell.begin_s >= _SHORTEST_S])


def silence_between(samples: array[int], old: Spell, new: Spell) -> float:
    """The longest silence from the end of one spell to the beginning of another, in seconds."""
    begin_s, end_s = max(old.begin_s, old.end_s - _AROUND_S), min(new.end_s, new.begin_s + _AROUND_S)
    part = samples[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)]
    loud = [place for place, sample in enumerate(part) if abs(sample) > SILENCE]
    return max((after - before for before, after in pairwise(loud)), default=0) / RATE_HZ


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


def _joined(found: list[Spell]) -> list[Spell]:
    """The same with neighbours of the same moment made one."""
    runs = (list(run) for _, run in groupby(found, key=lambda spell: spell.moment))
    return [Spell(run[0].moment, run[0].begin_s, run[-1].end_s) for run in runs]


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
