"""The sheet of shortcuts, made from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeySequence, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.ui import theme
from aimusic_desktop.ui.actions import ALSO, isolated
from aimusic_desktop.ui.dialogs.buttons import make_buttons
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.painting import paint_ground, paint_line
from aimusic_desktop.ui.room import fitting
from aimusic_desktop.ui.theme import GRID, icon

SIZE = QSize(820, 680)
LONGEST_SEARCH = 100

LISTENING, LIST, SAVING, LYRICS, WINDOW = GROUPS = ("Listening", "List", "Saving", "Lyrics", "Window")

_BELONGS = {
    LISTENING: (
        *("play_pause", "stop", "previous", "next", "back_5", "forward_5"),
        *("louder", "quieter", "mute", "faster", "slower", "normal_speed"),
        *("loop_start", "loop_end", "loop_clear", "shuffle", "repeat", "queue", "play_next", "add_to_queue"),
        *("entry_next", "entry_up", "entry_down", "entry_remove", "compare", "swap", "compare_end", "lyrics"),
    ),
    LIST: (
        *("play", "again", "remove", "undo", "paste", "open_file", "focus_ids", "search"),
        *(
            "go_to_playing",
            "copy_task_id",
            "copy_clip_id",
            "copy_audio_link",
            "copy_json",
            "export",
            "import",
        ),
    ),
    SAVING: (
        *("save", "save_as", "save_all", "save_wav", "save_mp3", "copy_file", "show_in_folder"),
        *("save_folder", "saves", "pause_or_go_on", "cancel"),
    ),
    LYRICS: ("time_lyrics", "export_lrc", "copy_lyrics"),
}
"""The actions of each group, in the order in which they are shown; all others are the window's."""

_SAID = {"repeat": "Repeat all, this song, or off"}
"""Actions whose own text says how things stand instead of what they do."""

_KEYS = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A command that has keys, each as people read it."""

    group: str
    text: str
    keys: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"{self.text}: {' or '.join(self.keys)}"

    def matches(self, words: Iterable[str]) -> bool:
        """Whether its group, text and keys together hold all these words, which are in lower case."""
        said = f"{self.group} {self.sentence}".casefold()
        return all(word in said for word in words)


_IN_PARTS = (
    Shortcut(LISTENING, "Go through the song, in its waveform", ("Left", "Right")),
    Shortcut(LYRICS, "Play from the line", ("Enter",)),
)
"""What parts of the window do by keys that are no command's."""


def shortcuts(actions: Mapping[str, QAction]) -> list[Shortcut]:
    """What is done by keys, group by group. ``actions`` are by their names."""
    places = {name: group for group, names in _BELONGS.items() for name in names}
    order = list(places)
    named = sorted(actions, key=lambda name: order.index(name) if name in places else len(order))
    found = [_shortcut(places.get(name, WINDOW), name, actions[name]) for name in named]
    with_keys = dict.fromkeys(one for one in (*found, *_IN_PARTS) if one.keys)  # some are in two places
    return sorted(with_keys, key=lambda one: GROUPS.index(one.group))


class ShortcutsDialog(QDialog):
    """Every action that has keys, in two columns; what is typed narrows them."""

    def __init__(self, parent: QWidget, actions: Mapping[str, QAction]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = self._make_search()
        self.columns = [_Column(part, self) for part in _halves(shortcuts(actions))]
        self._nothing = TextLabel("No shortcut is called that.", self, tone=Tone.MUTED)
        self._nothing.setObjectName("nothing")
        self._nothing.hide()
        self._lay_out()
        self.resize(fitting(SIZE, self))

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(self)
        search.setAccessibleName("Search the shortcuts")
        search.setPlaceholderText("Search the shortcuts")
        search.setMaxLength(LONGEST_SEARCH)
        lens = QAction(icon("search"), "Type a search", search)  # a button to Qt, so it has a name
        lens.triggered.connect(search.setFocus)
        search.addAction(lens, QLineEdit.ActionPosition.LeadingPosition)
        search.textChanged.connect(self._narrow)
        return search

    def _lay_out(self) -> None:
        lists = QHBoxLayout()
        lists.setSpacing(3 * GRID)
        for column in self.columns:
            lists.addWidget(column, 1)
        buttons = make_buttons(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.search)
        layout.addWidget(self._nothing)
        layout.addLayout(lists, 1)
        layout.addWidget(buttons)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        found = [column.narrow(words) for column in self.columns]
        self._nothing.setVisible(not any(found))


class _Column(QListWidget):
    """Some groups, one below the other; each line reads as a sentence."""

    def __init__(self, lines: Sequence[Shortcut], parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: list[Shortcut | str] = []
        self.setAccessibleName(", ".join(dict.fromkeys(line.group for line in lines)))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(self))
        self.viewport().setAutoFillBackground(False)
        for group in dict.fromkeys(line.group for line in lines):
            self._add_heading(group)
            for line in lines:
                if line.group == group:
                    self._add(line)

    def narrow(self, words: Sequence[str]) -> bool:
        """Show what matches these words and the headings of that; whether anything does."""
        shown = {line for line in self._lines if isinstance(line, Shortcut) and line.matches(words)}
        groups = {line.group for line in shown}
        for number, line in enumerate(self._lines):
            self.setRowHidden(number, line not in shown and line not in groups)
        return bool(shown)

    def _add_heading(self, group: str) -> None:
        item = QListWidgetItem(group, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._lines.append(group)

    def _add(self, line: Shortcut) -> None:
        item = QListWidgetItem(line.text, self)
        item.setData(_KEYS, line.keys)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, line.sentence)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, line.group)
        self._lines.append(line)


class _Delegate(QStyledItemDelegate):
    """Paints a heading, or a command with its keys at the end of the line."""

    # -- Qt ---------------------------------------------------------------

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        keys = index.data(_KEYS)
        rect = option.rect.adjusted(GRID, 0, -GRID, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if keys:
            paint_ground(painter, option)
            rect = _paint_keys(painter, option, rect, keys)
            color = option.palette.color(QPalette.ColorRole.WindowText)
            font = option.font
        else:
            # The palette of the widget: that of the option is the one of what cannot be chosen.
            color, font = theme.accent_text(option.widget.palette()), _heading_font(option.font)
            rect.setTop(rect.bottom() - QFontMetrics(font).height() - GRID // 2)
        paint_line(painter, rect, str(index.data()), font, color, option.direction)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        is_first_heading = not index.data(_KEYS) and index.row() == 0
        room = GRID - 2 if index.data(_KEYS) or is_first_heading else GRID + 4
        return QSize(0, option.fontMetrics.height() + room)


def _paint_keys(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, keys: Sequence[str]) -> QRect:
    """Paint each key as a cap, from the end of the line; gives the room that is left."""
    palette, metrics = option.palette, option.fontMetrics
    text = palette.color(QPalette.ColorRole.WindowText)
    ends_right = option.direction == Qt.LayoutDirection.LeftToRight
    for key in reversed(keys):
        width = metrics.horizontalAdvance(key) + GRID
        cap = QRect(0, 0, width, metrics.height() + 2)
        cap.moveCenter(rect.center())
        cap.moveRight(rect.right()) if ends_right else cap.moveLeft(rect.left())
        painter.setPen(QPen(theme.mixed(text, palette.color(QPalette.ColorRole.Window), 0.3), 1.0))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(cap).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(text)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, isolated(key))
        if ends_right:
            rect.setRight(cap.left() - GRID // 2)
        else:
            rect.setLeft(cap.right() + GRID // 2)
    return rect


def _shortcut(group: str, name: str, action: QAction) -> Shortcut:
    text = _SAID.get(name) or action.text().replace("&", "").rstrip(" …")
    native = [key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()]
    media = [key for key in native if "Media" in key][:1]  # the one that is on most keyboards
    keys = [key for key in native if "Media" not in key]
    named = dict.fromkeys(key.replace("Return", "Enter") for key in keys)  # one and the same to people
    also = [ALSO[name]] if name in ALSO else []
    return Shortcut(group, text, (*also, *named, *media))


def _halves(lines: Sequence[Shortcut]) -> tuple[list[Shortcut], list[Shortcut]]:
    """Whole groups, divided where the two columns come out nearest in length."""
    cuts = [number for number in range(1, len(lines)) if lines[number].group != lines[number - 1].group]
    middle = min(cuts, key=lambda cut: abs(2 * cut - len(lines)), default=len(lines))
    return list(lines[:middle]), list(lines[middle:])


def _heading_font(font: QFont) -> QFont:
    heading = QFont(font)
    heading.setWeight(QFont.Weight.DemiBold)
    return heading
