"""``aimusic-desktop self-check``: what works here, and what to do about what does not.

Everything that needs Qt is tried in a process of its own (see ``desktop/probe.py``), so that nothing
found here can end this one. The key is never shown.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import re
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aimusic_desktop.api.transport import Transport
from aimusic_desktop.console import put
from aimusic_desktop.credentials import Credentials, KeyringState
from aimusic_desktop.errors import AppError
from aimusic_desktop.paths import Paths
from aimusic_desktop.settings import DEFAULT_API_URL, SettingsStore

PROBE_LIMIT_S = 20.0

_LIBRARY = re.compile(r"lib[\w.+-]+\.so[.\d]*")
_PACKAGES = {"libbrotlidec": "libbrotli1", "libglib-2.0": "libglib2.0-0", "libgthread-2.0": "libglib2.0-0"}
_REINSTALL_QT = "Install PySide6-Essentials and PySide6-Addons again, in a version this Python takes."
_KEYS_IN_WINDOW = "Nothing else misses them; while the program's window has the focus they work all the same."
_PROBES = (
    ("Qt", "qt", _REINSTALL_QT),
    ("Window", "window", _REINSTALL_QT),
    ("Sound", "sound", _REINSTALL_QT),
    ("Sound device", "device", "Connect a sound device; everything but listening works without.", False),
    ("AAC codec", "codec", _REINSTALL_QT),
    ("Media keys", "media_keys", _KEYS_IN_WINDOW, False),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer: what works, or else what to do about it.

    ``needed`` says whether the program is of little use without it.
    """

    name: str
    ok: bool
    detail: str
    remedy: str
    needed: bool = True

    def line(self) -> str:
        """The check as people read it."""
        mark = "ok     " if self.ok else "problem"
        text = f"{mark}  {self.name}: {self.detail}"
        return text if self.ok else f"{text}\n         {self.remedy}"


def run(paths: Paths, as_json: bool) -> int:
    """Try everything and print the answer; gives the exit code: 0 if all that is needed works, else 1."""
    checks = asyncio.run(run_checks(paths))
    put(f"{report(checks, as_json)}\n")
    return 0 if works(checks) else 1


async def run_checks(paths: Paths) -> list[Check]:
    """Try everything. Takes seconds."""
    settings = SettingsStore(paths.settings_file)
    settings.load()
    probed = await asyncio.gather(*(asyncio.to_thread(probe, *each) for each in _PROBES), _tls(), _keyring())
    *of_qt, tls, keyring = probed
    folders = [
        check_folder("Library folder", paths.data),
        check_folder("Cache folder", paths.cache),
        check_folder("Settings folder", paths.config),
        check_folder("Log folder", paths.logs),
        check_folder("Song folder", settings.value.save_path),
    ]
    return [_python(), *of_qt, tls, keyring, *folders]


def report(checks: Sequence[Check], as_json: bool) -> str:
    """The answer as text for people, or as one JSON object."""
    if not as_json:
        return "\n".join(check.line() for check in checks)
    rows = [
        {"name": c.name, "ok": c.ok, "detail": c.detail, "remedy": None if c.ok else c.remedy} for c in checks
    ]
    return json.dumps({"ok": works(checks), "checks": rows})


def works(checks: Sequence[Check]) -> bool:
    """Whether all that is needed works."""
    return all(check.ok for check in checks if check.needed)


def probe(name: str, word: str, remedy: str, needed: bool = True) -> Check:
    """Run a probe of ``desktop/probe.py``: its last line tells what works or what it died of."""
    try:
        done = subprocess.run(  # noqa: S603  # this program itself
            [sys.executable, "-m", "aimusic_desktop.desktop.probe", word],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=PROBE_LIMIT_S,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        )
    except subprocess.TimeoutExpired:
        return Check(name, False, f"no answer within {PROBE_LIMIT_S:.0f} s", remedy, needed)
    ok = done.returncode == 0
    detail = _last_line(done.stdout if ok else done.stderr) or f"ended with {done.returncode}"
    return Check(name, ok, detail, library_remedy(detail) or remedy, needed)


def check_folder(name: str, folder: Path) -> Check:
    """Whether something can be written there; a folder that is not there yet is not made."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    remedy = "Free the folder for writing, or choose another one (--home, or AIMUSIC_HOME)."
    try:
        with tempfile.TemporaryFile(dir=there):
            return Check(name, True, str(folder), remedy)
    except OSError as error:
        return Check(name, False, f"{folder}: {error.strerror}", remedy)


def library_remedy(detail: str) -> str:
    """What to install when the loader missed a library. Debian names packages after the soname."""
    found = _LIBRARY.search(detail)
    if found is None:
        return ""
    name, _, version = found[0].lower().partition(".so.")
    package = _PACKAGES.get(name) or f"{name}{'-' if name[-1].isdigit() else ''}{version}"
    return f"Install the system library {found[0]} (on Debian and Ubuntu: apt install {package})."


def _python() -> Check:
    ok = sys.version_info >= (3, 11)
    return Check("Python", ok, f"{platform.python_version()} on {sys.platform}", "Use Python 3.11 or newer.")


async def _tls() -> Check:
    remedy = "Correct or remove SSL_CERT_FILE, SSL_CERT_DIR and the proxy's address in the environment."
    transport = Transport(DEFAULT_API_URL, lambda: None)
    try:
        await transport.open()
        return Check("TLS", True, ssl.OPENSSL_VERSION, remedy)
    except (AppError, ImportError) as error:
        return Check("TLS", False, str(error), remedy)
    finally:
        await transport.close()


async def _keyring() -> Check:
    credentials = Credentials()
    state = await credentials.ask_keyring()
    ok = state in (KeyringState.FOUND, KeyringState.EMPTY)
    remedy = "Unlock or install a keyring, or set AIMUSIC_API_KEY."
    detail = state.sentence if state is KeyringState.ABSENT else f"{credentials.where}: {state.sentence}"
    if os.environ.get("AIMUSIC_API_KEY"):
        detail += " AIMUSIC_API_KEY is set and is used instead."
    return Check("Keyring", ok, detail, remedy, needed=False)


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
