"""The player and its queue, as the desktop's own player control and the media keys see and steer them."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from aimusic_desktop.core import Core
from aimusic_desktop.desktop.media_controls import MediaControls, NowPlaying, State, media_controls
from aimusic_desktop.errors import AppError
from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.media.cache import clip_key
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.player.player import Player, PlayState

log = logging.getLogger(__name__)


class MediaKeys(QObject):
    """Ties player and queue to the desktop, where it has a player control; elsewhere it does nothing."""

    next_wanted = Signal()
    previous_wanted = Signal()
    raise_wanted = Signal()
    quit_wanted = Signal()

    def __init__(
        self, core: Core, player: Player, queue: PlayQueue, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._core, self._player, self._queue, self._background = core, player, queue, background
        self._cover: tuple[str | None, Path | None] = None, None
        self._was = PlayState.IDLE
        # One deed changes much at once, and a song that ended stands still before the next one begins.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        self._controls = controls = media_controls(self)
        if controls is not None:
            self._obey(controls)
            self._listen(controls)
            background.run(controls.run(), "media keys")

    def close(self) -> None:
        """Show nothing any more."""
        self._controls = None

    def _listen(self, controls: MediaControls) -> None:
        player = self._player
        for signal in (player.changed, player.volume_changed, player.rate_changed, self._queue.changed):
            signal.connect(self._show_soon)
        player.seeked.connect(controls.jumped)
        self._show_soon()

    def _obey(self, controls: MediaControls) -> None:
        player = self._player
        controls.play.connect(self._play)
        controls.pause.connect(player.pause)
        controls.play_pause.connect(player.toggle)
        controls.stop.connect(player.stop)
        controls.next.connect(self.next_wanted)
        controls.previous.connect(self.previous_wanted)
        controls.seek_by.connect(player.step)
        controls.seek_to.connect(self._seek_to)
        controls.volume.connect(self._set_volume)
        controls.rate.connect(player.set_rate)
        controls.repeat.connect(self._queue.set_repeat)
        controls.shuffle.connect(self._queue.set_shuffled)
        controls.raise_window.connect(self.raise_wanted)
        controls.quit.connect(self.quit_wanted)

    def _play(self) -> None:
        if not self._player.state.sounding:
            self._player.toggle()

    def _seek_to(self, key: str, position_ms: int) -> None:
        clip = self._player.clip
        if clip is not None and clip_key(clip) == key:
            self._player.seek(position_ms)

    def _set_volume(self, volume: float) -> None:
        """Mute is shown as no volume, so whoever sets one wants to hear."""
        self._player.set_volume(volume)
        self._player.set_muted(False)

    def _show_soon(self) -> None:
        self._soon.start()

    def _show(self) -> None:
        if (controls := self._controls) is None:
            return
        player, before = self._player, self._was
        self._was = player.state
        controls.show(self._now(player.clip), lambda: player.position_ms)
        if before is PlayState.LOADING and player.state is PlayState.PLAYING:
            controls.jumped(player.position_ms)  # others' clocks ran on while it waited

    def _now(self, clip: Clip | None) -> NowPlaying:
        player, queue, settings = self._player, self._queue, self._core.settings.value
        facts = NowPlaying(
            rate=player.rate,
            volume=0.0 if player.muted else player.volume,
            repeat=queue.repeat,
            shuffled=queue.shuffled,
        )
        if clip is None:
            return facts
        return replace(
            facts,
            key=clip_key(clip),
            title=clip.title or f"Task {clip.task_id}",
            artist=Template.or_default(settings.tag_artist, "").text(clip),
            album=Template.or_default(settings.tag_album, "").text(clip),
            cover=self._cover_of(clip),
            length_ms=player.duration_ms,
            state=self._state(),
            can_next=queue.can_advance,
            can_previous=True,  # at the least to the song's beginning
            can_seek=player.duration_ms > 0,
        )

    def _state(self) -> State:
        """A song that waits where it stood at the end of the last run waits like a paused one."""
        state = self._player.state
        if state.sounding:
            return "playing"
        waits = state is PlayState.IDLE and self._player.position_ms > 0
        return "paused" if waits or state is PlayState.PAUSED else "stopped"

    def _cover_of(self, clip: Clip) -> Path | None:
        """The picture's file, or None until it is here. Never its link, which may be meant for us alone."""
        url, path = self._cover
        if clip.image_url != url:
            self._cover = clip.image_url, None
            path = None
            if clip.image_url is not None:
                self._background.run(self._bring_cover(clip.image_url), "cover for the desktop")
        return path

    async def _bring_cover(self, url: str) -> None:
        try:
            path = await self._core.covers.fetch(url)
        except AppError as error:
            log.info("no cover for the desktop: %s", error)
            return
        if self._cover[0] == url:
            self._cover = url, path
            self._show_soon()
