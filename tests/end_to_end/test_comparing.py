"""Two versions of a song change places by a key press, and the ear loses no instant of it."""

from __future__ import annotations

import itertools
import statistics
import time

import pytest

from tests.end_to_end.conftest import Starter
from tests.support.listener import Listener, start_with
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import serve_pair, silence_between, spells
from tests.support.waiting import wait_until


@pytest.fixture
def comparing(start: Starter, service: Service, ears: Ears) -> Listener:
    """Alder is heard, and Birch, of the same task, plays along unheard."""
    listener = Listener(start_with(start, service, serve_pair(service, "Alder", "Birch", 60)), ears)
    listener.play("Alder")
    listener.hands.press("ctrl+k")
    listener.program.find("radio button", "Hear B: Birch")
    wait_until(lambda: "/Birch.wav" in service.paths(), "the other song is asked for")
    now = listener.hears("Alder")
    listener.hears("Alder", now.second + 2)
    return listener


def test_x_swaps_to_the_other_song_at_the_same_instant(comparing: Listener, ears: Ears) -> None:
    began_s = time.monotonic()
    for other in ("Birch", "Alder", "Birch"):
        comparing.hands.press("x")
        now = comparing.hears(other)
        comparing.hears(other, now.second + 1)
    recording = ears.recent(time.monotonic() - began_s + 1)
    heard = spells(recording)
    swaps = [(old, new) for old, new in itertools.pairwise(heard) if old.moment.song != new.moment.song]
    assert [new.moment.song for _, new in swaps] == ["Birch", "Alder", "Birch"]
    # Every second has its length, whichever of the two it was heard in; a busy machine may stretch one.
    seconds = itertools.groupby(heard, key=lambda spell: spell.moment.second)
    begins = {second: next(those).begin_s for second, those in seconds}
    assert list(begins) == list(range(min(begins), max(begins) + 1))
    steps = [after - before for before, after in itertools.pairwise(list(begins.values())[1:])]
    assert statistics.median(abs(step - 1) for step in steps) < 0.08, steps
    silences = [silence_between(recording, old, new) for old, new in swaps]
    assert statistics.median(silences) < 0.02, silences
