"""How ``get`` prints a task: for programs, and for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aimusic_desktop.model import Clip, MusicTask

Saved = Mapping[str, tuple[Path | None, str | None]]
"""The file or the trouble of each clip that was to be saved, by clip id."""
UNSAVED = (None, None)


def as_json(task: MusicTask, saved: Saved) -> str:
    """One object, in one line."""
    answer = {
        "task_id": task.task_id,
        "product": task.product,
        "state": task.state,
        "error": task.error,
        "clips": [_clip_object(clip, *saved.get(clip.clip_id, UNSAVED)) for clip in task.clips],
    }
    return json.dumps(answer)


def _clip_object(clip: Clip, file: Path | None, trouble: str | None) -> dict[str, Any]:
    return {
        "clip_id": clip.clip_id,
        "title": clip.title,
        "style": clip.style,
        "lyrics": clip.lyrics,
        "model": clip.model,
        "seed": clip.seed,
        "duration_s": clip.duration_s,
        "created_at": clip.created_at,
        "image_url": clip.image_url,
        "audio_url": clip.audio_url,
        "state": clip.state,
        "file": str(file.absolute()) if file else None,
        "error": trouble or clip.error,
    }


def as_text(task: MusicTask, saved: Saved) -> str:
    """``task id: state``, then a line or two a clip, or what is wrong."""
    lines = [f"{task.task_id}: {task.state.replace('_', ' ')}"]
    if task.error:
        lines.append(f"  {task.error}")
    for clip in task.clips:
        facts = (clip.title or clip.clip_id, _length(clip.duration_s), clip.model)
        lines.append(f"  {' · '.join(fact for fact in facts if fact)}")
        lines.append(f"    {_outcome(clip, *saved.get(clip.clip_id, UNSAVED))}")
    return "\n".join(lines)


def _outcome(clip: Clip, file: Path | None, trouble: str | None) -> str:
    """Where the song is, or what is wrong with it."""
    if file:
        return str(file.absolute())
    return trouble or clip.error or (clip.audio_url if clip.ready and clip.audio_url else f"{clip.state}")


def _length(duration_s: float | None) -> str:
    """Minutes and seconds, as players show them."""
    if duration_s is None:
        return ""
    minutes, seconds = divmod(round(duration_s), 60)
    return f"{minutes}:{seconds:02}"
