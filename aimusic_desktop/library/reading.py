"""From the library's tables to values. What a file holds is not trusted: a wrong type or an unknown
word becomes the nearest harmless value."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from aimusic_desktop.library.query import Query, counts_statement, known_word, order_statement
from aimusic_desktop.library.values import number, storable_text, text, text_or_none
from aimusic_desktop.model import Clip, ClipState, Group, MusicTask, Product, TaskState, group_of

MAX_ANSWER_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class SongRow:
    """One row of the list: a clip (its lyrics left empty), or a task that has no clip yet.

    ``added_at`` is seconds since the epoch; ``row_id`` stays the row's own for ever.
    """

    row_id: int
    task_id: str
    product: Product | None
    task_state: TaskState
    task_error: str | None
    clip: Clip | None
    group: Group
    added_at: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows each chip stands for."""

    all: int = 0
    working: int = 0
    ready: int = 0
    failed: int = 0


def order(db: sqlite3.Connection, query: Query) -> list[int]:
    """The row ids of ``query`` in display order."""
    row_ids: list[int] = json.loads(db.execute(*order_statement(query)).fetchone()[0])
    return row_ids


def counts(db: sqlite3.Connection, text: str) -> Counts:
    """How many rows match ``text``, by chip."""
    by_chip = dict(db.execute(*counts_statement(text)).fetchall())
    numbers = {group.value: by_chip.get(group.value, 0) for group in Group}
    return Counts(all=sum(by_chip.values()), **numbers)


def rows(db: sqlite3.Connection, row_ids: Sequence[int]) -> list[SongRow]:
    """These rows in this order, without those that are gone."""
    wanted = db.execute(f"{_LIGHT} AND song.row_id {_AMONG}", [json.dumps([*row_ids])])
    found = {row["row_id"]: _song_row(row) for row in wanted}
    return [found[row_id] for row_id in row_ids if row_id in found]


def rows_of(db: sqlite3.Connection, task_ids: Collection[str]) -> list[SongRow]:
    """All rows of these tasks, in the order in which tasks came and clips were answered."""
    wanted = db.execute(f"{_LIGHT} AND task.task_id {_AMONG} {_IN_ORDER}", [json.dumps([*task_ids])])
    return [_song_row(row) for row in wanted]


def clip(db: sqlite3.Connection, row_id: int) -> Clip | None:
    """The whole clip of a row; None for a placeholder or a row that is gone."""
    row = db.execute(f"{_WHOLE} AND song.row_id = ?", [row_id]).fetchone()
    return _clip(row) if row else None


def task(db: sqlite3.Connection, task_id: str) -> MusicTask | None:
    """A task with its whole clips; None when it is unknown or removed."""
    return next(_tasks(db.execute(f"{_WHOLE} AND task.task_id = ? {_IN_ORDER}", [task_id])), None)


def clips_of(db: sqlite3.Connection, ids: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Clip]:
    """The whole clips of these pairs of task and clip id, also removed ones, without the unknown."""
    asked = {(storable_text(task_id), storable_text(clip_id)): (task_id, clip_id) for task_id, clip_id in ids}
    task_ids = json.dumps(list({task_id for task_id, _ in asked}))
    found = map(_clip, db.execute(f"{_EVEN_REMOVED} AND task.task_id {_AMONG}", [task_ids]))
    clips = {(clip.task_id, clip.clip_id): clip for clip in found if clip}
    return {asked[key]: clips[key] for key in asked.keys() & clips.keys()}


def everything(db: sqlite3.Connection, row_ids: Sequence[int] | None) -> list[MusicTask]:
    """See ``Library.everything``."""
    if row_ids is None:
        return list(_tasks(db.execute(f"{_WHOLE} {_IN_ORDER}")))
    rows = db.execute(f"{_WHOLE} AND song.row_id {_AMONG} {_IN_ORDER}", [json.dumps([*row_ids])]).fetchall()
    place = {row_id: number for number, row_id in enumerate(row_ids)}
    first: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: place[row["row_id"]]):
        first.setdefault(row["task"], len(first))
    return list(_tasks(iter(sorted(rows, key=lambda row: first[row["task"]]))))


def known(db: sqlite3.Connection, task_id: str) -> MusicTask | None:
    """A task with its whole clips, whether removed or not; None when it is unknown."""
    return next(_tasks(db.execute(f"{_EVEN_REMOVED} AND task.task_id = ? {_IN_ORDER}", [task_id])), None)


def unfinished(db: sqlite3.Connection) -> list[MusicTask]:
    """Every task that is not settled; one whose state makes no sense is taken as such."""
    settled = json.dumps([state.value for state in TaskState if state.settled])
    return list(_tasks(db.execute(f"{_WHOLE} AND task.state NOT {_AMONG} {_IN_ORDER}", [settled])))


def answer(db: sqlite3.Connection, task_id: str) -> str | None:
    """The last answer that was kept for a task, as the service sent it."""
    bodies = db.execute("SELECT body FROM answer JOIN task ON task.id = task WHERE task_id = ?", [task_id])
    for (body,) in bodies.fetchall():
        with suppress(zlib.error, TypeError):
            return zlib.decompressobj().decompress(body, MAX_ANSWER_BYTES).decode("utf-8", "replace")
    return None


_FACTS = """
    SELECT song.row_id, song.clip_id, song.clip_index, song.title, song.style, song.model, song.seed,
        song.created_at, song.duration_s, song.image_url, song.audio_url, song.wav_url, song.video_url,
        song.state, song.error, task.id AS task, task.task_id, task.product, task.state AS task_state,
        task.error AS task_error, task.added_at, task.tracked_since, task.settled_at, {lyrics} AS lyrics
    FROM song JOIN task ON task.id = song.task
    WHERE {which}
"""
_SHOWN = "song.removed_at IS NULL"
_WHOLE = _FACTS.format(lyrics="song.lyrics", which=_SHOWN)
_LIGHT = _FACTS.format(lyrics="''", which=_SHOWN)
_EVEN_REMOVED = _FACTS.format(lyrics="song.lyrics", which="TRUE")
_AMONG = "IN (SELECT value FROM json_each(?))"
_IN_ORDER = "ORDER BY task.id, song.clip_index, song.row_id"


def _song_row(row: sqlite3.Row) -> SongRow:
    clip = _clip(row)
    task_state = _task_state(row)
    return SongRow(
        row_id=row["row_id"],
        task_id=text(row["task_id"]),
        product=known_word(Product, row["product"]),
        task_state=task_state,
        task_error=text_or_none(row["task_error"]),
        clip=clip,
        group=group_of(task_state, clip.state if clip else None, clip is not None and clip.playable),
        added_at=number(row["added_at"]) or 0.0,
    )


def _tasks(rows: Iterator[sqlite3.Row]) -> Iterator[MusicTask]:
    for _, group in groupby(rows, itemgetter("task")):
        songs = list(group)
        yield _task(songs[0], tuple(clip for clip in map(_clip, songs) if clip))


def _task(row: sqlite3.Row, clips: tuple[Clip, ...]) -> MusicTask:
    return MusicTask(
        task_id=text(row["task_id"]),
        product=known_word(Product, row["product"]),
        state=_task_state(row),
        error=text_or_none(row["task_error"]),
        clips=clips,
        added_at=number(row["added_at"]) or 0.0,
        tracked_since=number(row["tracked_since"]) or 0.0,
        settled_at=number(row["settled_at"]),
    )


def _clip(row: sqlite3.Row) -> Clip | None:
    if row["clip_id"] is None:
        return None
    return Clip(
        task_id=text(row["task_id"]),
        clip_id=text(row["clip_id"]),
        index=row["clip_index"] if isinstance(row["clip_index"], int) else 0,
        product=known_word(Product, row["product"]),
        title=text(row["title"]),
        style=text(row["style"]),
        lyrics=text(row["lyrics"]),
        model=text(row["model"]),
        seed=text(row["seed"]),
        created_at=text(row["created_at"]),
        duration_s=number(row["duration_s"]),
        image_url=text_or_none(row["image_url"]),
        audio_url=text_or_none(row["audio_url"]),
        wav_url=text_or_none(row["wav_url"]),
        video_url=text_or_none(row["video_url"]),
        state=known_word(ClipState, row["state"]) or ClipState.PENDING,
        error=text_or_none(row["error"]),
    )


def _task_state(row: sqlite3.Row) -> TaskState:
    return known_word(TaskState, row["task_state"]) or TaskState.PENDING
