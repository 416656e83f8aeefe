"""What is exported of one task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aimusic_desktop.model import Alignment, Conversion, MusicTask


@dataclass(frozen=True, slots=True)
class Entry:
    """A task, the service's last answer for it, where its songs were saved, by clip id, what became of
    making them into other formats, and when their words are sung."""

    task: MusicTask
    answer: str | None = None
    saved: Mapping[str, str] = field(default_factory=dict)
    conversions: Sequence[Conversion] = ()
    alignments: Sequence[Alignment] = ()
