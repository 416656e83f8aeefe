"""How much is kept to be quick, and how much that is now."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QProgressBar, QSpinBox, QWidget

from aimusic_desktop.core import Core
from aimusic_desktop.ui.dialogs.settings_page import (
    Run,
    SettingsPage,
    above,
    at_natural_width,
    beside,
    push_button,
)
from aimusic_desktop.ui.labels import TextLabel, Tone

SMALLEST_MB, LARGEST_MB = 100, 200_000
STEP_MB = 256
BAR_HEIGHT = 6
_PARTS = 1_000


class CachePage(SettingsPage):
    """The bound, and a button that empties what is not in use."""

    title = "Cache"
    icon_name = "disk"

    def __init__(self, core: Core, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self._core, self._run = core, run
        self._size: int | None = None
        self.limit = self._make_limit(core.settings.value.cache_limit_mb)
        self.used = TextLabel("", self)
        self.empty = push_button("Empty the cache", self, self._empty)
        self._bar = self._make_bar()
        form = self.add_form()
        form.addRow("At most", at_natural_width(self.limit))
        form.addRow("In use", above(beside(self.used, self.empty), self._bar))
        self.add_text(
            "Songs that were played, looked at or saved are kept here, so that they start and can be dragged "
            "out at once. What was unused longest goes first. Emptying the cache removes no file that you "
            "saved."
        )
        self.end()
        run(self._show_size(), "size of the cache")

    def values(self) -> dict[str, object]:
        return {"cache_limit_mb": self.limit.value()}

    def _make_limit(self, megabytes: int) -> QSpinBox:
        limit = QSpinBox(self)
        limit.setAccessibleName("Cache at most")
        limit.setRange(SMALLEST_MB, LARGEST_MB)
        limit.setSingleStep(STEP_MB)
        limit.setGroupSeparatorShown(True)
        limit.setSuffix(" MB")
        limit.setValue(megabytes)
        limit.valueChanged.connect(self._refresh)
        return limit

    def _make_bar(self) -> QProgressBar:
        bar = QProgressBar(self)
        bar.setAccessibleName("Share of the cache in use")
        bar.setRange(0, _PARTS)
        bar.setTextVisible(False)
        bar.setFixedHeight(BAR_HEIGHT)
        return bar

    def _refresh(self) -> None:
        if self._size is None:
            return
        megabytes = self._size / 2**20
        self.used.setText(f"{megabytes:,.0f} MB")
        self._bar.setValue(min(_PARTS, round(_PARTS * megabytes / self.limit.value())))
        self.empty.setEnabled(self._size > 0)

    def _empty(self) -> None:
        self.empty.setEnabled(False)
        self._run(self._empty_cache(), "empty the cache")

    async def _empty_cache(self) -> None:
        await asyncio.to_thread(self._core.cache.clear)
        await self._show_size()
        if self._size:
            self.used.set_tone(Tone.MUTED)
            self.used.setText(f"{self.used.text()}, in use right now")

    async def _show_size(self) -> None:
        self._size = await asyncio.to_thread(self._core.cache.size)
        self._refresh()
