"""Steering what plays: position, loudness, speed, the span that repeats, the time to sleep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aimusic_desktop.settings import FASTEST, SLOWEST
from aimusic_desktop.ui.player.player import Player
from aimusic_desktop.ui.player.sleep import SleepTimer
from aimusic_desktop.ui.player.waveform import STEP_MS

VOLUME_STEP = 0.05
SPEED_STEP = 0.25


class Steering:
    """What the keys do to the sound, whatever has the focus; by the names of the actions."""

    def __init__(self, player: Player, sleep: SleepTimer) -> None:
        self._player = player
        self.deeds: dict[str, Callable[[], object]] = {
            "back_5": partial(player.step, -STEP_MS),
            "forward_5": partial(player.step, STEP_MS),
            "louder": partial(self._change_volume, VOLUME_STEP),
            "quieter": partial(self._change_volume, -VOLUME_STEP),
            "mute": lambda: player.set_muted(not player.muted),
            "faster": partial(self._change_rate, SPEED_STEP),
            "slower": partial(self._change_rate, -SPEED_STEP),
            "normal_speed": partial(player.set_rate, 1.0),
            "loop_start": player.mark_start,
            "loop_end": player.mark_end,
            "loop_clear": player.clear_loop,
            "sleep_15": partial(sleep.start, 15),
            "sleep_30": partial(sleep.start, 30),
            "sleep_45": partial(sleep.start, 45),
            "sleep_60": partial(sleep.start, 60),
            "sleep_end_of_song": sleep.at_end_of_song,
            "sleep_off": sleep.cancel,
        }

    def _change_volume(self, step: float) -> None:
        self._player.set_volume(self._player.volume + step)
        self._player.set_muted(False)

    def _change_rate(self, step: float) -> None:
        even = round((self._player.rate + step) / SPEED_STEP) * SPEED_STEP  # whatever it was set to elsewhere
        self._player.set_rate(max(SLOWEST, min(even, FASTEST)))
