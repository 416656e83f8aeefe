"""Answers to values: every dialect of the service becomes one Outcome. Pure.

Liberal in what it takes: whatever arrives, the result is well-formed or an ApiError is raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aimusic_desktop.api.envelope import Envelope, read_envelope
from aimusic_desktop.api.errors import InvalidRequest, TaskNotFound
from aimusic_desktop.api.fields import (
    first_text,
    list_text,
    number_of,
    plain_text,
    text_of,
    word_of,
    words_of,
)
from aimusic_desktop.api.links import LINK_REFUSED, check_media_url
from aimusic_desktop.api.products import PRODUCTS
from aimusic_desktop.model import Clip, ClipState, Product, TaskState

__all__ = [
    "Credits",
    "Outcome",
    "Submitted",
    "decode_credits",
    "decode_submitted",
    "decode_task",
    "plain_text",
]

MAX_CLIPS = 100
MAX_TITLE = 300
MAX_STYLE = 2_000
MAX_LYRICS = 100_000
MAX_DURATION_S = 24 * 3600.0

_SHORT = 100
_STATES = {
    **dict.fromkeys(("succeeded", "success", "completed", "complete", "ok"), ClipState.SUCCEEDED),
    **dict.fromkeys(("failed", "failure", "error"), ClipState.FAILED),
    **dict.fromkeys(("pending", "queued"), ClipState.PENDING),
}
_FAILED_KINDS = frozenset(("failed", "timeout", "forbidden", "api_error"))
# A gateway's timeout is worth asking again; this one is the task's own end.
_FAILED_FOR_GOOD = re.compile(r"task failed|refunded", re.IGNORECASE)
_NOT_MADE = "The service could not make this song."
_NO_SUCH_SONG = "The service does not know this song any more, so it cannot convert it."
_VIDEO_ONLY = "This task made a video, which this program cannot play; “Copy JSON” has its link."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look-up found: RUNNING, SUCCEEDED, PARTIAL or FAILED.

    ``error`` is the sentence for people when something failed, or when nothing but videos was made.
    ``body`` is the answer as it came, but for the key.
    """

    state: TaskState
    clips: tuple[Clip, ...]
    error: str | None
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credits:
    """What is left on the account: bought or subscribed ``credits``, and ``extra`` ones."""

    credits: int
    extra: int


@dataclass(frozen=True, slots=True)
class Submitted:
    """What asking for a conversion led to: the id of a task that makes the file, or the file's link."""

    conversion_id: str | None
    url: str | None


def decode_task(
    task_id: str,
    product: Product,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    api_is_loopback: bool = False,
) -> Outcome:
    """What the answer to a look-up says. Header names are lower case. Raises an ApiError."""
    envelope = read_envelope(status, headers, body)
    verdict = _verdict(envelope, product)
    clips: list[Clip] = []
    for element in envelope.elements[:MAX_CLIPS]:
        clip = _clip(task_id, product, len(clips), element, api_is_loopback)
        clip = _with_state(clip, element, verdict, envelope.words)
        clips.append(_with_own_id(clip, clips))
    state = _task_state(verdict, clips, PRODUCTS[product].expected_clips)
    return Outcome(state, tuple(clips), _sentence(state, clips, verdict, envelope.words), body)


def decode_credits(status: int, headers: Mapping[str, str], body: bytes) -> Credits:
    """What the answer to get-credits says. Header names are lower case. Raises an ApiError."""
    envelope = read_envelope(status, headers, body)
    if not envelope.ok:
        error = envelope.error(None)
        if isinstance(error, TaskNotFound):
            sentence = "There is no AI Music API at this address. Check the address."
            raise InvalidRequest(sentence, status=error.status, request_id=error.request_id)
        raise error
    credits_left = number_of(envelope.payload.get("credits"))
    if credits_left is None:
        raise envelope.bad()
    return Credits(int(credits_left), int(number_of(envelope.payload.get("extra_credits")) or 0))


def decode_submitted(
    status: int, headers: Mapping[str, str], body: bytes, *, api_is_loopback: bool = False
) -> Submitted:
    """What the answer to a conversion says. Header names are lower case.

    Raises an ApiError: a BadAnswer or ServiceTrouble leaves open whether it is being made.
    """
    envelope = read_envelope(status, headers, body)
    if not envelope.ok:
        error = envelope.error(None)
        if isinstance(error, TaskNotFound):
            raise InvalidRequest(_NO_SUCH_SONG, status=error.status, request_id=error.request_id)
        raise error
    if envelope.kind in _FAILED_KINDS:
        raise InvalidRequest(envelope.words or _NOT_MADE, status=status, request_id=envelope.request_id)
    places = (*envelope.elements[:1], envelope.payload)
    links = [each[name] for each in places for name in ("wav_url", "audio_url") if word_of(each.get(name))]
    if links:
        url = check_media_url(links[0], api_is_loopback=api_is_loopback)
        if url is None:
            raise InvalidRequest(LINK_REFUSED, status=status, request_id=envelope.request_id)
        return Submitted(None, url)
    task_ids = (first_text(each, "task_id", limit=_SHORT) for each in places)
    if conversion_id := next(filter(None, task_ids), None):
        return Submitted(conversion_id, None)
    raise envelope.bad()


def _verdict(envelope: Envelope, product: Product) -> ClipState | None:
    """What the answer says of the task as a whole; None when only its clips can tell."""
    if envelope.status >= 500 and _FAILED_FOR_GOOD.search(envelope.words):
        return ClipState.FAILED
    if not envelope.ok:
        raise envelope.error(product)
    if envelope.kind in _FAILED_KINDS:
        return ClipState.FAILED
    if envelope.status == 202 or envelope.kind == "not_ready":
        return ClipState.RUNNING
    if state := word_of(envelope.payload.get("status")):
        return _STATES.get(state, ClipState.RUNNING)
    if "data" not in envelope.payload and number_of(envelope.payload.get("code")) is None:
        raise envelope.bad()
    return None


def _clip(task_id: str, product: Product, index: int, element: dict[str, Any], api_is_loopback: bool) -> Clip:
    """One element of ``data`` as a clip that is still to get its state."""

    def link(name: str) -> str | None:
        url = element.get(name)
        return check_media_url(url, api_is_loopback=api_is_loopback) if isinstance(url, str) else None

    duration_s = number_of(element.get("duration"))
    return Clip(
        task_id=task_id,
        clip_id=first_text(element, "clip_id", "id", limit=_SHORT) or f"{task_id}-{index + 1}",
        index=index,
        product=product,
        title=text_of(element.get("title"), MAX_TITLE),
        style=list_text(element.get("sound"), MAX_STYLE) or list_text(element.get("tags"), MAX_STYLE),
        lyrics=first_text(element, "lyrics", "lyric", limit=MAX_LYRICS, newlines=True),
        model=text_of(element.get("mv"), _SHORT),
        seed=text_of(element.get("seed"), _SHORT),
        created_at=text_of(element.get("created_at"), _SHORT),
        duration_s=duration_s if duration_s and 0 < duration_s <= MAX_DURATION_S else None,
        image_url=link("image_url"),
        audio_url=link("audio_url"),
        wav_url=link("wav_url"),
        video_url=link("video_url"),
    )


def _with_own_id(clip: Clip, before: list[Clip]) -> Clip:
    """The clip with an id that none before it has: stems of one song may come under one id."""
    taken = {each.clip_id for each in before}
    clip_id = clip.clip_id
    while clip_id in taken:
        clip_id += f"-{clip.index + 1}"
    return replace(clip, clip_id=clip_id)


def _with_state(clip: Clip, element: dict[str, Any], verdict: ClipState | None, task_words: str) -> Clip:
    words = words_of([element.get("error_message"), element.get("error")])
    state = _clip_state(clip, element, verdict, words)
    if state is ClipState.SUCCEEDED:
        audio_url = clip.audio_url or clip.wav_url
        return replace(clip, state=state, audio_url=audio_url, error=None if audio_url else _VIDEO_ONLY)
    if state is not ClipState.FAILED:
        return replace(clip, state=state)
    if _link_refused(clip, element) and not words:
        words = LINK_REFUSED
    return replace(clip, state=state, error=words or (task_words if verdict is state else "") or _NOT_MADE)


def _clip_state(clip: Clip, element: dict[str, Any], verdict: ClipState | None, words: str) -> ClipState:
    word = word_of(element.get("state"))
    if word:
        state = _STATES.get(word, ClipState.RUNNING)
    elif words:
        state = ClipState.FAILED
    else:
        state = verdict or ClipState.SUCCEEDED
    if state is ClipState.SUCCEEDED and _link_refused(clip, element):
        state = ClipState.FAILED
    elif state is ClipState.SUCCEEDED and not (clip.audio_url or clip.wav_url or clip.video_url):
        state = ClipState.RUNNING  # finished without a link is not finished yet
    if verdict is ClipState.FAILED and not state.settled:
        return ClipState.FAILED
    return state


def _link_refused(clip: Clip, element: dict[str, Any]) -> bool:
    """Whether there is a link to the sound, but none that may ever be opened."""
    sent = any(word_of(element.get(name)) for name in ("audio_url", "wav_url"))
    return sent and not (clip.audio_url or clip.wav_url)


def _task_state(verdict: ClipState | None, clips: list[Clip], expected_clips: int) -> TaskState:
    ready = any(clip.state is ClipState.SUCCEEDED for clip in clips)
    if verdict is ClipState.FAILED:
        return TaskState.PARTIAL if ready else TaskState.FAILED
    unfinished = verdict in (ClipState.PENDING, ClipState.RUNNING) or len(clips) < expected_clips
    if unfinished or not all(clip.state.settled for clip in clips):
        return TaskState.RUNNING
    if all(clip.state is ClipState.SUCCEEDED for clip in clips):
        return TaskState.SUCCEEDED
    return TaskState.PARTIAL if ready else TaskState.FAILED


def _sentence(state: TaskState, clips: list[Clip], verdict: ClipState | None, words: str) -> str | None:
    if state is TaskState.SUCCEEDED and not any(clip.ready for clip in clips):
        return _VIDEO_ONLY
    if state not in (TaskState.PARTIAL, TaskState.FAILED):
        return None
    failed = [clip.error for clip in clips if clip.error and clip.state is ClipState.FAILED]
    why = words if verdict is ClipState.FAILED else ""
    why = why or next(iter(failed), _NOT_MADE)
    if state is TaskState.PARTIAL and failed:
        return f"{len(failed)} of {len(clips)} songs failed: {why}"
    return why
