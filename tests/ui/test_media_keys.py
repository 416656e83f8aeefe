"""The window's player on a session bus: what others see of it, and what playerctl does to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aimusic_desktop.app import Session
from aimusic_desktop.model import Repeat
from aimusic_desktop.ui.player.player import PlayState
from tests.support.bus import Client, appears, client, needs_playerctl, playerctl, session_bus
from tests.support.furnished import FIRST, clip_json, done, opened
from tests.support.media import PNG
from tests.support.service import Service
from tests.support.waiting import LIMIT_S, until

pytestmark = [needs_playerctl, pytest.mark.usefixtures("no_sound_server", "with_key")]

NAME = "org.mpris.MediaPlayer2.aimusic_desktop"
PLAYER = "org.mpris.MediaPlayer2.Player"


@pytest.fixture(autouse=True)
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(monkeypatch):
        yield


@asynccontextmanager
async def playing(service: Service, tmp_path: Path) -> AsyncIterator[Session]:
    """The window with two songs, the first of which plays, and the bus knows of it."""
    cover = service.serve_file("/cover", PNG, "image/png")
    clips = [
        clip_json(service, f"clip-{number}", title=f"Song {number}", image_url=cover) for number in (1, 2)
    ]
    service.on_task("producer", FIRST, done(*clips))
    async with opened(service, tmp_path, FIRST) as session:
        workspace = session.workspace
        await until(lambda: len(workspace.listed()) == 2)
        workspace.commands.listening.play_row(workspace.listed()[0])
        await until(lambda: len(workspace.stage.queue.entries) == 2)
        await until(lambda: workspace.player.state is PlayState.PLAYING)
        await appears("aimusic_desktop")
        yield session


def titles(session: Session) -> list[str]:
    return [row.clip.title for row in session.workspace.listed() if row.clip is not None]


def changes(other: Client) -> list[tuple[str, object]]:
    """The properties that changed, and to what, as another program heard; one signal may tell of some."""
    heard = (body[1] for name, body in other.heard if name == "PropertiesChanged")
    return [change for changed in heard for change in changed.items()]


async def says(wanted: str, *words: str) -> None:
    """Waits until ``playerctl`` with these words prints what is wanted."""
    printed = None
    try:
        async with asyncio.timeout(LIMIT_S):
            while (printed := await playerctl(*words)) != wanted:
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"playerctl {words} still says {printed!r}, not {wanted!r}")


async def test_what_plays_is_shown_with_its_cover_and_without_links(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session:
        title, player = titles(session)[0], session.workspace.player
        await says(
            f"Playing {title} by AI Music", "metadata", "--format", "{{status}} {{title}} by {{artist}}"
        )
        await says(str(player.duration_ms * 1000), "metadata", "mpris:length")
        await until(lambda: player.position_ms > 200)
        before_ms = player.position_ms
        told_ms = float(await playerctl("position")) * 1000
        assert before_ms - 50 <= told_ms <= player.position_ms + 500
        async with asyncio.timeout(LIMIT_S):
            while not (cover := await playerctl("metadata", "mpris:artUrl")).startswith("file://"):
                await asyncio.sleep(0.02)
        assert Path(cover.removeprefix("file://")).read_bytes() == PNG
        assert service.origin not in await playerctl("metadata")


async def test_pause_play_and_stop(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session:
        player = session.workspace.player
        for command, status, state in (
            ("pause", "Paused", PlayState.PAUSED),
            ("play", "Playing", PlayState.PLAYING),
            ("play-pause", "Paused", PlayState.PAUSED),
            ("stop", "Stopped", PlayState.IDLE),
            ("play", "Playing", PlayState.PLAYING),
        ):
            await playerctl(command)
            await until(lambda state=state: player.state is state)
            await says(status, "status")


async def test_next_and_previous_go_through_the_queue(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session:
        first, second = titles(session)
        await playerctl("next")
        await says(second, "metadata", "title")
        assert "No player could handle" in await playerctl("next")
        session.workspace.player.pause()
        session.workspace.player.seek(0)  # from farther on, "previous" would go there
        await playerctl("previous")
        await says(first, "metadata", "title")


async def test_the_position_is_set_and_jumps_are_told(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session, client(NAME) as other:
        player = session.workspace.player
        player.pause()
        await playerctl("position", "12")
        await until(lambda: player.position_ms == pytest.approx(12_000, abs=100))
        await playerctl("position", "5-")
        await until(lambda: player.position_ms == pytest.approx(7_000, abs=200))
        player.seek(20_000)  # in the window itself
        await until(lambda: ("Seeked", (20_000_000,)) in other.heard)
        assert len([1 for name, _ in other.heard if name == "Seeked"]) == 3


async def test_loudness_and_speed_are_shared(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session, client(NAME) as other:
        player = session.workspace.player
        player.set_muted(True)
        await says("0.000000", "volume")
        await playerctl("volume", "0.4")
        await until(lambda: player.volume == pytest.approx(0.4) and not player.muted)
        player.set_rate(1.25)
        await until(lambda: ("Rate", ("d", 1.25)) in changes(other))
        await other.call("org.freedesktop.DBus.Properties", "Set", "ssv", PLAYER, "Rate", ("d", 1.5))
        assert player.rate == 1.5


async def test_repeat_and_shuffle_are_the_queues(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session:
        queue = session.workspace.stage.queue
        for loop, repeat in (("Track", Repeat.ONE), ("Playlist", Repeat.ALL), ("None", Repeat.OFF)):
            await playerctl("loop", loop)
            await until(lambda repeat=repeat: queue.repeat is repeat)
            await says(loop, "loop")
        await playerctl("shuffle", "On")
        await until(lambda: queue.shuffled)
        await says("On", "shuffle")


async def test_the_song_of_the_last_run_waits_for_the_media_keys(service: Service, tmp_path: Path) -> None:
    async with playing(service, tmp_path) as session:
        title, player = titles(session)[0], session.workspace.player
        player.seek(9_000)
        player.pause()
        await says("Paused", "status")
    await says("No players found", "status")
    async with opened(service, tmp_path) as again:
        await appears("aimusic_desktop")
        await says(f"Paused {title}", "metadata", "--format", "{{status}} {{title}}")
        await playerctl("play")
        player = again.workspace.player
        await until(lambda: player.state is PlayState.PLAYING and player.position_ms >= 9_000)


async def test_a_window_without_a_song_leaves_the_keys_to_others(service: Service, tmp_path: Path) -> None:
    async with opened(service, tmp_path) as session:
        session.workspace.player.set_volume(0.3)
        assert await playerctl("--list-all") == "No players found"
