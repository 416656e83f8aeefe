"""Every command of the window: what makes them, and which action does what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction

from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.ui.actions import make_actions
from aimusic_desktop.ui.commands.asking_key import AskingKey
from aimusic_desktop.ui.commands.comparing import Comparing
from aimusic_desktop.ui.commands.converting import Converting
from aimusic_desktop.ui.commands.copying import Copying
from aimusic_desktop.ui.commands.exchanging import Exchanging
from aimusic_desktop.ui.commands.keeping import Keeping
from aimusic_desktop.ui.commands.listening import Listening
from aimusic_desktop.ui.commands.looking_up import LookingUp
from aimusic_desktop.ui.commands.opening import Opening
from aimusic_desktop.ui.commands.queueing import Queueing
from aimusic_desktop.ui.commands.removing import Removing
from aimusic_desktop.ui.commands.saving_list import SavingList
from aimusic_desktop.ui.commands.steering import Steering
from aimusic_desktop.ui.commands.timing import Timing
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.drawer import LYRICS, QUEUE, SAVES
from aimusic_desktop.ui.main_window import MainWindow
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.player.sleep import SleepTimer
from aimusic_desktop.ui.saves.panel import SavesPanel

Slot = Callable[[], object]


@dataclass(frozen=True)
class Commands:
    """What the actions do."""

    looking_up: LookingUp
    listening: Listening
    queueing: Queueing
    steering: Steering
    comparing: Comparing
    timing: Timing
    keeping: Keeping
    converting: Converting
    saving_list: SavingList
    copying: Copying
    removing: Removing
    exchanging: Exchanging
    asking_key: AskingKey
    opening: Opening

    @classmethod
    def over(
        cls,
        desk: Desk,
        window: MainWindow,
        player: Player,
        queue: PlayQueue,
        sleep: SleepTimer,
        saves: SavesPanel,
        show_all: Callable[[], None],
    ) -> Commands:
        """The commands of one window; ``show_all`` ends every search and filter."""
        opening, keeping = Opening(desk, player), Keeping(desk, window.drawer)
        looking_up = LookingUp(desk, window.intake.clear, show_all)
        listening = Listening(desk, player, queue, looking_up.select)
        return cls(
            looking_up=looking_up,
            listening=listening,
            queueing=Queueing(desk, queue),
            steering=Steering(player, sleep),
            comparing=Comparing(desk, player, listening),
            timing=Timing(desk, desk.core.alignments),
            keeping=keeping,
            converting=Converting(desk),
            saving_list=SavingList(desk, saves, keeping),
            copying=Copying(desk),
            removing=Removing(desk),
            exchanging=Exchanging(desk),
            asking_key=AskingKey(desk, opening.demo),
            opening=opening,
        )

    def actions(
        self,
        window: MainWindow,
        desk: Desk,
        toggle_small_player: Callable[[], None],
        of_queue: Mapping[str, QAction],
    ) -> dict[str, QAction]:
        """The window's actions, each tied to its command; ``of_queue`` has those of the queue's panel."""
        slots = self._listening_slots() | self._keeping_slots() | self._window_slots(window)
        slots["small_player"] = toggle_small_player
        others = {**self.saving_list.actions, **of_queue}
        slots["shortcuts"] = lambda: self.opening.shortcuts(actions | others)
        actions = make_actions(window, desk.view, slots)
        self.timing.watch(actions)
        return actions

    def _listening_slots(self) -> dict[str, Slot]:
        listening, queueing = self.listening, self.queueing
        slots: dict[str, Slot] = {
            "play": listening.begin_current,
            "play_pause": listening.toggle,
            "stop": listening.stop,
            "previous": listening.previous,
            "next": listening.next,
            "go_to_playing": listening.go_to_playing,
            "play_next": queueing.play_next,
            "add_to_queue": queueing.add,
            "shuffle": queueing.toggle_shuffle,
            "repeat": queueing.cycle_repeat,
            "compare": self.comparing.compare,
            "swap": self.comparing.swap,
            "compare_end": self.comparing.end,
            "time_lyrics": self.timing.time_lyrics,
            "export_lrc": self.timing.export_lrc,
        }
        return slots | self.steering.deeds

    def _keeping_slots(self) -> dict[str, Slot]:
        return {
            "save": self.keeping.save,
            "save_as": self.keeping.save_as,
            "save_all": self.keeping.save_all,
            "save_wav": self.converting.save_wav,
            "save_mp3": self.converting.save_mp3,
            "copy_file": self.keeping.copy_files,
            "show_in_folder": self.keeping.show_in_folder,
            "save_folder": lambda: self.opening.folder(self.keeping.folder),
            "copy_task_id": self.copying.task_ids,
            "copy_clip_id": self.copying.clip_ids,
            "copy_audio_link": self.copying.audio_links,
            "copy_lyrics": self.copying.lyrics,
            "copy_json": self.copying.json,
            "again": self.looking_up.chosen_again,
            "remove": self.removing.remove,
            "undo": self.removing.undo,
        }

    def _window_slots(self, window: MainWindow) -> dict[str, Slot]:
        return {
            "saves": partial(window.drawer.toggle, SAVES),
            "queue": partial(window.drawer.toggle, QUEUE),
            "lyrics": partial(window.drawer.toggle, LYRICS),
            "paste": self.looking_up.paste,
            "open_file": lambda: self.opening.ask_files(self.looking_up.files),
            "export": self.exchanging.export,
            "import": self.exchanging.import_,
            "focus_ids": window.intake.take_focus,
            "search": window.search.take_focus,
            "key": self.asking_key.ask,
            "settings": lambda: self.opening.settings(self.asking_key.ask),
            "demo": self.opening.demo,
            "about": self.opening.about,
            "quit": window.close,
        }
