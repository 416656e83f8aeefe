"""What a player may be doing."""

from __future__ import annotations

from enum import StrEnum


class PlayState(StrEnum):
    """What is done with a clip. ``LOADING`` is wanting to sound, and waiting for bytes."""

    IDLE = "idle"
    LOADING = "loading"
    PLAYING = "playing"
    PAUSED = "paused"
    FAILED = "failed"

    @property
    def sounding(self) -> bool:
        """Whether it sounds, or will as soon as it can."""
        return self in (PlayState.LOADING, PlayState.PLAYING)
