"""Fills the window for a core: makes the parts, gives each its work, and ties them together."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from aimusic_desktop.core import Core
from aimusic_desktop.desktop.taskbar import Taskbar
from aimusic_desktop.library.store import Counts, Query, SongRow, SortKey
from aimusic_desktop.model import JobState, MusicTask
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.tracking.connection import ConnectionState
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.choice import Choice
from aimusic_desktop.ui.commands.dragging import Dragging
from aimusic_desktop.ui.commands.table import Commands
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.details import DetailsPanel
from aimusic_desktop.ui.drawer import PAGES
from aimusic_desktop.ui.empty import EmptyPage
from aimusic_desktop.ui.filter_bar import FilterBar
from aimusic_desktop.ui.main_window import MainWindow
from aimusic_desktop.ui.saves.panel import SavesPanel
from aimusic_desktop.ui.saves.pulse import SavesPulse
from aimusic_desktop.ui.saves.words import share
from aimusic_desktop.ui.songs.delegate import SongDelegate
from aimusic_desktop.ui.songs.feed import SongFeed
from aimusic_desktop.ui.songs.model import SongsModel
from aimusic_desktop.ui.songs.view import SongsView
from aimusic_desktop.ui.stage import Stage
from aimusic_desktop.ui.status import StatusBar


class Workspace:
    """The furnished window of one core. Made once; :meth:`close` unties it before the core is closed."""

    def __init__(self, core: Core, window: MainWindow, background: Background, demo: bool) -> None:
        self.core, self.window, self.background, self.demo = core, window, background, demo
        self._seen = False  # a song in the list
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
        self.stage = Stage(core, window, background, self.covers, self.details)
        self.player, self.bar = self.stage.player, self.stage.bar
        self.saves = SavesPanel(core.saver, self.covers, window)
        self.pulse = SavesPulse(core.saver)
        self.taskbar = Taskbar(QGuiApplication.desktopFileName())
        self.desk = Desk(core, window, background, window.notice, self.view, self.feed)
        self.commands = Commands.over(
            self.desk,
            window,
            self.player,
            self.stage.queue,
            self.stage.sleep,
            self.saves,
            self._show_all,
        )
        self.actions = self.commands.actions(
            window, self.desk, self.stage.toggle_small, self.stage.queue_panel.deeds.actions
        )
        self.stage.tie(self.commands, self.actions, self.view, self.delegate)
        self.choice = Choice(self.desk, self.commands, self.actions, self.details, self.dragging)
        self._tie_songs()
        self._tie_window()
        self._tie_saves()
        self._tie_core()
        window.keep_space()
        self._restore()

    def listed(self) -> list[SongRow]:
        """The rows the list shows, as far as they are loaded, from the top down."""
        rows = map(self.model.row, self.model.order)
        return [row for row in rows if row is not None]

    async def close(self) -> None:
        """Stop the sound, remember the window, and listen to nothing any more."""
        window, splitter = self.window.remembered()
        self.core.settings.update(window=window, splitter=splitter, **self.stage.remembered())
        self.feed.close()
        self.pulse.close()
        self.taskbar.show(0, None)
        await self.stage.close()

    def _tie_songs(self) -> None:
        do, view = self.commands, self.view
        view.play_wanted.connect(do.listening.play_row)
        view.begin_wanted.connect(do.listening.begin_row)
        view.again_wanted.connect(do.looking_up.again)
        view.chosen.connect(self.choice.changed)
        view.pressed.connect(lambda _index: self.dragging.stage(view.selected()))
        view.customContextMenuRequested.connect(self._show_context_menu)
        self.covers.arrived.connect(self._cover_arrived)
        self.feed.counted.connect(self._counted)
        self.feed.shown.connect(self._shown)

    def _tie_window(self) -> None:
        do, window = self.commands, self.window
        window.furnish(
            filters=self.filters,
            view=self.view,
            empty=self.empty,
            details=self.details,
            saves=self.saves,
            queue=self.stage.queue_panel,
            lyrics=self.stage.lyrics_sheet,
            compare=self.stage.compare_panel,
            player=self.bar,
            status=self.status,
        )
        window.fill_menu(self.actions, self.demo)
        for name in ("save", "copy_file", "show_in_folder"):
            self.details.buttons.add_button(self.actions[name])
        more = [self.actions[name] for name in ("save_as", "save_wav", "save_mp3", "export_lrc")]
        self.details.buttons.add_menu("More ways to save", more)
        self.details.timing_wanted.connect(self.actions["time_lyrics"].trigger)
        window.intake.wanted.connect(do.looking_up.text)
        window.intake.files_given.connect(do.looking_up.files)
        window.dropped.connect(do.looking_up.mime)
        window.search.wanted.connect(lambda text: self.feed.look(text=text))
        self.empty.demo_wanted.connect(do.opening.demo)
        self.empty.show_all_wanted.connect(self._show_all)
        self.filters.group_wanted.connect(lambda group: self.feed.look(group=group))
        self.filters.clicked.connect(window.leave_fields)
        self.filters.sort_wanted.connect(self._sort)

    def _tie_saves(self) -> None:
        actions = self.actions
        for name in PAGES:
            actions[name].setCheckable(True)
        self.window.drawer.turned.connect(self._show_page)
        self.saves.close_wanted.connect(actions["saves"].trigger)
        self.status.saves_wanted.connect(actions["saves"].trigger)
        self.pulse.beat.connect(self._saves_moved)
        self.dragging.dropped.connect(self.commands.keeping.follow)

    def _tie_core(self) -> None:
        core = self.core
        core.connection.changed.connect(self._connection_changed)
        core.tracker.settled.connect(self._settled)
        core.tracker.asked.connect(self._asked)
        core.credits_changed.connect(self._credits_changed)
        core.trouble.connect(self.window.notice.say)
        self._connection_changed()
        for notice in (core.library.notice, core.settings.notice):
            if notice:
                self.window.notice.say(notice, stays=True)

    def _restore(self) -> None:
        settings = self.core.settings.value
        self.window.restore_parts(settings.splitter)
        self.empty.show_first_steps(self.demo)

    # -- the list ---------------------------------------------------------

    def _counted(self, counts: Counts) -> None:
        self.filters.show_counts(counts)
        self.status.show_working(self.core.tracker.working)

    def _shown(self) -> None:
        query = self.feed.query
        empty = not self.model.order
        self.window.show_list(not empty)
        if not empty and not self._seen:
            self._seen = True
            self.window.go_to_list()
        if empty and (query.text or query.group is not None):
            self.empty.show_nothing_found()
        elif empty:
            self.empty.show_first_steps(self.demo)
        self.choice.changed()

    def _show_all(self) -> None:
        self.window.search.clear()
        self.filters.choose(None)
        self.feed.look(text="", group=None)

    def _sort(self, key: SortKey, descending: bool) -> None:
        self.core.settings.update(sort=str(key), sort_descending=descending)
        self.feed.look(sort=key, descending=descending)

    def _cover_arrived(self, url: str) -> None:
        self.view.repaint_rows(lambda row: row.clip is not None and row.clip.image_url == url)

    def _show_context_menu(self, pos: QPoint) -> None:
        if self.view.indexAt(pos).isValid():
            menu = self.window.context_menu(self.actions)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.view.viewport().mapToGlobal(pos))

    def _show_page(self, open_page: str) -> None:
        for name in PAGES:
            self.actions[name].setChecked(name == open_page)

    # -- saves ------------------------------------------------------------

    def _saves_moved(self, moved: set[SaveJob], relisted: bool) -> None:
        totals = self.core.saver.totals
        self.saves.show_moved(moved, relisted)
        self.commands.saving_list.enable()
        self.status.show_saving(totals)
        self.taskbar.show(totals.unsettled, share(totals))
        saved = {(job.clip.task_id, job.clip.clip_id) for job in moved if job.state is JobState.DONE}
        if self.details.shown in saved:
            self.choice.changed()

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

    def _credits_changed(self) -> None:
        self.status.show_credits(self.core.credits)
