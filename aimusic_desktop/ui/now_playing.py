"""What plays, shown in its row and in the bar."""

from __future__ import annotations

from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.player.bar import PlayerBar
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.view import SongsView


class NowPlaying:
    """Ties one player to the list and the bar of a window."""

    def __init__(
        self, player: Player, bar: PlayerBar, covers: Covers, view: SongsView, delegate: SongDelegate
    ) -> None:
        self._player, self._bar, self._covers = player, bar, covers
        self._view, self._delegate = view, delegate
        player.changed.connect(self._changed)
        covers.arrived.connect(self._cover_arrived)

    def _changed(self) -> None:
        clip = self._player.clip
        self._delegate.playing = (clip.task_id, clip.clip_id) if clip is not None else None
        self._delegate.sounding = self._player.state in (PlayState.PLAYING, PlayState.LOADING)
        self._view.viewport().update()
        self._show_cover()

    def _cover_arrived(self, url: str) -> None:
        if self._player.clip is not None and self._player.clip.image_url == url:
            self._show_cover()

    def _show_cover(self) -> None:
        clip = self._player.clip
        side = round(PlayerBar.COVER_SIDE * self._bar.devicePixelRatioF())
        self._bar.set_cover(self._covers.pixmap(clip.image_url, side) if clip is not None else None)
