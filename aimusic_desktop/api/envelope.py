"""What every answer has in common: where it stands, its words, and which error it means. Pure."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aimusic_desktop.api import errors
from aimusic_desktop.api.fields import number_of, parse_object, plain_text, word_of, words_of
from aimusic_desktop.model import Product

MAX_RETRY_AFTER_S = 3600.0

_REQUEST_ID_HEADERS = ("x-request-id", "x-vercel-id", "cf-ray")
_NO_SUCH_TASK = re.compile(r"not found|no such|(does not|doesn't) exist", re.IGNORECASE)
_STATUS_OF_KIND = {
    "validation_error": 400,
    "unauthorized": 401,
    "insufficient_credits": 402,
    "not_found": 404,
    "endpoint_retired": 410,
    "rate_limited": 429,
    "internal_error": 500,
    "upstream_error": 502,
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer, sorted. ``status`` is the HTTP status, or the error a body inside a 200 speaks of.

    ``kind`` is the ``type`` word, ``words`` what the service says of an error, ``payload`` the whole
    object, ``elements`` the objects of its ``data`` (a list, one object, or an object of ``clips``).
    """

    status: int
    kind: str
    words: str
    payload: dict[str, Any]
    elements: list[dict[str, Any]]
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        return request_id(self.headers)

    def bad(self) -> errors.ApiError:
        """The error for an answer that is of no known shape."""
        if self.words:
            return errors.ServiceTrouble(_trouble(self.words), status=self.status, request_id=self.request_id)
        sentence = "The service's answer could not be understood; asking again in a while."
        return errors.BadAnswer(sentence, status=self.status, request_id=self.request_id)

    def error(self, product: Product | None) -> errors.ApiError:
        """The error that a status other than 2xx means."""
        if made := self._error_of_its_own(product):
            return made
        kind, sentence = self._refusal()
        return kind(
            sentence, status=self.status, retry_after_s=self._retry_after_s(), request_id=self.request_id
        )

    def _error_of_its_own(self, product: Product | None) -> errors.ApiError | None:
        match self.status:
            case 401:
                return errors.KeyRefused(request_id=self.request_id)
            case 410:
                return errors.ProductRetired(product, request_id=self.request_id)
            case 429:
                return errors.RateLimited(self._retry_after_s(), request_id=self.request_id)
        return None

    def _refusal(self) -> tuple[type[errors.ApiError], str]:
        status, says = self.status, f": {self.words.rstrip('.')}." if self.words else "."
        if status == 404 or (status == 400 and self._no_such_task()):
            return errors.TaskNotFound, "The service knows no task of this id. Check the id."
        if status == 402:
            return errors.NoCredits, "The account has not enough credits. Top it up, then try again."
        if status == 403:
            return errors.Forbidden, f"The service does not allow this{says}"
        if status >= 500 or status in (408, 425):
            return errors.ServiceTrouble, _trouble(self.words)
        if 400 <= status < 500:
            return errors.InvalidRequest, f"The service refused the request{says}"
        return errors.BadAnswer, "The service gave an unexpected answer; asking again in a while."

    def _no_such_task(self) -> bool:
        return self.kind == "not_found" or bool(_NO_SUCH_TASK.search(self.words))

    def _retry_after_s(self) -> float | None:
        return retry_after_s(self.headers, time.time())


def read_envelope(status: int, headers: Mapping[str, str], body: bytes) -> Envelope:
    """Sort an answer. Header names are lower case. Raises BadAnswer when a 200 holds no JSON object."""
    payload = parse_object(body)
    if payload is None and 200 <= status < 300 and status != 202:
        what = "a web page" if body.lstrip()[:1] == b"<" else "something unreadable"
        raise errors.BadAnswer(
            f"The service answered with {what} instead of data; asking again in a while.",
            status=status,
            request_id=request_id(headers),
        )
    payload = payload or {}
    data = payload.get("data")
    if isinstance(data, dict) and isinstance(data.get("clips"), list):
        data = data["clips"]
    listed = data if isinstance(data, list) else [data]
    elements = [each for each in listed if isinstance(each, dict) and each]
    kind = word_of(payload.get("type")) or word_of(payload.get("code"))
    if 200 <= status < 300:
        status = _status_inside(status, payload.get("code"), "" if elements else kind)
    return Envelope(status, kind, words_of(payload), payload, elements, headers)


def request_id(headers: Mapping[str, str]) -> str | None:
    """What the service's support can find a request by, if the answer says it."""
    found = (plain_text(headers.get(name, ""), 100) for name in _REQUEST_ID_HEADERS)
    return next((text for text in found if text), None)


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """``Retry-After`` in seconds from ``now`` (seconds since the epoch), at most an hour.

    Given as seconds or as an HTTP date (RFC 9110 §10.2.3); None when absent or nonsense.
    """
    from email.utils import parsedate_to_datetime  # late: costs start-up time and is hardly ever needed

    text = headers.get("retry-after", "")
    wait = number_of(text)
    if wait is None:
        try:
            wait = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError, TypeError, IndexError, OSError):
            return None
    return min(max(wait, 0.0), MAX_RETRY_AFTER_S)


def _status_inside(status: int, code: Any, kind: str) -> int:
    """The status that the body of a 2xx speaks of: its ``code``, else its ``type``."""
    number = number_of(code)
    if number is None or number == 200:
        return _STATUS_OF_KIND.get(kind, status)
    # A number that is no HTTP status means trouble of a kind nobody wrote down.
    return int(number) if 100 <= number < 600 else 500


def _trouble(words: str) -> str:
    says = f" ({words.rstrip('.')})" if words else ""
    return f"The service has trouble{says}; asking again in a while."
