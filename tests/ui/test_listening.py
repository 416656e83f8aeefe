"""Playing rows: what follows them, and what the next start remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from aimusic_desktop.library.store import Library
from aimusic_desktop.model import QueueRecord, Repeat
from aimusic_desktop.ui import queue_keeper
from aimusic_desktop.ui.player.player import PlayState
from aimusic_desktop.ui.queue.words import NOT_REMOVED
from tests.support.furnished import FIRST, opened
from tests.support.listening_window import heard, play, queued, row, songs, sounds
from tests.support.service import Service
from tests.support.waiting import LIMIT_S, until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")


async def kept(library: Library, fits: Callable[[QueueRecord], object]) -> None:
    """Wait until the library holds a queue that fits."""
    async with asyncio.timeout(LIMIT_S):
        while not fits(await library.queue()):
            await asyncio.sleep(0.02)


async def test_the_rows_below_a_played_one_follow_it(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abcd") as session:
        player = session.workspace.player
        await play(session, "b")
        assert queued(session) == "bcd"
        for name in "cd":
            player.seek(19_700)
            await sounds(session, name)
        player.seek(19_700)
        await until(lambda: player.state is PlayState.IDLE)


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
        assert 7_000 <= player.position_ms < 20_000
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


async def test_a_jump_while_it_is_paused_is_kept_too(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        player, library = session.workspace.player, session.core.library
        await play(session, "a")
        player.pause()
        await kept(library, lambda record: record.clips)
        player.seek(12_000)
        await kept(library, lambda record: record.position_ms == 12_000)


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
            async with asyncio.timeout(LIMIT_S):
                await session.workspace.stage.keeper.close()


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


async def test_a_small_player_opened_late_shows_the_sections_too(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        stage = session.workspace.stage
        stage.read_along.sections_changed.emit([(5_000, "Chorus")])
        session.workspace.actions["small_player"].trigger()
        assert stage.small is not None
        for face in (stage.bar, stage.small):
            assert face.timeline.wave._sections == [(5_000, "Chorus")]


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


async def test_space_in_the_list_pauses_what_plays_whatever_row_is_chosen(
    service: Service, tmp_path: Path
) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        view = session.workspace.view
        view.select_ids([row(session, "b").row_id])
        QTest.keyClick(view, Qt.Key.Key_Space)
        assert (heard(session), session.workspace.player.state) == ("a", PlayState.PAUSED)


async def test_enter_begins_a_row_anew(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        player, view = session.workspace.player, session.workspace.view
        await play(session, "a")
        player.seek(9_000)
        await until(lambda: player.position_ms >= 9_000)
        view.select_ids([row(session, "a").row_id])
        QTest.keyClick(view, Qt.Key.Key_Return)
        await until(lambda: player.position_ms < 5_000)
        assert player.state is PlayState.PLAYING


async def test_next_is_offered_only_while_something_follows(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        assert session.workspace.bar.transport.next.isEnabled()
        session.workspace.commands.listening.next()
        await sounds(session, "b")
        assert not session.workspace.bar.transport.next.isEnabled()
        assert not session.workspace.actions["next"].isEnabled()


async def test_escape_leaves_the_fields_for_the_list(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a") as session:
        window, view = session.window, session.workspace.view
        window.activateWindow()
        await until(window.isActiveWindow)

        def leaves(field: QWidget) -> bool:
            field.setFocus()
            QTest.keyClick(field, Qt.Key.Key_Escape)
            return window.focusWidget() is view

        for field in (window.search, window.intake.field):
            await until(partial(leaves, field))


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


async def test_undo_brings_back_what_was_taken_out_of_the_queue(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abc") as session:
        await play(session, "a")
        panel, actions = session.workspace.stage.queue_panel, session.workspace.actions
        actions["queue"].trigger()
        panel.view.setCurrentIndex(panel.model.index(1))
        panel.deeds.actions["entry_remove"].trigger()
        await until(lambda: queued(session) == "ac")
        assert session.window.notice.isVisible()
        actions["undo"].trigger()
        await until(lambda: queued(session) == "abc")
        assert not session.window.notice.isVisible()


async def test_a_notice_of_the_queue_goes_with_the_queue(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "abc") as session:
        await play(session, "a")
        workspace, notice = session.workspace, session.window.notice
        workspace.actions["queue"].trigger()
        workspace.stage.queue_panel.deeds.actions["clear_queue"].trigger()
        assert notice.text == "Removed 2 songs from the queue."
        workspace.commands.listening.play_row(row(session, "b"))
        assert not notice.isVisible()  # at once, and not when its time is over


async def test_the_queue_says_why_the_present_song_stays(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "ab") as session:
        await play(session, "a")
        panel, actions = session.workspace.stage.queue_panel, session.workspace.actions
        actions["queue"].trigger()
        panel.view.setCurrentIndex(panel.model.index(0))
        panel.deeds.actions["entry_remove"].trigger()
        assert session.window.notice.text == NOT_REMOVED
        assert queued(session) == "ab"
