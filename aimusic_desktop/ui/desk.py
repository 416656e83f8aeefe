"""What every command of the window works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from aimusic_desktop.core import Core
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.notice import NoticeBar
from aimusic_desktop.ui.songs.feed import SongFeed
from aimusic_desktop.ui.songs.view import SongsView


@dataclass(frozen=True, slots=True)
class Desk:
    """The core below, and the parts of the window that commands act on."""

    core: Core
    window: QWidget
    background: Background
    notice: NoticeBar
    view: SongsView
    feed: SongFeed

    async def chosen(self) -> list[SongRow]:
        """The selected rows, all of them: the view alone knows only those it has loaded."""
        return await self.core.library.rows(self.view.selected_ids())

    async def whole_clips(self, rows: Sequence[SongRow]) -> list[Clip]:
        """The clips of these rows with their lyrics, which rows do without."""
        clips = [await self.core.library.clip(row.row_id) for row in rows]
        return [clip for clip in clips if clip is not None]


def place(path: Path) -> str:
    """A folder as people know it: below the home folder as ``~/Music``."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except ValueError:
        return str(path)
