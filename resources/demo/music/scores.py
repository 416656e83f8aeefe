"""Which songs there are, and how each is played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from music import acoustic, electric
from music.band import Desk
from music.city_lights import city_lights


@dataclass(frozen=True)
class Score:
    """How one song is played. ``room_s`` is how long its room rings, ``wet`` how much of it is heard."""

    write: Callable[[Desk], None]
    seconds: float
    bpm: float
    swing: float = 0.0
    transpose: int = 0
    room_s: float = 1.6
    wet: float = 0.3


SCORES = {
    "city-lights": Score(city_lights, 185.0, 72, room_s=2.4, wet=0.34),
    "paper-lanterns": Score(electric.paper_lanterns, 37.0, 78, swing=0.22, room_s=1.2, wet=0.2),
    "midnight-ferry": Score(electric.midnight_ferry, 30.0, 104, room_s=2.2, wet=0.32),
    "slow-tide": Score(electric.slow_tide, 44.0, 56, room_s=4.0, wet=0.55),
    "orange-grove": Score(acoustic.orange_grove, 24.5, 128, room_s=1.1, wet=0.22),
    "orange-grove-evening": Score(
        acoustic.orange_grove_evening, 26.5, 118, transpose=-2, room_s=1.4, wet=0.28
    ),
    "little-rocket": Score(acoustic.little_rocket, 28.0, 126, room_s=0.9, wet=0.18),
    "little-rocket-unplugged": Score(
        acoustic.little_rocket_unplugged, 31.0, 112, transpose=-3, room_s=1.2, wet=0.24
    ),
    "long-way-home": Score(acoustic.long_way_home, 26.0, 112, transpose=-4, room_s=1.5, wet=0.26),
    "long-way-home-alone": Score(acoustic.long_way_home_alone, 31.0, 94, transpose=1, room_s=2.4, wet=0.36),
    "northern-window": Score(acoustic.northern_window, 29.0, 100, transpose=-3, room_s=2.6, wet=0.4),
    "glass-garden": Score(electric.glass_garden, 27.0, 116, room_s=1.8, wet=0.26),
    "glass-garden-rain": Score(electric.glass_garden_rain, 31.0, 100, transpose=1, room_s=2.4, wet=0.34),
}
