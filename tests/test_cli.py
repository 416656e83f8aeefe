from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aimusic_desktop import __version__, cli
from tests.support.command import PROJECT, environment, run, start

BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "qasync"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
from aimusic_desktop.cli import main
code = main(sys.argv[1:])
assert not any(name.startswith("PySide6") for name in sys.modules)
sys.exit(code)
"""

GET = "get 9329c1ad-c5b2-4d41-a3b6-842d7c2674b1 --json --timeout 0.5"


def run_without_qt(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=PROJECT,
        env=environment(**env),
    )


def test_version_and_help() -> None:
    version = run("--version")
    assert (version.code, version.out, version.err) == (0, f"aimusic-desktop {__version__}\n", "")
    for arguments in (["--help"], ["get", "--help"], ["self-check", "--help"]):
        done = run(*arguments)
        assert (done.code, done.err) == (0, "")
        for option in ("--demo", "--home DIR", "--api-url URL"):
            assert option in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bogus"],
        ["--home"],
        ["--home", ""],
        ["--home", __file__],
        ["--api-url", "http://elsewhere.example"],
        ["get"],
        ["get", "--json"],
        ["get", "x", "--product", "opera"],
        ["get", "x", "--timeout", "soon"],
        ["get", "x", "--timeout", "0"],
        ["get", "x", "--timeout", "nan"],
        ["get", "x", "--save", __file__],
        ["get", "x", "--dem"],
        ["self-check", "more"],
    ],
)
def test_bad_usage_exits_with_2_and_says_why(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "error: " in said.err


def test_a_bad_address_in_the_environment_is_bad_usage(monkeypatch, capsys) -> None:
    monkeypatch.setenv("AIMUSIC_API_URL", "http://elsewhere.example")
    with pytest.raises(SystemExit, match="2"):
        cli.main(["get", "x"])
    assert "https" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--home", "H", "--demo", "get", "A", "B", "--json"],
        ["get", "--home", "H", "A", "--demo", "--json", "B"],
        ["get", "A", "--json", "B", "--demo", "--home=H"],
    ],
)
def test_global_options_stand_before_and_after_the_command(arguments, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    asked = []
    monkeypatch.setattr("aimusic_desktop.get.run", lambda *request: asked.append(request) or 0)
    monkeypatch.setattr("aimusic_desktop.logs.start_logging", lambda _paths: None)
    assert cli.main(arguments) == 0
    [(options, request)] = asked
    assert (options.demo, options.home) == (True, tmp_path / "H")
    assert (list(request.texts), request.as_json) == (["A", "B"], True)


def test_a_folder_named_like_a_command_is_no_command(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    asked = []
    monkeypatch.setattr("aimusic_desktop.get.run", lambda *request: asked.append(request) or 0)
    monkeypatch.setattr("aimusic_desktop.logs.start_logging", lambda _paths: None)
    cli.main(["--home", "get", "get", "A"])
    assert asked[0][0].home == tmp_path / "get"


def test_without_qt_the_window_says_one_sentence() -> None:
    done = run_without_qt("--demo", DISPLAY=":99")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "PySide6" in done.stderr


def test_without_qt_everything_else_works(service) -> None:
    assert run_without_qt("--version").returncode == 0
    assert run_without_qt("--help").returncode == 0
    task_id = "9329c1ad-c5b2-4d41-a3b6-842d7c2674b1"
    done = run_without_qt("get", task_id, "--json", "--api-url", service.api_url)
    assert (done.returncode, done.stderr) == (1, "")
    assert '"state": "not_found"' in done.stdout
    assert run_without_qt("self-check").returncode in (0, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="only there a missing display can be told beforehand")
def test_without_a_display_the_window_says_one_sentence() -> None:
    env = environment(DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    done = run(env=env)
    assert (done.code, done.out) == (1, "")
    assert "display" in done.err


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = start("self-check")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(60) in (0, 1)
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


def test_what_only_the_command_needs_is_loaded_for_it_only() -> None:
    program = (
        "import sys, aimusic_desktop.cli, aimusic_desktop.options\n"
        "print(*sorted({'asyncio', 'httpx', 'keyring', 'mutagen', 'psygnal', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "\n"


FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device there")
SHELL = pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell there")


def in_shell(arguments: str, redirection: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with outputs that a shell closed or put elsewhere."""
    return subprocess.run(  # the shell is what is tried
        ["/bin/sh", "-c", f'"$0" -m aimusic_desktop {arguments} {redirection}', sys.executable],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=PROJECT,
        env=environment(AIMUSIC_API_URL="http://127.0.0.1:9"),
    )


@SHELL
@pytest.mark.parametrize("arguments", ["--help", "get --help", "--version", "self-check", GET])
@pytest.mark.parametrize("redirection", [">&-", pytest.param(">/dev/full", marks=FULL)])
def test_an_answer_that_cannot_be_written_is_one_sentence(arguments: str, redirection: str) -> None:
    done = in_shell(arguments, redirection)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The answer could not be written: ")
    assert done.stderr.count("\n") == 1


@SHELL
@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=FULL)])
def test_where_nobody_hears_nothing_is_said(redirection: str) -> None:
    for arguments, code in (("--bogus", 2), ("get no-id", 2), (GET, 1), ("--version", 0)):
        assert in_shell(arguments, redirection).returncode == code
    assert in_shell(GET, redirection).stdout.startswith("{")
    assert in_shell(GET, f">&- {redirection}").returncode == 1
