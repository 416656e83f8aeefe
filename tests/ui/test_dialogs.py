"""The dialogs over a real core: the key, about, shortcuts."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from aimusic_desktop.api.transport import Transport
from aimusic_desktop.core import Core
from aimusic_desktop.credentials import KeyringState, KeySource
from aimusic_desktop.options import Options
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.dialogs.about import AboutDialog
from aimusic_desktop.ui.dialogs.key import KeyDialog
from tests.support.keyrings import Locked, Memory
from tests.support.service import Request, Service, as_json, gated
from tests.support.waiting import LIMIT_S, until

KEY = "sk-right-key"


@asynccontextmanager
async def key_dialog(
    service: Service, tmp_path: Path, say: Callable[[str], object] = print
) -> AsyncIterator[tuple[Core, KeyDialog]]:
    core = await Core.open(Options(home=tmp_path / "home", api_url=service.api_url), resume=False)
    await core.find_key()
    parent = QWidget()
    background = Background(say)
    dialog = KeyDialog(core, background, parent)
    dialog.show()
    try:
        yield core, dialog
    finally:
        await background.close()
        await core.close()
        parent.deleteLater()


async def dismiss(dialog: KeyDialog) -> None:
    """Close it, and return when Qt has deleted it."""
    gone = threading.Event()
    dialog.destroyed.connect(gone.set)
    button(dialog, "Cancel").click()
    await until(gone.is_set)


def button(dialog: QWidget, text: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == text)


def texts(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if not label.isHidden())


def guarded(request: Request) -> object:
    if request.headers.get("authorization") == f"Bearer {KEY}":
        return as_json({"credits": 50, "extra_credits": 2})
    return as_json({"type": "unauthorized", "error": "no"}, 401)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f' "Bearer {KEY}" ', "The key works: 52 credits left."),
        ("wrong", "The service refused the API key. Check it and enter it again."),
        ("two words", "An API key has no blanks or special letters inside; paste the key alone."),
    ],
)
async def test_a_key_is_tested_before_it_is_kept(
    service: Service, tmp_path: Path, typed: str, said: str
) -> None:
    service.on("/api/v1/get-credits", guarded)  # type: ignore[arg-type]
    async with key_dialog(service, tmp_path) as (core, dialog):
        dialog.field.setText(typed)
        button(dialog, "Test").click()
        await until(lambda: said in texts(dialog))
        assert core.credentials.key is None


async def test_where_there_is_no_keyring_the_key_serves_this_run(service: Service, tmp_path: Path) -> None:
    async with key_dialog(service, tmp_path) as (core, dialog):
        assert "There is no keyring on this system" in texts(dialog)
        assert button(dialog, "Save").isHidden()
        dialog.field.setText(KEY)
        button(dialog, "Use for this run only").click()
        assert (core.credentials.key, core.credentials.source) == (KEY, KeySource.THIS_RUN)
        assert dialog.result() == KeyDialog.DialogCode.Accepted
    kept = [
        path
        for path in (tmp_path / "home").rglob("*")
        if path.is_file() and KEY.encode() in path.read_bytes()
    ]
    assert kept == []


async def test_a_test_of_a_key_ends_with_its_dialog(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    service.on("/api/v1/get-credits", gated(as_json({"credits": 50}), answered))
    said: list[str] = []
    closed: list[Transport] = []
    close = Transport.close

    async def note_close(transport: Transport) -> None:
        await close(transport)
        closed.append(transport)

    monkeypatch.setattr(Transport, "close", note_close)
    async with key_dialog(service, tmp_path, said.append) as (core, dialog):
        dialog.field.setText(KEY)
        button(dialog, "Test").click()
        await until(lambda: service.requests)
        await dismiss(dialog)
        answered.set()
        await until(lambda: closed or said)
        assert core.transport not in closed
    assert said == []


@pytest.mark.parametrize(
    ("keyring", "source", "told"),
    [
        (Memory, KeySource.KEYRING, []),
        (
            Locked,
            KeySource.THIS_RUN,
            [f"{KeyringState.LOCKED.sentence} It is in use until the program ends."],
        ),
    ],
)
async def test_a_key_is_kept_or_not_though_its_dialog_was_closed(
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    keyring: type[Memory],
    source: KeySource,
    told: list[str],
) -> None:
    asked, answered = threading.Event(), threading.Event()
    store = keyring.set_password

    def ask(backend: Memory, *item: str) -> None:
        asked.set()
        answered.wait(LIMIT_S)
        store(backend, *item)

    monkeypatch.setattr(keyring, "set_password", ask)
    monkeypatch.setattr(Memory, "stored", {})
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"tests.support.keyrings.{keyring.__name__}")
    said: list[str] = []
    async with key_dialog(service, tmp_path, said.append) as (core, dialog):
        dialog.field.setText(KEY)
        button(dialog, "Save").click()
        await until(asked.is_set)
        await dismiss(dialog)
        answered.set()
        await until(lambda: core.credentials.key == KEY)
        assert core.credentials.source is source
        assert list(Memory.stored.values()) == ([KEY] if source is KeySource.KEYRING else [])
    assert said == told


async def test_the_demo_is_offered_instead(service: Service, tmp_path: Path) -> None:
    wanted: list[str] = []
    async with key_dialog(service, tmp_path) as (_, dialog):
        dialog.demo_wanted.connect(lambda: wanted.append("demo"))
        button(dialog, "Try the demo instead").click()
        assert wanted == ["demo"]


async def test_about_says_version_and_licence(qapp: object) -> None:
    window = QWidget()
    shown = texts(AboutDialog(window, "/home/me/log"))
    assert "Version" in shown
    assert "GNU General Public License" in shown
