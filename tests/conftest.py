"""Shared fixtures. A test written as a coroutine runs on plain asyncio, or on qasync below tests/ui."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.service import Service, running_service

ASYNC_TEST_LIMIT_S = 90.0

# The machines that run these are shared and slow at times; no property here is about time.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


@pytest.fixture
def service() -> Iterator[Service]:
    """A scriptable service on the loopback address."""
    with running_service() as running:
        yield running


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the user's key, keyring, proxy or folders."""
    for name in ("AIMUSIC_API_KEY", "AIMUSIC_API_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("AIMUSIC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in names}
    loop = pyfuncitem.funcargs.get("qloop")
    coroutine = asyncio.wait_for(pyfuncitem.obj(**arguments), ASYNC_TEST_LIMIT_S)
    if loop is not None:
        loop.run_until_complete(coroutine)
    else:
        asyncio.run(coroutine)
    return True


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
