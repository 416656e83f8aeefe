"""Every command of the window once: its text, icon, keys and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from aimusic_desktop.ui.theme import icon

Keys = str | QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """``keys`` work in the whole window, or only where the focus is when ``local``."""

    text: str
    icon: str = ""
    keys: tuple[Keys, ...] = ()
    local: bool = False


SPECS = {
    "play": ActionSpec("Play", "play", ("Enter", "Return"), local=True),
    "play_next": ActionSpec("Play next", "", ("Shift+Enter", "Shift+Return"), local=True),
    "add_to_queue": ActionSpec("Add to queue", "queue", ("Ctrl+Enter", "Ctrl+Return"), local=True),
    "compare": ActionSpec("Compare", "compare", ("Ctrl+K",)),
    "play_pause": ActionSpec(
        "Play or pause", "play", ("Media Play", "Toggle Media Play/Pause", "Media Pause")
    ),
    "stop": ActionSpec("Stop", "", ("Ctrl+.", "Media Stop")),
    "previous": ActionSpec("Previous song", "previous", ("Ctrl+Left", "Media Previous")),
    "next": ActionSpec("Next song", "next", ("Ctrl+Right", "Media Next")),
    "back_5": ActionSpec("Back 5 seconds", "", ("Alt+Left",)),
    "forward_5": ActionSpec("Forward 5 seconds", "", ("Alt+Right",)),
    "louder": ActionSpec("Volume up", "", ("Ctrl+Up",)),
    "quieter": ActionSpec("Volume down", "", ("Ctrl+Down",)),
    "mute": ActionSpec("Mute", "muted", ("Ctrl+M",)),
    "faster": ActionSpec("Faster", "", ("Ctrl+Shift+Up",)),
    "slower": ActionSpec("Slower", "", ("Ctrl+Shift+Down",)),
    "normal_speed": ActionSpec("Normal speed", "", ("Ctrl+0",)),
    "loop_start": ActionSpec("Loop from here (A)", "", ("Ctrl+Shift+A",)),
    "loop_end": ActionSpec("Loop to here (B)", "", ("Ctrl+Shift+B",)),
    "loop_clear": ActionSpec("End the loop A–B", "", ("Ctrl+Shift+L",)),
    "shuffle": ActionSpec("Shuffle", "shuffle", ("Ctrl+H",)),
    "repeat": ActionSpec("Repeat off", "repeat", ("Ctrl+R",)),
    "queue": ActionSpec("Up next", "queue", ("Ctrl+U",)),
    "lyrics": ActionSpec("Lyrics", "lyrics", ("Ctrl+Y",)),
    "swap": ActionSpec("Hear the other one", "swap", ("X",)),
    "compare_end": ActionSpec("End comparing", "close", ("Ctrl+Shift+K",)),
    "small_player": ActionSpec("Small player", "small-player", ("Ctrl+Shift+M",)),
    "go_to_playing": ActionSpec("Go to the song that plays", "", ("Ctrl+G",)),
    "sleep_15": ActionSpec("In 15 minutes"),
    "sleep_30": ActionSpec("In 30 minutes"),
    "sleep_45": ActionSpec("In 45 minutes"),
    "sleep_60": ActionSpec("In an hour"),
    "sleep_end_of_song": ActionSpec("At the end of the song"),
    "sleep_off": ActionSpec("Turn off the sleep timer"),
    "time_lyrics": ActionSpec("Time the lyrics …", "lyrics"),
    "export_lrc": ActionSpec("Save the lyrics as LRC …"),
    "save": ActionSpec("Save", "save", (QKeySequence.StandardKey.Save,)),
    "save_as": ActionSpec("Save as …", "", ("Ctrl+Shift+S",)),
    "save_all": ActionSpec("Save all songs shown", "", ("Ctrl+Alt+S",)),
    "save_wav": ActionSpec("Save as WAV"),
    "save_mp3": ActionSpec("Save as MP3"),
    "saves": ActionSpec("Saves", "saves", ("Ctrl+J",)),
    "copy_file": ActionSpec("Copy file", "copy", (QKeySequence.StandardKey.Copy,), local=True),
    "show_in_folder": ActionSpec("Show in folder", "folder", ("Ctrl+Shift+O",)),
    "copy_task_id": ActionSpec("Copy task id", "", ("Ctrl+Shift+C",)),
    "copy_clip_id": ActionSpec("Copy clip id"),
    "copy_audio_link": ActionSpec("Copy audio link", "link"),
    "copy_lyrics": ActionSpec("Copy lyrics"),
    "copy_json": ActionSpec("Copy JSON"),
    "again": ActionSpec("Look up again", "refresh", ("F5",)),
    "remove": ActionSpec("Remove", "remove", (QKeySequence.StandardKey.Delete,), local=True),
    "undo": ActionSpec("Undo", "undo", (QKeySequence.StandardKey.Undo,)),
    "paste": ActionSpec("Look up what was copied", "", (QKeySequence.StandardKey.Paste,)),
    "open_file": ActionSpec("Look up ids in files …", "", (QKeySequence.StandardKey.Open,)),
    "focus_ids": ActionSpec("Type task ids", "", ("Ctrl+L",)),
    "search": ActionSpec("Search", "search", (QKeySequence.StandardKey.Find,)),
    "export": ActionSpec("Export …", "", ("Ctrl+E",)),
    "import": ActionSpec("Import …"),
    "save_folder": ActionSpec("Open the folder of saved songs", "folder"),
    "key": ActionSpec("API key …", "key"),
    "settings": ActionSpec("Settings …", "settings", ("Ctrl+,",)),
    "demo": ActionSpec("Try the demo"),
    "shortcuts": ActionSpec("Keyboard shortcuts", "", ("?", "F1")),
    "about": ActionSpec("About AI Music Desktop", "info"),
    "quit": ActionSpec("Quit", "", ("Ctrl+Q",)),
}

SAVES_SPECS = {
    "pause": ActionSpec("Pause", "pause"),
    "go_on": ActionSpec("Go on", "play"),
    "pause_or_go_on": ActionSpec("Pause saving or go on", "", ("Space",), local=True),
    "answer": ActionSpec("Say what to do …", "ask"),
    "any_length": ActionSpec("Save it all the same", "save"),
    "retry": ActionSpec("Try again", "refresh"),
    "retry_elsewhere": ActionSpec("Save elsewhere …"),
    "show_saved": ActionSpec("Show in folder", "folder"),
    "cancel": ActionSpec("Give up saving", "close", (QKeySequence.StandardKey.Delete,), local=True),
    "pause_all": ActionSpec("Pause all"),
    "go_on_all": ActionSpec("Go on"),
    "cancel_all": ActionSpec("Cancel all"),
    "retry_failed": ActionSpec("Try failed again"),
    "clear_done": ActionSpec("Clear done"),
}
"""The commands of the save list; local ones listen where it has the focus."""

ALSO = {"play_pause": "Space"}
"""Keys that do the same without a shortcut: the window and its lists take them themselves."""


def make_actions(
    window: QWidget,
    local: QWidget,
    slots: dict[str, Callable[[], object]],
    specs: Mapping[str, ActionSpec] = SPECS,
) -> dict[str, QAction]:
    """One action for every spec, each with its slot; local ones listen where ``local`` has the focus."""
    actions = {name: _make(spec, window, local, slots[name]) for name, spec in specs.items()}
    for name in slots.keys() - specs.keys():
        raise KeyError(f"no action named {name}")
    return actions


def keys_of(action: QAction) -> str:
    """The first keys of an action as people read them, for a text of ours; empty when it has none."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return isolated(keys) if keys and QGuiApplication.isRightToLeft() else keys


def isolated(keys: str) -> str:
    """In their own order, whichever way the text around them runs: ``Ctrl+.`` and not ``.+Ctrl``."""
    return f"\N{LEFT-TO-RIGHT ISOLATE}{keys}\N{POP DIRECTIONAL ISOLATE}"


def _make(spec: ActionSpec, window: QWidget, local: QWidget, slot: Callable[[], object]) -> QAction:
    action = QAction(spec.text, window)
    if spec.icon:
        action.setIcon(icon(spec.icon))
    action.setShortcuts([QKeySequence(key) for key in spec.keys])
    action.setShortcutVisibleInContextMenu(True)
    if spec.local:
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    (local if spec.local else window).addAction(action)
    action.triggered.connect(lambda _checked=False: slot())
    return action
