"""What plays next: songs put into the queue, its order, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction

from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.model import Clip, Repeat
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.theme import icon

_AFTER = {Repeat.OFF: Repeat.ALL, Repeat.ALL: Repeat.ONE, Repeat.ONE: Repeat.OFF}
_REPEAT_TEXTS = {
    Repeat.OFF: "Repeat off",
    Repeat.ALL: "Repeat all",
    Repeat.ONE: "Repeat this song",
}


class Queueing:
    """Acts on the queue; what it changes can be undone by the notice that says so."""

    def __init__(self, desk: Desk, queue: PlayQueue) -> None:
        self._desk, self._queue = desk, queue
        queue.changed.connect(desk.notice.look_again)  # another queue leaves nothing of this one to undo

    def play_next(self) -> None:
        """Put the selected songs right behind the one that plays."""
        self._desk.background.run(self._put(self._queue.play_next, "next"), "play next")

    def add(self) -> None:
        """Put the selected songs behind those that were chosen before."""
        self._desk.background.run(self._put(self._queue.add, "later"), "add to queue")

    def toggle_shuffle(self) -> None:
        self._queue.set_shuffled(not self._queue.shuffled)

    def cycle_repeat(self) -> None:
        """Off, all, this song, and off again."""
        self._queue.set_repeat(_AFTER[self._queue.repeat])

    def show_modes(self, shuffle: QAction, repeat: QAction) -> None:
        """Let the actions say how the queue stands."""
        shuffle.setChecked(self._queue.shuffled)
        repeat.setChecked(self._queue.repeat is not Repeat.OFF)
        repeat.setText(_REPEAT_TEXTS[self._queue.repeat])
        repeat.setIcon(icon("repeat-one" if self._queue.repeat is Repeat.ONE else "repeat"))

    async def _put(self, put: Callable[[Sequence[Clip]], object], when: str) -> None:
        rows = await self._desk.chosen()
        clips = [row.clip for row in rows if row.clip is not None and row.clip.playable]
        if not clips:
            self._desk.notice.say("Only songs that can be played get into the queue; none of these can yet.")
            return
        put(clips)
        what = f"“{clips[0].title or 'This song'}” plays" if len(clips) == 1 else _several(clips)
        waits = self._queue.repeat is Repeat.ONE and self._queue.current is not None
        condition = ", once “Repeat this song” is off" if waits else ""
        self._desk.notice.say(f"{what} {when}{condition}.")


def _several(clips: Sequence[Clip]) -> str:
    return f"{words.count(len(clips), 'song')} play"
