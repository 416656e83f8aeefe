"""How long a song that should sound may stand still; neither Qt nor ffmpeg tells."""

from __future__ import annotations

TICK_MS = 500
"""How often it is looked at."""
ARRIVAL_LIMIT_MS = 60_000
"""Without a byte that is waited for; longer than a fetch takes to give up a silent host and try again."""
SILENCE_LIMIT_MS = 10_000
"""Without a move though the bytes are there."""

NOT_ARRIVING = "The song has stopped arriving. Check the network, then press Play to go on."
SILENT = "The sound has stopped: the sound device takes no more. Check it, then press Play to go on."


class Patience:
    """Of one source: ``look`` at it every ``TICK_MS``."""

    def __init__(self) -> None:
        self.still = False
        """Whether the song has not moved between the last two looks."""
        self._seen = (0, 0)
        self._still_ms = 0

    def look(self, position_ms: int, received: int) -> None:
        """See where the song stands, and how many bytes of it are here."""
        seen = (position_ms, received)
        self.still = position_ms == self._seen[0]
        self._still_ms = self._still_ms + TICK_MS if seen == self._seen else 0
        self._seen = seen

    def sentence(self, *, waiting: bool) -> str:
        """What there is to say when it has lasted too long, or ""; ``waiting``: for bytes to come."""
        if self._still_ms < (ARRIVAL_LIMIT_MS if waiting else SILENCE_LIMIT_MS):
            return ""
        return NOT_ARRIVING if waiting else SILENT
