"""The player on a real session bus, steered by playerctl and asked by a strict client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import DBusAddress, Parser, new_signal
from jeepney.wrappers import DBusErrorResponse

from aimusic_desktop.desktop.media_controls import NowPlaying
from aimusic_desktop.desktop.mpris_facts import NAME, PLAYER, ROOT, player_facts, root_facts, track
from aimusic_desktop.model import Repeat
from tests.support.bus import client, needs_playerctl, playerctl, session_bus
from tests.support.media_controls import SONG, player
from tests.support.waiting import LIMIT_S, until

pytestmark = needs_playerctl

PROPERTIES = "org.freedesktop.DBus.Properties"


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(monkeypatch):
        yield


async def test_playerctl_sees_what_plays(bus) -> None:
    async with player():
        facts = "{{status}}|{{title}}|{{artist}}|{{album}}|{{mpris:artUrl}}|{{duration(mpris:length)}}"
        assert await playerctl("metadata", "--format", facts) == (
            "Playing|Glass Garden|AI Music|Evenings|file:///covers/a%20b|3:05"
        )
        assert 5 <= float(await playerctl("position")) < 5 + LIMIT_S  # it adds what has passed since it asked
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
