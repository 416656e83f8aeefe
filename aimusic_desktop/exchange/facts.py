"""Tasks and clips as plain facts by name, and back. Pure.

What a file says is not trusted: text is cleaned and bounded like the service's, links are checked like the
service's, and a wrong type or an unknown word becomes the nearest harmless value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from aimusic_desktop.api.alignment import LONGEST_WORD
from aimusic_desktop.api.decode import MAX_DURATION_S, MAX_LYRICS, MAX_STYLE, MAX_TITLE
from aimusic_desktop.api.fields import cleaned, number_of, text_of
from aimusic_desktop.api.links import check_media_url
from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.lyrics.pieces import MOST_WORDS
from aimusic_desktop.model import (
    Alignment,
    Clip,
    ClipState,
    Conversion,
    ConversionState,
    MusicTask,
    Product,
    SaveFormat,
    TaskState,
    TimedWord,
)

Facts = Mapping[str, Any]

TASK_FACTS = ("task_id", "product", "state", "error", "added_at", "tracked_since", "settled_at")
CLIP_FACTS = (
    *("clip_id", "index", "title", "style", "model", "seed", "created_at", "duration_s"),
    *("image_url", "audio_url", "wav_url", "video_url", "state", "error", "lyrics"),
)
CONVERSION_FACTS = ("clip_id", "format", "product", "state", "conversion_id", "url", "error", "asked_at")
ALIGNMENT_FACTS = ("clip_id", "state", "words", "error", "asked_at")
_OF_TASK = {"state": "task_state", "error": "task_error"}
"""What these facts of a task are called where they stand beside those of a clip."""
_CALLED = {name: _OF_TASK.get(name, name) for name in TASK_FACTS}
_NEVER_EMPTY = "added_at"
LISTED_FACTS = ("alignments", "conversions")
"""Facts of a task that are lists."""
# Some spreadsheets leave out the empty cells that a row ends with; then nobody could tell that it was cut.
ROW_FACTS = (
    *(called for called in _CALLED.values() if called != _NEVER_EMPTY),
    *CLIP_FACTS,
    *("answer", *LISTED_FACTS, _NEVER_EMPTY),
)

_SHORT = 100
_LONG = 1_000
_LATEST_S = 1e11  # the year 5138
_MOST_CLIPS = 1_000_000
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TASK_ID = re.compile(r"[A-Za-z0-9_-]{6,64}")

_Word = TypeVar("_Word", bound=StrEnum)


def task_facts(task: MusicTask) -> dict[str, Any]:
    """All that is known of a task, but its clips."""
    return {name: getattr(task, name) for name in TASK_FACTS}


def clip_facts(clip: Clip) -> dict[str, Any]:
    """All that is known of a clip, but what its task says already."""
    return {name: getattr(clip, name) for name in CLIP_FACTS}


def conversion_facts(conversion: Conversion) -> dict[str, Any]:
    """All that is known of a conversion, but its task."""
    return {name: getattr(conversion, name) for name in CONVERSION_FACTS}


def alignment_facts(alignment: Alignment) -> dict[str, Any]:
    """All that is known of an alignment, but its task; words are lists of text, start and end."""
    facts = {name: getattr(alignment, name) for name in ALIGNMENT_FACTS}
    return facts | {"words": [[word.text, word.start_s, word.end_s] for word in alignment.words]}


def rows_of(entry: Entry) -> list[tuple[dict[str, Any], Clip | None]]:
    """A row of facts for each clip, its task's among them; one row for a task that has none.

    The service's answer, the conversions and the alignments are in the task's first row only.
    """
    shared = {_CALLED[name]: value for name, value in task_facts(entry.task).items()}
    rows: list[tuple[dict[str, Any], Clip | None]]
    rows = [(shared | clip_facts(clip), clip) for clip in entry.task.clips]
    rows = rows or [(shared, None)]
    first, _ = rows[0]
    if entry.answer:
        first["answer"] = entry.answer
    if entry.conversions:
        first["conversions"] = [*map(conversion_facts, entry.conversions)]
    if entry.alignments:
        first["alignments"] = [*map(alignment_facts, entry.alignments)]
    return rows


def task_part(row: Facts) -> dict[str, Any]:
    """What a row says of its task."""
    return {name: row.get(called) for name, called in _CALLED.items()}


def task_id_of(value: object) -> str | None:
    """A task id as the library spells it; None for what cannot be one."""
    text = text_of(value, _SHORT)
    if not _TASK_ID.fullmatch(text):
        return None
    return text.lower() if _UUID.fullmatch(text) else text


def task_from(facts: Facts, now: float) -> MusicTask | None:
    """The task, without clips, that these facts tell of; None when they name none.

    One that does not say when it was added was so at ``now`` (seconds since the epoch).
    """
    task_id = task_id_of(facts.get("task_id"))
    if task_id is None:
        return None
    added_at, tracked_since = _time(facts.get("added_at")), _time(facts.get("tracked_since"))
    added_at = now if added_at is None else added_at
    return MusicTask(
        task_id=task_id,
        product=_word(Product, facts.get("product")),
        state=_word(TaskState, facts.get("state")) or TaskState.PENDING,
        error=text_of(facts.get("error"), _LONG) or None,
        added_at=added_at,
        tracked_since=added_at if tracked_since is None else tracked_since,
        settled_at=_time(facts.get("settled_at")),
    )


def clip_from(facts: Facts, task: MusicTask, *, api_is_loopback: bool) -> Clip | None:
    """The clip of ``task`` that these facts tell of; None when they name none."""
    clip_id = text_of(facts.get("clip_id"), 2 * _SHORT)
    if not clip_id:
        return None

    def link(name: str) -> str | None:
        return _link(facts.get(name), api_is_loopback=api_is_loopback)

    return Clip(
        task_id=task.task_id,
        clip_id=clip_id,
        index=_index(facts.get("index")),
        product=task.product,
        title=text_of(facts.get("title"), MAX_TITLE),
        style=text_of(facts.get("style"), MAX_STYLE),
        lyrics=text_of(facts.get("lyrics"), MAX_LYRICS, newlines=True),
        model=text_of(facts.get("model"), _SHORT),
        seed=text_of(facts.get("seed"), _SHORT),
        created_at=text_of(facts.get("created_at"), _SHORT),
        duration_s=_length(facts.get("duration_s")),
        image_url=link("image_url"),
        audio_url=link("audio_url"),
        wav_url=link("wav_url"),
        video_url=link("video_url"),
        state=_word(ClipState, facts.get("state")) or ClipState.PENDING,
        error=text_of(facts.get("error"), _LONG) or None,
    )


def conversion_from(facts: Facts, task_id: str, now: float, *, api_is_loopback: bool) -> Conversion | None:
    """The conversion of a clip of this task that these facts tell of; None when they name none.

    Nobody asked for it later than ``now``, in seconds since the epoch.
    """
    clip_id = text_of(facts.get("clip_id"), 2 * _SHORT)
    format_, product = _word(SaveFormat, facts.get("format")), _word(Product, facts.get("product"))
    if not clip_id or product is None or format_ in (None, SaveFormat.ORIGINAL):
        return None
    conversion = Conversion(
        task_id=task_id,
        clip_id=clip_id,
        format=format_,
        product=product,
        state=_word(ConversionState, facts.get("state")) or ConversionState.UNKNOWN,
        conversion_id=text_of(facts.get("conversion_id"), _SHORT) or None,
        url=_link(facts.get("url"), api_is_loopback=api_is_loopback),
        error=text_of(facts.get("error"), _LONG) or None,
        asked_at=min(_time(facts.get("asked_at")) or 0.0, now),
    )
    return replace(conversion, state=_as_far_as_known(conversion))


def alignment_from(facts: Facts, task_id: str, now: float) -> Alignment | None:
    """The alignment of a clip of this task that these facts tell of; None when they name none.

    Nobody asked for it later than ``now``, in seconds since the epoch.
    """
    clip_id, state = text_of(facts.get("clip_id"), 2 * _SHORT), _word(ConversionState, facts.get("state"))
    if not clip_id or state is None:
        return None
    listed = facts.get("words")
    words = _timed_words(listed) if isinstance(listed, list) and state is ConversionState.DONE else None
    if words is None and state in (ConversionState.DONE, ConversionState.RUNNING):
        state = ConversionState.UNKNOWN
    return Alignment(
        task_id=task_id,
        clip_id=clip_id,
        state=state,
        words=words or (),
        error=text_of(facts.get("error"), _LONG) or None,
        asked_at=min(_time(facts.get("asked_at")) or 0.0, now),
    )


def _timed_words(listed: Sequence[object]) -> tuple[TimedWord, ...]:
    return tuple(word for each in listed[:MOST_WORDS] if (word := _timed_word(each)) is not None)


def _timed_word(value: object) -> TimedWord | None:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        return None
    text, start_s, end_s = cleaned(value[0][:LONGEST_WORD]), number_of(value[1]), number_of(value[2])
    return TimedWord(text, start_s, end_s) if text and start_s is not None and end_s is not None else None


def _as_far_as_known(conversion: Conversion) -> ConversionState:
    """Its state, unless that promises what is not there: a link, or an id to ask for it by."""
    state = conversion.state
    if state is ConversionState.DONE and conversion.url is None:
        state = ConversionState.RUNNING
    if state is ConversionState.RUNNING and conversion.conversion_id is None:
        return ConversionState.UNKNOWN
    return state


def _link(value: object, *, api_is_loopback: bool) -> str | None:
    return check_media_url(value, api_is_loopback=api_is_loopback) if isinstance(value, str) else None


def _time(value: object) -> float | None:
    number = number_of(value)
    return number if number is not None and 0 <= number <= _LATEST_S else None


def _length(value: object) -> float | None:
    number = number_of(value)
    return number if number is not None and 0 < number <= MAX_DURATION_S else None


def _index(value: object) -> int:
    number = number_of(value)
    return int(number) if number is not None and 0 <= number <= _MOST_CLIPS else 0


def _word(words: type[_Word], value: object) -> _Word | None:
    return words(value) if isinstance(value, str) and value in list(words) else None
