"""Every command of the window: what makes them, and which action does what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction

from aimusic_desktop.ui.actions import make_actions
from aimusic_desktop.ui.commands.asking_key import AskingKey
from aimusic_desktop.ui.commands.converting import Converting
from aimusic_desktop.ui.commands.copying import Copying
from aimusic_desktop.ui.commands.exchanging import Exchanging
from aimusic_desktop.ui.commands.keeping import Keeping
from aimusic_desktop.ui.commands.listening import Listening
from aimusic_desktop.ui.commands.looking_up import LookingUp
from aimusic_desktop.ui.commands.opening import Opening
from aimusic_desktop.ui.commands.removing import Removing
from aimusic_desktop.ui.commands.saving_list import SavingList
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.main_window import MainWindow
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.saves.panel import SavesPanel


@dataclass(frozen=True)
class Commands:
    """What the actions do."""

    looking_up: LookingUp
    listening: Listening
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
        saves: SavesPanel,
        show_all: Callable[[], None],
    ) -> Commands:
        """The commands of one window; ``show_all`` ends every search and filter."""
        opening, keeping = Opening(desk), Keeping(desk, window.drawer)
        return cls(
            looking_up=LookingUp(desk, window.intake.clear, show_all),
            listening=Listening(desk, player),
            keeping=keeping,
            converting=Converting(desk),
            saving_list=SavingList(desk, saves, keeping),
            copying=Copying(desk),
            removing=Removing(desk),
            exchanging=Exchanging(desk),
            asking_key=AskingKey(desk, opening.demo),
            opening=opening,
        )

    def actions(self, window: MainWindow, desk: Desk) -> dict[str, QAction]:
        """The window's actions, each tied to its command."""
        slots: dict[str, Callable[[], object]] = {
            "play": self.listening.toggle_current,
            "previous": self.listening.previous,
            "next": self.listening.next,
            "save": self.keeping.save,
            "save_as": self.keeping.save_as,
            "save_all": self.keeping.save_all,
            "save_wav": self.converting.save_wav,
            "save_mp3": self.converting.save_mp3,
            "saves": window.drawer.toggle,
            "copy_file": self.keeping.copy_files,
            "show_in_folder": self.keeping.show_in_folder,
            "copy_task_id": self.copying.task_ids,
            "copy_clip_id": self.copying.clip_ids,
            "copy_audio_link": self.copying.audio_links,
            "copy_lyrics": self.copying.lyrics,
            "copy_json": self.copying.json,
            "again": self.looking_up.chosen_again,
            "remove": self.removing.remove,
            "undo": self.removing.undo,
            "paste": self.looking_up.paste,
            "open_file": lambda: self.opening.ask_files(self.looking_up.files),
            "export": self.exchanging.export,
            "import": self.exchanging.import_,
            "focus_ids": window.intake.take_focus,
            "search": window.search.take_focus,
            "save_folder": lambda: self.opening.folder(self.keeping.folder),
            "key": self.asking_key.ask,
            "settings": lambda: self.opening.settings(self.asking_key.ask),
            "demo": self.opening.demo,
            "shortcuts": lambda: self.opening.shortcuts(
                (*actions.values(), *self.saving_list.actions.values())
            ),
            "about": self.opening.about,
            "quit": window.close,
        }
        actions = make_actions(window, desk.view, slots)
        return actions
