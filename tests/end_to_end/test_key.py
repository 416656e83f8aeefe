"""The key goes into the real keyring, to the service, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aimusic_desktop.credentials import SERVICE_NAME, USER_NAME
from tests.end_to_end.conftest import Starter
from tests.support.api import KEY, TASK
from tests.support.desktop import Desktop
from tests.support.hands import Hands
from tests.support.program import Program
from tests.support.service import Request, Service, as_json
from tests.support.songs import song
from tests.support.waiting import wait_until

ITEM = ("service", SERVICE_NAME, "username", USER_NAME)
REFUSED = as_json({"type": "unauthorized", "error": "invalid api key"}, 401)


@pytest.fixture(autouse=True)
def empty_keyring(desktop: Desktop) -> Iterator[None]:
    yield
    desktop.run("secret-tool", "clear", *ITEM, check=False)


@pytest.fixture
def first_run(start: Starter, service: Service) -> Program:
    """A program that has no key yet; its service takes ``KEY`` and refuses any other."""
    credits_left, finished = as_json({"credits": 50, "extra_credits": 0}), song(service)
    service.on("/api/v1/get-credits", lambda request: credits_left if allowed(request) else REFUSED)
    service.on_task("producer", TASK, lambda request: finished if allowed(request) else REFUSED)
    return start("--api-url", service.api_url, TASK)


def allowed(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {KEY}"


def enter_key(program: Program, key: str) -> None:
    program.click("password text", "API key")
    program.hands.press("ctrl+a")
    program.hands.type(key)


def in_keyring(desktop: Desktop) -> str:
    """What another program finds in the keyring; empty when there is nothing."""
    return desktop.run("secret-tool", "lookup", *ITEM, check=False).strip()


def files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_the_first_run_asks_for_the_key_and_keeps_it_in_the_keyring(
    first_run: Program, start: Starter, service: Service, desktop: Desktop, hands: Hands
) -> None:
    enter_key(first_run, f"Bearer {KEY}")
    hands.press("Return")
    first_run.find_row("City Lights", "ready")
    wait_until(lambda: in_keyring(desktop) == KEY, "the keyring holds the key")
    assert desktop.run(sys.executable, "-m", "keyring", "get", SERVICE_NAME, USER_NAME).strip() == KEY
    first_run.terminate()
    assert files_with(KEY, first_run.home) == []

    service.requests.clear()
    start("--api-url", service.api_url).find("label", "50 credits")
    assert all(allowed(request) for request in service.requests)


def test_a_key_can_be_tested_before_it_is_kept(first_run: Program, desktop: Desktop) -> None:
    enter_key(first_run, "not-the-key")
    first_run.click("button", "Test")
    first_run.find("label", "The service refused")
    enter_key(first_run, KEY)
    first_run.click("button", "Test")
    first_run.find("label", "The key works: 50 credits")
    assert in_keyring(desktop) == ""


def test_a_refused_key_is_asked_for_again_and_everything_resumes(
    first_run: Program, desktop: Desktop, hands: Hands
) -> None:
    enter_key(first_run, "an-old-key")
    hands.press("Return")
    wait_until(lambda: in_keyring(desktop) == "an-old-key", "the keyring holds the wrong key")
    first_run.find("label", "the API key was refused")
    enter_key(first_run, KEY)
    hands.press("Return")
    first_run.find_row("City Lights", "ready")
    assert in_keyring(desktop) == KEY


def test_without_a_keyring_the_key_serves_this_run_only(start: Starter, service: Service) -> None:
    service.on_task("producer", TASK, song(service))
    no_keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    program = start("--api-url", service.api_url, TASK, env=no_keyring)
    program.find("label", "There is no keyring")
    enter_key(program, KEY)
    program.click("button", "Use for this run only")
    program.find_row("City Lights", "ready")
    program.terminate()
    assert files_with(KEY, program.home) == []
