"""Keyrings to name in ``PYTHON_KEYRING_BACKEND``, each with one behaviour a real one has shown."""

from __future__ import annotations

import threading
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Memory(KeyringBackend):
    """Works."""

    priority: ClassVar[float] = 5
    stored: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.stored.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")


class Locked(Memory):
    """The user closed the dialog that asks for the password."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("Failed to unlock the collection!")


class Hanging(Memory):
    """The dialog that asks for the password is open until ``opened`` is set."""

    opened: ClassVar[threading.Event] = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.opened.wait()
        return super().get_password(service, username)


class PlainFile(Memory):
    """Protects nothing, and says so by its priority."""

    priority: ClassVar[float] = 0.5


class Broken(Memory):
    """Raises what no keyring should."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("the bus went away")


class Forgetful(Memory):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass
