"""The player's way onto the session's bus: there when it can be, whatever the bus and others on it do."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jeepney import DBusAddress, Parser, new_signal

from aimusic_desktop.desktop import mpris
from aimusic_desktop.desktop.media_controls import NowPlaying, media_controls, offered
from aimusic_desktop.desktop.mpris_facts import NAME, PLAYER
from tests.support.bus import appears, client, needs_playerctl, playerctl, session_bus
from tests.support.media_controls import SONG, Shown, player
from tests.support.waiting import AT_ONCE_S, until

pytestmark = needs_playerctl

PROPERTIES = "org.freedesktop.DBus.Properties"


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    with session_bus(monkeypatch) as daemon:
        yield daemon


async def test_it_is_there_from_the_first_song_to_the_end_and_a_second_window_beside_it(bus) -> None:
    controls = media_controls()
    assert controls is not None
    waiting = asyncio.create_task(controls.run())
    Shown(controls).show(NowPlaying(volume=0.3))
    async with player(), player(f"aimusic_desktop.instance{os.getpid()}"):
        players = (await playerctl("--list-all")).splitlines()
        assert sorted(players) == ["aimusic_desktop", f"aimusic_desktop.instance{os.getpid()}"]
    assert await playerctl("--list-all") == "No players found"
    waiting.cancel()


async def test_a_bus_that_ends_is_found_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mpris, "FIRST_PAUSE_S", 0.05)
    address = f"unix:path={tmp_path / 'bus'}"
    with session_bus(monkeypatch, address) as first:
        async with player() as shown:
            first.kill()
            first.wait()
            (tmp_path / "bus").unlink(missing_ok=True)
            shown.show(replace(SONG, state="paused"))
            shown.controls.jumped(1_000)
            await asyncio.sleep(0.2)  # some attempts meet no bus
            with session_bus(monkeypatch, address):
                await appears("aimusic_desktop")
                assert await playerctl("status") == "Paused"


async def test_a_bus_that_hangs_holds_nothing_up(bus) -> None:
    bus.send_signal(signal.SIGSTOP)
    controls = media_controls()
    assert controls is not None
    serving = asyncio.create_task(controls.run())
    began = time.monotonic()
    Shown(controls).show(SONG)
    await asyncio.sleep(0.2)  # the time in which it tries, and others get their turns
    assert time.monotonic() - began < AT_ONCE_S
    bus.send_signal(signal.SIGCONT)
    await appears("aimusic_desktop")
    serving.cancel()
    await asyncio.wait([serving])


async def test_a_bus_that_is_not_there_is_tried_again_after_growing_pauses(monkeypatch, caplog) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setattr(mpris, "FIRST_PAUSE_S", 0.01)
    controls = media_controls()
    assert controls is not None
    Shown(controls).show(SONG)
    serving = asyncio.create_task(controls.run())
    await until(lambda: len(caplog.records) >= 4)
    serving.cancel()
    assert {record.message.partition(":")[0] for record in caplog.records} == {"no media keys"}
    times = [record.created for record in caplog.records]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(pause >= least for pause, least in zip(pauses, (0.01, 0.02, 0.04), strict=False))


async def test_a_call_that_cannot_be_answered_is_passed_over(bus, caplog) -> None:
    async with player() as shown, client(NAME) as other:
        shown.position_ms = 2**62  # more than D-Bus has a number for, in microseconds
        asking = asyncio.create_task(other.call(PROPERTIES, "Get", "ss", PLAYER, "Position"))
        await until(lambda: "was not answered" in caplog.text)
        shown.position_ms = 0
        assert await playerctl("status") == "Playing"
        asking.cancel()


def test_a_message_that_makes_no_sense_is_passed_over() -> None:
    good = new_signal(DBusAddress("/a", interface="a.b"), "C", "s", ("x",)).serialise(1)
    parser = Parser()
    parser.add_data(good.replace(b"\x01s\0", b"\x01}\0") + good)  # the signature of the first one
    message = mpris._next_message(parser)
    assert message is not None
    assert message.body == ("x",)
    assert mpris._next_message(parser) is None
    parser.add_data(b"?" * 16)
    with pytest.raises(KeyError):  # nobody can tell where that ends
        mpris._next_message(parser)


def test_without_a_session_there_are_no_controls(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert media_controls() is None
    with pytest.raises(SystemExit, match="no D-Bus session"):
        offered()


def test_what_is_offered_was_tried(bus, monkeypatch) -> None:
    assert offered() == "MPRIS, on the session's D-Bus"
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    with pytest.raises(OSError, match="No such file"):
        offered()
