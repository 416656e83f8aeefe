"""Whatever arrives, decoding ends in a well-formed value or an ApiError."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from aimusic_desktop.api.decode import Outcome, decode_credits, decode_task, plain_text
from aimusic_desktop.api.envelope import retry_after_s
from aimusic_desktop.api.errors import ApiError
from aimusic_desktop.model import Clip, ClipState, Product, TaskState

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TEXTS = st.text(st.characters(), max_size=40)  # lone surrogates too
STATES = st.sampled_from(
    [
        "pending",
        "RUNNING",
        "succeeded",
        "failed",
        "SUCCESS",
        "FAILED",
        "not_ready",
        "timeout",
        "not_found",
        "",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXTS,
    STATES,
    st.just(10**400),
    st.just("https://a.b/c"),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TEXT_FIELDS = ["clip_id", "id", "title", "sound", "tags", "lyrics", "lyric", "created_at", "mv", "seed"]
LINK_FIELDS = ["image_url", "audio_url", "wav_url", "video_url"]
CLIP_FIELDS = [*TEXT_FIELDS, *LINK_FIELDS, "duration", "state", "error_message", "error"]
ELEMENTS = st.dictionaries(st.sampled_from(CLIP_FIELDS), VALUES, max_size=8)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from([200, "200", "success", 202, 404, 500, 504, 1e308]) | VALUES,
        "data": st.lists(ELEMENTS | VALUES, max_size=4) | VALUES,
        "status": STATES | VALUES,
        "type": STATES | VALUES,
        "message": VALUES,
        "error": VALUES,
        "detail": VALUES,
        "credits": VALUES,
        "extra_credits": VALUES,
    },
)
STATUSES = st.sampled_from(
    [200, 201, 202, 204, 304, 400, 401, 402, 403, 404, 410, 418, 429, 500, 503, 504, 599]
)
HEADERS = st.dictionaries(st.sampled_from(["retry-after", "x-request-id", "cf-ray"]), TEXTS)
BODIES = st.one_of(
    ANSWERS.map(lambda answer: json.dumps(answer).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    ANSWERS.map(lambda answer: json.dumps(answer, ensure_ascii=False).encode("utf-16", "surrogatepass")),
    ANSWERS.map(lambda answer: json.dumps(answer).encode()[:-3]),
    st.binary(),
)


@settings(deadline=None)
@given(STATUSES, HEADERS, BODIES, st.sampled_from(Product), st.booleans())
@example(200, {}, b'{"data":' * 5000, Product.SONIC, False)
def test_a_task_decodes_to_something_well_formed(
    status: int, headers: dict[str, str], body: bytes, product: Product, local: bool
) -> None:
    try:
        outcome = decode_task("t1", product, status, headers, body, api_is_loopback=local)
    except ApiError as error:
        check_text(error.sentence, 700)
        check_text(error.request_id or "", 100)
    else:
        check_outcome(outcome, body)


@settings(deadline=None)
@given(STATUSES, HEADERS, BODIES)
def test_credits_decode_to_numbers(status: int, headers: dict[str, str], body: bytes) -> None:
    try:
        found = decode_credits(status, headers, body)
    except ApiError:
        return
    assert isinstance(found.credits, int)
    assert isinstance(found.extra, int)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 50), st.booleans())
def test_plain_text_is_safe_bounded_and_stable(text: str, limit: int, newlines: bool) -> None:
    plain = plain_text(text, limit, newlines=newlines)
    check_text(plain, limit, newlines=newlines)
    assert plain_text(plain, limit, newlines=newlines) == plain


@settings(deadline=None)
@given(TEXTS | st.floats().map(str), st.floats(0, 4e9))
def test_retry_after_is_bounded(text: str, now: float) -> None:
    wait = retry_after_s({"retry-after": text}, now)
    assert wait is None or 0 <= wait <= 3600


def check_outcome(outcome: Outcome, body: bytes) -> None:
    states = [clip.state for clip in outcome.clips]
    assert outcome.body == body
    assert outcome.state in (TaskState.RUNNING, TaskState.SUCCEEDED, TaskState.PARTIAL, TaskState.FAILED)
    heard = any(clip.ready for clip in outcome.clips)
    assert (outcome.error is None) == (
        outcome.state is TaskState.RUNNING or (outcome.state is TaskState.SUCCEEDED and heard)
    )
    check_text(outcome.error or "", 600)
    assert len({clip.clip_id for clip in outcome.clips}) == len(outcome.clips)
    assert [clip.index for clip in outcome.clips] == list(range(len(outcome.clips)))
    if outcome.state is TaskState.SUCCEEDED:
        assert set(states) == {ClipState.SUCCEEDED}
    if outcome.state is TaskState.PARTIAL:
        assert ClipState.SUCCEEDED in states
    if outcome.state is TaskState.FAILED:
        assert ClipState.SUCCEEDED not in states
    if outcome.state is not TaskState.RUNNING:
        assert all(state.settled for state in states)
    for clip in outcome.clips:
        check_clip(clip)


def check_clip(clip: Clip) -> None:
    assert clip.clip_id
    assert (clip.error is None) == (clip.ready or not clip.state.settled)
    assert clip.ready or clip.state is not ClipState.SUCCEEDED or clip.video_url
    assert clip.duration_s is None or (math.isfinite(clip.duration_s) and clip.duration_s > 0)
    for text in (clip.title, clip.style, clip.model, clip.seed, clip.created_at, clip.error or ""):
        check_text(text, 2000)
    check_text(clip.lyrics, 100_000, newlines=True)
    links: list[Any] = [clip.audio_url, clip.image_url, clip.wav_url, clip.video_url]
    assert all(link is None or link.startswith(("https://", "http://")) for link in links)


def check_text(text: str, limit: int, *, newlines: bool = False) -> None:
    assert len(text) <= limit
    assert not UNSAFE.search(text)
    assert newlines or not re.search("[\t\n]", text)
    text.encode()
