"""Texts with fields, ``{created:%Y}/{title}``: for the names of saved songs and for their tags. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from aimusic_desktop.errors import AppError
from aimusic_desktop.media.naming import cut, safe_part, safe_stem
from aimusic_desktop.model import Clip
from aimusic_desktop.settings import MAX_TEMPLATE_LENGTH

MAX_FOLDERS = 8  # names of full length in more of them are too long a path for some systems

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Title of the song",
        "style": "Style",
        "model": "Model that made it",
        "created": "Day it was made",
        "task_id": "Task id",
        "clip_id": "Clip id",
        "n": "Number of the song in its task",
        "product": "Product that made it",
        "seed": "Seed",
    }
)
"""What can stand in braces, and what it is."""

_TOKEN = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<field>[^{}:]*)(?::(?P<format>[^{}]*))?\}|(?P<text>[^{}]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_WIDTH = re.compile(r"0?[1-9]")
_LENGTH = re.compile(r"[1-9][0-9]{0,2}")
_DATE_FORMAT = re.compile(r"(?:[^%/\\]|%[YymdHMS%])+")
_CREATED = re.compile(
    r"(?P<Y>\d\d(?P<y>\d\d))-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ](?P<H>\d\d):(?P<M>\d\d)(?::(?P<S>\d\d))?)?",
    re.ASCII,
)

# Stand for a field in a line while it is tidied. No template holds them.
_VALUE, _EMPTY = "\x02", "\x00"
_BRACKETS = re.compile(r"([(\[])([^()\[\]]*\x00[^()\[\]]*)([)\]])")
_SEPARATOR = re.compile(r"(\s*[,;|/·•–—_]\s*|\s+-\s+|(?<=[\x00\x02])-(?=[\x00\x02]))")
_EMPTY_RUN = re.compile(r"[^\x02]*\x00[^\x02]*")


class TemplateError(AppError):
    """A template that cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    format: str

    def value(self, clip: Clip) -> str:
        text = _CONTROL.sub(" ", _READ[self.name](clip, self.format)).strip()
        return text if self.name in _FORMATTED or not self.format else cut(text, int(self.format))


class Template:
    """A text with fields in braces; ``{{`` and ``}}`` are braces themselves.

    ``{title:20}`` is the first 20 characters (any text), ``{n:02}`` has two digits at least,
    ``{created:%Y-%m}`` takes %Y %y %m %d %H %M %S. Raises ``TemplateError``.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_TEMPLATE_LENGTH:
            raise TemplateError(f"The template is too long; {MAX_TEMPLATE_LENGTH} characters are the most.")
        self._pieces = tuple(_parsed(_CONTROL.sub(" ", text.encode(errors="ignore").decode())))
        self._levels = tuple(_levels(self._pieces))
        if len(self._levels) > MAX_FOLDERS + 1:
            raise TemplateError(f"The template has too many folders; {MAX_FOLDERS} are the most.")

    @classmethod
    @lru_cache(maxsize=64)
    def or_default(cls, text: str, default: str = "{title}") -> Template:
        """The template of that text; the one of ``default`` if it cannot be used."""
        try:
            return cls(text)
        except TemplateError:
            return cls(default)

    def parts(self, clip: Clip) -> tuple[str, ...]:
        """The folders, if any, and the file name without its suffix: each safe as ``safe_part`` says.

        What is empty is no folder; a file without a name is named after its clip id. A ``/`` makes a folder
        in the template only, never in what a field holds.
        """
        *folders, stem = (_filled(level, clip) for level in self._levels)
        safe = [part for folder in folders if (part := safe_part(folder))]
        return (*safe, safe_stem(stem, f"Song {clip.clip_id[:8]}"))

    def text(self, clip: Clip) -> str:
        """The text in one line, for a tag."""
        return _filled(self._pieces, clip)


_Piece = str | _Field


def _parsed(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise TemplateError(
                f"“{_shown(text[at:])}”: this brace has no partner; a brace itself is written twice."
            )
        pieces.append(_piece(token))
        at = token.end()
    return pieces


def _piece(token: re.Match[str]) -> _Piece:
    if token["field"] is None:
        return token["text"] or token["brace"][0]
    name, form = token["field"].strip(), token["format"] or ""
    if name not in FIELDS:
        raise TemplateError(f"“{_shown(token[0])}”: there is no such field. There are: {', '.join(FIELDS)}.")
    wanted, example, hint = _FORMATTED.get(name, (_LENGTH, "8", ""))
    if form and not wanted.fullmatch(form):
        raise TemplateError(
            f"“{_shown(token[0])}”: this format is not known; write it like {{{name}:{example}}}.{hint}"
        )
    return _Field(name, form)


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:40])


def _levels(pieces: tuple[_Piece, ...]) -> list[list[_Piece]]:
    """The pieces of each folder and of the file name."""
    levels: list[list[_Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, _Field):
            levels[-1].append(piece)
            continue
        first, *others = piece.split("/")
        levels[-1].append(first)
        levels.extend([other] for other in others)
    return levels


def _filled(pieces: tuple[_Piece, ...] | list[_Piece], clip: Clip) -> str:
    """The text of the pieces; with an empty field goes what would be left standing around it."""
    values = [piece.value(clip) if isinstance(piece, _Field) else None for piece in pieces]
    line = "".join(
        piece if isinstance(piece, str) else _VALUE if value else _EMPTY
        for piece, value in zip(pieces, values, strict=True)
    )
    filled = iter([value for value in values if value])
    return re.sub(_VALUE, lambda _: next(filled), _tidied(line)).strip()


def _tidied(line: str) -> str:
    count = 1
    while count:
        line, count = _BRACKETS.subn(_tidied_brackets, line)
    return _tidied_list(line)


def _tidied_brackets(match: re.Match[str]) -> str:
    inner = _tidied_list(match[2])
    return f"{match[1]}{inner}{match[3]}" if inner else _EMPTY


def _tidied_list(line: str) -> str:
    """Without the pieces between separators that have no value, and without words that lead to none."""
    first, *others = _SEPARATOR.split(line)
    kept: list[str] = []
    for separator, piece in [("", first), *zip(others[::2], others[1::2], strict=True)]:
        tidy = _EMPTY_RUN.sub(_joint, piece).strip() if _EMPTY in piece else piece
        if tidy or _EMPTY not in piece:
            kept += [separator if kept else "", tidy]
    return "".join(kept)


def _joint(match: re.Match[str]) -> str:
    """What stands between two values instead of the empty one: ``1. Title``, not ``1 Title``."""
    if match.end() == len(match.string):
        return ""
    before = match[0].partition(_EMPTY)[0]
    if before and not any(char.isalnum() for char in before):
        return before
    return " " if " " in match[0] else ""


def _created(clip: Clip, form: str) -> str:
    """The moment the service named, in its own time zone: UTC."""
    found = _CREATED.match(clip.created_at)
    if found is None:
        return ""
    return re.sub("%(.)", lambda code: "%" if code[1] == "%" else found[code[1]] or "00", form or "%Y-%m-%d")


_READ: Mapping[str, Callable[[Clip, str], str]] = {
    "title": lambda clip, _: clip.title,
    "style": lambda clip, _: clip.style,
    "model": lambda clip, _: clip.model,
    "created": _created,
    "task_id": lambda clip, _: clip.task_id,
    "clip_id": lambda clip, _: clip.clip_id,
    "n": lambda clip, form: str(clip.index + 1).zfill(int(form or 1)),
    "product": lambda clip, _: clip.product.label if clip.product else "",
    "seed": lambda clip, _: clip.seed,
}
_FORMATTED: Mapping[str, tuple[re.Pattern[str], str, str]] = {
    "created": (
        _DATE_FORMAT,
        "%Y-%m-%d",
        " There are %Y %y %m %d %H %M %S %%; a slash belongs outside the braces.",
    ),
    "n": (_WIDTH, "02", ""),
}
"""Fields that have a format of their own, with an example and what else to say; of all others the first
characters can be had."""
