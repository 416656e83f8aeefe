"""Tasks as the library holds them, in every shape, and exports read back."""

from __future__ import annotations

import io
from collections.abc import Iterable

from hypothesis import strategies as st

from aimusic_desktop.api.fields import cleaned, plain_text
from aimusic_desktop.exchange.as_csv import from_csv, is_csv, to_csv
from aimusic_desktop.exchange.as_json import from_json, is_json, to_json
from aimusic_desktop.exchange.as_m3u8 import from_m3u8, is_m3u8, to_m3u8
from aimusic_desktop.exchange.entry import Entry
from aimusic_desktop.exchange.files import ExportFormat
from aimusic_desktop.exchange.gathering import Gathering, Imported
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

NOW = 1_760_000_000.0
ALL = {
    ExportFormat.JSON: (is_json, to_json, from_json),
    ExportFormat.CSV: (is_csv, to_csv, from_csv),
    ExportFormat.M3U8: (is_m3u8, to_m3u8, from_m3u8),
}

_TRICKY = st.sampled_from(
    ["=1+1", "@SUM(A1)", "'", "''=x", "-5", "\t=1", "a,b;c", '"', "#EXTINF:1,x", "], [", "{}"]
)


def _text(limit: int, *, newlines: bool = False) -> st.SearchStrategy[str]:
    return (st.text(max_size=40) | _TRICKY).map(lambda text: plain_text(text, limit, newlines=newlines))


_ERROR = st.none() | _text(500).map(lambda text: text or None)
_URL = st.none() | st.sampled_from(["https://media.example/a.m4a", "https://media.example/b%20c?x=1,2&y='"])
_TIME = st.floats(0.0, 4e9)
_ANSWER = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200) | _TRICKY


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """A library with the service's answers, and with conversions and alignments of its songs."""
    return [
        Entry(
            task,
            draw(_ANSWER),
            conversions=draw(_conversions(task)),
            alignments=[draw(_alignment(clip)) for clip in task.clips if draw(st.booleans())],
        )
        for task in draw(tasks())
    ]


def _conversions(task: MusicTask) -> st.SearchStrategy[list[Conversion]]:
    if not task.clips:
        return st.just([])
    return st.lists(_conversion(task), max_size=3, unique_by=lambda each: (each.clip_id, each.format))


def _conversion(task: MusicTask) -> st.SearchStrategy[Conversion]:
    return st.builds(
        Conversion,
        task_id=st.just(task.task_id),
        clip_id=st.sampled_from([clip.clip_id for clip in task.clips]),
        format=st.sampled_from([SaveFormat.WAV, SaveFormat.MP3]),
        product=st.sampled_from(Product),
        state=st.sampled_from(ConversionState),
        conversion_id=_text(100).filter(bool),
        url=st.sampled_from(["https://media.example/a.wav", "https://media.example/b%20c?x=1,2&y='"]),
        error=_ERROR,
        asked_at=st.floats(0.0, NOW),
    )


_WORDS = st.lists(
    st.builds(
        TimedWord,
        (st.text(max_size=10) | _TRICKY).map(cleaned).filter(bool),
        st.floats(-1.0, 4e4),
        st.floats(-1.0, 4e4),
    ),
    max_size=3,
)


@st.composite
def _alignment(draw: st.DrawFn, clip: Clip) -> Alignment:
    """One that has words only if it is done, and is never being made."""
    state = draw(st.sampled_from(ConversionState).filter(lambda state: state is not ConversionState.RUNNING))
    return Alignment(
        task_id=clip.task_id,
        clip_id=clip.clip_id,
        state=state,
        words=tuple(draw(_WORDS)) if state is ConversionState.DONE else (),
        error=draw(_ERROR),
        asked_at=draw(st.floats(0.0, NOW)),
    )


@st.composite
def tasks(draw: st.DrawFn) -> list[MusicTask]:
    """A library: tasks with their clips in order."""
    return [draw(_task(number)) for number in range(draw(st.integers(0, 4)))]


@st.composite
def _task(draw: st.DrawFn, number: int) -> MusicTask:
    task_id = f"{number:08x}-0000-4000-8000-000000000000"
    product = draw(st.none() | st.sampled_from(Product))
    clip_ids = draw(st.lists(_text(100).filter(bool), max_size=3, unique=True))
    return MusicTask(
        task_id=task_id,
        product=product,
        state=draw(st.sampled_from(TaskState)),
        error=draw(_ERROR),
        clips=tuple(draw(_clip(task_id, clip_id, index, product)) for index, clip_id in enumerate(clip_ids)),
        added_at=draw(_TIME),
        tracked_since=draw(_TIME),
        settled_at=draw(st.none() | _TIME),
    )


def _clip(task_id: str, clip_id: str, index: int, product: Product | None) -> st.SearchStrategy[Clip]:
    return st.builds(
        Clip,
        task_id=st.just(task_id),
        clip_id=st.just(clip_id),
        index=st.just(index),
        product=st.just(product),
        title=_text(300),
        style=_text(2_000),
        lyrics=_text(100_000, newlines=True),
        model=_text(100),
        seed=_text(100),
        created_at=_text(100),
        duration_s=st.none() | st.floats(0.01, 86_400.0),
        image_url=_URL,
        audio_url=_URL,
        wav_url=_URL,
        video_url=_URL,
        state=st.sampled_from(ClipState),
        error=_ERROR,
    )


def written(export_format: ExportFormat, entries: Iterable[Entry]) -> str:
    _, to_text, _ = ALL[export_format]
    return "".join(to_text(entries))


def read(export_format: ExportFormat, text: str, *, api_is_loopback: bool = False) -> Imported:
    _, _, from_text = ALL[export_format]
    gathering = Gathering(NOW, api_is_loopback=api_is_loopback)
    from_text(io.StringIO(text.removeprefix("\ufeff"), newline=""), gathering)
    return gathering.result()
