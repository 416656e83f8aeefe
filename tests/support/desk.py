"""What commands of the window work with, over a real core; nothing of it is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QWidget

from aimusic_desktop.core import Core
from aimusic_desktop.library.store import Query
from aimusic_desktop.options import Options
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.notice import NoticeBar
from aimusic_desktop.ui.songs.feed import SongFeed
from aimusic_desktop.ui.songs.model import SongsModel
from aimusic_desktop.ui.songs.view import SongsView


@asynccontextmanager
async def desk_at(home: Path, api_url: str) -> AsyncIterator[Desk]:
    """A desk whose core asks nothing by itself; its library is below ``home``."""
    core = await Core.open(Options(home=home, api_url=api_url), resume=False)
    window, model = QWidget(), SongsModel()
    notice = NoticeBar(window, window)
    background = Background(notice.say)
    feed = SongFeed(core.library, model, background, Query())
    try:
        yield Desk(core, window, background, notice, SongsView(model, lambda _: None, window), feed)
    finally:
        feed.close()
        await background.close()
        await core.close()
        window.deleteLater()
