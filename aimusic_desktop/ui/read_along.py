"""Lyrics that follow the song: what is known of their times, where it stands, clicks on a line."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.library.store import Library
from aimusic_desktop.lyrics.lines import Timing, timing
from aimusic_desktop.model import Alignment, Clip, ConversionState
from aimusic_desktop.tracking.alignments import Alignments
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.details import DetailsPanel
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.timing_offer import Offer, offer

POLL_MS = 2_000
"""How often a look is taken at lyrics that another window is having timed."""

_STANDS = (PlayState.LOADING, PlayState.PLAYING, PlayState.PAUSED)


class ReadAlong(QObject):
    """Ties the player to the lyrics of the details."""

    sections_changed = Signal(list)
    """Of the song that plays: pairs of milliseconds and names, none while they are not known."""
    play_wanted = Signal(int, object, int)
    """A line of a song that does not play was clicked: its row's id, the clip, milliseconds."""

    def __init__(
        self,
        player: Player,
        details: DetailsPanel,
        alignments: Alignments,
        background: Background,
        library: Library,
    ) -> None:
        super().__init__(details)
        self._player, self._details = player, details
        self._alignments, self._background, self._library = alignments, background, library
        self._shown: tuple[str, str] | None = None
        self._playing: tuple[str, str] | None = None
        self._learning: set[tuple[str, str]] = set()
        self._again = QTimer(self, interval=POLL_MS, singleShot=True)
        self._again.timeout.connect(self._look_again)
        details.clip_changed.connect(self._show)
        details.lyrics.line_wanted.connect(self._go_to)
        player.changed.connect(self._player_changed)
        player.position_changed.connect(self._follow)
        alignments.changed.connect(self._more_is_known)

    def close(self) -> None:
        """Listen to the core no more."""
        self._alignments.changed.disconnect(self._more_is_known)
        self._again.stop()

    # -- what is shown ----------------------------------------------------

    def _show(self) -> None:
        clip = self._details.clip
        ids = clip.ids if clip is not None else None
        if ids != self._shown:  # the clips of a task have the same lyrics, but not the same times
            self._shown = ids
            self._again.stop()
            self._details.lyrics.show_timing(None)
            self._details.offer.show_offer(Offer())
        if clip is not None and clip.lyrics:
            self._background.run(self._read_shown(clip), "timed lyrics")

    async def _read_shown(self, clip: Clip) -> None:
        alignment, found = await self._known(clip)
        if self._details.clip == clip:
            self._details.lyrics.show_timing(found)
            self._details.offer.show_offer(offer(alignment, self._alignments.cost(clip)))
            self._mark()
            if alignment is not None and alignment.state is ConversionState.ASKED:
                self._again.start()  # another window's answer is in the library only

    def _look_again(self) -> None:
        if self._shown is None:
            return
        if self._details.isVisible():
            self._read_anew(self._shown)
        else:
            self._again.start()

    # -- what plays -------------------------------------------------------

    def _player_changed(self) -> None:
        clip = self._player.clip
        ids = clip.ids if clip is not None else None
        if ids != self._playing:
            self._playing = ids
            self.sections_changed.emit([])
            if clip is not None:
                self._background.run(self._read_sections(clip), "sections of the song")
        self._mark()

    async def _read_sections(self, clip: Clip) -> None:
        whole = (await self._library.clips_of([clip.ids])).get(clip.ids, clip)  # rows are without lyrics
        _, found = await self._known(whole)
        if self._playing == clip.ids and found is not None:
            self.sections_changed.emit([(round(start_s * 1000), name) for start_s, name in found.sections])

    def _mark(self) -> None:
        if self._is_in_step():
            self._follow(self._player.position_ms)
        else:
            self._details.lyrics.show_moment(None)

    def _follow(self, position_ms: int) -> None:
        if self._is_in_step() and self._details.lyrics.show_moment(position_ms / 1000):
            self._details.follow_line()

    def _is_in_step(self) -> bool:
        """Whether what is shown is what plays, or rests."""
        return self._shown == self._playing is not None and self._player.state in _STANDS

    def _go_to(self, seconds: float) -> None:
        position_ms = round(seconds * 1000)
        if self._is_in_step():
            self._player.seek(position_ms)
        else:
            self.play_wanted.emit(self._details.row_id, self._details.clip, position_ms)

    # -- what is known ----------------------------------------------------

    async def _known(self, clip: Clip) -> tuple[Alignment | None, Timing | None]:
        self._learning.add(clip.ids)
        try:
            alignment = await self._alignments.known(clip)
        finally:
            self._learning.discard(clip.ids)
        if alignment is None or not alignment.words:
            return alignment, None
        return alignment, await asyncio.to_thread(timing, alignment.words, clip.lyrics)

    def _more_is_known(self, ids: tuple[str, str]) -> None:
        if ids not in self._learning:  # whoever asked is being told
            self._read_anew(ids)

    def _read_anew(self, ids: tuple[str, str]) -> None:
        if ids == self._shown:
            self._show()
        if ids == self._playing and self._player.clip is not None:
            self._background.run(self._read_sections(self._player.clip), "sections of the song")
