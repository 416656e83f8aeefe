"""What is exported of one task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aimusic_desktop.model import Conversion, MusicTask


@dataclass(frozen=True, slots=True)
class Entry:
    """A task, the service's last answer for it, where its songs were saved, by clip id, and what became of
    making them into other formats."""

    task: MusicTask
    answer: str | None = None
    saved: Mapping[str, str] = field(default_factory=dict)
    conversions: Sequence[Conversion] = ()
