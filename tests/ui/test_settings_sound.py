"""The settings of sound: the devices as they come and go, and what is kept."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel, QWidget

from aimusic_desktop.settings import Settings
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.dialogs.settings_sound import SoundPage
from aimusic_desktop.ui.player.multimedia import NO_SOUND
from aimusic_desktop.ui.player.outputs import Output
from aimusic_desktop.ui.player.player import Player
from tests.support.waiting import until

SPEAKERS, PHONES = Output("sink-1", "Speakers"), Output("sink-2", "Headphones <b>&amp;</b>")


class Scene:
    """The page, and a hand that plugs devices in and out."""

    def __init__(self, player: Player, page: SoundPage) -> None:
        self.player, self.page = player, page

    def plug(self, *devices: Output) -> None:
        """Have these devices and no others connected."""
        self.player.outputs.devices = list(devices)
        self.player.outputs.changed.emit()

    def choose(self, name: str) -> None:
        self.page.device.setCurrentIndex(self.page.device.findText(name))

    @property
    def listed(self) -> list[str]:
        return [self.page.device.itemText(row) for row in range(self.page.device.count())]

    @property
    def shown(self) -> str:
        return self.page.device.currentText()


@asynccontextmanager
async def scene(*devices: Output, **settings: Any) -> AsyncIterator[Scene]:
    parent, background = QWidget(), Background(print)
    player = Player(None)  # type: ignore[arg-type]  # nothing is played here
    page = SoundPage(Settings(**settings), player, background.run, parent)
    await until(lambda: page.remark)  # the devices were looked for
    on = Scene(player, page)
    on.plug(*devices)
    try:
        yield on
    finally:
        await background.close()
        player.close()
        for thing in (parent, player):
            shiboken6.delete(thing)


async def test_it_starts_as_it_was_kept_and_keeps_what_is_chosen() -> None:
    async with scene(SPEAKERS, PHONES, sound_device="sink-2", device_lost="go_on") as on:
        assert on.listed == ["System default", "Speakers", "Headphones <b>&amp;</b>"]
        assert on.shown == PHONES.name
        assert on.page.values() == {"sound_device": "sink-2", "device_lost": "go_on"}
        on.choose("Speakers")
        on.page.when_lost.setCurrentIndex(0)
        assert on.page.values() == {"sound_device": "sink-1", "device_lost": "pause"}
        on.choose("System default")
        assert on.page.values()["sound_device"] == ""


async def test_devices_come_and_go_without_changing_the_choice() -> None:
    async with scene(SPEAKERS) as on:
        assert on.listed == ["System default", "Speakers"]
        on.plug(SPEAKERS, PHONES)
        on.choose(PHONES.name)
        on.plug(SPEAKERS)
        assert on.shown == "Headphones <b>&amp;</b> (not connected)"
        assert on.page.values()["sound_device"] == "sink-2"
        assert "not connected" in on.page.remark
        on.plug(SPEAKERS, PHONES)
        assert on.shown == PHONES.name
        assert "not connected" not in on.page.remark


async def test_a_chosen_device_that_is_away_is_still_the_choice() -> None:
    async with scene(SPEAKERS, sound_device="sink-9") as on:
        assert on.shown == "sink-9 (not connected)"
        assert on.page.values()["sound_device"] == "sink-9"
        on.choose("Speakers")
        assert on.page.values()["sound_device"] == "sink-1"


async def test_a_name_as_long_as_drivers_like_them_leaves_room_to_say_that_it_is_away() -> None:
    async with scene(SPEAKERS, sound_device="x" * 200) as on:
        assert on.shown == f"{'x' * 47}… (not connected)"


async def test_without_any_device_that_is_said() -> None:
    async with scene() as on:
        assert on.listed == ["System default"]
        assert "No sound device is connected" in on.page.remark


async def test_without_multimedia_the_page_says_so_and_keeps_what_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str, *rest: Any) -> ModuleType:
        if name == "PySide6.QtMultimedia":
            raise ImportError("libpulse.so.0")
        return builtins.__import__(name, *rest)

    monkeypatch.setattr(importlib, "import_module", missing)
    parent, background = QWidget(), Background(print)
    player = Player(None)  # type: ignore[arg-type]  # nothing is played here
    page = SoundPage(Settings(sound_device="sink-2"), player, background.run, parent)
    await until(lambda: page.remark)
    assert page.remark == NO_SOUND
    assert page.values()["sound_device"] == "sink-2"
    await background.close()
    for thing in (parent, player):
        shiboken6.delete(thing)


async def test_a_system_that_cannot_keep_the_pitch_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene() as on:
        assert not pitch_is_spoken_of(on.page)
    monkeypatch.setattr(Player, "keeps_pitch", False)
    async with scene() as on:
        assert pitch_is_spoken_of(on.page)


def pitch_is_spoken_of(page: SoundPage) -> bool:
    return any("pitch" in label.text() for label in page.findChildren(QLabel))
