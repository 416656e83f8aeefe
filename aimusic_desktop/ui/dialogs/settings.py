"""The settings: a page for each concern; OK keeps all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aimusic_desktop.core import Core
from aimusic_desktop.library.store import Query
from aimusic_desktop.media.template import Template
from aimusic_desktop.model import Clip, Group
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.dialogs.buttons import make_buttons
from aimusic_desktop.ui.dialogs.settings_beside import BesidePage
from aimusic_desktop.ui.dialogs.settings_cache import CachePage
from aimusic_desktop.ui.dialogs.settings_page import SettingsPage
from aimusic_desktop.ui.dialogs.settings_saving import SavingPage
from aimusic_desktop.ui.dialogs.settings_service import ServicePage
from aimusic_desktop.ui.dialogs.settings_sound import SoundPage
from aimusic_desktop.ui.dialogs.settings_tags import TagsPage
from aimusic_desktop.ui.dialogs.settings_template import EXAMPLE
from aimusic_desktop.ui.labels import TextLabel, Tone
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.room import fitting
from aimusic_desktop.ui.theme import GRID, icon

SIZE = QSize(800, 520)
ICON_SIDE = 18


class SettingsDialog(QDialog):
    """Open it with ``open()``; OK keeps the values, Cancel forgets them.

    Templates are shown with the newest finished song of the library, as soon as that is found.
    """

    key_wanted = Signal()
    address_changed = Signal()

    def __init__(self, core: Core, background: Background, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._core, self._background = core, background
        self._clip = EXAMPLE
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        value = core.settings.value
        self.list = QListWidget(self)  # before the pages, as the Tab key goes
        self.saving = SavingPage(value, self._run, self)
        self.tags = TagsPage(value, self)
        self.beside = BesidePage(value, self)
        self.sound = SoundPage(value, player, self._run, self)
        self.cache = CachePage(core, self._run, self)
        self.service = ServicePage(value, self)
        self.service.key_wanted.connect(self.key_wanted)
        self.pages = (self.saving, self.tags, self.beside, self.sound, self.cache, self.service)
        self._stack = self._make_stack()
        self._fill_list()
        self._trouble = TextLabel(parent=self, tone=Tone.ERROR)
        self.buttons = self._make_buttons()
        self._lay_out()
        self.resize(fitting(SIZE, self))
        self._changed()
        self._run(self._take_newest_song(), "song for the settings")

    @property
    def trouble(self) -> str:
        """What is said beside the buttons while something cannot be kept."""
        return self._trouble.text()

    def _run(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Start ``work``, which is to end with the dialog: it has no widgets then."""
        task = self._background.run(work, name)
        self.finished.connect(lambda _result: task.cancel())
        return task

    def _fill_list(self) -> None:
        names = self.list
        names.setAccessibleName("Pages")
        names.setFrameShape(QFrame.Shape.NoFrame)
        names.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
        names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        metrics = names.fontMetrics()
        widest = max(metrics.horizontalAdvance(page.title) for page in self.pages)
        for page in self.pages:
            item = QListWidgetItem(icon(page.icon_name), page.title, names)
            item.setSizeHint(QSize(widest + ICON_SIDE + 3 * GRID, metrics.height() + 2 * GRID))
        names.setFixedWidth(names.sizeHintForColumn(0))
        names.currentRowChanged.connect(self._stack.setCurrentIndex)

    def _make_stack(self) -> QStackedWidget:
        stack = QStackedWidget(self)
        for page in self.pages:
            area = QScrollArea(stack)  # for large fonts on small screens
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setWidgetResizable(True)
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            area.setWidget(page)
            stack.addWidget(area)
            page.changed.connect(self._changed)
        return stack

    def _make_buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        buttons = make_buttons(kinds.Ok | kinds.Cancel, self)
        buttons.accepted.connect(lambda: self._run(self._keep(), "keep the settings"))
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self) -> None:
        side = QWidget(self)
        side.setBackgroundRole(QPalette.ColorRole.Base)
        side.setAutoFillBackground(True)
        column = QVBoxLayout(side)
        column.setContentsMargins(GRID, 2 * GRID, GRID, GRID)
        column.addWidget(self.list)
        foot = QHBoxLayout()
        foot.setContentsMargins(3 * GRID, GRID, 3 * GRID, 2 * GRID)
        foot.setSpacing(2 * GRID)
        foot.addWidget(self._trouble, 1)
        foot.addWidget(self.buttons)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(side)
        layout.addLayout(right, 1)
        self.list.setCurrentRow(0)

    def _changed(self) -> None:
        """Say where something is wrong, on whatever page, and let nobody keep it."""
        bad = [page for page in self.pages if page.trouble]
        for number, page in enumerate(self.pages):
            self._mark(self.list.item(number), page)
        self._trouble.setText(f"“{bad[0].title}” holds something that cannot be kept." if bad else "")
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not bad)
        self.beside.show_name(Template.or_default(self.saving.name.text).parts(self._clip)[-1])

    def _mark(self, item: QListWidgetItem, page: SettingsPage) -> None:
        """Show on the item of ``page`` whether it can be kept, to those who hear it as well."""
        trouble = page.trouble
        item.setIcon(icon("error" if trouble else page.icon_name))
        item.setToolTip(trouble)
        spoken = f"{page.title}, cannot be kept" if trouble else page.title
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, trouble)

    async def _take_newest_song(self) -> None:
        library = self._core.library
        newest = await library.order(Query(group=Group.READY))
        clip = await library.clip(newest[0]) if newest else None
        if clip is not None:
            self._show_song(clip)

    def _show_song(self, clip: Clip) -> None:
        self._clip = clip
        self.saving.name.show_song(clip)
        self.tags.show_song(clip)
        self._changed()

    async def _keep(self) -> None:
        await self.saving.looked()
        if any(page.trouble for page in self.pages):
            return
        before = self._core.settings.value.api_url
        values = {name: value for page in self.pages for name, value in page.values().items()}
        self._core.settings.update(**values)
        if self._core.settings.value.api_url != before:
            self.address_changed.emit()
        self.accept()
