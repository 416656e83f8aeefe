"""Playing rows of the list: this one, the next, the previous."""

from __future__ import annotations

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.player.player import Player, PlayState

LOOKED_AHEAD = 200
"""Rows that are searched for the next one that can be played."""


class Listening:
    """Connects the list and the player."""

    def __init__(self, desk: Desk, player: Player) -> None:
        self._desk = desk
        self._player = player
        self._row_id: int | None = None
        player.finished.connect(self.next)

    @property
    def row_id(self) -> int | None:
        """The row that plays or played last."""
        return self._row_id

    def play_row(self, row: SongRow) -> None:
        """Play a row, or pause it when it is the one that sounds."""
        clip = row.clip
        if clip is None or not clip.playable:
            self._desk.notice.say(
                words.trouble(row) or "This song is not finished yet; it plays as soon as it is."
            )
            return
        self._row_id = row.row_id
        playing = self._player.clip
        same = playing is not None and (playing.task_id, playing.clip_id) == (clip.task_id, clip.clip_id)
        if same and self._player.state is not PlayState.FAILED:
            self._player.toggle()
        else:
            self._player.play(clip)

    def toggle(self) -> None:
        """Play or pause: the selected song when nothing is chosen yet, else what the player holds."""
        row = self._desk.view.current()
        if self._player.clip is None or self._player.state is PlayState.FAILED:
            if row is not None:
                self.play_row(row)
        else:
            self._player.toggle()

    def toggle_current(self) -> None:
        """Space in the list: the row it stands on."""
        row = self._desk.view.current()
        if row is not None:
            self.play_row(row)

    def next(self) -> None:
        self._desk.background.run(self._step(+1), "next song")

    def previous(self) -> None:
        self._desk.background.run(self._step(-1), "previous song")

    async def _step(self, direction: int) -> None:
        order = list(self._desk.feed.model.order)
        if self._row_id not in order:
            return
        start = order.index(self._row_id) + direction
        ahead = (
            order[start : start + LOOKED_AHEAD]
            if direction > 0
            else order[max(0, start - LOOKED_AHEAD) : start + 1][::-1]
        )
        by_id = {row.row_id: row for row in await self._desk.core.library.rows(ahead)}
        for row_id in ahead:
            row = by_id.get(row_id)
            if row is not None and row.clip is not None and row.clip.ready:
                self._row_id = row_id
                self._player.play(row.clip)
                return
