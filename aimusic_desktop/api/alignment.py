"""When the words of a song are sung, as the service tells it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aimusic_desktop.api.envelope import Envelope, read_envelope
from aimusic_desktop.api.errors import InvalidRequest, TaskNotFound
from aimusic_desktop.api.fields import cleaned, number_of
from aimusic_desktop.lyrics.pieces import MOST_WORDS
from aimusic_desktop.model import TimedWord

LONGEST_WORD = 1_000

_NO_LYRICS = "The service has no lyrics of this song, so there is nothing to time."
_REFUSED = "The service could not time the lyrics of this song."
_FAILED_KINDS = frozenset(("failed", "timeout", "forbidden", "api_error"))


def decode_alignment(status: int, headers: Mapping[str, str], body: bytes) -> tuple[TimedWord, ...]:
    """The words of an answer, none if the service found none. Header names are lower case.

    Raises an ApiError: a BadAnswer or ServiceTrouble leaves open whether the words were paid for.
    """
    envelope = read_envelope(status, headers, body)
    if not envelope.ok:
        error = envelope.error(None)
        if isinstance(error, TaskNotFound):
            raise InvalidRequest(_NO_LYRICS, status=error.status, request_id=error.request_id)
        raise error
    if envelope.kind in _FAILED_KINDS:
        raise InvalidRequest(envelope.words or _REFUSED, status=status, request_id=envelope.request_id)
    listed = _listed(envelope)
    if listed is None:
        raise envelope.bad()
    return tuple(word for each in listed[:MOST_WORDS] if (word := timed_word(each)) is not None)


def timed_word(facts: object) -> TimedWord | None:
    """The word these facts tell of, blanks and newlines around it kept; None when they tell of none.

    One that comes without a time gets a negative one: nothing is sung then, but it may end a line.
    """
    if not isinstance(facts, dict) or not isinstance(facts.get("word"), str):
        return None
    word = cleaned(facts["word"][:LONGEST_WORD])
    start_s, end_s = number_of(facts.get("start_s")), number_of(facts.get("end_s"))
    if not word:
        return None
    if start_s is None or end_s is None:
        return TimedWord(word, -1.0, -1.0)
    return TimedWord(word, start_s, end_s)


def _listed(envelope: Envelope) -> list[Any] | None:
    places = (*envelope.elements[:1], envelope.payload)
    return next((found for each in places if isinstance(found := each.get("alignment"), list)), None)
