"""Puts the parts together that know nothing of Qt; the window and the headless ``get`` both stand on them."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from psygnal import Signal

from aimusic_desktop.api.client import ApiClient, Credits
from aimusic_desktop.api.errors import ApiError
from aimusic_desktop.api.transport import Transport
from aimusic_desktop.credentials import Credentials, KeySource
from aimusic_desktop.errors import AppError
from aimusic_desktop.library.store import Library
from aimusic_desktop.media.bounded import Bound
from aimusic_desktop.media.cache import AudioStore
from aimusic_desktop.media.covers import CoverStore
from aimusic_desktop.media.staging import Stager
from aimusic_desktop.model import Clip
from aimusic_desktop.options import Options
from aimusic_desktop.paths import Paths, make_private
from aimusic_desktop.runs import Runs
from aimusic_desktop.saving.saver import Saver
from aimusic_desktop.settings import DEFAULT_API_URL, Settings, SettingsStore, check_api_url
from aimusic_desktop.tracking.alignments import Alignments
from aimusic_desktop.tracking.connection import Connection, ConnectionState
from aimusic_desktop.tracking.conversions import Conversions
from aimusic_desktop.tracking.tracker import Tracker

if TYPE_CHECKING:
    from aimusic_desktop.demo.server import DemoService

__all__ = ["Core", "Options"]

log = logging.getLogger(__name__)

T = TypeVar("T")

CLOSE_LIMIT_S = 2.0
KEY_AGAIN_S = 60.0
"""How long after a refusal, and after each further one, the service is asked whether it takes the key now."""


class Core:
    """Everything but the window. Made by ``await Core.open(options)``, ended by ``close``.

    ``credits`` is what the account was last known to hold, None before that; ``credits_changed`` is
    emitted when that changed. ``cache`` bounds the songs and staged files that are kept to be quick.
    ``demo_text`` holds the demo's task ids, "" outside the demo. ``trouble`` is emitted with the sentence of
    an AppError that ended work nobody waits for.
    """

    credits_changed = Signal()
    trouble = Signal(str)

    def __init__(
        self,
        paths: Paths,
        settings: SettingsStore,
        library: Library,
        runs: Runs,
        api_url: str,
        demo: DemoService | None,
    ) -> None:
        self.paths = paths
        self.settings = settings
        self.library = library
        self.runs = runs
        self.credentials = Credentials()
        self.transport = Transport(api_url, lambda: self.credentials.key)
        self.client = ApiClient(self.transport)
        self.connection = Connection()
        self.tracker = Tracker(library, self.client, self.connection)
        self.cache = Bound(_cache_limit(settings.value))
        self.audio = AudioStore(self.transport, paths.audio, self.cache, self._renewed, runs)
        self.covers = CoverStore(self.transport, paths.covers, self.cache)
        self.conversions = Conversions(library, self.client, self.connection, runs)
        self.alignments = Alignments(library, self.client, self.connection, runs)
        self.saver = Saver(
            library, self.audio, self.covers, self.conversions, self._settings, runs, self.connection
        )
        self.stager = Stager(self.audio, self.covers, paths.staged, self.cache, self._settings)
        self.credits: Credits | None = None
        self.demo_text = demo.intake_text if demo else ""
        self._demo = demo
        self._tasks: set[asyncio.Task[Any]] = set()
        self._crediting: asyncio.Task[None] | None = None
        self._knocking: asyncio.Task[None] | None = None
        self.credentials.changed.connect(self._key_changed)
        settings.changed.connect(self._settings_changed)

    @classmethod
    async def open(cls, options: Options, *, resume: bool = True) -> Core:
        """Bring everything up. Raises AppError for an unusable address, library or folder.

        With ``resume`` the key is looked for and unfinished tasks are gone on with, in the background;
        without, nothing is asked until someone asks for it.
        """
        paths, demo = options.paths, None
        if options.demo:
            paths, demo = await asyncio.to_thread(_start_demo, paths)
        settings = SettingsStore(paths.settings_file)
        await asyncio.to_thread(settings.load)
        wanted = demo.api_url if demo else options.api_url or settings.value.api_url or DEFAULT_API_URL
        api_url = check_api_url(wanted)  # before the library is opened, and then would have to be closed
        with suppress(OSError):  # the library tells it better
            await asyncio.to_thread(make_private, paths.data)
        library = await Library.open(paths.database)
        runs = Runs(paths.runs)
        with suppress(OSError):  # what is left unfinished is then taken over by any other run
            await asyncio.to_thread(runs.begin)
        core = cls(paths, settings, library, runs, api_url, demo)
        if resume:
            core.credentials.changed.connect(core._refresh_soon)
            core.connection.changed.connect(core._connection_changed)
            core._spawn(core._resume(), "core resume")
            core._spawn(core.saver.resume(), "core resume saving")  # needs no key, as a rule
            core._spawn(asyncio.to_thread(core.cache.trim), "trim the cache")  # a crash may have left parts
        return core

    async def find_key(self) -> None:
        """Take the demo's key, or that of the environment, or the keyring's: seconds, if that is locked."""
        if self._demo:
            from aimusic_desktop.demo.server import DEMO_KEY

            self.credentials.use_for_this_run(DEMO_KEY, KeySource.DEMO)
            return
        await self.credentials.load()
        if self.credentials.key is None:
            self.connection.key_changed(None)

    async def refresh_credits(self) -> None:
        """Ask what the account holds; trouble goes to ``connection``, and the credits stay as known."""
        with suppress(ApiError):
            await self._take_credits(self.connection.watch(self.client.credits()))

    async def close(self) -> None:
        """End all work and close everything, from the top down. Each part has its own deadline."""
        self.credentials.changed.disconnect()  # a keyring may still answer
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_LIMIT_S)
        parts: list[_Part] = [self.tracker, self.saver, self.conversions, self.alignments, self.stager]
        parts += [self.audio, self.covers, self.transport, self.library, self.settings]
        for part in parts:
            try:
                await part.close()
            except Exception:  # what is left must be closed all the same
                log.exception("%s did not close", type(part).__name__)
        await asyncio.to_thread(self.runs.close)
        if self._demo:
            await asyncio.to_thread(self._demo.stop)
            await asyncio.to_thread(shutil.rmtree, self.paths.data, ignore_errors=True)

    async def _resume(self) -> None:
        await self.find_key()  # first, or what is asked meanwhile would find that there is none
        self._spawn(self.conversions.resume(), "core resume conversions")
        self._spawn(self.tracker.start(), "core resume tasks")  # whatever becomes of the other

    def _settings(self) -> Settings:
        return self.settings.value

    async def _renewed(self, clip: Clip) -> Clip:
        """The clip with fresh links; itself if its task has lost it."""
        task = await self.tracker.look_up_now(clip.task_id)
        return next((fresh for fresh in task.clips if fresh.clip_id == clip.clip_id), clip)

    def _key_changed(self) -> None:
        self.connection.key_changed(self.credentials.key)

    def _refresh_soon(self) -> None:
        """The key is another, and so may be the account."""
        if self._crediting:
            self._crediting.cancel()
        if self.credentials.key is not None:
            self._crediting = self._spawn(self.refresh_credits(), "core credits")

    def _connection_changed(self) -> None:
        """Ask now for the credits that could not be had before; ask a service that refused the key again."""
        if self.connection.state is ConnectionState.KEY_REFUSED and self._knocking is None:
            self._knocking = self._spawn(self._knock(), "core key")
        asking = self._crediting is not None and not self._crediting.done()
        if self.credits is None and not asking and self.connection.state is ConnectionState.CONNECTED:
            self._refresh_soon()

    async def _knock(self) -> None:
        """Services refuse good keys in bad moments: go on without the user when that is over."""
        try:
            while self.connection.state is ConnectionState.KEY_REFUSED:
                await asyncio.sleep(KEY_AGAIN_S)
                with suppress(ApiError):
                    if await self._take_credits(self.client.credits()):
                        self.connection.key_accepted()
        finally:
            self._knocking = None

    async def _take_credits(self, asked: Awaitable[Credits]) -> bool:
        """Learn what the account holds; not, giving False, when the key was replaced meanwhile."""
        key = self.credentials.key
        found = await asked
        if self.credentials.key != key:
            return False
        self.credits = found
        self.credits_changed.emit()
        return True

    def _settings_changed(self, settings: Settings) -> None:
        if self.cache.limit_bytes != _cache_limit(settings):
            self.cache.limit_bytes = _cache_limit(settings)
            self._spawn(asyncio.to_thread(self.cache.trim), "trim the cache")

    def _spawn(self, work: Coroutine[None, None, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)
            if isinstance(error, AppError):
                self.trouble.emit(error.sentence)


class _Part(Protocol):
    async def close(self) -> None: ...


def _start_demo(paths: Paths) -> tuple[Paths, DemoService]:
    """The folders of a new demo run, and the service for it, running."""
    from aimusic_desktop.demo.server import DemoService

    try:
        paths.sweep_demo()
        own, demo = paths.demo(), DemoService()
        demo.start()
    except OSError as error:
        raise AppError(f"The demo could not be started: {error.strerror}.") from error
    return own, demo


def _cache_limit(settings: Settings) -> int:
    """In bytes."""
    return settings.cache_limit_mb * 2**20
