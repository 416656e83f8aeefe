"""What can go wrong with the service, each with its sentence for people.

Sorted by HTTP status first, then by the ``type`` of the body (the service's error table).
``retryable`` says whether asking the same again can help.
"""

from __future__ import annotations

from aimusic_desktop.errors import AppError
from aimusic_desktop.model import Product


class ApiError(AppError):
    """Any trouble with the API.

    ``status`` is the HTTP status if there was an answer, ``retry_after_s`` how long the service
    asked to wait, in seconds, ``request_id`` what its support can find the request by.
    """

    retryable = False

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.request_id = request_id
        self.retry_after_s = retry_after_s


class KeyMissing(ApiError):
    """No key is known, so nothing was sent."""

    def __init__(self) -> None:
        super().__init__("There is no API key yet. Enter yours to look tasks up.")


class KeyRefused(ApiError):
    """HTTP 401."""

    def __init__(self, *, request_id: str | None = None) -> None:
        super().__init__(
            "The service refused the API key. Check it and enter it again.", status=401, request_id=request_id
        )


class NoCredits(ApiError):
    """HTTP 402."""


class Forbidden(ApiError):
    """HTTP 403: no subscription, moderation, no credits."""


class InvalidRequest(ApiError):
    """HTTP 400 and other refusals of what was asked."""


class TaskNotFound(ApiError):
    """HTTP 404, or 400 saying that there is no such task, at the product that was asked."""


class ProductRetired(ApiError):
    """HTTP 410."""

    def __init__(self, product: Product | None, *, request_id: str | None = None) -> None:
        name = product.label if product else "This product"
        super().__init__(
            f"{name} was retired by the service; its tasks can no longer be looked up.",
            status=410,
            request_id=request_id,
        )


class RateLimited(ApiError):
    """HTTP 429. ``retry_after_s`` is what the service asked for, in seconds, or None."""

    retryable = True

    def __init__(self, retry_after_s: float | None, *, request_id: str | None = None) -> None:
        super().__init__(
            "The service asks to go slower; asking again in a while.",
            status=429,
            request_id=request_id,
            retry_after_s=retry_after_s,
        )


class ServiceTrouble(ApiError):
    """HTTP 5xx, or a body that says so inside a 200."""

    retryable = True


class BadAnswer(ApiError):
    """An answer that is no JSON, cut, oversized or of the wrong shape."""

    retryable = True


class SlowAnswer(ApiError):
    """No whole answer within the time limit."""

    retryable = True


class Unreachable(ApiError):
    """No connection: no network, no such host, refused, TLS trouble."""

    retryable = True


class Unsure(ApiError):
    """A request that costs credits was sent, and nobody knows whether the service took it.

    Never sent again by itself: it might be paid for twice.
    """

    def __init__(self, *, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(
            "The service may have taken this request without saying so. Look at your credits before you"
            " ask again.",
            status=status,
            request_id=request_id,
        )
