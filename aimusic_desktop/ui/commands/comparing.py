"""Two versions of a song, heard in turns."""

from __future__ import annotations

from collections.abc import Sequence

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui.commands.listening import Listening
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.player.player import Player

_NO_PAIR = "Select two finished songs to compare, or one whose task made two."


class Comparing:
    """Finds the pair that is meant: two selected rows, or the rows of one task."""

    def __init__(self, desk: Desk, player: Player, listening: Listening) -> None:
        self._desk, self._player, self._listening = desk, player, listening

    def compare(self) -> None:
        """Compare the two selected songs, or the selected one with its twin."""
        self._desk.background.run(self._compare(), "compare")

    def swap(self) -> None:
        """Hear the other one, from the same instant on."""
        self._player.swap()

    def end(self) -> None:
        """Hear only the one that is heard now."""
        self._player.pair(None)

    async def _compare(self) -> None:
        chosen = _ready(await self._desk.chosen())
        if len(chosen) == 1:
            family = _ready(await self._desk.core.library.rows_of([chosen[0].task_id]))
            chosen = [chosen[0], *(row for row in family if row.row_id != chosen[0].row_id)][:2]
        if len(chosen) != 2:
            self._desk.notice.say(_NO_PAIR)
            return
        self._begin(*chosen)

    def _begin(self, one: SongRow, other: SongRow) -> None:
        playing = self._player.clip.ids if self._player.clip is not None else None
        assert one.clip is not None
        assert other.clip is not None
        if playing == other.clip.ids:
            one, other = other, one
        assert one.clip is not None
        if playing != one.clip.ids:
            self._listening.start(one.row_id, one.clip)
        self._player.pair(other.clip)
        if not self._player.state.sounding:
            self._player.toggle()


def _ready(rows: Sequence[SongRow]) -> list[SongRow]:
    return [row for row in rows if row.clip is not None and row.clip.ready]
