"""What the window says about songs, in words. Pure: no Qt, no clock of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import ClipState, Group, TaskState
from aimusic_desktop.tracking.tracker import Asking

_STATE_WORDS = {
    TaskState.FAILED: "failed",
    TaskState.NOT_FOUND: "not found",
    TaskState.TIMED_OUT: "not finished",
}


def length(seconds: float | None) -> str:
    """``185.02`` as ``3:05``, an hour as ``1:00:00``; empty when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float) -> str:
    """A waiting time people can read: ``4 s``, ``2 min``, ``3 h``."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def created(text: str, today: date, zone: timezone | None = None) -> str:
    """An ISO 8601 time as ``today``, ``yesterday`` or ``1 Oct 2025``; the text itself if it is none."""
    try:
        day = datetime.fromisoformat(text).astimezone(zone).date()
    except (ValueError, OverflowError, OSError):
        return text[:40]
    if day == today:
        return "today"
    if day == today - timedelta(days=1):
        return "yesterday"
    return f"{day.day} {day:%b %Y}"


def title(row: SongRow) -> str:
    """The row's first line: the song's title, or the task's id while it has none."""
    if row.clip is not None and row.clip.title:
        return row.clip.title
    return f"Task {row.task_id}"


def state(row: SongRow) -> str:
    """The row's state in one or two words."""
    if row.group is Group.READY:
        return "ready"
    if row.group is Group.WORKING:
        return "working"
    if row.clip is not None and row.clip.state is ClipState.FAILED:
        return "failed"
    return _STATE_WORDS.get(row.task_state, "failed")


def trouble(row: SongRow) -> str:
    """Why a row failed, as a sentence; empty for the others."""
    if row.group is not Group.FAILED:
        return ""
    own = row.clip.error if row.clip is not None else None
    return own or row.task_error or "The service did not say why this failed."


def facts(row: SongRow, today: date) -> str:
    """``Producer · FUZZ-2.0 Pro · today``; only what is known."""
    clip = row.clip
    parts = [row.product.label if row.product else "", clip.model if clip else ""]
    if clip is not None and clip.created_at:
        parts.append(created(clip.created_at, today))
    return " · ".join(part for part in parts if part)


def waiting(asking: Asking | None, now: float) -> str:
    """When a working task was last asked and when it will be again; times in seconds since the epoch."""
    if asking is None:
        return "waiting for its turn"
    if asking.asking:
        return "asking now"
    said = f"asked {span(now - asking.asked_at)} ago" if asking.asked_at is not None else "not asked yet"
    if asking.next_at is None:
        return said
    due = asking.next_at - now
    said = f"{said}, again in {span(due)}" if due > 0.5 else f"{said}, asking again"
    return f"{said} · {asking.note}" if asking.note else said


def sentence(row: SongRow) -> str:
    """The row for a screen reader: title, style, length, state; what is unknown is left out."""
    clip = row.clip
    style = clip.style if clip else ""
    parts = [title(row), style, length(clip.duration_s if clip else None), state(row)]
    return ", ".join(part for part in parts if part)


def count(number: int, noun: str) -> str:
    """``1 song``, ``12,000 songs``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
