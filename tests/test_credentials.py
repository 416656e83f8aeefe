from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.credentials import (
    MAX_KEY_LENGTH,
    SERVICE_NAME,
    USER_NAME,
    Credentials,
    KeyringState,
    KeySource,
    clean_key,
)
from aimusic_desktop.errors import AppError
from tests.support.keyrings import Hanging, Memory

KEY = "sk-live_0123456789.abcDEF=="
ITEM = (SERVICE_NAME, USER_NAME)


@pytest.fixture(autouse=True)
def empty_keyring() -> Iterator[None]:
    Memory.stored.clear()
    Hanging.opened.clear()
    yield
    Hanging.opened.set()


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch):
    def choose(name: str) -> None:
        full = name if "." in name else f"tests.support.keyrings.{name}"
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", full)

    return choose


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"  {KEY}\n",
        f"Bearer {KEY}",
        f"bearer: {KEY}",
        f'"{KEY}"',
        f"“{KEY}”",
        f"Authorization: Bearer {KEY}",
        f"authorization:bearer '{KEY}'",
        f'"Authorization": "Bearer {KEY}",',
        f"\ufeffBEARER\u00a0{KEY}\u200b",
    ],
)
def test_a_pasted_key_is_freed_of_what_surrounds_it(text: str) -> None:
    assert clean_key(text) == KEY


@pytest.mark.parametrize("key", ["bearer-of-news", "Authorization_1", "bearerX"])
def test_a_key_that_only_begins_like_a_prefix_stays_whole(key: str) -> None:
    assert clean_key(key) == key


@pytest.mark.parametrize(
    "text", ["", " \n", "Bearer ", "''", "two words", "a\x00b", "a\x7fb", "schlüssel", "x" * 513, "x" * 10**6]
)
def test_what_cannot_be_a_key_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(AppError, match=r"\w.*\.$"):
        clean_key(text)


@given(st.text(max_size=200))
def test_a_cleaned_key_is_clean(text: str) -> None:
    try:
        key = clean_key(text)
    except AppError:
        return
    assert clean_key(key) == key
    assert 0 < len(key) <= MAX_KEY_LENGTH
    assert all("!" <= character <= "~" for character in key)


async def test_the_environment_wins_over_the_keyring(use, monkeypatch) -> None:
    use("Memory")
    Memory.stored[ITEM] = "stored-key"
    monkeypatch.setenv("AIMUSIC_API_KEY", f" Bearer {KEY} ")
    credentials = Credentials()
    await credentials.load()
    assert (credentials.key, credentials.source, credentials.state) == (KEY, KeySource.ENVIRONMENT, None)


async def test_an_unusable_key_in_the_environment_is_said_and_not_replaced_by_another(
    use, monkeypatch
) -> None:
    use("Memory")
    Memory.stored[ITEM] = KEY
    monkeypatch.setenv("AIMUSIC_API_KEY", "two words")
    credentials = Credentials()
    await credentials.load()
    assert credentials.key is None
    assert "AIMUSIC_API_KEY" in (credentials.trouble or "")


async def test_a_key_is_stored_found_again_and_forgotten(use) -> None:
    use("Memory")
    first, second, heard = Credentials(), Credentials(), []
    second.changed.connect(lambda: heard.append(second.key))
    assert await first.store(KEY) is KeyringState.STORED
    assert Memory.stored == {ITEM: KEY}
    assert (first.key, first.source) == (KEY, KeySource.KEYRING)
    await second.load()
    assert (second.key, second.source, second.state) == (KEY, KeySource.KEYRING, KeyringState.FOUND)
    await second.forget()
    assert (second.key, second.source, second.state) == (None, None, KeyringState.EMPTY)
    assert Memory.stored == {}
    assert heard == [KEY, None]
    await second.forget()  # nothing there any more is no error
    assert second.state is KeyringState.EMPTY


@pytest.mark.parametrize(
    ("backend", "state"),
    [
        ("Memory", KeyringState.EMPTY),
        ("Locked", KeyringState.LOCKED),
        ("Broken", KeyringState.LOCKED),
        ("PlainFile", KeyringState.ABSENT),
        ("NoSuchClass", KeyringState.ABSENT),
        ("keyring.backends.fail.Keyring", KeyringState.ABSENT),
        ("keyring.backends.null.Keyring", KeyringState.ABSENT),
    ],
)
async def test_a_keyring_without_a_key_says_why(use, backend: str, state: KeyringState) -> None:
    use(backend)
    credentials = Credentials()
    await credentials.load()
    assert credentials.key is None
    assert credentials.state is state
    assert state.sentence.endswith(".")


@pytest.mark.parametrize(
    ("backend", "state"),
    [
        ("Locked", KeyringState.LOCKED),
        ("PlainFile", KeyringState.ABSENT),
        ("Forgetful", KeyringState.ABSENT),
        ("keyring.backends.fail.Keyring", KeyringState.ABSENT),
        ("keyring.backends.null.Keyring", KeyringState.ABSENT),
    ],
)
async def test_a_key_the_keyring_does_not_take_serves_this_run_only(use, backend, state) -> None:
    use(backend)
    credentials = Credentials()
    assert await credentials.store(KEY) is state
    assert (credentials.key, credentials.source) == (KEY, KeySource.THIS_RUN)
    assert Memory.stored == {}


async def test_a_hanging_keyring_counts_as_locked_after_the_time_limit(use) -> None:
    use("Hanging")
    credentials = Credentials(time_limit_s=0.05)
    await credentials.load()
    assert (credentials.key, credentials.state) == (None, KeyringState.LOCKED)
    assert await credentials.store(KEY) is KeyringState.LOCKED
    Hanging.opened.set()
    credentials._time_limit_s = 5.0
    await credentials.forget()
    assert Memory.stored == {}  # what was given up is not done later


async def test_a_keyring_unlocked_late_still_delivers_its_key(use) -> None:
    use("Hanging")
    Memory.stored[ITEM] = KEY
    credentials, heard = Credentials(time_limit_s=0.05), asyncio.Event()
    credentials.changed.connect(heard.set)
    await credentials.load()
    assert credentials.key is None
    Hanging.opened.set()
    await heard.wait()
    assert (credentials.key, credentials.source) == (KEY, KeySource.KEYRING)


async def test_a_late_key_does_not_replace_the_one_in_use(use) -> None:
    use("Hanging")
    Memory.stored[ITEM] = KEY
    credentials = Credentials(time_limit_s=0.05)
    await credentials.load()
    credentials.use_for_this_run("other-key")
    Hanging.opened.set()
    credentials._time_limit_s = 5.0
    await credentials.store("third-key")  # answered after the late one
    assert credentials.key == "third-key"


async def test_the_key_is_not_in_the_repr(use) -> None:
    use("Memory")
    credentials = Credentials()
    await credentials.store(KEY)
    assert KEY not in repr(credentials)
    assert "keyring" in repr(credentials)


def test_a_hanging_keyring_does_not_keep_the_program_from_ending(use) -> None:
    use("Hanging")
    program = (
        "import asyncio; from aimusic_desktop.credentials import Credentials;"
        "c = Credentials(time_limit_s=0.2); asyncio.run(c.load()); print(c.state)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "locked\n", "")


def test_keyring_is_loaded_in_its_own_thread_only() -> None:
    program = "import sys, aimusic_desktop.credentials; print('keyring' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30
    )
    assert done.stdout == "False\n"
