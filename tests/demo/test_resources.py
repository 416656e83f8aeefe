"""The icons and the files that tell a desktop about the program."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from aimusic_desktop.assets import asset

DESKTOP_ID = "org.aimusicdesktop.AIMusicDesktop"
SYMBOLS = [path for path in sorted(asset("icons").glob("*.svg")) if path.stem != "aimusic-desktop"]


@pytest.mark.parametrize("path", SYMBOLS, ids=lambda path: path.stem)
def test_a_symbol_is_black_on_nothing_so_that_it_can_be_tinted(path: Path) -> None:
    root = ET.parse(path).getroot()
    assert root.get("viewBox") == "0 0 24 24"
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', path.read_text())) <= {"#000", "none"}


def test_the_desktop_entry_and_the_metainfo_speak_of_the_same_program() -> None:
    entry = configparser.RawConfigParser()
    entry.read(asset(f"{DESKTOP_ID}.desktop"), "utf-8")
    metainfo = ET.parse(asset(f"{DESKTOP_ID}.metainfo.xml")).getroot()
    assert metainfo.findtext("id") == DESKTOP_ID
    assert metainfo.findtext("launchable") == f"{DESKTOP_ID}.desktop"
    assert metainfo.findtext("name") == entry["Desktop Entry"]["Name"]
    assert metainfo.findtext("provides/binary") == entry["Desktop Entry"]["Exec"]
