"""What differs between the products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote

from aimusic_desktop.model import Product, SaveFormat


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """How a product is asked about its tasks.

    ``poll_first_s`` is the wait between two questions while a task is young, ``poll_last_s`` once
    it is old, in seconds. A task with fewer than ``expected_clips`` clips is not finished yet.
    A retired product answers nothing but HTTP 410. ``conversions`` are the formats it makes of its
    songs, with the price in credits; ``made_as`` is what they are without, as far as that is known.
    ``alignment`` is the price of having the words of a song timed, None where that is not offered.
    """

    poll_first_s: float
    poll_last_s: float
    expected_clips: int = 1
    retired: bool = False
    conversions: Mapping[SaveFormat, int] = field(default_factory=lambda: MappingProxyType({}))
    made_as: SaveFormat = SaveFormat.ORIGINAL
    alignment: int | None = None


PRODUCTS: Mapping[Product, ProductFacts] = MappingProxyType(
    {
        Product.PRODUCER: ProductFacts(
            poll_first_s=5,
            poll_last_s=10,
            conversions=MappingProxyType({SaveFormat.WAV: 2, SaveFormat.MP3: 2}),
        ),
        Product.SONIC: ProductFacts(
            poll_first_s=15,
            poll_last_s=25,
            conversions=MappingProxyType({SaveFormat.WAV: 1}),
            made_as=SaveFormat.MP3,
            alignment=1,
        ),
        Product.RIFFUSION: ProductFacts(poll_first_s=10, poll_last_s=25, expected_clips=2),
        Product.NURO: ProductFacts(poll_first_s=15, poll_last_s=25, retired=True),
    }
)

CANDIDATES = (Product.PRODUCER, Product.SONIC, Product.RIFFUSION)
"""The products a bare task id is tried against, in this order: the id itself tells nothing."""


def task_path(product: Product, task_id: str) -> str:
    """The path below the API's address at which a task is looked up, quoted."""
    return f"/{product.value}/task/{quote(task_id, safe='')}"


def conversion_request(product: Product, clip_id: str, wanted: SaveFormat) -> tuple[str, dict[str, object]]:
    """The path to POST to for a clip in another format, and the body; the product must offer that."""
    if product is Product.SONIC:
        return "/sonic/wav", {"clip_id": clip_id}
    return "/producer/download", {"clip_id": clip_id, "format": wanted.value}


def alignment_request(clip_id: str) -> tuple[str, dict[str, object]]:
    """The path to POST to for when the words of a sonic clip are sung, and the body."""
    return "/sonic/aligned-lyrics", {"clip_id": clip_id}
