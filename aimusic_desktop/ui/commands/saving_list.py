"""What can be done with the jobs of the save list, one by one and all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from aimusic_desktop.desktop.folders import show_in_folder
from aimusic_desktop.model import JobState
from aimusic_desktop.paths import holds
from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.ui import words
from aimusic_desktop.ui.actions import SAVES_SPECS, make_actions
from aimusic_desktop.ui.commands.keeping import Keeping
from aimusic_desktop.ui.desk import Desk, place
from aimusic_desktop.ui.dialogs.taken import TakenDialog
from aimusic_desktop.ui.saves import words as save_words
from aimusic_desktop.ui.saves.deeds import Deed, buttons, fitting, possible
from aimusic_desktop.ui.saves.panel import SavesPanel

_SELDOM = ("retry_failed", "go_on_all")
"""Buttons that are there only when they can be used; first, so that the others keep their places."""

_ALWAYS = ("pause_all", "cancel_all", "clear_done")
_MENU: tuple[tuple[Deed, ...], ...] = (
    (Deed.ANSWER, Deed.ANY_LENGTH, Deed.PAUSE, Deed.GO_ON, Deed.RETRY, Deed.RETRY_ELSEWHERE),
    (Deed.SHOW,),
    (Deed.CANCEL,),
)


class SavingList:
    """The deeds of the save list; each takes those jobs that it fits and leaves the others alone."""

    def __init__(self, desk: Desk, panel: SavesPanel, keeping: Keeping) -> None:
        self._desk, self._panel, self._saver = desk, panel, desk.core.saver
        self._asking: TakenDialog | None = None
        self._later = False
        self._deeds: dict[Deed, Callable[[Sequence[SaveJob]], object]] = {
            Deed.PAUSE: lambda jobs: self._saver.pause(*jobs),
            Deed.GO_ON: lambda jobs: self._saver.go_on(*jobs),
            Deed.ANSWER: lambda jobs: self._ask(jobs[0]),
            Deed.ANY_LENGTH: lambda jobs: self._saver.retry(*jobs, any_length=True),
            Deed.RETRY: lambda jobs: self._saver.retry(*jobs),
            Deed.RETRY_ELSEWHERE: keeping.retry_elsewhere,
            Deed.SHOW: lambda jobs: desk.background.run(self._show(jobs[0]), "show in folder"),
            Deed.CANCEL: self._cancel,
        }
        self.actions = self._make_actions()
        for name in _SELDOM + _ALWAYS:
            panel.add_button(self.actions[name], hides=name in _SELDOM)
        panel.view.deed_wanted.connect(lambda job, deed: self.do(deed, [job]))
        panel.view.activated_job.connect(self._do_nearest)
        panel.view.chosen.connect(self.enable)
        panel.view.customContextMenuRequested.connect(self._show_menu)
        self._saver.asking.connect(self._asked)
        self.enable()

    def do(self, deed: Deed, jobs: Sequence[SaveJob]) -> None:
        """Do it with those of the jobs that it fits."""
        if fit := fitting(jobs, deed):
            self._deeds[deed](fit)

    def enable(self) -> None:
        """Let the actions be used that there is something for."""
        can = possible(self._panel.view.selected())
        for deed in Deed:
            self.actions[deed].setEnabled(deed in can)
        self.actions["pause_or_go_on"].setEnabled(bool(can & {Deed.PAUSE, Deed.GO_ON}))
        jobs = self._saver.jobs
        can, states = possible(jobs), {job.state for job in jobs}
        self.actions["pause_all"].setEnabled(Deed.PAUSE in can)
        self.actions["go_on_all"].setEnabled(Deed.GO_ON in can)
        self.actions["cancel_all"].setEnabled(bool(can & {Deed.PAUSE, Deed.GO_ON, Deed.ANSWER}))
        self.actions["retry_failed"].setEnabled(JobState.FAILED in states)
        self.actions["clear_done"].setEnabled(bool(states & {JobState.DONE, JobState.CANCELLED}))

    def _make_actions(self) -> dict[str, QAction]:
        slots: dict[str, Callable[[], object]] = {
            deed.value: lambda deed=deed: self.do(deed, self._panel.view.selected())  # type: ignore[misc]
            for deed in Deed
        }
        slots |= {
            "pause_or_go_on": self._pause_or_go_on,
            "pause_all": lambda: self.do(Deed.PAUSE, self._saver.jobs),
            "go_on_all": lambda: self.do(Deed.GO_ON, self._saver.jobs),
            "cancel_all": lambda: self.do(Deed.CANCEL, self._under_way()),
            "retry_failed": lambda: self._saver.retry(*self._in_state(JobState.FAILED)),
            "clear_done": self._saver.clear_done,
        }
        return make_actions(self._panel, self._panel.view, slots, SAVES_SPECS)

    def _in_state(self, state: JobState) -> list[SaveJob]:
        return [job for job in self._saver.jobs if job.state is state]

    def _under_way(self) -> list[SaveJob]:
        return [job for job in self._saver.jobs if not job.state.settled]

    def _pause_or_go_on(self) -> None:
        chosen = self._panel.view.selected()
        self.do(Deed.PAUSE if fitting(chosen, Deed.PAUSE) else Deed.GO_ON, chosen)

    def _do_nearest(self, job: SaveJob) -> None:
        if nearest := buttons(job)[:1]:
            self.do(nearest[0], [job])

    def _cancel(self, jobs: Sequence[SaveJob]) -> None:
        self._saver.cancel(*jobs)
        if len(jobs) > 1:
            self._desk.notice.say(
                f"Cancelled {words.count(len(jobs), 'save')}.",
                action="Try again",
                do=lambda: self.do(Deed.RETRY, jobs),
            )

    def _show_menu(self, pos: QPoint) -> None:
        menu = QMenu(self._panel)
        for group in _MENU:
            menu.addActions([self.actions[deed] for deed in group if self.actions[deed].isEnabled()])
            menu.addSeparator()
        menu.addAction(self.actions["clear_done"])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._panel.view.viewport().mapToGlobal(pos))

    async def _show(self, job: SaveJob) -> None:
        path = job.path
        if path is not None and await asyncio.to_thread(holds, path.exists):
            show_in_folder(path)
        else:
            self._desk.notice.say(f"“{save_words.name(job)}” is not there any more; it was moved or removed.")

    # -- names that are taken ---------------------------------------------

    def _asked(self, job: SaveJob) -> None:
        if self._asking is None and not self._later:
            self._ask(job)

    def _ask(self, job: SaveJob) -> None:
        folder = job.target.parent if job.target else job.folder
        dialog = TakenDialog(save_words.name(job), place(folder), self._desk.window)
        dialog.answered.connect(lambda choice, for_all: self._saver.answer(job, choice, for_all))
        dialog.finished.connect(self._ask_next)
        self._asking, self._later = dialog, False
        dialog.open()

    def _ask_next(self, result: int) -> None:
        """One dialog at a time; who closes one without an answer is not asked again before they want it."""
        self._asking = None
        waiting = self._in_state(JobState.ASKING)
        self._later = result == TakenDialog.DialogCode.Rejected and bool(waiting)
        if self._later:
            songs = words.count(len(waiting), "song")
            self._desk.notice.say(
                f"{songs} in the save list will wait for your answer.",
                action="Answer …",
                do=lambda: self.do(Deed.ANSWER, waiting),
            )
        elif waiting:
            self._ask(waiting[0])
