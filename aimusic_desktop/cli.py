"""The command line: the window, ``get`` and ``self-check``.

Others script against it, so what it prints and how it exits is a contract. Exit codes: 0 all is well,
1 something is not, 2 bad usage, 3 no key or a refused one, 130 interrupted.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from aimusic_desktop import __version__, console
from aimusic_desktop.errors import AppError
from aimusic_desktop.model import Product
from aimusic_desktop.options import Options

PROGRAM = "aimusic-desktop"
USAGE = """\
%(prog)s [--demo] [--home DIR] [--api-url URL] [TASK …]
       %(prog)s get TASK … [--json] [--save DIR] [--any-length] [--timeout SECONDS] [--product NAME]
       %(prog)s self-check [--json]
       %(prog)s --version | --help"""
TASK_HELP = "a task id, a link to one, or any text that holds some"
EPILOG = """\
Environment: AIMUSIC_API_KEY, AIMUSIC_API_URL, AIMUSIC_HOME (one folder that holds everything).
Exit codes: 0 all is well, 1 something is not, 2 bad usage, 3 no key or a refused one."""

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (that of the process if None); gives the exit code.

    Raises SystemExit on bad usage and after ``--help``, as argparse does.
    """
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return 130
    except AppError as error:  # an answer that could not be written
        console.say(error.sentence)
        return 1


def _run(argv: Sequence[str]) -> int:
    # The global options stand before or after the command, so they are taken out first.
    given, rest = _common_options().parse_known_args(argv)
    command = _COMMANDS.get(rest[0]) if rest else None
    return command(rest[1:], given) if command else _window(rest, given)


def _window(rest: list[str], given: argparse.Namespace) -> int:
    parser = _parser(PROGRAM, USAGE, "Look up the songs of the AI Music API, listen to them, keep them.")
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=TASK_HELP)
    arguments = parser.parse_intermixed_args(rest, given)
    options = _options(parser, arguments)
    if sys.platform == "linux" and not any(map(os.environ.get, _DISPLAYS)):
        console.say(f"There is no display for the window here; “{PROGRAM} get” works without one.")
        return 1
    try:
        from aimusic_desktop.app import run_window
    except ImportError as error:
        console.say(
            f"The window needs PySide6, which does not load here: {error}. Try “{PROGRAM} self-check”."
        )
        return 1
    return run_window(options, arguments.tasks)


def _get(rest: list[str], given: argparse.Namespace) -> int:
    parser = _parser(
        f"{PROGRAM} get", None, "Look tasks up without a window, wait for them, save their songs."
    )
    parser.add_argument("tasks", nargs="+", metavar="TASK", help=TASK_HELP)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each task")
    parser.add_argument(
        "--save", type=_folder, metavar="DIR", help="save every finished song into this folder"
    )
    parser.add_argument(
        "--any-length",
        action="store_true",
        help="save songs that are longer or shorter than the service says, too",
    )
    parser.add_argument(
        "--timeout", type=_seconds, default=600.0, metavar="SECONDS", help="how long to wait (600)"
    )
    products = [product.value for product in Product]
    named = f"the product of ids that name none: {', '.join(products)}"
    parser.add_argument("--product", type=str.lower, choices=products, metavar="NAME", help=named)
    arguments = parser.parse_intermixed_args(rest, given)
    options = _options(parser, arguments)
    _start_logging(options)
    from aimusic_desktop import get

    product = Product(arguments.product) if arguments.product else None
    request = get.Request(
        texts=arguments.tasks,
        product=product,
        folder=arguments.save,
        any_length=arguments.any_length,
        timeout_s=arguments.timeout,
        as_json=arguments.json,
    )
    return get.run(options, request)


def _self_check(rest: list[str], given: argparse.Namespace) -> int:
    parser = _parser(
        f"{PROGRAM} self-check", None, "Try what the program needs, and say what to do about what fails."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args(rest, given)
    from aimusic_desktop import self_check

    return self_check.run(Options(home=arguments.home).paths, arguments.json)


_COMMANDS = {"get": _get, "self-check": _self_check}


class _Parser(argparse.ArgumentParser):
    """Speaks through the console, which knows what to do where nobody can hear."""

    def error(self, message: str) -> NoReturn:
        console.say(f"{self.format_usage()}{self.prog}: error: {message}")
        sys.exit(2)

    def _print_message(self, message: str, _file: object = None) -> None:
        console.put(message)


def _common_options() -> _Parser:
    parser = _Parser(PROGRAM, usage=USAGE, add_help=False, allow_abbrev=False)
    parser.add_argument(
        "--demo", action="store_true", help="try everything on songs of our own, without a key"
    )
    parser.add_argument("--home", type=_folder, metavar="DIR", help="keep everything in this folder")
    parser.add_argument("--api-url", metavar="URL", help="the address of the API")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    return parser


def _parser(program: str, usage: str | None, description: str) -> _Parser:
    return _Parser(
        program,
        usage=usage,
        description=description,
        epilog=EPILOG,
        parents=[_common_options()],
        allow_abbrev=False,
    )


def _options(parser: _Parser, arguments: argparse.Namespace) -> Options:
    api_url = arguments.api_url or os.environ.get("AIMUSIC_API_URL")
    if api_url:
        from aimusic_desktop.settings import check_api_url

        try:
            api_url = check_api_url(api_url)
        except AppError as error:
            parser.error(error.sentence)
    return Options(demo=arguments.demo, home=arguments.home, api_url=api_url or None)


def _start_logging(options: Options) -> None:
    from aimusic_desktop.logs import start_logging

    start_logging(options.paths)


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not text or (path.exists() and not path.is_dir()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a folder")
    return path


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not (0 < seconds < math.inf):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of seconds above 0")
    return seconds
