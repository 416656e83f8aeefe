"""What the network library raises, as errors for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aimusic_desktop.api.errors import BadAnswer, SlowAnswer, Unreachable, Unsure
from aimusic_desktop.api.guards import CUT_SHORT

_UNREACHABLE = "{} cannot be reached. Check the network connection."
_UNTRUSTED = "{} could not prove who it is. Check this computer's clock and its network."


@contextmanager
def as_api_errors(who: str) -> Iterator[None]:
    """Turn what httpx raises into the error tree; ``who`` begins the sentence."""
    import httpx

    try:
        yield
    except httpx.ProxyError as error:
        raise Unreachable(
            "The proxy set for this computer does not let us through. Check its settings."
        ) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, UnicodeError) as error:
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        raise Unreachable((_UNTRUSTED if untrusted else _UNREACHABLE).format(who)) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise SlowAnswer(f"{who} took too long to answer; trying again in a while.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadAnswer(CUT_SHORT.format(who)) from error


@contextmanager
def as_unsure() -> Iterator[None]:
    """Around a request that is sent once: whatever went wrong after it may have arrived becomes Unsure."""
    try:
        yield
    except (SlowAnswer, BadAnswer) as error:
        raise Unsure(status=error.status, request_id=error.request_id) from error
