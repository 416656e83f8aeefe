"""Whose the program's descriptors are, without a touch on them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from aimusic_desktop.ui.player import sound_link


def test_a_socket_is_told_by_the_path_of_its_server_and_stays_open(tmp_path: Path) -> None:
    path = str(tmp_path / "native")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen(1)
        assert sound_link._peer(client.fileno()) == ""
        client.connect(path)
        assert sound_link._peer(client.fileno()) == path
        client.sendall(b"still open")
        with server.accept()[0] as accepted:
            assert accepted.recv(100) == b"still open"


def test_a_socket_that_has_become_another_file_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other threads close descriptors, and what they open next gets the same number."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    fstat = os.fstat

    def a_pipe_meanwhile(number: int) -> os.stat_result:
        found = fstat(number)
        os.dup2(writing, number)
        return found

    here, there = socket.socketpair()
    with here, there, monkeypatch.context() as between:
        between.setattr(os, "fstat", a_pipe_meanwhile)
        assert sound_link._peer(here.fileno()) == ""
    os.close(writing)
    assert os.read(reading, 1) == b""  # an end: no copy of it was left open
    os.close(reading)
