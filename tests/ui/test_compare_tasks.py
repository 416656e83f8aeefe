"""Comparing songs that do not come of one task."""

from __future__ import annotations

from pathlib import Path

import pytest

from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import FIRST, SECOND, clip_json, done, opened
from tests.support.listening_window import heard, ready, row
from tests.support.media import wav
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("no_sound_server", "with_key")


async def test_two_songs_of_different_tasks_are_compared(service: Service, tmp_path: Path) -> None:
    for task, name in ((FIRST, "a"), (SECOND, "b")):
        url = service.serve_file(f"/{name}.wav", wav(5), "audio/wav")
        clip = clip_json(service, name, title=f"Song {name}", audio_url=url, duration=5)
        service.on_task("producer", task, done(clip))
    async with opened(service, tmp_path, FIRST, SECOND) as session:
        await until(lambda: len(ready(session)) == 2)
        workspace, player = session.workspace, session.workspace.player
        workspace.view.select_ids([row(session, name).row_id for name in "ab"])
        workspace.actions["compare"].trigger()
        await until(lambda: player.twin is not None and player.state is PlayState.PLAYING)
        twin = player.twin
        assert twin is not None
        assert player.clip is not None
        assert {player.clip.task_id, twin.task_id} == {FIRST, SECOND}
        cards = workspace.stage.compare_panel.cards
        assert sorted(card.title.text() for card in cards) == ["Song a", "Song b"]
        await until(lambda: workspace.stage.book.gains(*filter(None, (player.clip, twin))))
        await until(lambda: player._decks.can_swap)
        workspace.actions["swap"].trigger()
        await until(lambda: heard(session) == twin.clip_id)
