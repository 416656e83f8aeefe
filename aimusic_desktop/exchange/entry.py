"""What is exported of one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aimusic_desktop.model import MusicTask


@dataclass(frozen=True, slots=True)
class Entry:
    """A task, the service's last answer for it, and where its songs were saved, by clip id."""

    task: MusicTask
    answer: str | None = None
    saved: Mapping[str, str] = field(default_factory=dict)
