"""Typed settings with their defaults."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import platformdirs
from psygnal import Signal

from aimusic_desktop.errors import AppError
from aimusic_desktop.paths import Paths, make_private
from aimusic_desktop.runs import in_turn

__all__ = [
    "DEFAULT_API_URL",
    "Paths",
    "Settings",
    "SettingsStore",
    "check_api_url",
    "default_save_folder",
    "is_loopback",
]

log = logging.getLogger(__name__)

DEFAULT_API_URL = "https://api.aimusicapi.ai/api/v1"
WRITE_AFTER_S = 0.3
MAX_TEMPLATE_LENGTH = 500
MAX_DEVICE_LENGTH = 1000
SLOWEST, FASTEST = 0.5, 2.0
MOST_SAVES_AT_ONCE = 6  # of eight ways to media hosts: two are left for what is played and for covers

_MAX_URL_LENGTH = 2048
_HOST = re.compile(r"[0-9a-f:.]+|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_LOOPBACK_V4 = ipaddress.IPv4Network("127.0.0.0/8")
_LOOPBACK_V6 = ipaddress.IPv6Address("::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. Empty texts stand for the default."""

    save_folder: str = ""
    api_url: str = ""
    volume: float = 0.8
    """Position of the volume slider, 0 to 1."""
    muted: bool = False
    speed: float = 1.0
    """How fast songs play, ``SLOWEST`` to ``FASTEST``."""
    sound_device: str = ""
    """The id of the device to play on; empty follows the system's default."""
    device_lost: str = "pause"
    """What happens when the chosen device vanishes: pause, or go_on with the system's default."""
    sort: str = "added"
    sort_descending: bool = True
    cache_limit_mb: int = 2048
    name_template: str = "{title}"
    """How saved songs are named; folders by ``/``. See ``media/template.py``."""
    on_taken: str = "number"
    """What happens when a name is taken: number, skip or ask."""
    saves_at_once: int = 4
    tags: bool = True
    """Whether facts are written into the files."""
    tag_title: str = "{title}"
    tag_artist: str = "AI Music"
    tag_album: str = ""
    tag_comment: str = "{product} {model}, seed {seed}, task {task_id}"
    beside_cover: bool = False
    beside_lyrics: str = ""
    """What the lyrics are written to beside a song: txt, lrc or nothing."""
    beside_json: bool = False
    window: str = ""
    """Geometry of the window, base64."""
    splitter: str = ""
    """State of the splitter, base64."""
    small_window: str = ""
    """Geometry of the small player, base64."""

    @property
    def save_path(self) -> Path:
        """The folder songs are saved to."""
        return Path(self.save_folder) if self.save_folder else default_save_folder()


class SettingsStore:
    """The settings in memory and in their file. ``changed`` carries the new settings.

    Several runs may share the file: each writes what it changed itself, and leaves the rest as it is there.
    ``notice`` is a sentence for people when the file could not be used, else None.
    """

    changed = Signal(Settings)

    def __init__(self, path: Path) -> None:
        self.value = Settings()
        self.notice: str | None = None
        self._path = path
        self._written = self.value
        self._timer: threading.Timer | None = None
        self._timer_lock = threading.Lock()
        self._write_lock = threading.Lock()

    def load(self) -> None:
        """Read the file. Blocks for the disk; never raises: what cannot be used is left at its default."""
        try:
            stored = self._read()
        except FileNotFoundError:
            return
        except (ValueError, RecursionError):
            self._set_aside()
        except OSError as error:
            log.warning("settings not read: %s", error.strerror)
            self.notice = "The settings could not be read; the defaults are used."
        else:
            self.value = self._written = _settings_from(stored, Settings())

    def update(self, **changes: Any) -> None:
        """Change settings by name. They are on disk soon after, through a thread of its own."""
        self.value = replace(self.value, **changes)
        with self._timer_lock:
            if self._timer is None:
                self._timer = threading.Timer(WRITE_AFTER_S, self._write)
                self._timer.daemon = True
                self._timer.start()
        self.changed.emit(self.value)

    async def close(self) -> None:
        """Wait until everything is on disk."""
        with self._timer_lock:
            if self._timer is not None:
                self._timer.cancel()
        await asyncio.to_thread(self._write)

    def _read(self) -> dict[str, Any]:
        stored = json.loads(self._path.read_bytes())
        if not isinstance(stored, dict):
            raise ValueError("not an object")
        return stored

    def _set_aside(self) -> None:
        damaged = self._path.with_name(f"{self._path.name}.damaged")
        with suppress(OSError):
            self._path.replace(damaged)
        self.notice = (
            f"The settings file was damaged; it was set aside as {damaged.name}. The defaults are used."
        )

    def _write(self) -> None:
        with self._timer_lock:
            self._timer = None  # what changes from here on starts a timer of its own
        with self._write_lock:
            value = self.value
            if value == self._written:
                return
            try:
                self._write_changes(value)
            except OSError as error:
                log.warning("settings not written: %s", error.strerror)
            else:
                self._written = value

    def _write_changes(self, value: Settings) -> None:
        before, now = asdict(self._written), asdict(value)
        changed = {name: each for name, each in now.items() if each != before[name]}
        make_private(self._path.parent)
        with in_turn(self._path.with_name(f"{self._path.name}.lock")):
            whole = replace(self._stored_over(value), **changed)
            _write_atomically(self._path, json.dumps(asdict(whole), indent=2).encode())

    def _stored_over(self, value: Settings) -> Settings:
        """What is in the file now, perhaps of another run; ``value`` where that cannot be used."""
        try:
            return _settings_from(self._read(), value)
        except (OSError, ValueError, RecursionError):
            return value


def check_api_url(text: str) -> str:
    """The address of an API in its normal form, without a slash at the end.

    https only, plain http for loopback addresses only. A host elsewhere without a path gets
    ``/api/v1``, which the sister services share. Raises AppError.
    """
    url = text.strip()
    parts = _split_url(url)
    scheme, host = parts.scheme, parts.hostname or ""
    if scheme not in ("https", "http"):
        raise AppError("The address of the API must begin with https://.")
    if parts.username is not None or parts.password is not None or "?" in url or "#" in url:
        raise AppError("The address of the API must not hold a user name, a password, a query or a fragment.")
    if scheme == "http" and not is_loopback(host):
        raise AppError("Plain http is taken for loopback addresses only; use https for the API.")
    path = parts.path.rstrip("/")
    if not path and not is_loopback(host):
        path = "/api/v1"
    default_port = 443 if scheme == "https" else 80
    port = "" if parts.port in (None, default_port) else f":{parts.port}"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}{path}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own: localhost, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address == _LOOPBACK_V6 or address in _LOOPBACK_V4


def default_save_folder() -> Path:
    """``AI Music`` in the user's music folder."""
    return platformdirs.user_music_path() / "AI Music"


def _split_url(url: str) -> SplitResult:
    with suppress(ValueError):  # brackets that do not match, a port that is none
        parts = urlsplit(url)
        # urlsplit drops control characters silently; they are refused here instead
        whole = url.isprintable() and len(url) <= _MAX_URL_LENGTH and parts.port != 0
        if whole and _HOST.fullmatch(parts.hostname or "") and _PATH.fullmatch(parts.path):
            return parts
    raise AppError(f"This is no usable address for the API; it should look like {DEFAULT_API_URL}.")


def _usable_url(text: str) -> bool:
    try:
        return not text or bool(check_api_url(text))
    except AppError:
        return False


_ALLOWED: Mapping[str, Callable[[Any], bool]] = {
    "save_folder": lambda text: not text or (Path(text).is_absolute() and text.isprintable()),
    "api_url": _usable_url,
    "volume": lambda value: 0 <= value <= 1,
    "speed": lambda value: SLOWEST <= value <= FASTEST,
    "sound_device": lambda text: len(text) <= MAX_DEVICE_LENGTH and text.isprintable(),
    "device_lost": lambda text: text in ("pause", "go_on"),
    "sort": lambda text: text in ("added", "created", "title", "length"),
    "cache_limit_mb": lambda value: 64 <= value <= 1_000_000,
    "name_template": lambda text: 0 < len(text) <= MAX_TEMPLATE_LENGTH,
    "on_taken": lambda text: text in ("number", "skip", "ask"),
    "saves_at_once": lambda value: 1 <= value <= MOST_SAVES_AT_ONCE,
    "tag_title": lambda text: len(text) <= MAX_TEMPLATE_LENGTH,
    "tag_artist": lambda text: len(text) <= MAX_TEMPLATE_LENGTH,
    "tag_album": lambda text: len(text) <= MAX_TEMPLATE_LENGTH,
    "tag_comment": lambda text: len(text) <= MAX_TEMPLATE_LENGTH,
    "beside_lyrics": lambda text: text in ("", "txt", "lrc"),
    "window": str.isascii,
    "splitter": str.isascii,
    "small_window": str.isascii,
}


def _settings_from(stored: Mapping[str, Any], otherwise: Settings) -> Settings:
    """Settings from an untrusted object: a field of the wrong type or range is as ``otherwise`` has it."""
    good: dict[str, Any] = {}
    for field in fields(Settings):
        value, wanted = stored.get(field.name), type(getattr(otherwise, field.name))
        fits = type(value) is wanted or (wanted is float and type(value) is int)
        if fits and _ALLOWED.get(field.name, lambda _value: True)(value):
            good[field.name] = wanted(value)
    return replace(otherwise, **good)


def _write_atomically(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
