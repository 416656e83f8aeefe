"""When to ask about a task next. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable

from aimusic_desktop.api.errors import InvalidRequest, ProductRetired, TaskNotFound
from aimusic_desktop.api.products import CANDIDATES, PRODUCTS
from aimusic_desktop.model import Product

GIVE_UP_S = 1800.0
"""How long an unfinished task is asked about, in seconds."""

NOT_HERE = (TaskNotFound, ProductRetired, InvalidRequest)
"""What a product answers that does not know a task; a bare id is then tried on the next."""

FIRST_RETRY_S = 2.0
LAST_RETRY_S = 120.0
# Songs are made in a minute or a few; from this age on the product's slowest cadence is enough.
OLD_S = 300.0
JITTER = 0.15


def next_ask_s(
    product: Product | None, age_s: float, errors: int, draw: Callable[[], float] = random.random
) -> float:
    """Seconds until a task of this age is asked about again, after so many errors in a row.

    The product's cadence slows down with the age. After an error it is asked soon, then
    after waits that double, up to two minutes. ``draw`` (0 to 1) makes the jitter that keeps tasks
    added together from being asked together.
    """
    wait_s = _retry_s(errors) if errors else _cadence_s(product, age_s)
    return wait_s * (1 - JITTER + 2 * JITTER * draw())


def _retry_s(errors: int) -> float:
    return min(FIRST_RETRY_S * 2.0 ** min(errors - 1, 10), LAST_RETRY_S)


def _cadence_s(product: Product | None, age_s: float) -> float:
    facts = PRODUCTS[product or CANDIDATES[0]]
    share = min(max(age_s / OLD_S, 0.0), 1.0)
    return facts.poll_first_s + share * (facts.poll_last_s - facts.poll_first_s)
