"""Playing rows: what follows them, what fails among them, and what the next start remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aimusic_desktop.app import Session
from aimusic_desktop.library.store import Library
from aimusic_desktop.model import QueueRecord, Repeat
from aimusic_desktop.ui import queue_keeper
from aimusic_desktop.ui.player.deck import BROKEN
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import FIRST, opened, sentences
from tests.support.listening_window import heard, play, queued, ready, row, songs, sounds
from tests.support.media import until
from tests.support.player import hollow, m4a
from tests.support.service import Service

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")

NO_SONG = b"\xff\xfb" + bytes(2_000)  # as an MP3 begins, and nothing behind it


async def kept(library: Library, fits: Callable[[QueueRecord], object]) -> None:
    """Wait until the library holds a queue that fits."""
    async with asyncio.timeout(10):
        while not fits(await library.queue()):
            await asyncio.sleep(0.02)


async def test_the_rows_below_a_played_one_follow_it(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abcd", seconds=0.6) as session:
        await play(session, "b")
        assert queued(session) == "bcd"
        await sounds(session, "c")
        await sounds(session, "d")
        await until(lambda: session.workspace.player.state is PlayState.IDLE)


async def test_what_was_chosen_comes_before_what_follows(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abcd") as session:
        workspace = session.workspace
        await play(session, "a")
        workspace.view.select_ids([row(session, "d").row_id])
        workspace.actions["play_next"].trigger()
        await until(lambda: queued(session) == "adbcd")
        workspace.view.select_ids([row(session, "c").row_id])
        workspace.actions["add_to_queue"].trigger()
        await until(lambda: queued(session) == "adcbcd")
        assert "“Song c” plays later." in session.window.notice.text
        workspace.commands.listening.next()
        await sounds(session, "d")


async def test_previous_begins_the_song_anew_and_then_goes_back(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        player, listening = session.workspace.player, session.workspace.commands.listening
        await play(session, "b")
        player.seek(8_000)
        await until(lambda: player.position_ms >= 8_000)
        listening.previous()
        assert heard(session) == "b"
        await until(lambda: player.position_ms < 3_000)
        listening.previous()
        await sounds(session, "a")


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
        workspace.commands.listening.play_row(row(session, "a"))
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
        workspace.commands.listening.play_row(row(session, "a"))
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
        await until(workspace.commands.listening._go_on.isActive)
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


async def test_the_next_start_stands_where_this_one_ended_and_fetches_nothing(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "abc") as session:
        await play(session, "b")
        session.workspace.player.seek(7_000)
        session.workspace.actions["repeat"].trigger()
        await until(lambda: session.workspace.player.position_ms >= 7_000)
    service.requests.clear()
    async with opened(service, tmp_path) as session:
        player = session.workspace.player
        await until(lambda: heard(session) == "b")
        assert player.state is PlayState.IDLE
        assert 7_000 <= player.position_ms < 12_000
        assert queued(session) == "bc"
        assert session.workspace.stage.queue.repeat is Repeat.ALL
        assert session.workspace.actions["repeat"].isChecked()
        assert [path for path in service.paths() if path.endswith(".wav")] == []
        session.workspace.commands.listening.toggle()
        await sounds(session, "b")
        assert player.position_ms >= 7_000


async def test_the_position_is_kept_while_it_plays(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        keeper, library = session.workspace.stage.keeper, session.core.library
        await play(session, "a")
        await kept(library, lambda record: record.clips)
        session.workspace.player.seek(9_000)
        await until(lambda: session.workspace.player.position_ms >= 9_000)
        keeper._ticking.timeout.emit()
        await kept(library, lambda record: record.position_ms >= 9_000)


async def test_a_changed_title_reaches_the_queue(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        task = await session.core.library.task(FIRST)
        assert task is not None
        clips = tuple(replace(clip, title="Another name") for clip in task.clips)
        await session.core.library.save(replace(task, clips=clips))
        queue = session.workspace.stage.queue
        await until(lambda: {entry.clip.title for entry in queue.entries} == {"Another name"})


async def test_space_plays_where_nothing_else_wants_it(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        workspace, window = session.workspace, session.window
        await play(session, "a")
        player = workspace.player
        window.intake.field.setFocus()
        QTest.keyClick(window.intake.field, Qt.Key.Key_Space)
        assert window.intake.field.toPlainText() == " "
        QTest.keyClick(window.search, Qt.Key.Key_Space)
        assert player.state is PlayState.PLAYING
        QTest.keyClick(workspace.details, Qt.Key.Key_Space)
        assert player.state is PlayState.PAUSED
        assert window.search.text() == " "
        QTest.keyClick(workspace.bar.timeline.wave, Qt.Key.Key_Space)
        await sounds(session, "a")


async def test_the_pair_of_a_task_is_compared_and_swapped(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        workspace = session.workspace
        player, actions = workspace.player, workspace.actions
        assert not actions["swap"].isEnabled()
        workspace.view.select_ids([row(session, "a").row_id])
        actions["compare"].trigger()
        await until(lambda: player.twin is not None and player.state is PlayState.PLAYING)
        assert (heard(session), player.twin and player.twin.clip_id) == ("a", "b")
        assert workspace.stage.compare_panel.isVisible()
        await until(lambda: workspace.stage.book.of(ready(session)[1].clip))  # and so it is here
        actions["swap"].trigger()
        await until(lambda: heard(session) == "b")
        actions["compare_end"].trigger()
        assert player.twin is None
        assert not workspace.stage.compare_panel.isVisible()


async def only_b(session: Session) -> None:
    """Compare a with b, change to b, and stay there."""
    workspace = session.workspace
    workspace.view.select_ids([row(session, "a").row_id])
    workspace.actions["compare"].trigger()
    await until(lambda: workspace.player._decks.can_swap and workspace.player.state is PlayState.PLAYING)
    await until(lambda: len(workspace.stage.queue.entries) == len(ready(session)))
    workspace.actions["swap"].trigger()
    assert (heard(session), queued(session)[0]) == ("b", "a")
    workspace.actions["compare_end"].trigger()


async def test_after_a_comparison_the_queue_goes_on_from_what_is_heard(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "abc", seconds=6) as session:
        await only_b(session)
        assert (heard(session), queued(session)) == ("b", "bc")
        session.workspace.player.seek(5_500)
        await sounds(session, "c")


async def test_what_is_heard_after_a_comparison_gets_into_the_queue(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abc") as session:
        queue = session.workspace.stage.queue
        await play(session, "a")
        queue.remove([entry.entry_id for entry in queue.upcoming if entry.clip.clip_id == "b"])
        player = session.workspace.player
        player.pair(row(session, "b").clip)
        await until(lambda: player._decks.can_swap)
        player.swap()
        player.pair(None)
        assert queued(session) == "bc"
        session.workspace.commands.listening.previous()
        await sounds(session, "a")


async def test_the_next_start_stands_at_what_was_heard_after_a_comparison(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "abc") as session:
        await only_b(session)
        session.workspace.player.seek(9_000)
    async with opened(service, tmp_path) as session:
        await until(lambda: heard(session) == "b")
        assert session.workspace.player.position_ms >= 9_000


async def test_a_library_that_gives_no_answer_does_not_hold_up_the_end(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_keeper, "CLOSE_LIMIT_S", 0.1)
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")

        async def no_answer(_record: QueueRecord) -> None:
            await asyncio.Event().wait()

        with monkeypatch.context() as silent:
            silent.setattr(session.core.library, "save_queue", no_answer)
            async with asyncio.timeout(5):
                await session.workspace.stage.keeper.close()


async def test_one_song_alone_has_nothing_to_be_compared_with(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a") as session:
        session.workspace.view.select_ids([row(session, "a").row_id])
        session.workspace.actions["compare"].trigger()
        await until(lambda: session.window.notice.text.startswith("Select two finished songs"))


async def test_the_small_player_takes_the_windows_place_and_gives_it_back(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        toggle = session.workspace.actions["small_player"].trigger
        toggle()
        small = session.workspace.stage.small
        assert small is not None
        assert (small.isVisible(), session.window.isVisible()) == (True, False)
        small.close()
        assert (small.isVisible(), session.window.isVisible()) == (False, True)
        toggle()
        toggle()
        assert (small.isVisible(), session.window.isVisible()) == (False, True)


async def test_what_is_steered_by_keys(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        player, actions = session.workspace.player, session.workspace.actions
        await play(session, "a")
        for name, seen in (
            ("louder", lambda: player.volume == pytest.approx(0.85)),
            ("mute", lambda: player.muted),
            ("quieter", lambda: not player.muted and player.volume == pytest.approx(0.8)),
            ("faster", lambda: player.rate == 1.25),
            ("normal_speed", lambda: player.rate == 1.0),
            ("slower", lambda: player.rate == 0.75),
            ("loop_start", lambda: player.loop.start_ms is not None),
            ("forward_5", lambda: player.position_ms >= 5_000),
            ("loop_end", lambda: player.loop.end_ms is not None),
            ("loop_clear", lambda: player.loop.start_ms is None),
            ("sleep_15", lambda: session.workspace.stage.sleep.running),
            ("sleep_off", lambda: not session.workspace.stage.sleep.running),
            ("stop", lambda: player.state is PlayState.IDLE and player.position_ms == 0),
        ):
            actions[name].trigger()
            assert seen(), name


async def test_speed_and_volume_are_remembered(service: Service, tmp_path: Path) -> None:
    async with opened(service, tmp_path) as session:
        session.workspace.player.set_rate(1.5)
        session.workspace.player.set_volume(0.4)
    async with opened(service, tmp_path) as session:
        assert session.workspace.player.rate == 1.5
        assert session.workspace.player.volume == 0.4


async def test_going_to_the_song_that_plays_ends_a_search(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        workspace = session.workspace
        await play(session, "b")
        row_id = row(session, "b").row_id
        workspace.feed.look(text="nothing like it")
        await workspace.feed.caught_up()
        assert not workspace.model.order
        workspace.actions["go_to_playing"].trigger()
        await until(lambda: workspace.view.selected_ids() == [row_id])
