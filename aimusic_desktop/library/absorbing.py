"""Taking in the tasks of another library without worsening what is known."""

from __future__ import annotations

import json
import math
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aimusic_desktop.library import alignments, conversions, reading
from aimusic_desktop.library.saving import save
from aimusic_desktop.library.values import storable_text
from aimusic_desktop.library.writing import Written, drop_idle_placeholders, presence
from aimusic_desktop.model import (
    Alignment,
    Clip,
    ClipState,
    Conversion,
    ConversionState,
    MusicTask,
    TaskState,
)

_CLIP_RANK = {ClipState.PENDING: 0, ClipState.RUNNING: 1, ClipState.FAILED: 2, ClipState.SUCCEEDED: 3}
_TASK_RANK = {
    **dict.fromkeys((TaskState.PENDING, TaskState.NOT_FOUND, TaskState.TIMED_OUT), 0),
    TaskState.RUNNING: 1,
    TaskState.FAILED: 2,
    TaskState.PARTIAL: 3,
    TaskState.SUCCEEDED: 4,
}
"""How much is known in each state; ``NOT_FOUND`` and ``TIMED_OUT`` say only that nobody asks any more."""
_CONVERSION_RANK = {
    ConversionState.FAILED: 0,
    ConversionState.ASKED: 1,
    ConversionState.UNKNOWN: 1,
    ConversionState.RUNNING: 2,
    ConversionState.DONE: 3,
}
"""How sure it is that it was paid for, and that there is something to be had for that."""


@dataclass(frozen=True, slots=True)
class Absorbed:
    """How many tasks were taken in: those new or come back, and those that were there already."""

    added: int
    known: int


def absorb(
    db: sqlite3.Connection,
    tasks: Sequence[MusicTask],
    now: float,
    answers: Mapping[str, str],
    paid: Sequence[Conversion] = (),
    timed: Sequence[Alignment] = (),
) -> Written[Absorbed]:
    """See ``Library.absorb``. Runs inside a transaction of its caller."""
    task_ids = {task.task_id for task in tasks}
    shown = {task_id for task_id, (is_shown, _) in presence(db, task_ids).items() if is_shown}
    changed = set()
    for task in tasks:
        if _take_in(db, task, now, task.task_id in shown):
            changed.add(task.task_id)
    for task_id in answers.keys() & task_ids:
        _keep_answer(db, task_id, answers[task_id])
    for conversion in paid:
        _take_in_conversion(db, conversion)
    for alignment in timed:
        _take_in_alignment(db, alignment)
    return Absorbed(len(task_ids - shown), len(shown)), frozenset(changed)


def _take_in(db: sqlite3.Connection, task: MusicTask, now: float, shown: bool) -> bool:
    """Whether anything changed by it; ``shown``: whether a row of the task was there to be seen."""
    known = reading.known(db, task.task_id)
    if known is None:
        save(db, _with_sound_times(task, now))
        return True
    merged = _merged(known, _with_sound_times(task, now))
    if not shown and not merged.state.settled:
        merged = replace(merged, tracked_since=now)  # nobody asked for it meanwhile
    if merged != known:
        save(db, merged)
    return _bring_back(db, task) or merged != known


def _with_sound_times(task: MusicTask, now: float) -> MusicTask:
    """A task whose times can be held: not a number is none."""
    return replace(
        task,
        added_at=task.added_at if math.isfinite(task.added_at) else now,
        tracked_since=task.tracked_since if math.isfinite(task.tracked_since) else now,
    )


def _merged(known: MusicTask, other: MusicTask) -> MusicTask:
    clips = _merged_clips(known, other)
    merged = replace(known, product=known.product or other.product, clips=clips)
    # A clip that is still made here keeps its task from being called settled.
    whole = not other.state.settled or all(clip.state.settled for clip in clips)
    if whole and _TASK_RANK[other.state] > _TASK_RANK[known.state]:
        return replace(merged, state=other.state, error=other.error, settled_at=other.settled_at)
    return merged


def _merged_clips(known: MusicTask, other: MusicTask) -> tuple[Clip, ...]:
    clips = {clip.clip_id: clip for clip in known.clips}
    for clip in other.clips:
        mine = clips.get(storable_text(clip.clip_id))
        if mine is None or _CLIP_RANK[clip.state] > _CLIP_RANK[mine.state]:
            clips[storable_text(clip.clip_id)] = clip
    return tuple(clips.values())


def _bring_back(db: sqlite3.Connection, task: MusicTask) -> bool:
    """Whether rows came back: those of the task's clips, or all of a task that would show none."""
    clip_ids = json.dumps([storable_text(clip.clip_id) for clip in task.clips])
    back = db.execute(_SHOW_CLIPS, [task.task_id, clip_ids]).rowcount
    if not presence(db, [task.task_id])[task.task_id][0]:
        back += db.execute(_SHOW, [task.task_id]).rowcount
    if back:
        drop_idle_placeholders(db, [task.task_id])
    return back > 0


_SHOW = (
    "UPDATE song SET removed_at = NULL WHERE removed_at IS NOT NULL"
    " AND task = (SELECT id FROM task WHERE task_id = ?)"
)
_SHOW_CLIPS = _SHOW + " AND clip_id IN (SELECT value FROM json_each(?))"  # noqa: S608


def _keep_answer(db: sqlite3.Connection, task_id: str, answer: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO answer SELECT id, ? FROM task WHERE task_id = ?",
        [zlib.compress(answer.encode("utf-8", "replace")), task_id],
    )


def _take_in_conversion(db: sqlite3.Connection, theirs: Conversion) -> None:
    mine = conversions.one(db, theirs.task_id, theirs.clip_id, theirs.format)
    if mine is None or _knows_more(theirs, mine):
        conversions.claim(db, theirs, mine)


def _take_in_alignment(db: sqlite3.Connection, theirs: Alignment) -> None:
    mine = alignments.one(db, theirs.task_id, theirs.clip_id)
    if mine is None or _knows_more(theirs, mine):
        alignments.claim(db, theirs, mine)


def _knows_more(theirs: Conversion | Alignment, mine: Conversion | Alignment) -> bool:
    if mine.state is ConversionState.FAILED and theirs.state is not ConversionState.DONE:
        return theirs.state is not ConversionState.FAILED and theirs.asked_at > mine.asked_at
    return _CONVERSION_RANK[theirs.state] > _CONVERSION_RANK[mine.state]
