"""Everything that opens something: dialogs, folders, the demo beside this window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.desktop.folders import open_folder
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.dialogs.about import AboutDialog
from aimusic_desktop.ui.dialogs.settings import SettingsDialog
from aimusic_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from aimusic_desktop.ui.player.player import Player

_WITH_IDS = "*.txt *.csv *.json *.m3u8 *.log *.md *.m4a *.mp3 *.wav"


class Opening:
    """Dialogs are opened, never executed: a loop inside the loop would lose tasks."""

    def __init__(self, desk: Desk, player: Player) -> None:
        self._desk, self._player = desk, player

    def settings(self, ask_key: Callable[[], object]) -> None:
        dialog = SettingsDialog(self._desk.core, self._desk.background, self._player, self._desk.window)
        dialog.key_wanted.connect(ask_key)
        dialog.address_changed.connect(self._say_restart)
        dialog.open()

    def about(self) -> None:
        AboutDialog(self._desk.window, str(self._desk.core.paths.log_file)).open()

    def shortcuts(self, actions: Mapping[str, QAction]) -> None:
        ShortcutsDialog(self._desk.window, actions).open()

    def ask_files(self, take: Callable[[Sequence[str]], object]) -> None:
        """Let the user choose files that hold ids: texts, exports, saved songs."""
        dialog = QFileDialog(self._desk.window, "Look up ids in files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([f"Texts, exports and saved songs ({_WITH_IDS})", "All files (*)"])
        dialog.filesSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def folder(self, folder: Path) -> None:
        """Open the folder songs are saved to, if there is one yet."""
        if folder.is_dir():
            open_folder(folder)
        else:
            self._desk.notice.say("Nothing was saved yet, so the folder is not there.")

    def demo(self) -> None:
        """Start the demo in a window of its own; this one stays as it is."""
        started, _ = QProcess.startDetached(sys.executable, ["-m", "aimusic_desktop", "--demo"])
        if not started:
            self._desk.notice.say(
                "The demo could not be started; try “aimusic-desktop --demo” in a terminal."
            )

    def _say_restart(self) -> None:
        self._desk.notice.say("The new address of the service is used from the next start on.")
