"""Someone who listens to songs of plain tones: handles the real program, and hears what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.support.api import KEY
from tests.support.hands import Hands
from tests.support.program import Program
from tests.support.service import Service
from tests.support.sound import Ears
from tests.support.tones import Moment, Spell, moment, spells
from tests.support.waiting import LIMIT_S, wait_until


def start_with(start: Callable[..., Program], service: Service, *tasks: str) -> Program:
    """The program on that service, with these tasks added to its list."""
    return start("--api-url", service.api_url, *tasks, env={"AIMUSIC_API_KEY": KEY})


class Listener:
    """Has hands for a program and ears for what it plays."""

    def __init__(self, program: Program, ears: Ears) -> None:
        self.program, self.ears = program, ears

    @property
    def hands(self) -> Hands:
        return self.program.hands

    @property
    def position_ms(self) -> float:
        """Where the song is, as the window shows it."""
        return self.program.find("slider", "Position").value or 0.0

    def choose(self, title: str, button: int = 1) -> None:
        self.hands.click(self.program.find_row(title, "ready").centre, button=button)

    def play(self, title: str) -> None:
        """Double-click a song, and wait for its sound."""
        self.hands.click(self.program.find_row(title, "ready").centre, times=2)
        self.hears(title)

    def hears(
        self, title: str, second: int = 0, *, before: int | None = None, within_s: float = LIMIT_S
    ) -> Moment:
        """Waits for that song, at that second of it or later, and ``before`` another; gives what is heard."""

        def heard() -> Moment | None:
            now = moment(self.ears)
            fits = now is not None and now.song == title and second <= now.second
            return now if fits and now is not None and (before is None or now.second < before) else None

        return wait_until(heard, f"{title} is heard, from {second} s on", within_s)

    def hears_nothing(self) -> None:
        wait_until(lambda: self.ears.silent, "it is silent")

    def resumes(self, title: str, act: Callable[[], object]) -> Moment:
        """Do something in silence that makes that song go on; gives what is heard of it first."""
        began_s = time.monotonic()
        act()

        def first() -> Moment | None:
            # Not what is heard of a short while: in a longer one the same may be too short to be told.
            heard = (spell.moment for spell in self.heard(time.monotonic() - began_s))
            return next((moment for moment in heard if moment.song == title), None)

        return wait_until(first, f"{title} goes on")

    def heard(self, seconds: float) -> list[Spell]:
        """What was heard in the last ``seconds``."""
        return spells(self.ears.recent(seconds))
