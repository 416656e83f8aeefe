"""Saving as WAV or MP3 from the window: the price is said, agreed to, and paid once."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton

from aimusic_desktop.app import Session
from aimusic_desktop.model import Conversion, ConversionState, Product, SaveFormat
from aimusic_desktop.options import Options
from aimusic_desktop.ui.commands import paying
from aimusic_desktop.ui.commands.converting import Converting
from aimusic_desktop.ui.main_window import MainWindow
from tests.support.api import clip, finished
from tests.support.converting import ACCEPTED, DOWNLOAD, MADE_BY, NOT_READY, SONIC_WAV, posts
from tests.support.library import id_of
from tests.support.service import Reply, Service, as_json
from tests.support.waiting import LIMIT_S, until

CREDITS = "/api/v1/get-credits"


def wav() -> bytes:
    """A second of silence."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(16_000))
    return target.getvalue()


class Rig:
    """The window with the songs of some tasks in it, all of them chosen."""

    def __init__(self, session: Session, saved: Path) -> None:
        self.session, self.saved = session, saved
        self.converting = Converting(session.workspace.desk)

    @property
    def notice(self) -> str:
        return self.session.window.notice.text

    def label(self, wanted: SaveFormat) -> str:
        return self.converting.label(wanted, self.session.workspace.view.selected())

    def question(self) -> QMessageBox | None:
        boxes = self.session.window.findChildren(QMessageBox)
        return next((box for box in boxes if box.isVisible()), None)

    def button(self, begins_with: str) -> QPushButton:
        """A button of the question."""
        box = self.question()
        assert box is not None
        return next(each for each in box.findChildren(QPushButton) if each.text().startswith(begins_with))

    async def answer(self, begins_with: str) -> str:
        """Press a button of the question; gives all that was said."""
        await until(self.question)
        box = self.question()
        assert box is not None
        said = f"{box.text()}\n{box.informativeText()}"
        QTest.mouseClick(self.button(begins_with), Qt.MouseButton.LeftButton)
        await until(lambda: self.question() is None)
        return said

    def files(self) -> list[str]:
        return sorted(path.name for path in self.saved.glob("*"))


@asynccontextmanager
async def showing(service: Service, tmp_path: Path, *products: str, **facts: Any) -> AsyncIterator[Rig]:
    """A task of each product, each with one song ``Song 0``, ``Song 1`` …"""
    for number, product in enumerate(products):
        song = clip(clip_id=f"c{number}", title=f"Song {number}", duration=1, **facts)
        service.on_task(product, id_of(number), as_json(finished(song)))
    window = MainWindow()
    window.show()
    options = Options(home=tmp_path / "home", api_url=service.api_url)
    session = await Session.open(window, options, [id_of(number) for number in range(len(products))])
    session.core.settings.update(save_folder=str(tmp_path / "saved"))
    try:
        view = session.workspace.view
        await until(lambda: session.core.credits)
        await until(lambda: session.core.tracker.working == 0 and session.workspace.model.order)
        view.selectAll()
        await until(
            lambda: len(view.selected()) == len(products) and all(row.clip for row in view.selected())
        )
        yield Rig(session, tmp_path / "saved")
    finally:
        await session.close()
        window.close()
        window.deleteLater()


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    monkeypatch.setenv("AIMUSIC_API_KEY", "a-good-key-0123456789")
    monkeypatch.setattr(paying, "ASK_LIMIT_S", LIMIT_S)
    service.on("/api/v1/get-credits", as_json({"credits": 50, "extra_credits": 0}))


async def test_the_price_is_said_agreed_to_and_paid_once(service: Service, tmp_path: Path) -> None:
    link = service.serve_file("/c0.wav", wav(), "audio/wav")
    service.on(SONIC_WAV, as_json({"data": {"wav_url": link}}))
    async with showing(service, tmp_path, "sonic") as rig:
        assert rig.label(SaveFormat.WAV) == "Save as WAV (1 credit)"
        rig.converting.save_wav()
        said = await rig.answer("Convert for 1 credit")
        assert "Convert “Song 0” to WAV for 1 credit?" in said
        assert "Your account holds 50 credits." in said
        await until(lambda: rig.files() == ["Song 0.wav"])
        assert rig.label(SaveFormat.WAV) == "Save as WAV"
        rig.converting.save_wav()
        await until(lambda: rig.files() == ["Song 0 (2).wav", "Song 0.wav"])
    assert posts(service) == 1


async def test_saying_no_costs_nothing(service: Service, tmp_path: Path) -> None:
    async with showing(service, tmp_path, "producer", "producer") as rig:
        rig.converting.save_mp3()
        assert "Convert 2 songs to MP3 for 4 credits?" in await rig.answer("Cancel")
        assert rig.session.core.saver.jobs == []
    assert posts(service) == 0


async def test_what_is_free_is_not_asked_about(service: Service, tmp_path: Path) -> None:
    link = service.serve_file("/c0.wav", wav(), "audio/wav")
    async with showing(service, tmp_path, "producer", wav_url=link) as rig:
        assert rig.label(SaveFormat.WAV) == "Save as WAV"
        rig.converting.save_wav()
        await until(lambda: rig.files() == ["Song 0.wav"])
    assert posts(service) == 0


async def test_a_mixed_choice_says_what_is_paid_for_and_what_is_left_out(
    service: Service, tmp_path: Path
) -> None:
    async with showing(service, tmp_path, "producer", "sonic", audio_url="https://cdn.example/a.m4a") as rig:
        rig.converting.save_mp3()
        said = await rig.answer("Cancel")
    assert "Convert “Song 0” to MP3 for 2 credits?" in said
    assert "1 song cannot be had as MP3." in said


async def test_what_nobody_makes_is_said_so(service: Service, tmp_path: Path) -> None:
    async with showing(service, tmp_path, "sonic", audio_url="https://cdn.example/a.m4a") as rig:
        assert rig.label(SaveFormat.MP3) == "Save as MP3"
        rig.converting.save_mp3()
        await until(lambda: "cannot be had as MP3" in rig.notice)


async def test_a_request_in_doubt_is_said_and_asked_again_by_the_user_alone(
    service: Service, tmp_path: Path
) -> None:
    service.on(DOWNLOAD, Reply(body=b"{}", cut_at=1), ACCEPTED)
    service.on_task("producer", MADE_BY, NOT_READY)
    async with showing(service, tmp_path, "producer") as rig:
        rig.converting.save_wav()
        await rig.answer("Convert for 2 credits")
        await until(lambda: "may have taken this request" in rig.notice)
        assert rig.session.core.saver.jobs == []
        again = rig.session.window.notice.findChildren(QPushButton)[0]
        assert again.text() == "Convert again …"
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        assert "may have taken this request" in await rig.answer("Convert again for 2 credits")
        await until(lambda: len(rig.session.core.saver.jobs) == 1)
    assert posts(service) == 2


async def test_what_became_known_while_the_question_was_open_is_asked_about_anew(
    service: Service, tmp_path: Path
) -> None:
    service.on(DOWNLOAD, ACCEPTED)
    service.on_task("producer", MADE_BY, NOT_READY)
    async with showing(service, tmp_path, "producer") as rig:
        pressed = [rig.converting._save_chosen(SaveFormat.WAV) for _ in range(2)]
        await asyncio.gather(*pressed)
        doubt = Conversion(
            task_id=id_of(0),
            clip_id="c0",
            format=SaveFormat.WAV,
            product=Product.PRODUCER,
            state=ConversionState.UNKNOWN,
            error="Nobody knows.",
        )
        assert await rig.session.core.library.claim_conversion(doubt, None)  # by another window
        await rig.answer("Convert for 2 credits")
        await until(lambda: "since you were asked" in rig.notice)
        assert posts(service) == 0
        QTest.mouseClick(rig.session.window.notice.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
        assert "Nobody knows." in await rig.answer("Convert again for 2 credits")
        await until(lambda: len(rig.session.core.saver.jobs) == 1)
    assert posts(service) == 1


async def test_too_few_credits_are_said_before_and_cannot_be_spent(service: Service, tmp_path: Path) -> None:
    service.on(CREDITS, as_json({"credits": 1, "extra_credits": 0}))
    async with showing(service, tmp_path, "producer") as rig:
        rig.converting.save_wav()
        await until(rig.question)
        assert not rig.button("Convert for 2 credits").isEnabled()
        said = await rig.answer("Cancel")
        assert "Your account holds 1 credit. That is not enough: top it up, then try again." in said
    assert posts(service) == 0


async def test_an_account_that_was_topped_up_meanwhile_is_asked_anew(
    service: Service, tmp_path: Path
) -> None:
    service.on(CREDITS, as_json({"credits": 1, "extra_credits": 0}))
    async with showing(service, tmp_path, "producer") as rig:
        service.on(CREDITS, as_json({"credits": 1, "extra_credits": 1}))
        rig.converting.save_wav()
        await until(rig.question)
        assert rig.button("Convert for 2 credits").isEnabled()


async def test_credits_that_could_not_be_asked_anew_hold_nobody_back(
    service: Service, tmp_path: Path
) -> None:
    service.on(CREDITS, as_json({"credits": 1, "extra_credits": 0}))
    async with showing(service, tmp_path, "producer") as rig:
        service.on(CREDITS, as_json({}, 500))
        rig.converting.save_wav()
        await until(rig.question)
        assert rig.button("Convert for 2 credits").isEnabled()


async def test_without_credits_the_rest_is_not_even_asked_for(service: Service, tmp_path: Path) -> None:
    service.on(DOWNLOAD, ACCEPTED, as_json({"type": "insufficient_credits"}, 402))
    service.on_task("producer", MADE_BY, NOT_READY)
    async with showing(service, tmp_path, "producer", "producer", "producer") as rig:
        rig.converting.save_wav()
        await rig.answer("Convert for 6 credits")
        await until(lambda: rig.notice.startswith("Converting 1 of 3 songs. The account has not enough"))
        assert len(rig.session.core.saver.jobs) == 1
    assert posts(service) == 2
