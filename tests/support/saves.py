"""Save jobs in every state, and a saver that only remembers what it was told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from psygnal import Signal
from PySide6 import QtCore
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from aimusic_desktop.model import JobState, OnTaken
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.saving.totals import Totals
from aimusic_desktop.ui.commands.saving_list import SavingList
from aimusic_desktop.ui.saves.deeds import Deed, buttons
from aimusic_desktop.ui.saves.layout import SaveLayout
from aimusic_desktop.ui.saves.panel import SavesPanel
from aimusic_desktop.ui.songs.layout import RowFonts
from tests.support.rows import ready_clip

FOLDER = Path("/music/AI Music")


def job_of(number: int, state: JobState = JobState.QUEUED, **facts: Any) -> SaveJob:
    """The save of a song called ``Song {number}``."""
    clip = ready_clip(clip_id=f"clip-{number}", title=facts.pop("title", f"Song {number}"))
    return SaveJob(number, clip, FOLDER, state=state, **facts)


class SaverDouble:
    """Stands where a Saver does, for pictures of states that come and go too quickly to be met."""

    changed = Signal(SaveJob)
    listed = Signal()
    held = Signal()
    asking = Signal(SaveJob)

    def __init__(self, *jobs: SaveJob) -> None:
        self.jobs = list(jobs)
        self.totals = Totals()
        self.hold: str | None = None
        self.told: list[tuple[object, ...]] = []

    def pause(self, *jobs: SaveJob) -> None:
        self.told.append(("pause", *jobs))

    def go_on(self, *jobs: SaveJob) -> None:
        self.told.append(("go on", *jobs))

    def cancel(self, *jobs: SaveJob) -> None:
        self.told.append(("cancel", *jobs))

    def retry(self, *jobs: SaveJob, folder: Path | None = None, any_length: bool = False) -> None:
        self.told.append(("retry", *jobs, *([folder] if folder else []), *(["any"] if any_length else [])))

    def answer(self, job: SaveJob, choice: OnTaken, for_all: bool = False) -> None:
        self.told.append(("answer", job, choice, for_all))
        for one in self.jobs if for_all else [job]:
            if one.state is JobState.ASKING:
                one.state = JobState.QUEUED

    def clear_done(self) -> None:
        self.told.append(("clear done",))


class NoCovers(QWidget):
    """No song here has a cover."""

    arrived = QtCore.Signal(str)

    def pixmap(self, url: str | None, side: int) -> None:
        return None


class SavesScene:
    """A save list over a saver's double, and what it said."""

    def __init__(self, *jobs: SaveJob) -> None:
        self.window = QWidget()
        self.window.resize(800, 600)
        self.saver: Any = SaverDouble(*jobs)
        self.said: list[str] = []
        self.moved_elsewhere: list[SaveJob] = []
        notice = SimpleNamespace(say=lambda text, **_: self.said.append(text))
        self.covers: Any = NoCovers()
        self.panel = SavesPanel(self.saver, self.covers, self.window)
        self.panel.resize(800, 600)
        core = SimpleNamespace(saver=self.saver)
        desk: Any = SimpleNamespace(core=core, window=self.window, notice=notice, background=None)
        keeping: Any = SimpleNamespace(retry_elsewhere=self.moved_elsewhere.extend)
        self.commands = SavingList(desk, self.panel, keeping)
        self.window.show()

    @property
    def actions(self) -> Any:
        return self.commands.actions

    def select(self, *numbers: int) -> None:
        model, selection = self.panel.model, self.panel.view.selectionModel()
        for number in numbers:
            selection.select(model.index(number), QItemSelectionModel.SelectionFlag.Select)

    def button(self, job: SaveJob, deed: Deed) -> QPoint:
        """The middle of a button in the job's row."""
        view = self.panel.view
        rect = view.visualRect(self.panel.model.index(self.saver.jobs.index(job)))
        fonts = RowFonts.of(view.font())
        layout = SaveLayout.of(rect, fonts, view.layoutDirection(), buttons(job))
        return dict(layout.buttons)[deed].center()

    def press(self, job: SaveJob, deed: Deed) -> None:
        QTest.mouseClick(
            self.panel.view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            self.button(job, deed),
        )
