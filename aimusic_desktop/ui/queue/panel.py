"""The drawer's page of what plays next: how much it is, and each song."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QToolButton, QWidget

from aimusic_desktop.listening.queue import PlayQueue
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.drawer_page import DrawerPage, close_button, name_label, quiet_line
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.player.parts import Button
from aimusic_desktop.ui.queue import words
from aimusic_desktop.ui.queue.deeds import QueueDeeds
from aimusic_desktop.ui.queue.delegate import QueueDelegate
from aimusic_desktop.ui.queue.layout import BUTTON
from aimusic_desktop.ui.queue.model import QueueModel
from aimusic_desktop.ui.queue.view import QueueView
from aimusic_desktop.ui.theme import GRID

_EMPTY = "Nothing is up next. Play a song, or choose songs and add them to the queue from their menu."


class QueuePanel(DrawerPage):
    """Shows the queue while it is open, and changes it; what is to sound, it only says."""

    play_wanted = Signal(int)
    """The id of an entry; of the one that sounds already, too."""
    undo_offered = Signal(str, object, object)
    """A sentence about what was taken out, or "" for a move; what takes it back; and whether it can. Where
    nothing was changed, a sentence why, and None."""

    def __init__(self, queue: PlayQueue, covers: Covers, parent: QWidget) -> None:
        super().__init__(parent)
        self._queue = queue
        self._shuffled = queue.shuffled
        self.model = QueueModel()
        self.view = QueueView(self.model, QueueDelegate(covers, self), self)
        self.setFocusProxy(self.view)
        self.deeds = QueueDeeds(queue, self.view)
        self._line = TextLabel(parent=self, tone=Tone.MUTED, selectable=False)
        self._modes = QHBoxLayout()
        self._faces = QStackedWidget(self)
        self._faces.addWidget(self.view)
        self._faces.addWidget(quiet_line(_EMPTY, self))
        self._lay_out()
        self._connect(covers)
        self._show_queue()

    def add_actions(self, actions: Mapping[str, QAction]) -> None:
        """Give the header its buttons for shuffling and repeating."""
        for name in ("shuffle", "repeat"):
            button = Button(actions[name].text(), self)
            button.follow(actions[name])
            button.setFixedSize(BUTTON, BUTTON)
            self._modes.addWidget(button)

    def show_playing(self, entry_id: int | None, sounding: bool) -> None:
        """Mark the entry that plays, and whether it is to be heard."""
        before, now = self.model.playing, entry_id if sounding else None
        if now != before:
            self.model.set_playing(now)
            self.view.viewport().update()

    def show_trouble(self, trouble: Mapping[tuple[str, str], str]) -> None:
        """Say at each song why it could not be played: sentences by task id and clip id."""
        self.model.set_trouble(trouble)
        self.view.viewport().update()

    def _connect(self, covers: Covers) -> None:
        self._queue.changed.connect(self._changed)
        self.view.play_wanted.connect(self.play_wanted)
        self.deeds.undo_offered.connect(self.undo_offered)
        covers.arrived.connect(lambda _url: self.view.viewport().update())

    def _changed(self) -> None:
        if not self.isHidden():  # else all is shown afresh when it opens
            self._show_queue()

    def _show_queue(self) -> None:
        queue, before, order = self._queue, self.model.present, self._shuffled
        self.model.set_entries(queue.entries, queue.at)
        self._line.setText(words.summary(queue.upcoming))
        self._faces.setCurrentIndex(0 if queue.entries else 1)
        self.deeds.enable()
        self.view.viewport().update()
        if self.model.present != before:
            self.view.follow(queue.at or 0)
        elif queue.shuffled != order:
            self.view.bring_up(queue.at or 0)  # it may have gone far, and the user busy here wanted that
        self._shuffled = queue.shuffled

    def _make_clear(self) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self.deeds.actions["clear_queue"])
        button.setAccessibleName("Clear the queue")
        button.setToolTip("Remove all that is up next")
        button.setAutoRaise(True)
        return button

    def _lay_out(self) -> None:
        self._line.setWordWrap(False)
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(name_label("Up next", self))
        head.addSpacing(GRID // 2)
        head.addWidget(self._line, 1)
        head.addLayout(self._modes)
        head.addWidget(self._make_clear())
        head.addWidget(close_button("Close the queue", BUTTON, self))
        self.stack(head, self._faces)

    # -- Qt ---------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_queue()
        # Only then has the list its size, and the keyboard gone to it.
        QTimer.singleShot(0, self.view, lambda: self.view.bring_up(self._queue.at or 0))
