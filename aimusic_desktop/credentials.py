"""The API key: from the environment, the OS keyring, or for this run only. It is never written to a file."""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from psygnal import Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.logs import set_secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

SERVICE_NAME = "AI Music Desktop"
USER_NAME = "api-key"
TIME_LIMIT_S = 12.0
MAX_KEY_LENGTH = 512

_WRAPPING = " \t\r\n\v\f\xa0\u200b\ufeff\"'`“”„‘’«»,;"
_PREFIX = re.compile(r"(?:authorization|bearer)(?![\w.~+/-])[\s:=\"']*", re.IGNORECASE)
_PLACES = {
    "SecretService": "the desktop's keyring",
    "libsecret": "the desktop's keyring",
    "kwallet": "KWallet",
    "macOS": "the macOS Keychain",
    "Windows": "the Windows Credential Manager",
}


class KeySource(StrEnum):
    """Where the key in use came from."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    THIS_RUN = "this run"
    DEMO = "demo"


class KeyringState(StrEnum):
    """What the keyring answered last."""

    FOUND = "found"
    EMPTY = "empty"
    LOCKED = "locked"
    ABSENT = "absent"
    STORED = "stored"

    @property
    def sentence(self) -> str:
        """The answer as people read it."""
        return _SENTENCES[self]


_SENTENCES = {
    KeyringState.FOUND: "The API key was found in the keyring.",
    KeyringState.EMPTY: "There is no API key in the keyring yet.",
    KeyringState.LOCKED: "The keyring is locked or refused; unlock it, or use a key for this run only.",
    KeyringState.ABSENT: "There is no keyring here to keep the API key; it can be used for this run only.",
    KeyringState.STORED: "The API key was stored in the keyring.",
}


def clean_key(text: str) -> str:
    """The key inside a pasted text: without ``Authorization:``, ``Bearer``, quotes and blanks around it.

    Raises AppError when nothing is left, or something that cannot be a key.
    """
    if len(text) > 8 * MAX_KEY_LENGTH:
        raise AppError("This is too long to be an API key; paste the key alone.")
    key, before = text, None
    while key != before:
        before = key
        key = key.strip(_WRAPPING)
        if prefix := _PREFIX.match(key):
            key = key[prefix.end() :]
    if not key:
        raise AppError("There is no API key in this text; paste the key itself.")
    if len(key) > MAX_KEY_LENGTH:
        raise AppError("This is too long to be an API key; paste the key alone.")
    if not all("!" <= character <= "~" for character in key):
        raise AppError("An API key has no blanks or special letters inside; paste the key alone.")
    return key


class Credentials:
    """The key in use and what the keyring said. Never shows the key in its repr.

    ``changed`` is emitted when the key became known, was replaced or forgotten. ``state`` is None
    until the keyring was asked. ``where`` names the keyring for people. ``trouble`` is why the key of
    the environment cannot be used, or None.
    """

    changed = Signal()

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self.key: str | None = None
        self.source: KeySource | None = None
        self.state: KeyringState | None = None
        self.where = "the system keyring"
        self.trouble: str | None = None
        self._time_limit_s = time_limit_s
        self._keyring = _KeyringThread()
        self._loading: asyncio.Future[_Answer] | None = None

    def __repr__(self) -> str:
        return f"<Credentials source={self.source} state={self.state}>"

    async def load(self) -> None:
        """Take the key of ``AIMUSIC_API_KEY``, else the one of the keyring."""
        if text := os.environ.get("AIMUSIC_API_KEY", "").strip():
            self._take_environment(text)
        else:
            await self.ask_keyring()

    async def ask_keyring(self) -> KeyringState:
        """Take the key of the keyring, if it has one. An answer later than the time limit counts as LOCKED.

        A keyring that is opened later than that (the user was still typing its password) still
        delivers its key then, unless another one is in use or was forgotten by that time.
        """
        self._loading = asked = asyncio.wrap_future(self._keyring.submit(_read))
        state = await self._within_limit(asked)
        if not asked.done():
            asked.add_done_callback(self._take_answer)
        return state

    async def store(self, key: str) -> KeyringState:
        """Use the key, and keep it in the keyring if that takes it: STORED, else LOCKED or ABSENT.

        When the keyring does not take it nothing is written anywhere and the key is for this run only.
        """
        state = await self._ask(lambda backend: _write(backend, key))
        self._use(key, KeySource.KEYRING if state is KeyringState.STORED else KeySource.THIS_RUN)
        return state

    def use_for_this_run(self, key: str, source: KeySource = KeySource.THIS_RUN) -> None:
        """Use the key without keeping it."""
        self._use(key, source)

    async def forget(self) -> None:
        """Stop using the key and remove it from the keyring; ``state`` tells whether that was possible."""
        await self._ask(_delete)
        self._use(None, None)

    def _take_environment(self, text: str) -> None:
        try:
            self._use(clean_key(text), KeySource.ENVIRONMENT)
        except AppError as error:
            self.trouble = f"AIMUSIC_API_KEY holds no usable key. {error.sentence}"

    def _take_answer(self, asked: asyncio.Future[_Answer]) -> None:
        if asked.cancelled():
            return
        answer = asked.result()
        self.state, self.where = answer.state, answer.where or self.where
        if answer.key is not None:
            self._use(answer.key, KeySource.KEYRING)

    async def _ask(self, job: _Job) -> KeyringState:
        asked = asyncio.wrap_future(self._keyring.submit(job))
        state = await self._within_limit(asked)
        asked.cancel()  # what has not begun by now is not done behind the user's back
        return state

    async def _within_limit(self, asked: asyncio.Future[_Answer]) -> KeyringState:
        await asyncio.wait({asked}, timeout=self._time_limit_s)
        if asked.done():
            self._take_answer(asked)
        else:
            self.state = KeyringState.LOCKED
        return self.state or KeyringState.LOCKED

    def _use(self, key: str | None, source: KeySource | None) -> None:
        if self._loading is not None:
            self._loading.cancel()  # a late answer is not wanted any more
        if key is not None and source is not KeySource.DEMO:
            set_secret(key)
        self.key, self.source = key, source
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class _Answer:
    state: KeyringState
    key: str | None = None
    where: str = ""

    def __repr__(self) -> str:
        return f"<_Answer {self.state}>"


_Job = Callable[["KeyringBackend"], _Answer]


class _KeyringThread:
    """Calls the keyring one call at a time, in a thread that never keeps the program from ending.

    Keyrings block without bound while they ask the user for a password; a thread of an executor
    would be waited for when the interpreter exits.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[_Job, Future[_Answer]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, job: _Job) -> Future[_Answer]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="keyring", daemon=True)
            self._thread.start()
        future: Future[_Answer] = Future()
        self._jobs.put((job, future))
        return future

    def _run(self) -> None:
        while True:
            job, future = self._jobs.get()
            if future.set_running_or_notify_cancel():
                future.set_result(_answer(job))


def _answer(job: _Job) -> _Answer:
    """Run a job on the keyring; whatever it raises becomes one of the four answers."""
    try:
        backend = _backend()
    except Exception as error:  # noqa: BLE001  # broken plugins and buses raise anything
        log.warning("no keyring: %s", type(error).__name__)
        return _Answer(KeyringState.ABSENT)
    if backend is None:
        return _Answer(KeyringState.ABSENT)
    from keyring.errors import NoKeyringError

    where = _place(backend)
    try:
        answer = job(backend)
    except NoKeyringError:
        return _Answer(KeyringState.ABSENT)
    except Exception as error:  # noqa: BLE001
        log.warning("the keyring refused: %s", type(error).__name__)
        return _Answer(KeyringState.LOCKED, where=where)
    return _Answer(answer.state, answer.key, where)


def _backend() -> KeyringBackend | None:
    """The system's keyring; None when there is none that protects what it keeps.

    Priorities below one mark the keyring that refuses everything, the one that forgets everything,
    and those that write plain files.
    """
    import keyring.core

    keyring.core.init_backend(keyring.core.recommended)
    backend = keyring.core.get_keyring()
    return backend if backend.priority >= 1 else None


def _place(backend: KeyringBackend) -> str:
    module = type(backend).__module__.rpartition(".")[2]
    return _PLACES.get(module, "the system keyring")


def _read(backend: KeyringBackend) -> _Answer:
    text = backend.get_password(SERVICE_NAME, USER_NAME)
    try:
        return _Answer(KeyringState.FOUND, clean_key(text)) if text else _Answer(KeyringState.EMPTY)
    except AppError:
        return _Answer(KeyringState.EMPTY)


def _write(backend: KeyringBackend, key: str) -> _Answer:
    backend.set_password(SERVICE_NAME, USER_NAME, key)
    # a keyring that forgets silently is as good as none
    kept = backend.get_password(SERVICE_NAME, USER_NAME) == key
    return _Answer(KeyringState.STORED if kept else KeyringState.ABSENT)


def _delete(backend: KeyringBackend) -> _Answer:
    from keyring.errors import PasswordDeleteError

    try:
        backend.delete_password(SERVICE_NAME, USER_NAME)
    except PasswordDeleteError:
        log.info("there was no key to remove from the keyring")
    return _Answer(KeyringState.EMPTY)
