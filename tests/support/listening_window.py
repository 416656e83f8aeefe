"""The window with songs to play, each a short tone of its own file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aimusic_desktop.app import Session
from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui.player.player import PlayState
from tests.support.furnished import FIRST, clip_json, done, opened
from tests.support.media import wav
from tests.support.service import Service
from tests.support.waiting import until


@asynccontextmanager
async def songs(
    service: Service, tmp_path: Path, names: str, *, seconds: float = 20.0, **data: bytes
) -> AsyncIterator[Session]:
    """A window with one task that has a song for each letter; ``data`` replaces what a song's file holds."""
    clips = [
        clip_json(
            service,
            name,
            title=f"Song {name}",
            audio_url=service.serve_file(f"/{name}.wav", data.get(name, wav(seconds)), "audio/wav"),
            duration=seconds,
        )
        for name in names
    ]
    service.on_task("producer", FIRST, done(*clips))
    async with opened(service, tmp_path, FIRST) as session:
        await until(lambda: len(ready(session)) == len(names))
        yield session


def ready(session: Session) -> list[SongRow]:
    """The rows that can be played, from the top down."""
    return [row for row in session.workspace.listed() if row.clip is not None and row.clip.ready]


def row(session: Session, name: str) -> SongRow:
    """The row of a song by its letter."""
    return next(row for row in ready(session) if row.clip is not None and row.clip.clip_id == name)


async def play(session: Session, name: str) -> None:
    """Play a row, and wait until it sounds and the rows around it are queued."""
    workspace = session.workspace
    workspace.commands.listening.play_row(row(session, name))
    await sounds(session, name)
    await until(lambda: len(workspace.stage.queue.entries) >= len(ready(session)))


async def sounds(session: Session, name: str) -> None:
    """Wait until that song plays."""
    player = session.workspace.player
    await until(lambda: player.state is PlayState.PLAYING and heard(session) == name)


def heard(session: Session) -> str:
    """The letter of the song that the player holds, or ""."""
    clip = session.workspace.player.clip
    return clip.clip_id if clip is not None else ""


def queued(session: Session) -> str:
    """The letters of the songs to come, the present one first."""
    queue = session.workspace.stage.queue
    entries = [queue.current, *queue.upcoming]
    return "".join(entry.clip.clip_id for entry in entries if entry is not None)
