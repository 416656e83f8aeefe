"""``python -m aimusic_desktop`` as others script against it: a real process, its exit code and its output."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimusic_desktop.core import Core
from aimusic_desktop.model import MusicTask
from aimusic_desktop.options import Options
from tests.support.service import Reply, as_json

PROJECT = Path(__file__).resolve().parents[2]
KEY = "sk-command-line-key-0123456789"
LIMIT_S = 60.0
TASK = "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
OTHER = "0f8fad5b-d9cb-469f-a165-70867728950e"
CLIP = "74dc7bf7-56bf-457c-a4a3-3fa12f05d727"
SONG_S = 0.5  # of wav()
TWIN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@dataclass(frozen=True)
class Done:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """stdout, which must be one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def words(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "aimusic_desktop", *arguments]


def environment(**changes: str | None) -> dict[str, str]:
    """This process's environment with a key; a change of None takes a variable away."""
    merged: dict[str, str | None] = {**os.environ, "AIMUSIC_API_KEY": KEY, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def start(*arguments: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(words(*arguments), env=env or environment(), cwd=PROJECT, text=True, **pipes)


def run(*arguments: str, env: dict[str, str] | None = None) -> Done:
    """Run a command to its end."""
    process = start(*arguments, env=env)
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    return Done(process.returncode, out, err)


def finished(clip_id: str, audio_url: str, **facts: Any) -> Reply:
    """A task with one finished clip; ``facts`` replace or add fields of the clip."""
    clip = {
        "clip_id": clip_id,
        "title": "City Lights",
        "sound": "emotional pop with gentle piano",
        "lyrics": "[Verse 1]\nI've been running in circles...",
        "image_url": None,
        "audio_url": audio_url,
        "video_url": None,
        "created_at": "2025-10-01T08:49:47.934443Z",
        "mv": "FUZZ-2.0 Pro",
        "seed": "3966900172",
        "duration": 185.02,
        "state": "succeeded",
    }
    return as_json({"code": 200, "data": [clip | facts], "message": "success"})


NOT_READY = as_json({"type": "not_ready"}, 202)


def two_clips(first: dict[str, Any], second: dict[str, Any]) -> Any:
    return as_json({"code": 200, "data": [first, second], "message": "success"})


def in_library(task_id: str) -> MusicTask | None:
    """The task as the library of the last command has it."""

    async def look() -> MusicTask | None:
        core = await Core.open(Options(), resume=False)
        try:
            return await core.library.task(task_id)
        finally:
            await core.close()

    return asyncio.run(look())
