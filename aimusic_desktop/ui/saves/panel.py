"""The drawer below the list: all saves together, and each."""

from __future__ import annotations

from collections.abc import Set

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QWidget

from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.saver import Saver
from aimusic_desktop.ui.actions import SAVES_SPECS
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.drawer_page import DrawerPage, close_button, quiet_line
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.saves import words
from aimusic_desktop.ui.saves.deeds import Deed
from aimusic_desktop.ui.saves.delegate import SaveDelegate
from aimusic_desktop.ui.saves.layout import BUTTON
from aimusic_desktop.ui.saves.model import SavesModel
from aimusic_desktop.ui.saves.total import TotalBar, TotalLine
from aimusic_desktop.ui.saves.view import SavesView
from aimusic_desktop.ui.songs.layout import SIDE
from aimusic_desktop.ui.theme import GRID


class SavesPanel(DrawerPage):
    """Shows a saver's jobs while it is open; :meth:`show_moved` says when there is something new."""

    def __init__(self, saver: Saver, covers: Covers, parent: QWidget) -> None:
        super().__init__(parent)
        self._saver = saver
        self.model = SavesModel()
        tips = {deed: SAVES_SPECS[deed].text for deed in Deed}
        self.view = SavesView(self.model, SaveDelegate(covers, self), tips, self)
        self.setFocusProxy(self.view)
        covers.arrived.connect(self._cover_arrived)
        self.line, self.bar = TotalLine(self), TotalBar(self)
        self.hold = TextLabel(parent=self, selectable=False)
        self._buttons = QHBoxLayout()
        self._faces = QStackedWidget(self)
        self._faces.addWidget(self.view)
        self._faces.addWidget(self._make_empty())
        self._lay_out()

    def add_button(self, action: QAction, *, hides: bool = False) -> None:
        """A button of the header for an action, usable when the action is, or else gone if it ``hides``."""
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._buttons.addWidget(button)
        if hides:
            action.enabledChanged.connect(button.setVisible)
            button.setVisible(action.isEnabled())

    def show_moved(self, moved: Set[SaveJob], relisted: bool) -> None:
        """Show what these jobs have come to, and which jobs there are if that changed."""
        if self.isHidden():
            return  # all is shown afresh when it opens
        if relisted:
            self._show_jobs()
        self.view.repaint_jobs(moved)
        self._show_totals()
        self.view.follow()

    def _show_jobs(self) -> None:
        self.model.set_jobs(self._saver.jobs)
        self._faces.setCurrentIndex(0 if self._saver.jobs else 1)

    def _show_totals(self) -> None:
        totals = self._saver.totals
        self.line.show_facts(words.summary(totals), words.progress(totals))
        self.bar.show_share(words.share(totals))
        self.hold.say(self._saver.hold or "", Tone.ERROR)

    def _cover_arrived(self, url: str) -> None:
        self.view.repaint_jobs({job for job in self.model.jobs if job.clip.image_url == url})

    def _make_empty(self) -> QWidget:
        keys = QKeySequence(QKeySequence.StandardKey.Save).toString(QKeySequence.SequenceFormat.NativeText)
        return quiet_line(f"Nothing is being saved. Choose songs and press {keys}.", self)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self.line, 1)
        head.addLayout(self._buttons)
        head.addWidget(close_button("Close the saves", BUTTON, self))
        self.hold.setContentsMargins(SIDE, 0, SIDE, GRID)
        self.stack(head, self.hold, self.bar, self._faces)

    # -- Qt ---------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_jobs()
        self._show_totals()
        self.view.follow()
