"""What the save list says, in words. Pure: no Qt, no clock of its own."""

from __future__ import annotations

from aimusic_desktop.model import JobState, SaveFormat
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import place

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))

_STATE_WORDS = {
    JobState.QUEUED: "waiting",
    JobState.CONVERTING: "being converted",
    JobState.FETCHING: "saving",
    JobState.WRITING: "writing",
    JobState.PLACING: "writing",
    JobState.PAUSED: "paused",
    JobState.ASKING: "waiting for your answer",
    JobState.DONE: "saved",
    JobState.FAILED: "not saved",
    JobState.CANCELLED: "cancelled",
}


def name(job: SaveJob) -> str:
    """The file's name as far as it is known, else the song's title."""
    file = job.path or job.target
    return (file.name if file else job.name) or job.clip.title or f"Task {job.clip.task_id}"


def line(job: SaveJob) -> str:
    """The second line of a job: how far it is, where it was saved, or why it was not."""
    match job.state:
        case JobState.FETCHING:
            return _moving(job)
        case JobState.PAUSED:
            return " · ".join(part for part in ("Paused", _bytes(job), job.note) if part)
        case JobState.ASKING:
            return "A file of this name is there already. Choose what to do."
        case JobState.DONE:
            return _saved(job)
        case JobState.FAILED:
            return job.error or "The reason is not known. Try again."
        case JobState.CONVERTING:
            return job.note or f"The service makes it {_kind(job.format)} file"
    return job.note or _STATE_WORDS[job.state].capitalize()


def sentence(job: SaveJob) -> str:
    """The row for a screen reader: name, state, and what its second line says beyond that."""
    state, said = _STATE_WORDS[job.state], line(job)
    return ", ".join((name(job), state, *(() if said.lower() == state else (said,))))


def summary(totals: Totals) -> str:
    """``3 saving, 12 waiting, 2 paused, 1 asking, 2 not saved, 40 saved``; what is none is left out."""
    numbers = (
        (totals.busy, "saving"),
        (totals.waiting, "waiting"),
        (totals.paused, "paused"),
        (totals.asking, "asking"),
        (totals.failed, "not saved"),
        (totals.done, "saved"),
    )
    return ", ".join(f"{number:,} {what}" for number, what in numbers if number)


def in_short(totals: Totals) -> str:
    """``2 saving 64 %`` for the status bar; of what is not under way the most pressing: ``1 asking``."""
    numbers = (
        (totals.busy + totals.waiting if totals.busy else 0, "saving"),
        (totals.asking, "asking"),
        (totals.waiting, "waiting"),
        (totals.paused, "paused"),
        (totals.failed, "not saved"),
    )
    number, what = next((pair for pair in numbers if pair[0]), (0, ""))
    known = share(totals)
    percent = f" {int(known * 100)} %" if known is not None else ""
    return f"{number:,} {what}{percent}" if number else ""


def progress(totals: Totals) -> str:
    """``64 % · 3.2 MB/s · 12 s left``: of all that is under way; empty when nothing is."""
    known = share(totals)
    parts = (
        f"{int(known * 100)} %" if known is not None else "",
        f"{size(totals.bytes_per_s)}/s" if totals.bytes_per_s else "",
        f"{words.span(totals.left_s)} left" if totals.left_s is not None else "",
    )
    return " · ".join(part for part in parts if part)


def share(totals: Totals) -> float | None:
    """How much of what is under way has arrived, 0 to 1; None when nothing is, or nobody knows."""
    if not totals.unsettled or not totals.total:
        return None
    return min(1.0, totals.received / totals.total)


def size(number: float) -> str:
    """Bytes as people count them: ``5.2 MB``, ``12 kB``."""
    for unit, label in _UNITS:
        if number >= unit * 0.9995:
            return f"{_short(number / unit)} {label}"
    return f"{number:.0f} bytes"


def _moving(job: SaveJob) -> str:
    parts = [_bytes(job) or "Connecting"]
    if job.bytes_per_s:
        parts.append(f"{size(job.bytes_per_s)}/s")
    if job.left_s is not None:
        parts.append(f"{words.span(job.left_s)} left")
    return " · ".join(parts)


def _bytes(job: SaveJob) -> str:
    """``3.1 of 5.2 MB``, both in the unit of the whole."""
    if not job.received:
        return ""
    if not job.total:
        return size(job.received)
    unit, label = next((pair for pair in _UNITS if job.total >= pair[0] * 0.9995), (1, "bytes"))
    return f"{_short(job.received / unit)} of {_short(job.total / unit)} {label}"


def _saved(job: SaveJob) -> str:
    parts = (place(job.path.parent) if job.path else "", size(job.total) if job.total else "", job.note)
    return " · ".join(part for part in parts if part) or "Saved"


def _kind(wanted: SaveFormat) -> str:
    """``an MP3``, ``a WAV``."""
    return f"{'an' if wanted is SaveFormat.MP3 else 'a'} {wanted.upper()}"


def _short(number: float) -> str:
    return f"{number:.1f}" if number < 100 else f"{number:.0f}"
