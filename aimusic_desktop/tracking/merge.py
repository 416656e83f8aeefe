"""What a task becomes by an answer. Pure: a worse answer never takes a good clip away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.model import Clip, ClipState, MusicTask, Product, TaskState

_FACTS = (
    *("title", "style", "lyrics", "model", "seed", "created_at", "duration_s"),
    *("image_url", "wav_url", "video_url"),
)


def afresh(task: MusicTask, now: float) -> MusicTask:
    """The task looked up again from ``now`` (seconds since the epoch) on; a finished one stays so.

    One that its product does not know is asked for at all of them: the link that named it may be wrong.
    """
    if task.state is TaskState.SUCCEEDED:
        return replace(task, tracked_since=now)
    lost = task.state is TaskState.NOT_FOUND and not task.clips
    product = None if lost else task.product
    return replace(
        task, product=product, state=TaskState.PENDING, error=None, tracked_since=now, settled_at=None
    )


def with_outcome(task: MusicTask, product: Product, outcome: Outcome, now: float) -> MusicTask:
    """The task after ``product`` answered at ``now``.

    Good clips that the answer lacks, or tells worse of, are kept. A finished task stays finished,
    and a settled one settled.
    """
    clips = merged_clips(task.clips, outcome.clips)
    state, error = outcome.state, outcome.error
    finished = task.state is TaskState.SUCCEEDED and state is not TaskState.SUCCEEDED
    if finished or (task.state.settled and not state.settled):
        state, error = task.state, task.error
    elif state is TaskState.FAILED and any(clip.ready for clip in clips):
        state = TaskState.PARTIAL
    settled_at = (task.settled_at or now) if state.settled else None
    task = replace(task, product=product, state=state, error=error, clips=clips, settled_at=settled_at)
    return _with_clips_ended(task)


def with_failure(task: MusicTask, state: TaskState, sentence: str, now: float) -> MusicTask:
    """The task after it came to a bad end at ``now``; not so a finished one."""
    if task.state is TaskState.SUCCEEDED:
        return task
    if state is not TaskState.TIMED_OUT and any(clip.ready for clip in task.clips):
        state = TaskState.PARTIAL
    return _with_clips_ended(replace(task, state=state, error=sentence, settled_at=now))


def timed_out(trouble: str = "") -> str:
    """The sentence for a task that was not finished in time, perhaps because of this last trouble."""
    why = f" {without_promise(trouble)}" if trouble else ""
    return f"This task is still unfinished after 30 minutes.{why} Try again."


def without_promise(sentence: str) -> str:
    """The sentence of a trouble once nobody asks any more: without its "; asking again in a while"."""
    said, _, promise = sentence.rpartition(";")
    return f"{said}." if said and promise.endswith("again in a while.") else sentence


def merged_clips(known: Sequence[Clip], answered: Sequence[Clip]) -> tuple[Clip, ...]:
    """The clips of an answer, none worse than it was known, with the good ones that it lacks.

    An answer without any clip says nothing of them, so all that were known stay.
    """
    if not answered:
        return tuple(known)
    before = {clip.clip_id: clip for clip in known}
    clips = [_better(before.pop(clip.clip_id, clip), clip) for clip in answered]
    clips += [clip for clip in before.values() if clip.ready]
    return tuple(sorted(clips, key=lambda clip: clip.index))


def _with_clips_ended(task: MusicTask) -> MusicTask:
    """What a task that came to a bad end was still waiting for has failed with it."""
    if not task.state.settled or task.state is TaskState.SUCCEEDED:
        return task
    clips = tuple(
        clip if clip.state.settled else replace(clip, state=ClipState.FAILED, error=clip.error or task.error)
        for clip in task.clips
    )
    return replace(task, clips=clips)


def _better(known: Clip, answered: Clip) -> Clip:
    if known.ready and not answered.ready:
        return known
    facts = {name: getattr(answered, name) or getattr(known, name) for name in _FACTS}
    return replace(answered, **facts)
