"""What the queue says, in words. Pure: no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from aimusic_desktop.listening.queue import Entry
from aimusic_desktop.model import Clip
from aimusic_desktop.ui import words

NOT_REMOVED = "The song that plays stays in the queue. Go on to another one first, then remove it."
NOT_MOVED = "The song that plays stays where it is. Move the songs around it."


class Standing(Enum):
    """Where an entry stands; the value is what a screen reader says."""

    PAST = "played"
    PLAYING = "playing"
    PRESENT = "the present song"
    CHOSEN = "chosen, up next"
    COMING = "up next"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An entry as its row shows it; ``trouble`` says why it could not be played, or is empty."""

    entry: Entry
    standing: Standing
    trouble: str

    @property
    def clip(self) -> Clip:
        return self.entry.clip

    @property
    def is_present(self) -> bool:
        return self.standing in (Standing.PLAYING, Standing.PRESENT)


def title(clip: Clip) -> str:
    return clip.title or f"Task {clip.task_id}"


def line(row: QueueRow) -> str:
    """The second line: why it cannot be played, else its style."""
    return row.trouble or row.clip.style


def sentence(row: QueueRow) -> str:
    """The row for a screen reader: title, what its second line says, length, and where it stands."""
    parts = (title(row.clip), line(row), words.length(row.clip.duration_s), row.standing.value)
    return ", ".join(part for part in parts if part)


def summary(coming: Sequence[Entry]) -> str:
    """``12 songs · 38 min``: what is still to come, with a plus when not all lengths are known."""
    if not coming:
        return ""
    known = [one.clip.duration_s for one in coming if one.clip.duration_s is not None]
    more = "+" if len(known) < len(coming) else ""
    together = f"{_span(sum(known))}{more}" if known else ""
    return " · ".join(part for part in (words.count(len(coming), "song"), together) if part)


def removed(entries: Sequence[Entry]) -> str:
    """What a notice says after a removal."""
    what = f"“{title(entries[0].clip)}”" if len(entries) == 1 else words.count(len(entries), "song")
    return f"Removed {what} from the queue."


def _span(seconds: float) -> str:
    """``38 min``, ``1 h 12 min``."""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours:,} h" if hours else "", f"{rest} min" if rest else "") if part)
