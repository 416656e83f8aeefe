"""The log file, which never holds the API key nor the query of a URL, not even inside a traceback."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import threading
import traceback
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aimusic_desktop import __version__
from aimusic_desktop.paths import Paths, make_private

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

MAX_LOG_BYTES = 1_000_000
KEPT_LOGS = 3

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BEARER = re.compile(r"(?i)(bearer[\s:=\"']+)[^\s\"',;]+")
_URL = re.compile(r"(?i)(https?://)(?:[^\s/?#\"'<>@]*@)?([^\s?#\"'<>]*)(?:[?#][^\s\"'<>]*)?")
_secrets: set[str] = set()


def start_logging(paths: Paths) -> None:
    """Log to ``paths.log_file`` (1 MB, three files) and catch what nobody caught, in every thread.

    Where the file cannot be written there is no log, and no error.
    """
    logging.raiseExceptions = False  # a full disk must not fill the terminal with tracebacks
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(_file_handler(paths))
    for chatty in ("httpx", "httpcore", "keyring", "asyncio", "qasync"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _on_uncaught
    threading.excepthook = _on_thread_crash
    log.info("version %s on Python %s, %s", __version__, sys.version.split()[0], sys.platform)


def set_secret(key: str) -> None:
    """Never let this text into the log from now on."""
    if key:
        _secrets.add(key)


def redact(text: str) -> str:
    """The text without the known secrets, anything sent as a bearer, and the queries of URLs."""
    for secret in tuple(_secrets):  # another thread may be learning one
        text = text.replace(secret, "[key]")
    return _URL.sub(r"\1\2", _BEARER.sub(r"\1[key]", text))


def short_url(url: str) -> str:
    """Host and last path part of a URL, for the log: ``cdn.example/…/song.m4a``."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or "?"
    except ValueError:
        return "?"
    folder, _, name = parts.path.rpartition("/")
    return f"{host}{'/…' if folder else ''}/{name}"


def log_crash(_loop: asyncio.AbstractEventLoop | None, context: dict[str, Any]) -> None:
    """Log what an event loop reports; made for ``loop.set_exception_handler``."""
    error = context.get("exception")
    log.error("%s", context.get("message", "error in the event loop"), exc_info=error)


class _RedactingFormatter(logging.Formatter):
    """Redacts the finished line, so that arguments, tracebacks and stacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _file_handler(paths: Paths) -> logging.Handler:
    try:
        make_private(paths.logs)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            paths.log_file, "a", MAX_LOG_BYTES, KEPT_LOGS - 1, encoding="utf-8", errors="replace"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_RedactingFormatter(_FORMAT))
    return handler


def _on_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("uncaught error", exc_info=(kind, error, trace))
    if sys.stderr is not None:
        with suppress(OSError):  # closed or full
            sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


def _on_thread_crash(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and issubclass(args.exc_type, Exception):
        _on_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
