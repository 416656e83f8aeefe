"""When the key is asked for: at the first run, when the service refuses it, and when the user wants to."""

from __future__ import annotations

from collections.abc import Callable

from aimusic_desktop.credentials import KeySource
from aimusic_desktop.tracking.connection import ConnectionState
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.dialogs.key import KeyDialog


class AskingKey:
    """Asks once for each refusal; a dialog that is open is not opened again."""

    def __init__(self, desk: Desk, demo: Callable[[], object]) -> None:
        self._desk = desk
        self._demo = demo
        self._open: KeyDialog | None = None
        self._asked: ConnectionState | None = None

    def connection_changed(self) -> None:
        """Ask when the connection waits for a key."""
        state = self._desk.core.connection.state
        if state in (ConnectionState.NO_KEY, ConnectionState.KEY_REFUSED):
            if state is not self._asked:
                self._asked = state
                self.ask(self._reason(state))
        elif state is ConnectionState.CONNECTED:
            self._asked = None

    def ask(self, reason: str = "") -> None:
        """Open the dialog, or bring it to the front."""
        if self._open is not None:
            self._open.raise_()
            self._open.activateWindow()
            return
        self._open = KeyDialog(self._desk.core, self._desk.background, self._desk.window, reason)
        self._open.demo_wanted.connect(self._demo)
        self._open.finished.connect(self._closed)
        self._open.open()

    def _reason(self, state: ConnectionState) -> str:
        credentials = self._desk.core.credentials
        if state is ConnectionState.KEY_REFUSED:
            key = "AIMUSIC_API_KEY" if credentials.source is KeySource.ENVIRONMENT else "the key in use"
            return f"The service refused {key}. Enter the right key; everything goes on by itself."
        if credentials.trouble:
            return credentials.trouble
        return ""

    def _closed(self) -> None:
        self._open = None
