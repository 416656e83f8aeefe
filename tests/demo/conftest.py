from __future__ import annotations

from collections.abc import Iterator

import pytest

from aimusic_desktop.demo.server import DemoService


@pytest.fixture
def demo() -> Iterator[DemoService]:
    """The demo service with nothing to wait for."""
    service = DemoService(pace=0)
    service.start()
    yield service
    service.stop()
