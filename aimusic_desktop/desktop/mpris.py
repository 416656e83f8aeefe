"""MPRIS: what plays, and the keys that steer it, on the session's D-Bus.

Spoken by jeepney, which keyring brings along, and not by QtDBus: from Python, Qt sends a song's length in 32
bits, where MPRIS wants 64 and clients check it; and Qt's calls block the window while a bus is slow.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from aimusic_desktop.desktop.media_controls import MediaControls, NowPlaying
from aimusic_desktop.desktop.mpris_facts import (
    INTROSPECTION,
    LOOPS,
    NAME,
    PATH,
    PLAYER,
    ROOT,
    Facts,
    player_facts,
    root_facts,
    track,
)
from aimusic_desktop.settings import FASTEST, SLOWEST

if TYPE_CHECKING:
    from jeepney import Message, Parser  # type: ignore[import-untyped]
    from jeepney.io.asyncio import DBusConnection  # type: ignore[import-untyped]

log = logging.getLogger(__name__)

REACH_LIMIT_S = 10.0
FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 60.0
"""Between attempts to get onto a bus that is gone."""

Answer = tuple[str, tuple[Any, ...]]
"""A signature and the values of it."""

_FREEDESKTOP = "org.freedesktop.DBus"
_PROPERTIES = f"{_FREEDESKTOP}.Properties"
_READ_BYTES = 4096
_TAKEN = 3  # RequestName's answer when another has the name
_DAY_MS = 86_400_000  # no song is longer; Qt's signals carry 32 bits


async def reach(address: str) -> None:
    """Get onto the bus and leave. Raises ``OSError`` and others when that cannot be done within seconds."""
    from jeepney.io.asyncio import open_dbus_connection

    async with asyncio.timeout(REACH_LIMIT_S):
        connection = await open_dbus_connection(address)
    await connection.close()


class Refused(Exception):
    """Nothing that can be done: D-Bus's own name for why, and a sentence."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = f"{_FREEDESKTOP}.Error.{name}"


class Mpris(MediaControls):
    """On the bus from the first song on: without one it would take the media keys from other players."""

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self._now = NowPlaying()
        self._position: Callable[[], int] = int
        self._has_song = asyncio.Event()
        self._connection: DBusConnection | None = None
        self._names: Iterator[str] = iter(())
        self._methods = self._table()
        self._setters: dict[str, Callable[[Any], object]] = {
            "LoopStatus": self._set_loop,
            "Rate": self._set_rate,
            "Shuffle": self.shuffle.emit,
            "Volume": lambda volume: self.volume.emit(max(0.0, min(volume, 1.0))),
        }

    async def run(self) -> None:
        await self._has_song.wait()
        pause_s = FIRST_PAUSE_S
        while True:
            began_s = time.monotonic()
            try:
                await self._serve()
            except Exception as error:  # noqa: BLE001  # whatever the library says of a bus that is gone, or was none
                log.warning("no media keys: %r", error)
            if time.monotonic() - began_s > LAST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LAST_PAUSE_S)

    def show(self, now: NowPlaying, position: Callable[[], int]) -> None:
        before, facts = player_facts(self._now), player_facts(now)
        self._now, self._position = now, position
        if changed := {name: fact for name, fact in facts.items() if fact != before[name]}:
            self._tell(_PROPERTIES, "PropertiesChanged", "sa{sv}as", (PLAYER, changed, []))
        if now.key:
            self._has_song.set()

    def jumped(self, position_ms: int) -> None:
        self._tell(PLAYER, "Seeked", "x", (position_ms * 1000,))

    # -- the bus ----------------------------------------------------------

    async def _serve(self) -> None:
        await asyncio.to_thread(importlib.import_module, "jeepney.io.asyncio")
        from jeepney.io.asyncio import open_dbus_connection

        self._connection = connection = await open_dbus_connection(self._address)
        try:
            self._names = iter((NAME, f"{NAME}.instance{os.getpid()}"))
            self._ask_for_name()
            while data := await connection.reader.read(_READ_BYTES):
                connection.parser.add_data(data)
                self._take_all(connection.parser)
        finally:
            connection.writer.close()
            self._connection = None
        raise EOFError("the bus hung up")

    def _take_all(self, parser: Parser) -> None:
        """All that has arrived whole. A message that cannot be read or answered is passed over."""
        while (message := _next_message(parser)) is not None:
            try:
                self._take(message)
            except Exception:
                log.warning("a message on the bus was not answered", exc_info=True)

    def _ask_for_name(self) -> None:
        """The name itself, or one beside it while another window of the program has that."""
        from jeepney import DBusNameFlags, message_bus

        if (name := next(self._names, None)) is not None:
            self._send(message_bus.RequestName(name, DBusNameFlags.do_not_queue))

    def _take(self, message: Message) -> None:
        from jeepney import MessageFlag, MessageType

        kind, flags = message.header.message_type, message.header.flags
        if kind is MessageType.method_call:
            answer = self._answer(message)
            if not flags & MessageFlag.no_reply_expected:
                self._send(answer)
        elif kind is MessageType.error or (kind is MessageType.method_return and message.body == (_TAKEN,)):
            self._ask_for_name()  # nothing else is ever asked

    def _answer(self, call: Message) -> Message:
        from jeepney import new_error, new_method_return

        try:
            return new_method_return(call, *(self._do(call) or ()))
        except Refused as refused:
            return new_error(call, refused.name, "s", (str(refused),))

    def _do(self, call: Message) -> Answer | None:
        from jeepney import HeaderFields

        fields = call.header.fields
        if fields.get(HeaderFields.path) != PATH:
            raise Refused("UnknownObject", "There is nothing at this path.")
        name = f"{fields.get(HeaderFields.interface)}.{fields.get(HeaderFields.member)}"
        signature, deed = self._methods.get(name, (None, None))
        if deed is None:
            raise Refused("UnknownMethod", f"There is no {name}.")
        if signature != fields.get(HeaderFields.signature, ""):
            raise Refused("InvalidArgs", f"{name} takes “{signature}”.")
        return deed(*call.body)

    def _tell(self, interface: str, signal: str, signature: str, values: tuple[Any, ...]) -> None:
        if self._connection is None:  # not there yet: who comes asks for all
            return
        from jeepney import DBusAddress, new_signal

        self._send(new_signal(DBusAddress(PATH, interface=interface), signal, signature, values))

    def _send(self, message: Message) -> None:
        """In the order of the calls, and without waiting for the bus."""
        if self._connection is not None:
            serial = next(self._connection.outgoing_serial)
            self._connection.writer.write(message.serialise(serial))

    # -- what others want -------------------------------------------------

    def _table(self) -> dict[str, tuple[str, Callable[..., Answer | None]]]:
        """The methods: what each takes, and what it does."""
        return {
            f"{_FREEDESKTOP}.Introspectable.Introspect": ("", lambda: ("s", (INTROSPECTION,))),
            f"{_FREEDESKTOP}.Peer.Ping": ("", lambda: None),
            f"{_PROPERTIES}.Get": ("ss", self._get),
            f"{_PROPERTIES}.GetAll": ("s", lambda interface: ("a{sv}", (self._facts(interface),))),
            f"{_PROPERTIES}.Set": ("ssv", self._set),
            f"{ROOT}.Raise": ("", lambda: self._if(True, self.raise_window)),
            f"{ROOT}.Quit": ("", lambda: self._if(True, self.quit)),
            f"{PLAYER}.Next": ("", lambda: self._if(self._now.can_next, self.next)),
            f"{PLAYER}.Previous": ("", lambda: self._if(self._now.can_previous, self.previous)),
            f"{PLAYER}.Pause": ("", lambda: self._if(self._now.key, self.pause)),
            f"{PLAYER}.PlayPause": ("", lambda: self._if(self._now.key, self.play_pause)),
            f"{PLAYER}.Stop": ("", lambda: self._if(self._now.key, self.stop)),
            f"{PLAYER}.Play": ("", lambda: self._if(self._now.key, self.play)),
            f"{PLAYER}.Seek": ("x", self._seek),
            f"{PLAYER}.SetPosition": ("ox", self._set_position),
            f"{PLAYER}.OpenUri": ("s", self._open),
        }

    def _if(self, possible: object, signal: Any) -> None:
        if possible:
            signal.emit()

    def _facts(self, interface: str) -> Facts:
        if interface == ROOT:
            return root_facts(QGuiApplication.desktopFileName())
        if interface == PLAYER:
            return player_facts(self._now) | {"Position": ("x", self._position() * 1000)}
        raise Refused("UnknownInterface", f"There is no {interface}.")

    def _get(self, interface: str, name: str) -> Answer:
        facts = self._facts(interface)
        if name not in facts:
            raise Refused("UnknownProperty", f"There is no {name}.")
        return "v", (facts[name],)

    def _set(self, interface: str, name: str, value: tuple[str, Any]) -> None:
        _, ((wanted, _now),) = self._get(interface, name)
        if interface != PLAYER or name not in self._setters:
            raise Refused("PropertyReadOnly", f"{name} cannot be set.")
        signature, new = value
        if signature != wanted:
            raise Refused("InvalidArgs", f"{name} is of the type “{wanted}”.")
        self._setters[name](new)

    def _set_loop(self, word: str) -> None:
        repeat = next((repeat for repeat, loop in LOOPS.items() if loop == word), None)
        if repeat is None:
            raise Refused("InvalidArgs", f"LoopStatus is one of {', '.join(LOOPS.values())}.")
        self.repeat.emit(repeat)

    def _set_rate(self, rate: float) -> None:
        """A rate of 0 is a pause, as the specification has it."""
        if rate == 0:
            self._if(self._now.key, self.pause)
        else:
            self.rate.emit(max(SLOWEST, min(rate, FASTEST)))

    def _seek(self, offset_us: int) -> None:
        """Beyond the end is the next song, as the specification has it."""
        if not self._now.can_seek:
            return
        offset_ms = max(-_DAY_MS, min(offset_us // 1000, _DAY_MS))
        if self._position() + offset_ms > self._now.length_ms > 0 and self._now.can_next:
            self.next.emit()
        else:
            self.seek_by.emit(offset_ms)

    def _set_position(self, path: str, position_us: int) -> None:
        """Of a song that is no longer the one, or outside it: nothing, as the specification has it."""
        within = 0 <= position_us <= self._now.length_ms * 1000
        if self._now.can_seek and within and path == track(self._now.key):
            self.seek_to.emit(self._now.key, position_us // 1000)

    def _open(self, _uri: str) -> None:
        raise Refused("NotSupported", "Songs are looked up by their task ids, not opened by links.")


def _next_message(parser: Parser) -> Message | None:
    """The next message that can be read, once it is whole. Raises whatever when nobody can tell its end."""
    while True:
        try:
            return parser.get_next_message()
        except Exception as error:
            if parser.next_msg_size is None:
                raise
            parser.next_msg_size = None  # the message was taken from the buffer before it was read
            log.warning("a message on the bus made no sense: %r", error)
