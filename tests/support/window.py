"""Waiting in tests of the window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(done: Callable[[], object], limit_s: float = 15.0) -> None:
    """Wait for a condition, and fail when it does not come."""
    async with asyncio.timeout(limit_s):
        while not done():
            await asyncio.sleep(0.02)
