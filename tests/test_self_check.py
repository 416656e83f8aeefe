from __future__ import annotations

import json
from pathlib import Path

import pytest

from aimusic_desktop import self_check
from aimusic_desktop.self_check import Check, check_folder, library_remedy, probe, report, works
from tests.support.command import KEY, environment, run

NAMES = [
    *("Python", "Qt", "Window", "Sound", "Sound device", "AAC codec", "Media keys", "TLS", "Keyring"),
    *("Library folder", "Cache folder", "Settings folder", "Log folder", "Song folder"),
]


def test_the_answer_as_one_json_object_never_shows_the_key() -> None:
    done = run("self-check", "--json")
    assert done.err == ""
    [answer] = done.objects
    assert [check["name"] for check in answer["checks"]] == NAMES
    assert list(answer) == ["ok", "checks"]
    for check in answer["checks"]:
        assert list(check) == ["name", "ok", "detail", "remedy"]
        assert check["detail"]
        assert (check["remedy"] is None) == check["ok"]
    assert done.code == (0 if answer["ok"] else 1)
    assert KEY not in done.out


def test_the_answer_as_text_has_a_line_a_check() -> None:
    done = run("self-check")
    lines = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert len(lines) == len(NAMES)
    for name, line in zip(NAMES, lines, strict=True):
        assert line.startswith(("ok       ", "problem  "))
        assert f"{name}: " in line


def test_it_says_which_keyring_is_there_and_what_it_holds() -> None:
    env = environment(PYTHON_KEYRING_BACKEND="tests.support.keyrings.Memory", AIMUSIC_API_KEY=None)
    [answer] = run("self-check", "--json", env=env).objects
    [keyring] = [check for check in answer["checks"] if check["name"] == "Keyring"]
    assert keyring["ok"]
    assert "no API key in the keyring yet" in keyring["detail"]


def test_certificates_that_cannot_be_read_are_a_problem() -> None:
    done = run("self-check", "--json", env=environment(SSL_CERT_FILE="/nonexistent"))
    assert (done.code, done.err) == (1, "")
    [tls] = [check for check in done.objects[0]["checks"] if check["name"] == "TLS"]
    assert not tls["ok"]
    assert "SSL_CERT_FILE" in tls["remedy"]


def test_a_folder_that_cannot_be_used_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    check = check_folder("Cache folder", tmp_path / "cache" / "audio")
    assert not check.ok
    assert "AIMUSIC_HOME" in check.remedy


def test_checking_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    assert check_folder("Cache folder", tmp_path / "home" / "cache").ok
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("program", "limit_s", "detail"),
    [
        ("import os; os.abort()", 30.0, "ended with -6"),
        ("import time; time.sleep(60)", 1.0, "no answer within 1 s"),
    ],
)
def test_qt_that_dies_or_hangs_is_a_problem_and_nothing_more(
    program, limit_s, detail, tmp_path, monkeypatch
) -> None:
    package = tmp_path / "aimusic_desktop" / "desktop"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").touch()
    (package / "probe.py").write_text(program)
    monkeypatch.chdir(tmp_path)  # what -m finds first
    monkeypatch.setattr(self_check, "PROBE_LIMIT_S", limit_s)
    check = probe("Qt", "qt", "Install it.")
    assert (check.ok, check.detail, check.remedy) == (False, detail, "Install it.")


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libpulse.so.0", "libpulse0"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libGL.so.1", "libgl1"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libbrotlidec.so.1", "libbrotli1"),
    ],
)
def test_a_missing_library_is_named_with_its_package(library: str, package: str) -> None:
    detail = f"ImportError: {library}: cannot open shared object file: No such file or directory"
    assert f"apt install {package})" in library_remedy(detail)


def test_what_is_not_needed_does_not_fail_the_whole() -> None:
    checks = [Check("A", True, "fine", "r"), Check("B", False, "missing", "get one", needed=False)]
    assert works(checks)
    assert report(checks, as_json=False) == "ok       A: fine\nproblem  B: missing\n         get one"
    assert not works([*checks, Check("C", False, "broken", "repair it")])
    assert json.loads(report(checks, as_json=True))["ok"]
