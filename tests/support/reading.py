"""Lyrics and a player, tied together over a real core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import shiboken6
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget

from aimusic_desktop.library.store import Query
from aimusic_desktop.model import Clip
from aimusic_desktop.ui.covers import Covers
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.details import DetailsPanel
from aimusic_desktop.ui.labels import TextLabel
from aimusic_desktop.ui.lyrics_sheet import LyricsSheet
from aimusic_desktop.ui.player.player import Player, PlayState
from aimusic_desktop.ui.read_along import ReadAlong
from tests.support.desk import desk_at
from tests.support.furnished import SONG
from tests.support.library import task_of
from tests.support.service import Service
from tests.support.timed import aligned, song
from tests.support.waiting import until

Place = DetailsPanel | LyricsSheet


class Rig:
    """Details, the sheet and a player, tied as in the window. What is asked of it concerns the details,
    or the sheet where that is open from the beginning.
    """

    def __init__(self, desk: Desk, clips: list[Clip], *, sheet_open: bool) -> None:
        self.desk, self.clips = desk, clips
        self.details = DetailsPanel(Covers(desk.core.covers, desk.background))
        self.details.resize(360, 300)
        self.details.show()
        self.window = QWidget()
        self.sheet = LyricsSheet(self.window)
        self.sheet.hide()
        self.place: Place = self.sheet if sheet_open else self.details
        self.player = Player(desk.core.audio)
        core = desk.core
        self.along = ReadAlong(
            self.player, self.details, self.sheet, core.alignments, desk.background, core.library
        )
        self.sections: list[list[tuple[int, str]]] = []
        self.wanted: list[tuple[int, Clip, int]] = []
        self.along.sections_changed.connect(self.sections.append)
        self.along.play_wanted.connect(lambda *play: self.wanted.append(play))
        if sheet_open:
            self.open_sheet()

    def open_sheet(self) -> None:
        """As the drawer does, low."""
        self.sheet.setGeometry(0, 0, 700, 200)
        self.sheet.show()
        self.window.resize(700, 200)
        self.window.show()

    @property
    def line(self) -> str | None:
        """What stands out."""
        lyrics = self.place.lyrics
        rect = lyrics.line_rect()
        return None if rect is None else lyrics.cursorForPosition(rect.center()).block().text()

    @property
    def offered(self) -> tuple[str, str]:
        """The sentence and the button below the lyrics, as far as they are seen."""
        offer = self.place.offer
        seen = [each for kind in (TextLabel, QPushButton) for each in offer.findChildren(kind)]
        sentence, button = (each.text() if each.isVisible() else "" for each in seen)
        return sentence, button

    @property
    def area(self) -> QScrollArea:
        area = self.place.findChild(QScrollArea)
        assert isinstance(area, QScrollArea)
        return area

    @property
    def seen(self) -> bool:
        """Whether the line that stands out can be seen."""
        rect = self.place.lyrics.line_rect()
        assert rect is not None
        top = self.place.lyrics.mapTo(self.area.viewport(), rect.topLeft()).y()
        return 0 <= top <= self.area.viewport().height() - rect.height()

    async def show(self, clip: Clip) -> None:
        library = self.desk.core.library
        rows = await library.rows(await library.order(Query()))
        row = next(row for row in rows if row.task_id == clip.task_id)
        self.details.show_song(row, await library.clip(row.row_id))

    async def play(self, clip: Clip, position_ms: int = 0) -> None:
        """Play it to there and rest, so that what follows is not a matter of time."""
        self.player.play(clip, position_ms)
        await until(lambda: self.player.state is PlayState.PLAYING and self.player.position_ms >= position_ms)
        self.player.pause()
        self.player.seek(position_ms)

    def press(self, line: int) -> None:
        view = self.place.lyrics
        block = view.document().findBlockByNumber(line)
        rect = view.document().documentLayout().blockBoundingRect(block)
        point = QPoint(round(rect.left()) + 4, round(rect.center().y()))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)

    def wheel(self) -> None:
        """The user scrolls up."""
        viewport = self.area.viewport()
        middle = QPointF(viewport.rect().center())
        QApplication.sendEvent(
            viewport,
            QWheelEvent(
                middle,
                viewport.mapToGlobal(middle),
                QPoint(),
                QPoint(0, 1200),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )


@asynccontextmanager
async def rig(service: Service, tmp_path: Path, *clips: Clip, sheet_open: bool = False) -> AsyncIterator[Rig]:
    """The parts, with these songs in the library."""
    async with desk_at(tmp_path, service.api_url) as desk:
        library = desk.core.library
        await desk.core.find_key()
        for number, clip in enumerate(clips, 1):
            await library.save(task_of(number, clip, product=clip.product, added_at=float(number)))
        made = Rig(desk, list(clips), sheet_open=sheet_open)
        try:
            yield made
        finally:
            made.along.close()
            made.player.close()
            shiboken6.delete(made.player)
            shiboken6.delete(made.window)
            shiboken6.delete(made.details)


def playable(service: Service, number: int = 1, **facts: object) -> Clip:
    """A finished song whose file the service has."""
    url = service.serve_file(f"/song-{number}.m4a", SONG.read_bytes())
    return song(number, audio_url=url, duration_s=27.0, **facts)


async def know(on: Rig, clip: Clip, **facts: object) -> None:
    """Let the library know when the words of the clip are sung."""
    alignment = aligned(clip, **facts)  # type: ignore[arg-type]
    assert await on.desk.core.library.claim_alignment(alignment, None)
