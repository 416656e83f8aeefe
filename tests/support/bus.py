"""A session's D-Bus of a test's own, and those who ask players on it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from tests.support.waiting import LIMIT_S

TOOLS = ("dbus-daemon", "playerctl")

needs_playerctl = pytest.mark.skipif(
    sys.platform != "linux" or not all(map(shutil.which, TOOLS)), reason=f"needs {' and '.join(TOOLS)}"
)


@contextmanager
def session_bus(
    monkeypatch: pytest.MonkeyPatch, address: str | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The daemon of a bus, at this address or one of its own, that this process and its children take for the
    session's."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    if address is not None:
        command.append(f"--address={address}")
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert daemon.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        yield daemon
    finally:
        daemon.kill()
        daemon.communicate()


async def playerctl(*words: object) -> str:
    """What ``playerctl`` prints, without the end of the line; complaints too."""
    process = await asyncio.create_subprocess_exec(
        "playerctl", *map(str, words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    return printed.decode().strip()


async def appears(name: str) -> None:
    """Waits until a player of this name is on the bus."""
    async with asyncio.timeout(LIMIT_S):
        while name not in (await playerctl("--list-all")).splitlines():
            await asyncio.sleep(0.02)


class Client:
    """Another program on the bus: calls the methods of a player, and hears its signals."""

    def __init__(self, router: Any, name: str) -> None:
        self._router, self._name = router, name
        self.heard: list[tuple[str, Any]] = []

    async def call(self, interface: str, method: str, signature: str = "", *values: object) -> Any:
        """The answer's values; raises ``DBusErrorResponse``."""
        from jeepney import DBusAddress, new_method_call
        from jeepney.wrappers import unwrap_msg

        there = DBusAddress("/org/mpris/MediaPlayer2", self._name, interface)
        call = new_method_call(there, method, signature or None, values)
        return unwrap_msg(await self._router.send_and_get_reply(call))

    async def listen(self, queue: asyncio.Queue[Any]) -> None:
        from jeepney import HeaderFields

        while True:
            message = await queue.get()
            self.heard.append((message.header.fields[HeaderFields.member], message.body))


@asynccontextmanager
async def client(name: str) -> AsyncIterator[Client]:
    """A program that hears all signals of players, from now on."""
    from jeepney import MatchRule, message_bus
    from jeepney.io.asyncio import Proxy, open_dbus_router

    rule = MatchRule(type="signal", path="/org/mpris/MediaPlayer2")
    async with open_dbus_router() as router:
        await Proxy(message_bus, router).AddMatch(rule)
        with router.filter(rule, bufsize=100) as queue:
            one = Client(router, name)
            listening = asyncio.create_task(one.listen(queue))
            try:
                yield one
            finally:
                listening.cancel()
