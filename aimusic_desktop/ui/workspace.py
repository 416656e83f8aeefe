"""Fills the window for a core: makes the parts, gives each its work, and ties them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction

from aimusic_desktop.core import Core
from aimusic_desktop.library.store import Counts, Query, SongRow, SortKey
from aimusic_desktop.model import Group, MusicTask
from aimusic_desktop.tracking.connection import ConnectionState
from aimusic_desktop.ui.actions import make_actions
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.commands.asking_key import AskingKey
from aimusic_desktop.ui.commands.copying import Copying
from aimusic_desktop.ui.commands.dragging import Dragging
from aimusic_desktop.ui.commands.keeping import Keeping
from aimusic_desktop.ui.commands.listening import Listening
from aimusic_desktop.ui.commands.looking_up import LookingUp
from aimusic_desktop.ui.commands.opening import Opening
from aimusic_desktop.ui.commands.removing import Removing
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.details import DetailsPanel
from aimusic_desktop.ui.empty import EmptyPage
from aimusic_desktop.ui.filter_bar import FilterBar
from aimusic_desktop.ui.main_window import MainWindow
from aimusic_desktop.ui.player.bar import PlayerBar
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.feed import SongFeed
from aimusic_desktop.ui.songs.model import SongsModel
from aimusic_desktop.ui.songs.view import SongsView
from aimusic_desktop.ui.status import StatusBar


@dataclass(frozen=True)
class _Commands:
    """What the actions do."""

    looking_up: LookingUp
    listening: Listening
    keeping: Keeping
    copying: Copying
    removing: Removing
    asking_key: AskingKey
    opening: Opening


class Workspace:
    """The furnished window of one core. Made once; :meth:`close` unties it before the core is closed."""

    def __init__(self, core: Core, window: MainWindow, background: Background, demo: bool) -> None:
        self.core, self.window, self.background, self.demo = core, window, background, demo
        settings = core.settings.value
        sort, descending = SortKey(settings.sort), settings.sort_descending
        self.covers = Covers(core.covers, background)
        self.dragging = Dragging(core, background, window.notice)
        self.model = SongsModel()
        self.view = SongsView(self.model, self.dragging.carry, window)
        self.delegate = SongDelegate(self.covers, core.tracker.asking, self.view)
        self.view.set_delegate(self.delegate)
        self.details = DetailsPanel(self.covers, window)
        self.filters = FilterBar(sort, descending, window)
        self.empty = EmptyPage(window)
        self.status = StatusBar(core.connection, window)
        self.feed = SongFeed(core.library, self.model, background, Query(sort=sort, descending=descending))
        self.player = Player(core.audio, window)
        self.bar = PlayerBar(self.player, window)
        self.desk = Desk(core, window, background, window.notice, self.view, self.feed)
        self.commands = self._make_commands()
        self.actions = self._make_actions()
        self._tie_songs()
        self._tie_window()
        self._tie_core()
        self._restore()

    def listed(self) -> list[SongRow]:
        """The rows the list shows, as far as they are loaded, from the top down."""
        rows = map(self.model.row, self.model.order)
        return [row for row in rows if row is not None]

    def close(self) -> None:
        """Stop the sound, remember the window, and listen to nothing any more."""
        window, splitter = self.window.remembered()
        self.core.settings.update(
            window=window, splitter=splitter, volume=self.player.volume, muted=self.player.muted
        )
        self.feed.close()
        self.player.close()

    def _make_commands(self) -> _Commands:
        desk = self.desk
        opening = Opening(desk)
        return _Commands(
            looking_up=LookingUp(desk, self.window.intake.clear, self._show_all),
            listening=Listening(desk, self.player),
            keeping=Keeping(desk),
            copying=Copying(desk),
            removing=Removing(desk),
            asking_key=AskingKey(desk, opening.demo),
            opening=opening,
        )

    def _make_actions(self) -> dict[str, QAction]:
        do = self.commands
        slots: dict[str, Callable[[], object]] = {
            "play": do.listening.toggle_current,
            "previous": do.listening.previous,
            "next": do.listening.next,
            "save": do.keeping.save,
            "save_as": do.keeping.save_as,
            "save_all": do.keeping.save_all,
            "copy_file": do.keeping.copy_files,
            "show_in_folder": do.keeping.show_in_folder,
            "copy_task_id": do.copying.task_ids,
            "copy_clip_id": do.copying.clip_ids,
            "copy_audio_link": do.copying.audio_links,
            "copy_lyrics": do.copying.lyrics,
            "copy_json": do.copying.json,
            "again": do.looking_up.chosen_again,
            "remove": do.removing.remove,
            "undo": do.removing.undo,
            "paste": do.looking_up.paste,
            "open_file": lambda: do.opening.ask_files(do.looking_up.files),
            "focus_ids": self.window.intake.take_focus,
            "search": self.window.search.take_focus,
            "save_folder": lambda: do.opening.folder(do.keeping.folder),
            "key": do.asking_key.ask,
            "settings": lambda: do.opening.settings(do.asking_key.ask),
            "demo": do.opening.demo,
            "shortcuts": lambda: do.opening.shortcuts(self.actions.values()),
            "about": do.opening.about,
            "quit": self.window.close,
        }
        return make_actions(self.window, self.view, slots)

    def _tie_songs(self) -> None:
        do, view = self.commands, self.view
        view.play_wanted.connect(do.listening.play_row)
        view.again_wanted.connect(do.looking_up.again)
        view.chosen.connect(self._choice_changed)
        view.customContextMenuRequested.connect(self._show_context_menu)
        self.covers.arrived.connect(self._cover_arrived)
        self.feed.counted.connect(self._counted)
        self.feed.shown.connect(self._shown)
        self.player.changed.connect(self._player_changed)
        self.bar.previous_wanted.connect(do.listening.previous)
        self.bar.next_wanted.connect(do.listening.next)
        self.bar.play_wanted.connect(do.listening.toggle)

    def _tie_window(self) -> None:
        do, window = self.commands, self.window
        window.furnish(
            filters=self.filters,
            view=self.view,
            empty=self.empty,
            details=self.details,
            player=self.bar,
            status=self.status,
        )
        window.fill_menu(self.actions, self.demo)
        for name in ("save", "copy_file", "show_in_folder"):
            self.details.add_button(self.actions[name])
        window.intake.wanted.connect(do.looking_up.text)
        window.intake.files_given.connect(do.looking_up.files)
        window.dropped.connect(do.looking_up.mime)
        window.search.wanted.connect(lambda text: self.feed.look(text=text))
        self.empty.demo_wanted.connect(do.opening.demo)
        self.empty.show_all_wanted.connect(self._show_all)
        self.filters.group_wanted.connect(lambda group: self.feed.look(group=group))
        self.filters.sort_wanted.connect(self._sort)

    def _tie_core(self) -> None:
        core = self.core
        core.connection.changed.connect(self._connection_changed)
        core.tracker.settled.connect(self._settled)
        core.tracker.asked.connect(self._asked)
        core.saver.changed.connect(self._saving_changed)
        core.credits_changed.connect(self._credits_changed)
        self._connection_changed()
        for notice in (core.library.notice, core.settings.notice):
            if notice:
                self.window.notice.say(notice, stays=True)

    def _restore(self) -> None:
        settings = self.core.settings.value
        self.window.restore_splitter(settings.splitter)
        self.player.set_volume(settings.volume)
        self.player.set_muted(settings.muted)
        self.empty.show_first_steps(self.demo)

    # -- the list ---------------------------------------------------------

    def _counted(self, counts: Counts) -> None:
        self.filters.show_counts(counts)
        self.status.show_working(self.core.tracker.working)

    def _shown(self) -> None:
        query = self.feed.query
        empty = not self.model.order
        self.window.show_list(not empty)
        if empty and (query.text or query.group is not None):
            self.empty.show_nothing_found()
        elif empty:
            self.empty.show_first_steps(self.demo)
        self._choice_changed()

    def _show_all(self) -> None:
        self.window.search.clear()
        self.filters.choose(None)
        self.feed.look(text="", group=None)

    def _sort(self, key: SortKey, descending: bool) -> None:
        self.core.settings.update(sort=str(key), sort_descending=descending)
        self.feed.look(sort=key, descending=descending)

    def _cover_arrived(self, url: str) -> None:
        self.view.repaint_rows(lambda row: row.clip is not None and row.clip.image_url == url)
        if self.player.clip is not None and self.player.clip.image_url == url:
            self._show_bar_cover()

    def _choice_changed(self) -> None:
        rows = self.view.selected()
        self._enable(rows)
        self.dragging.stage(rows)
        selected = len(self.view.selected_ids())
        if selected == 1 and rows:
            self.background.run(self._show_details(rows[0]), "details")
        else:
            self.details.show_nothing(selected)

    async def _show_details(self, row: SongRow) -> None:
        clip = await self.core.library.clip(row.row_id)
        if [chosen.row_id for chosen in self.view.selected()] == [row.row_id]:
            self.details.show_song(row, clip)

    def _enable(self, rows: list[SongRow]) -> None:
        unknown = len(self.view.selected_ids()) > len(rows)  # a long selection, not loaded as a whole
        ready = unknown or any(row.group is Group.READY for row in rows)
        clips = unknown or any(row.clip is not None for row in rows)
        for name in ("save", "save_as", "copy_file", "show_in_folder"):
            self.actions[name].setEnabled(ready)
        for name in ("copy_clip_id", "copy_audio_link", "copy_lyrics"):
            self.actions[name].setEnabled(clips)
        self.actions["play"].setEnabled(any(row.clip is not None and row.clip.playable for row in rows))
        for name in ("copy_task_id", "copy_json", "again", "remove"):
            self.actions[name].setEnabled(unknown or bool(rows))

    def _show_context_menu(self, pos: QPoint) -> None:
        if self.view.indexAt(pos).isValid():
            menu = self.window.context_menu(self.actions)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.view.viewport().mapToGlobal(pos))

    # -- the player -------------------------------------------------------

    def _player_changed(self) -> None:
        clip = self.player.clip
        self.delegate.playing = (clip.task_id, clip.clip_id) if clip is not None else None
        self.delegate.sounding = self.player.state in (PlayState.PLAYING, PlayState.LOADING)
        self.view.viewport().update()
        self._show_bar_cover()

    def _show_bar_cover(self) -> None:
        clip = self.player.clip
        side = round(PlayerBar.COVER_SIDE * self.window.devicePixelRatioF())
        self.bar.set_cover(self.covers.pixmap(clip.image_url, side) if clip is not None else None)

    # -- the core ---------------------------------------------------------

    def _connection_changed(self) -> None:
        if self.core.connection.state is ConnectionState.CONNECTED:
            self.covers.retry_broken()
        self.status.show_connection()
        self.commands.asking_key.connection_changed()

    def _settled(self, task: MusicTask) -> None:
        self.status.show_working(self.core.tracker.working)
        self.dragging.stage_settled(task)

    def _asked(self) -> None:
        self.status.show_working(self.core.tracker.working)

    def _saving_changed(self) -> None:
        self.status.show_saving(self.core.saver.jobs)

    def _credits_changed(self) -> None:
        self.status.show_credits(self.core.credits)
