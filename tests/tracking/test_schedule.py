"""When a task is asked about next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.api.products import PRODUCTS
from aimusic_desktop.model import Product
from aimusic_desktop.tracking.schedule import FIRST_RETRY_S, JITTER, LAST_RETRY_S, next_ask_s

products = st.none() | st.sampled_from(Product)
ages = st.floats(-1e6, 1e6)


def middle() -> float:
    return 0.5


@pytest.mark.parametrize("product", Product)
def test_a_young_task_is_asked_about_at_the_product_s_own_cadence_and_an_old_one_less(
    product: Product,
) -> None:
    facts = PRODUCTS[product]
    assert next_ask_s(product, 0, 0, middle) == pytest.approx(facts.poll_first_s)
    assert next_ask_s(product, 1000, 0, middle) == pytest.approx(facts.poll_last_s)


def test_the_first_retry_comes_soon_and_errors_in_a_row_double_the_wait_up_to_two_minutes() -> None:
    waits = [next_ask_s(Product.SONIC, 1000, errors, middle) for errors in range(1, 9)]
    assert waits == pytest.approx([2, 4, 8, 16, 32, 64, 120, 120])


@given(products, ages, st.integers(0, 10**6), st.floats(0, 1))
def test_the_wait_is_always_bounded(product: Product | None, age_s: float, errors: int, drawn: float) -> None:
    wait_s = next_ask_s(product, age_s, errors, lambda: drawn)
    assert FIRST_RETRY_S * (1 - JITTER) <= wait_s <= LAST_RETRY_S * (1 + JITTER)


@given(products, ages, ages, st.integers(1, 20), st.integers(1, 20))
def test_age_and_errors_never_shorten_the_wait(
    product: Product | None, age_s: float, other_s: float, errors: int, others: int
) -> None:
    younger = next_ask_s(product, min(age_s, other_s), 0, middle)
    assert younger <= next_ask_s(product, max(age_s, other_s), 0, middle)
    fewer = next_ask_s(product, age_s, min(errors, others), middle)
    assert fewer <= next_ask_s(product, other_s, max(errors, others), middle)


def test_tasks_added_together_are_not_asked_about_together() -> None:
    waits = {next_ask_s(Product.SONIC, 0, 0) for _ in range(50)}
    assert len(waits) > 40
    assert max(waits) - min(waits) > 1
