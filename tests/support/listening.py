"""Songs for queues, and how a queue reads."""

from __future__ import annotations

from collections.abc import Mapping

from aimusic_desktop.listening.queue import Entry, PlayQueue
from aimusic_desktop.model import Clip, ClipState


def song(name: str, **facts: object) -> Clip:
    """A finished song whose ids and title are made of its name."""
    made = {"title": f"Song {name}", "audio_url": f"https://media.example/{name}.m4a", "duration_s": 60.0}
    return Clip(task_id=f"task-{name}", clip_id=name, state=ClipState.SUCCEEDED, **(made | facts))  # type: ignore[arg-type]


def songs(names: str) -> list[Clip]:
    """A song for every letter."""
    return [song(name) for name in names]


def by_key(names: str) -> Mapping[tuple[str, str], Clip]:
    return {clip.ids: clip for clip in songs(names)}


def playing(names: str, index: int = 0) -> PlayQueue:
    """A queue made by playing a song of a list."""
    queue = PlayQueue()
    queue.play_list(songs(names), index)
    return queue


def read(queue: PlayQueue) -> str:
    """``ab[c]d`` : the songs' letters in order, the present one in brackets."""
    return "".join(
        f"[{one.clip.clip_id}]" if place == queue.at else one.clip.clip_id
        for place, one in enumerate(queue.entries)
    )


def entry_of(queue: PlayQueue, name: str) -> Entry:
    """The first entry of a song."""
    return next(one for one in queue.entries if one.clip.clip_id == name)


def ids(queue: PlayQueue, names: str) -> list[int]:
    return [entry_of(queue, name).entry_id for name in names]


def name_of(entry: Entry | None) -> str | None:
    return entry.clip.clip_id if entry else None
