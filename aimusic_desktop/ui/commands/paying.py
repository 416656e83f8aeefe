"""What costs credits is asked before, with what the account holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox

from aimusic_desktop.api.client import Credits
from aimusic_desktop.core import Core
from aimusic_desktop.ui import words
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.dialogs.buttons import without_icons

ASK_LIMIT_S = 5.0
"""How long the question waits for what the account holds."""

_NAME = "price"


async def ask_price(
    desk: Desk,
    *,
    title: str,
    question: str,
    agree: str,
    price: int,
    more: Sequence[str],
    do: Callable[[], object],
) -> None:
    """Ask whether ``price`` credits may be spent, and ``do`` it when the button ``agree`` is pressed.

    ``more`` is what else to know before one agrees. An account that just said that it holds less leaves
    only to cancel. Nothing is asked while another such question is open.
    """
    affordable = await _affordable(desk.core, price)
    if any(box.isVisible() for box in desk.window.findChildren(QMessageBox, _NAME)):
        return  # pressed twice before the question was there
    box = QMessageBox(desk.window)
    box.setObjectName(_NAME)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText("\n\n".join([*more, *_account(desk.core.credits, affordable=affordable)]))
    for label in box.findChildren(QLabel):  # titles and the service's words are no markup
        label.setTextFormat(Qt.TextFormat.PlainText)
    button = box.addButton(f"{agree} for {words.count(price, 'credit')}", QMessageBox.ButtonRole.AcceptRole)
    button.setEnabled(affordable)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    without_icons(box)
    box.buttonClicked.connect(lambda clicked: do() if clicked is button else None)
    box.open()


async def _affordable(core: Core, price: int) -> bool:
    """False only if the account just said that it holds less; what was known before may be old."""
    known = core.credits
    if known is None or _held(known) >= price:
        return True
    with suppress(TimeoutError):
        async with asyncio.timeout(ASK_LIMIT_S):
            await core.refresh_credits()
    return core.credits is known or core.credits is None or _held(core.credits) >= price


def _account(account: Credits | None, *, affordable: bool) -> list[str]:
    if account is None:
        return []
    holds = f"Your account holds {words.count(_held(account), 'credit')}."
    return [holds if affordable else f"{holds} That is not enough: top it up, then try again."]


def _held(account: Credits) -> int:
    return account.credits + account.extra
