"""Two rows of the list compared, and what the queue makes of the one that is heard in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimusic_desktop.app import Session
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import opened
from tests.support.listening_window import heard, play, queued, ready, row, songs, sounds
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")


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
        await until(lambda: player._decks.can_swap)
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
    async with songs(service, tmp_path, "abc") as session:
        await only_b(session)
        await until(lambda: (heard(session), queued(session)) == ("b", "bc"))
        session.workspace.player.seek(19_500)
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
        await until(lambda: queued(session) == "bc")
        player.seek(0)  # from farther on, "previous" would go there
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


async def test_one_song_alone_has_nothing_to_be_compared_with(service: Service, tmp_path: Path) -> None:
    async with songs(service, tmp_path, "a") as session:
        session.workspace.view.select_ids([row(session, "a").row_id])
        session.workspace.actions["compare"].trigger()
        await until(lambda: session.window.notice.text.startswith("Select two finished songs"))
