"""One view of lyrics that goes along with the player: what is known of their times, where the song is."""

from __future__ import annotations

import asyncio
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.lyrics.lines import Timing, timing
from aimusic_desktop.model import Alignment, Clip, ConversionState
from aimusic_desktop.tracking.alignments import Alignments
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.lyrics import LyricsView
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.timing_offer import Offer, TimingOffer, offer

POLL_MS = 2_000
"""How often a look is taken at lyrics that another window is having timed."""

_STANDS = (PlayState.LOADING, PlayState.PLAYING, PlayState.PAUSED)


class LyricsPlace(Protocol):
    """Where lyrics are read, and what stands below them."""

    @property
    def lyrics(self) -> LyricsView: ...

    @property
    def offer(self) -> TimingOffer: ...

    def follow_line(self) -> None: ...

    def isVisible(self) -> bool: ...


class Learner(QObject):
    """Tells what is known of when one song is sung, and again whenever more is."""

    told = Signal(object, object)
    """An Alignment and a Timing, or None for either."""

    def __init__(self, alignments: Alignments, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._alignments, self._background = alignments, background
        self._clip: Clip | None = None
        self._learning: set[tuple[str, str]] = set()
        alignments.changed.connect(self._more_is_known)

    def close(self) -> None:
        """Listen to the core no more."""
        self._alignments.changed.disconnect(self._more_is_known)

    def learn(self, clip: Clip | None) -> None:
        """Tell of this song, which has its lyrics, from now on; of none for None."""
        self._clip = clip
        self.again()

    def again(self) -> None:
        """Ask once more: another window's answer is in the library only."""
        if self._clip is not None:
            self._background.run(self._tell(self._clip), "timed lyrics")

    async def _tell(self, clip: Clip) -> None:
        alignment, found = await self._known(clip)
        if self._clip == clip:
            self.told.emit(alignment, found)

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
        if ids == ids_of(self._clip) and ids not in self._learning:  # whoever asked is being told
            self.again()


class LyricsReader(QObject):
    """Lets one view follow the player for as long as it shows what plays; ``clip`` is what it shows."""

    elsewhere_wanted = Signal(int)
    """A line was chosen while this song is not being played: milliseconds."""

    def __init__(
        self,
        player: Player,
        place: LyricsPlace,
        alignments: Alignments,
        background: Background,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.clip: Clip | None = None
        self._player, self._place, self._alignments = player, place, alignments
        self._learner = Learner(alignments, background, self)
        self._again = QTimer(self, interval=POLL_MS, singleShot=True)
        self._again.timeout.connect(self._look_again)
        self._learner.told.connect(self._show_known)
        place.lyrics.line_wanted.connect(self._go_to)
        player.changed.connect(self._mark)
        player.position_changed.connect(self._follow)

    def close(self) -> None:
        """Listen to the core no more."""
        self._learner.close()
        self._again.stop()

    def show(self, clip: Clip | None) -> None:
        """The view shows the lyrics of this song, or for None those of no song: nothing is done then."""
        if ids_of(clip) != ids_of(self.clip):
            self._again.stop()  # the clips of a task have the same lyrics, but not the same times
            self._place.lyrics.show_timing(None)
            self._place.offer.show_offer(Offer())
        self.clip = clip
        self._learner.learn(clip if clip is not None and clip.lyrics else None)

    def _show_known(self, alignment: Alignment | None, found: Timing | None) -> None:
        assert self.clip is not None
        self._place.lyrics.show_timing(found)
        self._place.offer.show_offer(offer(alignment, self._alignments.cost(self.clip)))
        self._mark()
        if alignment is not None and alignment.state is ConversionState.ASKED:
            self._again.start()

    def _look_again(self) -> None:
        if self._place.isVisible():
            self._learner.again()
        else:
            self._again.start()

    def _mark(self) -> None:
        if self._is_in_step():
            self._follow(self._player.position_ms)
        else:
            self._place.lyrics.show_moment(None)

    def _follow(self, position_ms: int) -> None:
        if self._is_in_step() and self._place.lyrics.show_moment(position_ms / 1000):
            self._place.follow_line()

    def _is_in_step(self) -> bool:
        """Whether what is shown is what plays, or rests."""
        shown = ids_of(self.clip)
        return shown is not None and shown == ids_of(self._player.clip) and self._player.state in _STANDS

    def _go_to(self, seconds: float) -> None:
        position_ms = round(seconds * 1000)
        if self._is_in_step():
            self._player.seek(position_ms)
        else:
            self.elsewhere_wanted.emit(position_ms)


def ids_of(clip: Clip | None) -> tuple[str, str] | None:
    """Its task's and its own id; None for no clip."""
    return clip.ids if clip is not None else None
