"""Songs that cannot be played: what is said of them, when the next one follows, and when none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from aimusic_desktop.app import Session
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.model import Repeat
from aimusic_desktop.ui.player.deck import BROKEN
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import sentences
from tests.support.listening_window import heard, play, row, songs, sounds
from tests.support.player import hollow, m4a
from tests.support.service import Reply, Request, Service
from tests.support.waiting import LIMIT_S, until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

NO_SONG = b"\xff\xfb" + bytes(2_000)  # as an MP3 begins, and nothing behind it


def hold(service: Service, path: str) -> threading.Event:
    """Have the service answer only once what this gives is set."""
    gate, (served,) = threading.Event(), service.routes[path]

    def answer(request: Request) -> Reply:
        gate.wait(LIMIT_S)
        assert not isinstance(served, Reply)
        return served(request)

    service.on(path, answer)
    return gate


async def test_a_song_that_cannot_be_played_says_so_and_the_next_one_begins(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "abc", b=NO_SONG) as session:
        workspace = session.workspace
        await play(session, "a")
        workspace.commands.listening.next()
        await until(lambda: "“Song b”: " in session.window.notice.text)
        assert session.window.notice.text.endswith("Going on with the next song.")
        trouble = workspace.delegate.trouble(row(session, "b"))
        assert trouble != ""
        assert trouble in sentences(session)[1]
        await sounds(session, "c")


async def test_songs_that_all_fail_do_not_go_round_for_ever(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab", a=NO_SONG, b=NO_SONG) as session:
        workspace = session.workspace
        workspace.stage.queue.set_repeat(Repeat.ALL)
        failures: list[str] = []
        workspace.player.failed.connect(failures.append)
        gate = hold(service, "/a.wav")
        workspace.commands.listening.play_row(row(session, "a"))
        await until(lambda: len(workspace.stage.queue.entries) == 2)
        gate.set()
        await until(lambda: len(failures) == 2)
        assert not workspace.commands.listening._go_on.isActive()
        assert workspace.player.state is PlayState.FAILED


async def test_songs_that_open_and_hold_nothing_do_not_go_round_either(
    service: Service, tmp_path: Path
) -> None:
    nothing = hollow(m4a())
    async with songs(service, tmp_path, "ab", a=nothing, b=nothing + bytes(8)) as session:
        workspace = session.workspace
        workspace.stage.queue.set_repeat(Repeat.ALL)
        failures: list[str] = []
        workspace.player.failed.connect(failures.append)
        gate = hold(service, "/a.wav")
        workspace.commands.listening.play_row(row(session, "a"))
        await until(lambda: len(workspace.stage.queue.entries) == 2)
        gate.set()
        await until(lambda: len(failures) == 2)
        assert not workspace.commands.listening._go_on.isActive()
        assert workspace.player.state is PlayState.FAILED


def pull_the_device(session: Session) -> None:
    session.workspace.player.outputs.vanished.emit("It was pulled.")


def let_the_time_to_sleep_come(session: Session) -> None:
    session.workspace.stage.sleep.start(0)


@pytest.mark.parametrize(
    "wish",
    [
        lambda session: session.workspace.player.pause(),
        lambda session: session.workspace.commands.listening.toggle(),
        let_the_time_to_sleep_come,
        pull_the_device,
    ],
    ids=["pause", "space", "sleep", "device"],
)
async def test_silence_that_is_wanted_after_a_failure_lasts(
    service: Service, tmp_path: Path, wish: Callable[[Session], None]
) -> None:
    async with songs(service, tmp_path, "abc", b=NO_SONG) as session:
        player, listening = session.workspace.player, session.workspace.commands.listening
        await play(session, "a")
        listening._go_on.setInterval(60_000)
        listening.next()
        await until(listening._go_on.isActive)
        wish(session)
        await until(lambda: player.state is PlayState.FAILED)
        assert not listening._go_on.isActive()
        assert session.window.notice.text == f"“Song b”: {player.sentence}"
        listening.next()
        await sounds(session, "c")


async def test_a_song_that_fails_is_the_last_one_before_sleep(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abc", b=NO_SONG) as session:
        workspace = session.workspace
        await play(session, "a")
        workspace.stage.sleep.at_end_of_song()
        workspace.commands.listening.next()
        await until(lambda: not workspace.stage.sleep.running)
        assert not workspace.commands.listening._go_on.isActive()
        assert (heard(session), workspace.player.state) == ("b", PlayState.FAILED)


async def test_a_broken_song_that_plays_after_all_is_forgiven(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        workspace = session.workspace
        await play(session, "a")
        workspace.player.failed.emit(BROKEN)
        assert workspace.delegate.trouble(row(session, "a")) == BROKEN
        workspace.player.seek(1_000)
        workspace.player.pause()
        workspace.player.resume()
        await until(lambda: workspace.delegate.trouble(row(session, "a")) == "")


@pytest.mark.parametrize("rests", [False, True], ids=["goes on", "silence is wanted"])
async def test_a_song_that_fails_before_its_neighbours_are_queued_is_not_taken_for_the_last(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rests: bool
) -> None:
    async with songs(service, tmp_path, "ab", a=NO_SONG) as session:
        workspace, queued = session.workspace, asyncio.Event()
        player, rows = workspace.player, session.core.library.rows

        async def late(row_ids: Sequence[int]) -> list[SongRow]:
            await queued.wait()
            return await rows(row_ids)

        monkeypatch.setattr(session.core.library, "rows", late)
        workspace.commands.listening.play_row(row(session, "a"))
        await until(lambda: player.state is PlayState.FAILED)
        assert "Song a" not in session.window.notice.text
        if rests:
            player.pause()
        queued.set()
        await until(lambda: len(workspace.stage.queue.entries) == 2)
        if rests:
            assert not workspace.commands.listening._go_on.isActive()
            assert session.window.notice.text == f"“Song a”: {player.sentence}"
        else:
            await sounds(session, "b")
