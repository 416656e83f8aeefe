"""The command against a scriptable service."""

from __future__ import annotations

import pytest

from tests.support.command import Done, environment, run
from tests.support.media import wav
from tests.support.service import Service


@pytest.fixture
def get(service: Service):
    def run_get(*arguments: str, **env: str | None) -> Done:
        changed = environment(AIMUSIC_API_URL=service.api_url, **env)
        return run("get", *arguments, env=changed)

    return run_get


@pytest.fixture
def song_url(service: Service) -> str:
    return service.serve_file("/songs/lights.wav", wav(), "audio/wav")
