"""What plays, shown in its row, in the bar, and as the shapes that are asked for."""

from __future__ import annotations

from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.player.bar import PlayerBar
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.queue.panel import QueuePanel
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.view import SongsView


class NowPlaying:
    """Ties one player and its queue to the list, the bar and the queue's panel of a window."""

    def __init__(
        self,
        player: Player,
        queue: PlayQueue,
        book: PeaksBook,
        covers: Covers,
        bar: PlayerBar,
        panel: QueuePanel,
        delegate: SongDelegate,
        view: SongsView,
    ) -> None:
        self._player, self._queue, self._book, self._covers = player, queue, book, covers
        self._bar, self._panel = bar, panel
        self._delegate, self._view = delegate, view
        self._troubles: dict[tuple[str, str], str] = {}
        delegate.unplayable = view.songs_model().unplayable = self._troubles
        player.changed.connect(self._changed)
        player.failed.connect(self._failed)
        queue.changed.connect(self._changed)
        covers.arrived.connect(self._cover_arrived)

    def _changed(self) -> None:
        clip = self._player.clip
        self._show_row(clip.ids if clip is not None else None, self._player.state.sounding)
        if clip is not None and self._player.state is PlayState.PLAYING:
            self._forget_trouble(clip.ids)
        self._show_entry(self._player.state.sounding)
        self._want_peaks()
        self._show_cover()

    def _show_row(self, ids: tuple[str, str] | None, sounding: bool) -> None:
        """Mark the row; to paint all of them again would be felt before the first sound."""
        before = self._delegate.playing
        if (ids, sounding) != (before, self._delegate.sounding):
            self._delegate.playing, self._delegate.sounding = ids, sounding
            self._repaint(before, ids)

    def _repaint(self, *ids: tuple[str, str] | None) -> None:
        self._view.repaint_rows(lambda row: row.clip is not None and row.clip.ids in ids)

    def _show_entry(self, sounding: bool) -> None:
        current = self._queue.current
        self._panel.show_playing(current.entry_id if current is not None else None, sounding)

    def _want_peaks(self) -> None:
        """Of what is heard first, of what it is compared with, and of what comes next."""
        following = self._queue.following
        clips = (self._player.clip, self._player.twin, following.clip if following is not None else None)
        self._book.want(*(clip for clip in clips if clip is not None))

    def _failed(self, sentence: str) -> None:
        if (clip := self._player.clip) is not None and not self._player.offline:
            self._troubles[clip.ids] = sentence
            self._show_trouble(clip.ids)

    def _forget_trouble(self, ids: tuple[str, str]) -> None:
        if self._troubles.pop(ids, None) is not None:
            self._show_trouble(ids)

    def _show_trouble(self, ids: tuple[str, str]) -> None:
        self._panel.show_trouble(self._troubles)
        self._repaint(ids)

    def _cover_arrived(self, url: str) -> None:
        if self._player.clip is not None and self._player.clip.image_url == url:
            self._show_cover()

    def _show_cover(self) -> None:
        clip = self._player.clip
        side = round(PlayerBar.COVER_SIDE * self._bar.devicePixelRatioF())
        self._bar.set_cover(self._covers.pixmap(clip.image_url, side) if clip is not None else None)
