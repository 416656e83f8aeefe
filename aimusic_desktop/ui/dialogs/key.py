"""Asks for the API key: tests it, says where it is kept, offers the demo instead."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.api.decode import Credits
from aimusic_desktop.api.transport import Transport
from aimusic_desktop.core import Core
from aimusic_desktop.credentials import KeyringState, KeySource, clean_key
from aimusic_desktop.errors import AppError
from aimusic_desktop.ui import words
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.labels import TextLabel, Tone, headline
from aimusic_desktop.ui.theme import GRID

WIDTH = 480


class KeyDialog(QDialog):
    """Open it with ``open()``; it does everything itself."""

    demo_wanted = Signal()

    def __init__(self, core: Core, background: Background, parent: QWidget, reason: str = "") -> None:
        super().__init__(parent)
        self._core, self._background = core, background
        self.setWindowTitle("API key")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._over = False  # its widgets are gone then, or go in a moment
        self.finished.connect(self._end)
        self.field = self._make_field()
        self._show = QCheckBox("Show the key", self)
        self._show.toggled.connect(self._show_key)
        self._test = self._button("Test", self._start_test)
        self._keep = self._button("Save", self._start_keeping)
        self._this_run = self._button("Use for this run only", self._use_for_this_run)
        keeps = core.credentials.state is not KeyringState.ABSENT
        self._keep.setVisible(keeps)
        self._this_run.setVisible(not keeps)
        self._demo = self._button("Try the demo instead", self._try_demo)
        self._cancel = self._button("Cancel", self.reject)
        (self._keep if keeps else self._this_run).setDefault(True)
        self._result = TextLabel(parent=self)
        self._result.say(reason, Tone.ERROR)
        self._lay_out()
        self._text_changed()

    def _make_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setAccessibleName("API key")
        field.setPlaceholderText("Paste your key")
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setMaxLength(4_000)
        field.textChanged.connect(self._text_changed)
        return field

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(headline("Your AI Music API key", self, scale=1.2))
        layout.addWidget(
            TextLabel("It is on your account page at the service. One key serves every product.", self)
        )
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self._test)
        layout.addLayout(row)
        layout.addWidget(self._show)
        layout.addWidget(self._result)
        layout.addWidget(TextLabel(_where(self._core), self, tone=Tone.MUTED))
        layout.addSpacing(GRID)
        buttons = QHBoxLayout()
        buttons.addWidget(self._demo)
        buttons.addStretch(1)
        for button in (self._cancel, self._this_run, self._keep):
            buttons.addWidget(button)
        layout.addLayout(buttons)
        self.setMinimumWidth(WIDTH)

    def _end(self) -> None:
        self._over = True

    def _text_changed(self) -> None:
        given = bool(self.field.text().strip())
        for button in (self._test, self._keep, self._this_run):
            button.setEnabled(given)

    def _show_key(self, shown: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _clean(self) -> str | None:
        """The key in the field, or None after saying what is wrong with it."""
        try:
            key = clean_key(self.field.text())
        except AppError as error:
            self._result.say(error.sentence, Tone.ERROR)
            return None
        self.field.setText(key)
        return key

    def _start_test(self) -> None:
        if (key := self._clean()) is not None:
            self._result.say("Asking the service …", Tone.MUTED)
            self._test.setEnabled(False)
            task = self._background.run(self._run_test(key), "test the key")
            self.finished.connect(lambda _result: task.cancel())

    async def _run_test(self, key: str) -> None:
        transport = Transport(self._core.transport.api_url, lambda: key)
        try:
            found = await ApiClient(transport).credits()
            self._result.say(_found(found), Tone.GOOD)
        except AppError as error:
            self._result.say(error.sentence, Tone.ERROR)
        finally:
            if not self._over:
                self._test.setEnabled(True)
            await transport.close()

    def _start_keeping(self) -> None:
        if (key := self._clean()) is not None:
            self._keep.setEnabled(False)
            self._result.say(f"Asking {self._core.credentials.where} …", Tone.MUTED)
            self._background.run(self._keep_key(key), "keep the key")

    async def _keep_key(self, key: str) -> None:
        """Goes on when the dialog is closed; that the key was not kept is told by the window then."""
        state = await self._core.credentials.store(key)
        if state is KeyringState.STORED:
            if not self._over:
                self.accept()
            return
        sentence = f"{state.sentence} It is in use until the program ends."
        if self._over:
            raise AppError(sentence)
        self._keep.setEnabled(True)
        self._result.say(sentence, Tone.ERROR)
        self._this_run.show()

    def _use_for_this_run(self) -> None:
        if (key := self._clean()) is not None:
            self._core.credentials.use_for_this_run(key)
            self.accept()

    def _try_demo(self) -> None:
        self.demo_wanted.emit()
        self.reject()


def _found(found: Credits) -> str:
    return f"The key works: {words.count(found.credits + found.extra, 'credit')} left."


def _where(core: Core) -> str:
    if core.credentials.source is KeySource.ENVIRONMENT:
        return "At the next start AIMUSIC_API_KEY, which is set, comes first again."
    if core.credentials.state is KeyringState.ABSENT:
        return (
            "There is no keyring on this system: the key is used for this run only, never written to a file."
        )
    where = core.credentials.where
    return f"It is kept in {where}, never in a file, and sent to the service's own address only."
