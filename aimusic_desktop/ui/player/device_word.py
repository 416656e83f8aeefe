"""What there is to say of the device that the songs are heard on."""

from __future__ import annotations

from aimusic_desktop.ui.player.state import PlayState

NO_DEVICE = "No sound device was found: the song plays unheard. Connect one and it will be heard."


class DeviceWord:
    """``sentence`` is what holds at the moment, or ""."""

    def __init__(self) -> None:
        self.sentence = ""
        self._said_missing = False

    def look(self, state: PlayState, *, missing: bool) -> str:
        """See how it stands; gives what is news, or "". What is said of a device that went stays until the
        song goes on."""
        if state is not PlayState.PAUSED or self.sentence == NO_DEVICE:
            self.sentence = ""
        if state is not PlayState.PLAYING:
            return ""
        self.sentence = NO_DEVICE if missing else ""
        news = self.sentence if not self._said_missing else ""
        self._said_missing = missing
        return news
