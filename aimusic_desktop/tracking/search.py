"""The search for task ids in one text. Pure.

A regular expression searches fast only where it begins with fixed characters, so every pattern that
runs over the whole text does, and what stands before a hit is looked at on its own. Bytes keep all
offsets when the text is made lower case.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from aimusic_desktop.model import Product, TaskRef

UUID_LENGTH = 36
MAX_KEY_LENGTH = 60

_REST = rb"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])"
UUID = re.compile(rb"(?<![0-9a-z])[0-9a-f]{8}" + _REST, re.IGNORECASE)
CUT_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[\w-]*|[\w-]*-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
URL = re.compile(rb"http(?:s:|:)//[^\s\"'<>,;|]*+")

_FIRST_EIGHT = re.compile(rb"(?<![0-9a-z])[0-9a-f]{8}")
_AFTER_FIRST_EIGHT = re.compile(_REST)
_LINE_OF_UUIDS = re.compile(rb"[^\w\n]*+(?:" + UUID.pattern + rb"[^\w\n]*+)++(?:\n|\Z)", re.IGNORECASE)
_LINK = re.compile(rb"/task/([\w-]{6,64}+)(?![\w-])")
_TASK_KEY = re.compile(
    rb"task(?<![\w-]task)[ _-]?ids?[\"'`]?\s*+[:=>]{1,2}+[\s\[\"'`]*+([\w-]{6,64}+)(?![\w-])"
    rb"(?:[\"']\s*+,\s*+[\"']product[\"']\s*+:\s*+[\"'](\w{1,20}+)[\"'])?+"
)
_DIGIT = re.compile(rb"[0-9]")
_TASKS_KEY = re.compile(rb"[\"'](?:tasks?|ids)[\"']\Z", re.IGNORECASE)
_OTHER_ID_KEY = re.compile(rb"(?:(?i:\b(?:clip|request) ids?|\w[_-]ids?)|[a-z]I[dD]s?)\Z")

_PRODUCTS = {product.value.encode(): product for product in Product}
_QUOTES = (b'"', b"'", b"`")
_BLANKS_AND_QUOTES = b" \t\r\n\"'`"
_RESPELLED = (  # escapes of URLs and of JSON inside JSON; the hyphens of word processors
    *((b"%2f", b"/"), (b"%2F", b"/"), (b"%3a", b":"), (b"%3A", b":"), (b"%2c", b","), (b"%2C", b",")),
    *((b"%22", b'"'), (b"%20", b" "), (b"\\/", b"/"), (b'\\"', b'"')),
    *(("\u2010".encode(), b"-"), ("\u2011".encode(), b"-"), ("\u2013".encode(), b"-")),
)


class _Named(Enum):
    """What a UUID is called by what stands before it."""

    NOTHING = auto()
    TASK = auto()
    OTHER = auto()


class Search:
    """Searches at once. ``data`` is the text as it was searched.

    ``refs`` are the tasks in order of appearance, each once, with the product any of its links named;
    ``rejected`` what is called a task id and is none. ``names_ids`` tells whether the text calls its
    ids something, as JSON, tables and logs do.
    """

    def __init__(self, text: str) -> None:
        self.data = _respelled(text)
        self.rejected: list[str] = []
        self._low = self.data.lower()
        self._found: dict[int, str] = {}  # by offset
        self._products: dict[str, Product] = {}  # by task id
        self._search_links()
        names_tasks = self._search_task_keys()
        names_others = self._search_uuids(names_tasks)
        self.names_ids = names_tasks or names_others
        self.refs = self._refs()

    def _search_links(self) -> None:
        for match in _LINK.finditer(self._low):
            before = self._low[max(0, match.start() - 20) : match.start()]
            self._take(match.start(1), match[1], before[before.rfind(b"/") + 1 :])

    def _search_task_keys(self) -> bool:
        names_tasks = False
        for match in _TASK_KEY.finditer(self._low):
            if _DIGIT.search(match[1]):
                self._take(match.start(1), match[1], match[2])
                names_tasks |= match[0][4:5] != b" "  # "task ids:" is how people write
            elif match[1].strip(b"-_"):  # "unknown", "undefined", "string"
                self.rejected.append(match[1].decode())
        return names_tasks

    def _take(self, at: int, token: bytes, product: bytes | None) -> None:
        """Take what a link or a key calls a task id; one that is no UUID keeps its case."""
        task_id = self.data[at : at + len(token)].decode()
        if b"-" in token:
            if UUID.match(token):
                task_id = task_id[:UUID_LENGTH].lower()
            elif CUT_UUID.fullmatch(token):
                self.rejected.append(task_id)
                return
        self._found[at] = task_id
        if product in _PRODUCTS:
            self._products.setdefault(task_id, _PRODUCTS[product])

    def _search_uuids(self, names_tasks: bool) -> bool:
        """Take the UUIDs outside URLs that are called tasks, or nothing; what follows a comma is called the
        same. Says whether any was called something else.

        All before ``end`` is done with, so that nothing is looked at twice.
        """
        end, named, on_own_line, names_others = 0, _Named.NOTHING, False, False
        for match in _AFTER_FIRST_EIGHT.finditer(self._low):
            at = match.start() - 8
            if at < end or not _FIRST_EIGHT.match(self._low, at):
                continue
            if url_end := self._end_of_url(end, at):
                end, on_own_line = url_end, False
                continue
            gap = self.data[end:at]
            if names_tasks and (not end or b"\n" in gap):
                on_own_line = _LINE_OF_UUIDS.match(self._low, end + gap.rfind(b"\n") + 1) is not None
            if gap.strip(_BLANKS_AND_QUOTES) != b",":
                named = _Named.TASK if at in self._found else _name_before(gap[-MAX_KEY_LENGTH:])
            end = match.end()
            if named is _Named.OTHER:
                names_others = True
            elif named is _Named.TASK or on_own_line or not names_tasks:
                self._found.setdefault(at, self._low[at:end].decode())
        return names_others

    def _end_of_url(self, start: int, at: int) -> int | None:
        """Where the URL ends that began after ``start`` and goes on beyond ``at``, if one does."""
        begin = self._low.rfind(b"http", start, at)
        url = URL.match(self._low, begin) if begin >= 0 else None
        return url.end() if url and url.end() > at else None

    def _refs(self) -> tuple[TaskRef, ...]:
        task_ids = dict.fromkeys(self._found[at] for at in sorted(self._found))
        return tuple(TaskRef(task_id=each, product=self._products.get(each)) for each in task_ids)


def _respelled(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    for escaped, plain in _RESPELLED:
        data = data.replace(escaped, plain)
    return data


def _name_before(before: bytes) -> _Named:
    """What these bytes call the UUID that follows them: ``"clip_id": "``, ``request_id=``, ``x-request-id:``.

    In JSON every name but a task's is another's, ``"id"`` too: that is how clips are named.
    """
    naming = before.rstrip(_BLANKS_AND_QUOTES + b"[(")
    if not naming.endswith((b":", b"=", b">")):
        return _Named.NOTHING
    key = naming.rstrip(b" :=>")
    if before.endswith(_QUOTES) and key.endswith(_QUOTES):
        return _Named.NOTHING if _TASKS_KEY.search(key) else _Named.OTHER
    return _Named.OTHER if _OTHER_ID_KEY.search(key.rstrip(_BLANKS_AND_QUOTES)) else _Named.NOTHING
