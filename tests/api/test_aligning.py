"""Asking when the words of a song are sung, and what the answers mean."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.api import errors
from aimusic_desktop.api.alignment import LONGEST_WORD, MOST_WORDS, decode_alignment
from aimusic_desktop.api.client import ApiClient
from aimusic_desktop.model import TimedWord
from tests.support.api import transport_to
from tests.support.service import Answer, Reply, Service, as_json

PATH = "/api/v1/sonic/aligned-lyrics"
FACTS = {"word": "[Verse]\nHey ", "start_s": 1.5, "end_s": 2, "p_align": 0.9, "success": True}


async def aligned(service: Service, answer: Answer) -> tuple[TimedWord, ...]:
    service.on(PATH, answer)
    async with transport_to(service) as transport:
        return await ApiClient(transport).align("c1")


def decoded(value: Any, status: int = 200) -> tuple[TimedWord, ...]:
    return decode_alignment(status, {}, json.dumps(value).encode())


async def test_the_clip_is_named_and_words_come_with_their_blanks(service: Service) -> None:
    words = await aligned(service, as_json({"code": 200, "data": {"alignment": [FACTS]}}))
    assert words == (TimedWord("[Verse]\nHey ", 1.5, 2.0),)
    [request] = service.requests
    assert (request.method, request.path, json.loads(request.body)) == ("POST", PATH, {"clip_id": "c1"})


@pytest.mark.parametrize("answer", [{"data": {"alignment": []}}, {"code": 200, "alignment": []}])
def test_a_song_may_have_no_words(answer: Any) -> None:
    assert decoded(answer) == ()


def test_what_is_odd_is_made_safe_or_left_out() -> None:
    listed = [
        {"word": "a\u202eb\r\n\x00", "start_s": "1.5", "end_s": "2"},
        {"word": "x\n", "start_s": None, "end_s": 2},
        {"word": "y" * 5_000, "start_s": 1, "end_s": 2},
        *({"word": ""}, {"word": 5}, {"start_s": 1}, "word", None, [1]),
    ]
    first, second, third = decoded({"data": {"alignment": listed}})
    assert first == TimedWord("ab\n", 1.5, 2.0)
    assert second == TimedWord("x\n", -1.0, -1.0)
    assert len(third.text) == LONGEST_WORD


def test_no_more_words_are_taken_than_a_song_can_have() -> None:
    assert len(decoded({"data": {"alignment": [FACTS] * (MOST_WORDS + 5)}})) == MOST_WORDS


@pytest.mark.parametrize("status", [404, 400])
async def test_a_song_without_lyrics_has_its_sentence(service: Service, status: int) -> None:
    reply = as_json({"type": "not_found", "error": "Lyrics not found."}, status)
    with pytest.raises(errors.InvalidRequest, match="no lyrics of this song"):
        await aligned(service, reply)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (as_json({"error": "bad"}, 400), errors.InvalidRequest),
        (as_json({}, 401), errors.KeyRefused),
        (as_json({}, 402), errors.NoCredits),
        (as_json({"error": "no"}, 403), errors.Forbidden),
        (as_json({}, 429), errors.RateLimited),
        (as_json({"type": "failed", "error": "refunded"}), errors.InvalidRequest),
    ],
)
async def test_a_no_is_a_no(service: Service, reply: Reply, error: type[errors.ApiError]) -> None:
    with pytest.raises(error):
        await aligned(service, reply)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        as_json({}, 500),
        Reply(200, b"<html>"),
        as_json({"message": "success"}),
        as_json({"data": {"alignment": "words"}}),
        as_json({"type": "not_ready"}, 202),
    ],
)
async def test_what_is_neither_yes_nor_no_leaves_it_open(service: Service, reply: Reply) -> None:
    with pytest.raises(errors.Unsure):
        await aligned(service, reply)
    assert len(service.requests) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=6) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["data", "alignment", "word", "start_s", "end_s", "type", "code", "error"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([200, 202, 400, 404, 500]))
def test_any_answer_is_words_or_an_error_of_the_service(value: Any, status: int) -> None:
    words: tuple[TimedWord, ...] = ()
    with suppress(errors.ApiError):
        words = decoded(value, status)
    assert all(word.text for word in words)
