"""Rows of the list, made for tests."""

from __future__ import annotations

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip, ClipState, Group, Product, TaskState

TASK_ID = "11111111-1111-4111-8111-111111111111"


def ready_clip(**changes: object) -> Clip:
    facts: dict[str, object] = {
        "task_id": TASK_ID,
        "clip_id": "clip-1",
        "product": Product.PRODUCER,
        "title": "City Lights",
        "style": "emotional pop",
        "model": "FUZZ-2.0 Pro",
        "created_at": "2025-10-01T08:49:47Z",
        "duration_s": 185.02,
        "audio_url": "https://media.example/song.m4a",
        "state": ClipState.SUCCEEDED,
    }
    return Clip(**(facts | changes))  # type: ignore[arg-type]


def ready_row(row_id: int = 1, **changes: object) -> SongRow:
    clip = ready_clip(**changes)
    return SongRow(
        row_id=row_id,
        task_id=clip.task_id,
        product=clip.product,
        task_state=TaskState.SUCCEEDED,
        task_error=None,
        clip=clip,
        group=Group.READY,
        added_at=0.0,
    )


def task_row(
    row_id: int = 1,
    *,
    state: TaskState = TaskState.PENDING,
    group: Group = Group.WORKING,
    clip: Clip | None = None,
    product: Product | None = None,
    error: str | None = None,
) -> SongRow:
    return SongRow(
        row_id=row_id,
        task_id=TASK_ID,
        product=product,
        task_state=state,
        task_error=error,
        clip=clip,
        group=group,
        added_at=0.0,
    )
