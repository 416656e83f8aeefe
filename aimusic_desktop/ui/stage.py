"""All that one listens with: the player and its queue, and the parts of the window that show them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from aimusic_desktop.core import Core
from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.commands.table import Commands
from aimusic_desktop.ui.compare.panel import ComparePanel
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.details import DetailsPanel
from aimusic_desktop.ui.lyrics_sheet import LyricsSheet
from aimusic_desktop.ui.main_window import MainWindow
from aimusic_desktop.ui.media_keys import MediaKeys
from aimusic_desktop.ui.now_playing import NowPlaying
from aimusic_desktop.ui.player.bar import PlayerBar
from aimusic_desktop.ui.player.peaks_book import PeaksBook
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.player.sleep import SleepTimer
from aimusic_desktop.ui.queue.panel import QueuePanel
from aimusic_desktop.ui.queue_keeper import QueueKeeper
from aimusic_desktop.ui.read_along import ReadAlong
from aimusic_desktop.ui.small_player import SmallPlayer
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.view import SongsView
from aimusic_desktop.ui.theme import icon


class Stage:
    """Of one window. :meth:`tie` it when its commands are there, :meth:`close` it before the core."""

    def __init__(
        self, core: Core, window: MainWindow, background: Background, covers: Covers, details: DetailsPanel
    ) -> None:
        self._core, self._window, self._covers = core, window, covers
        self.player = Player(core.audio, window)
        self.queue = PlayQueue()
        self.sleep = SleepTimer(self.player, window)
        self.book = PeaksBook(core.audio, core.paths.peaks, core.cache, window)
        self.bar = PlayerBar(self.player, window)
        self.queue_panel = QueuePanel(self.queue, covers, window)
        self.compare_panel = ComparePanel(self.player, self.book, covers, window)
        self.lyrics_sheet = LyricsSheet(window)
        self.read_along = ReadAlong(
            self.player, details, self.lyrics_sheet, core.alignments, background, core.library
        )
        self.keeper = QueueKeeper(core.library, self.queue, self.player, background)
        self.media_keys = MediaKeys(core, self.player, self.queue, background, window)
        self.small: SmallPlayer | None = None
        self._sections: list[tuple[int, str]] = []
        self._restore(core.settings.value)
        self._heed(core.settings.value)
        core.settings.changed.connect(self._heed)

    def tie(
        self, do: Commands, actions: Mapping[str, QAction], view: SongsView, delegate: SongDelegate
    ) -> None:
        """Let the parts give their commands, and show what plays."""
        self._actions, self._do = actions, do
        self.now_playing = NowPlaying(
            self.player,
            self.queue,
            self.book,
            self._covers,
            self.bar,
            self.queue_panel,
            delegate,
            view,
        )
        self._tie_actions(actions)
        self._tie_bar(do)
        self._tie_panels(do)
        self.player.unheard.connect(self._window.notice.say)
        self._window.space_pressed.connect(do.listening.toggle)
        self._tie_media_keys(do)

    def toggle_small(self) -> None:
        """The small player in place of the window, or the window again."""
        if self.small is None:
            self.small = self._make_small()
        if self.small.isVisible():
            self.small.close()
        else:
            self.small.show()
            self._window.hide()

    def remembered(self) -> dict[str, object]:
        """What the settings keep."""
        player = self.player
        kept: dict[str, object] = {"volume": player.volume, "muted": player.muted, "speed": player.rate}
        return kept | ({"small_window": self.small.remembered()} if self.small is not None else {})

    async def close(self) -> None:
        """Keep the queue, stop the sound, and listen to nothing any more."""
        self._core.settings.changed.disconnect(self._heed)
        try:
            await self.keeper.close()
        finally:  # a thread that decodes would outlive the interpreter, and crash
            self.media_keys.close()
            self.read_along.close()
            self._do.timing.close()
            if self.small is not None:
                self.small.hide()
                self.small.deleteLater()
            self.player.close()
            await self.player.wait_closed()
            await self.book.close()

    def _tie_actions(self, actions: Mapping[str, QAction]) -> None:
        for name in ("shuffle", "repeat", "queue", "lyrics", "mute"):
            actions[name].setCheckable(True)
        self.bar.add_actions(actions)
        self.bar.timeline.watch(self.book)
        self.bar.watch_sleep(self.sleep)
        self.queue_panel.add_actions(actions)
        self.queue.changed.connect(self._show_queue)
        self.player.volume_changed.connect(self._show_mute)
        self.player.changed.connect(self._enable)
        self.sleep.changed.connect(self._enable)
        self._show_queue()
        self._show_mute()
        self._enable()

    def _tie_bar(self, do: Commands) -> None:
        bar = self.bar
        bar.previous_wanted.connect(do.listening.previous)
        bar.next_wanted.connect(do.listening.next)
        bar.play_wanted.connect(do.listening.toggle)
        bar.go_to_wanted.connect(do.listening.go_to_playing)

    def _tie_panels(self, do: Commands) -> None:
        self.queue_panel.play_wanted.connect(do.listening.play_entry)
        self.queue_panel.close_wanted.connect(self._actions["queue"].trigger)
        self.queue_panel.undo_offered.connect(do.removing.offer_undo)
        self.lyrics_sheet.close_wanted.connect(self._actions["lyrics"].trigger)
        self.read_along.sections_changed.connect(self._show_sections)
        self.read_along.play_wanted.connect(do.listening.start)
        self.read_along.timing_wanted.connect(do.timing.time_song)

    def _tie_media_keys(self, do: Commands) -> None:
        keys = self.media_keys
        keys.next_wanted.connect(do.listening.next)
        keys.previous_wanted.connect(do.listening.previous)
        keys.raise_wanted.connect(self._raise)
        keys.quit_wanted.connect(self._window.close)

    def _raise(self) -> None:
        """Bring what is shown of the program to the front."""
        small = self.small is not None and self.small.isVisible()
        shown = self.small if small and self.small is not None else self._window
        shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
        shown.show()
        shown.raise_()
        shown.activateWindow()

    def _make_small(self) -> SmallPlayer:
        small = SmallPlayer(self.player, self._covers, self._actions)
        small.timeline.watch(self.book)
        small.timeline.wave.show_sections(self._sections)
        small.transport.show_more(self.queue.can_advance)
        small.restore(self._core.settings.value.small_window)
        small.expand_wanted.connect(small.close)
        small.closed.connect(self._window.show)
        return small

    def _show_queue(self) -> None:
        self._do.queueing.show_modes(self._actions["shuffle"], self._actions["repeat"])
        more = self.queue.can_advance
        self._actions["next"].setEnabled(more)
        for face in (self.bar, self.small):
            if face is not None:
                face.transport.show_more(more)

    def _show_mute(self) -> None:
        silent = self.player.muted or not self.player.volume
        self._actions["mute"].setChecked(self.player.muted)
        self._actions["mute"].setIcon(icon("muted" if silent else "volume"))

    def _show_sections(self, sections: list[tuple[int, str]]) -> None:
        self._sections = sections
        self.bar.timeline.wave.show_sections(sections)
        if self.small is not None:
            self.small.timeline.wave.show_sections(sections)

    def _enable(self) -> None:
        """What can be done with what plays."""
        chosen, loop = self.player.clip is not None, self.player.loop
        for names, usable in (
            (("stop", "back_5", "forward_5", "go_to_playing", "loop_start", "loop_end"), chosen),
            (("sleep_end_of_song",), chosen),
            (("loop_clear",), loop.start_ms is not None or loop.end_ms is not None),
            (("swap", "compare_end"), self.player.twin is not None),
            (("sleep_off",), self.sleep.running),
        ):
            for name in names:
                self._actions[name].setEnabled(usable)

    def _restore(self, settings: Settings) -> None:
        self.player.set_volume(settings.volume)
        self.player.set_muted(settings.muted)
        self.player.set_rate(settings.speed)

    def _heed(self, settings: Settings) -> None:
        """Play where the user wants it."""
        outputs = self.player.outputs
        outputs.when_lost = settings.device_lost
        if outputs.chosen != settings.sound_device:
            outputs.choose(settings.sound_device)
