"""The player on a real session bus, steered by playerctl and asked by a strict client."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import DBusAddress, Parser, new_signal
from jeepney.wrappers import DBusErrorResponse

from aimusic_desktop.desktop.media_controls import MediaControls, NowPlaying, media_controls, offered
from aimusic_desktop.desktop.mpris_facts import NAME, PLAYER, ROOT, player_facts, root_facts, track
from aimusic_desktop.model import Repeat
from tests.support.bus import appears, client, needs_playerctl, playerctl, session_bus
from tests.support.media import until

pytestmark = needs_playerctl

PROPERTIES = "org.freedesktop.DBus.Properties"
SONG = NowPlaying(
    key="one",
    title="Glass Garden",
    artist="AI Music",
    album="Evenings",
    cover=Path("/covers/a b"),
    length_ms=185_020,
    state="playing",
    volume=0.8,
    can_next=True,
    can_previous=True,
    can_seek=True,
)
WISHES = (
    *("play", "pause", "play_pause", "stop", "next", "previous", "seek_by", "seek_to"),
    *("volume", "rate", "repeat", "shuffle", "raise_window", "quit"),
)


class Shown:
    """A player on the bus, and what was wished of it."""

    def __init__(self, controls: MediaControls) -> None:
        self.controls = controls
        self.position_ms = 5_000
        self.wishes: list[tuple[Any, ...]] = []
        for name in WISHES:
            getattr(controls, name).connect(lambda *values, name=name: self.wishes.append((name, *values)))

    def show(self, now: NowPlaying) -> None:
        self.controls.show(now, lambda: self.position_ms)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    with session_bus(monkeypatch) as daemon:
        yield daemon


@asynccontextmanager
async def player(name: str = "aimusic_desktop", now: NowPlaying = SONG) -> AsyncIterator[Shown]:
    controls = media_controls()
    assert controls is not None
    shown = Shown(controls)
    serving = asyncio.create_task(controls.run())
    try:
        shown.show(now)
        await appears(name)
        yield shown
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_playerctl_sees_what_plays(bus) -> None:
    async with player():
        facts = "{{status}}|{{title}}|{{artist}}|{{album}}|{{mpris:artUrl}}|{{duration(mpris:length)}}"
        assert await playerctl("metadata", "--format", facts) == (
            "Playing|Glass Garden|AI Music|Evenings|file:///covers/a%20b|3:05"
        )
        assert float(await playerctl("position")) == pytest.approx(5, abs=0.01)
        assert float(await playerctl("volume")) == pytest.approx(0.8)
        assert (await playerctl("loop"), await playerctl("shuffle")) == ("None", "Off")


@pytest.mark.parametrize(
    ("command", "wish"),
    [
        ("play", ("play",)),
        ("pause", ("pause",)),
        ("play-pause", ("play_pause",)),
        ("stop", ("stop",)),
        ("next", ("next",)),
        ("previous", ("previous",)),
        ("position 10", ("seek_to", "one", 10_000)),
        ("position 5+", ("seek_by", 5_000)),
        ("position 5-", ("seek_by", -5_000)),
        ("volume 0.25", ("volume", 0.25)),
        ("volume 0.5+", ("volume", 1.0)),
        ("loop Track", ("repeat", Repeat.ONE)),
        ("loop Playlist", ("repeat", Repeat.ALL)),
        ("loop None", ("repeat", Repeat.OFF)),
        ("shuffle On", ("shuffle", True)),
    ],
)
async def test_playerctl_steers(bus, command: str, wish: tuple[object, ...]) -> None:
    async with player() as shown:
        assert await playerctl(*command.split()) == ""
        await until(lambda: shown.wishes)
        assert shown.wishes == [pytest.approx(wish) if isinstance(wish[-1], float) else wish]


async def test_only_what_changed_is_told_and_never_the_position(bus) -> None:
    async with player() as shown, client(NAME) as other:
        shown.position_ms = 60_000
        shown.show(replace(SONG, state="paused"))
        shown.show(replace(SONG, state="paused"))
        shown.show(replace(SONG, state="paused", volume=0.5, repeat=Repeat.ONE))
        shown.controls.jumped(61_000)
        await until(lambda: len(other.heard) >= 3)
        assert other.heard == [
            ("PropertiesChanged", (PLAYER, {"PlaybackStatus": ("s", "Paused")}, [])),
            ("PropertiesChanged", (PLAYER, {"LoopStatus": ("s", "Track"), "Volume": ("d", 0.5)}, [])),
            ("Seeked", (61_000_000,)),
        ]


async def test_all_properties_have_the_types_of_the_specification(bus) -> None:
    async with player() as shown, client(NAME) as other:
        (of_player,) = await other.call(PROPERTIES, "GetAll", "s", PLAYER)
        (of_root,) = await other.call(PROPERTIES, "GetAll", "s", ROOT)
        (description,) = await other.call("org.freedesktop.DBus.Introspectable", "Introspect")
        for name, (signature, _) in (of_player | of_root).items():
            assert f'name="{name}" type="{signature}"' in description
        assert of_player["Position"] == ("x", shown.position_ms * 1000)
        assert of_player["Metadata"][1]["mpris:length"] == ("x", 185_020_000)
        assert of_player["Metadata"][1]["mpris:trackid"] == ("o", track("one"))
        assert of_root["Identity"] == ("s", "AI Music Desktop")


async def test_the_window_can_be_raised_and_quit_and_the_speed_set(bus) -> None:
    async with player() as shown, client(NAME) as other:
        await other.call(ROOT, "Raise")
        await other.call(ROOT, "Quit")
        for rate in (1.5, 9.0, 0.0):
            await other.call(PROPERTIES, "Set", "ssv", PLAYER, "Rate", ("d", rate))
        assert shown.wishes == [("raise_window",), ("quit",), ("rate", 1.5), ("rate", 2.0), ("pause",)]


async def test_a_position_of_another_song_or_outside_this_one_is_left_alone(bus) -> None:
    async with player() as shown, client(NAME) as other:
        for key, position_us in (("two", 1_000_000), ("one", -1), ("one", 185_021_000), ("one", 2**62)):
            await other.call(PLAYER, "SetPosition", "ox", track(key), position_us)
        assert shown.wishes == []


async def test_a_step_beyond_the_end_is_the_next_song_and_absurd_ones_are_bounded(bus) -> None:
    async with player() as shown, client(NAME) as other:
        await other.call(PLAYER, "Seek", "x", 181_000_000)
        await other.call(PLAYER, "Seek", "x", -(2**63))
        shown.show(replace(SONG, can_next=False))
        await other.call(PLAYER, "Seek", "x", 2**63 - 1)
        assert shown.wishes == [("next",), ("seek_by", -86_400_000), ("seek_by", 86_400_000)]


async def test_what_cannot_be_done_now_does_nothing(bus) -> None:
    async with player() as shown, client(NAME) as other:
        shown.show(NowPlaying())
        for method in ("Next", "Previous", "Play", "Pause", "PlayPause", "Stop"):
            await other.call(PLAYER, method)
        await other.call(PLAYER, "Seek", "x", 1_000_000)
        await other.call(PLAYER, "SetPosition", "ox", track(""), 0)
        assert shown.wishes == []


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ((PLAYER, "Dance"), "UnknownMethod"),
        ((PLAYER, "Seek", "s", "far"), "InvalidArgs"),
        ((PLAYER, "OpenUri", "s", "https://example.org/song.mp3"), "NotSupported"),
        ((PROPERTIES, "Get", "ss", PLAYER, "Mood"), "UnknownProperty"),
        ((PROPERTIES, "GetAll", "s", "org.example"), "UnknownInterface"),
        ((PROPERTIES, "Set", "ssv", PLAYER, "Metadata", ("a{sv}", {})), "PropertyReadOnly"),
        ((PROPERTIES, "Set", "ssv", PLAYER, "Volume", ("s", "loud")), "InvalidArgs"),
        ((PROPERTIES, "Set", "ssv", PLAYER, "LoopStatus", ("s", "Forever")), "InvalidArgs"),
    ],
)
async def test_what_is_not_understood_is_refused_and_serving_goes_on(bus, call, error: str) -> None:
    async with player() as shown, client(NAME) as other:
        with pytest.raises(DBusErrorResponse) as refused:
            await other.call(*call)
        assert refused.value.name == f"org.freedesktop.DBus.Error.{error}"
        assert await playerctl("status") == "Playing"
        assert shown.wishes == []


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


async def test_a_bus_that_ends_ends_no_more_than_the_serving(bus) -> None:
    controls = media_controls()
    assert controls is not None
    shown = Shown(controls)
    shown.show(SONG)
    serving = asyncio.create_task(controls.run())
    await appears("aimusic_desktop")
    bus.kill()
    await asyncio.wait_for(serving, 10)
    shown.show(replace(SONG, state="paused"))
    controls.jumped(1_000)


async def test_a_bus_that_hangs_holds_nothing_up(bus) -> None:
    bus.send_signal(signal.SIGSTOP)
    controls = media_controls()
    assert controls is not None
    serving = asyncio.create_task(controls.run())
    began = time.monotonic()
    Shown(controls).show(SONG)
    await asyncio.sleep(0.2)  # the time in which it tries, and others get their turns
    assert time.monotonic() - began < 0.4
    bus.send_signal(signal.SIGCONT)
    await appears("aimusic_desktop")
    serving.cancel()
    await asyncio.wait([serving])


async def test_a_bus_that_is_not_there_is_a_line_in_the_log(monkeypatch, caplog) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    controls = media_controls()
    assert controls is not None
    Shown(controls).show(SONG)
    await controls.run()
    assert "no media keys" in caplog.text


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


TEXTS = st.text(st.characters() | st.characters(categories=["Cs", "Cc"]))


@given(
    st.builds(NowPlaying, key=TEXTS, title=TEXTS, artist=TEXTS, album=TEXTS, length_ms=st.integers(0, 2**31))
)
def test_whatever_a_song_is_called_the_bus_takes_it(now: NowPlaying) -> None:
    facts = player_facts(now) | root_facts("org.example.App")
    message = new_signal(DBusAddress("/a", interface="a.b"), "C", "a{sv}", (facts,))
    [read] = Parser().feed(message.serialise(1))
    assert read.body == (facts,)
    texts = [read.body[0]["Metadata"][1].get(f"xesam:{name}", ("s", ""))[1] for name in ("title", "album")]
    assert not any("\0" in text for text in texts)
