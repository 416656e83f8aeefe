"""Where a song is at this instant, from what Qt tells of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.ui.player import clock as clock_room
from aimusic_desktop.ui.player.clock import PlayClock

FRAME_MS = 23


class Watch:
    """A clock that is set."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@given(st.lists(st.integers(30, 110), min_size=10, max_size=40), st.sampled_from([0.5, 1.0, 2.0]))
def test_positions_told_by_whole_frames_give_the_truth_within_a_frame(pauses: list[int], rate: float) -> None:
    watch, clock = Watch(), PlayClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_room, "time", watch)
        true_ms = 5000.0
        for pause_ms in pauses:
            watch.now += pause_ms / 1000
            true_ms += pause_ms * rate
            clock.tell(int(true_ms // FRAME_MS) * FRAME_MS)
        now_ms = clock.now_ms(rate)
    assert now_ms is not None
    assert true_ms - FRAME_MS - 1 <= now_ms <= true_ms + 1


def test_nothing_is_guessed_for_long_or_after_a_jump() -> None:
    watch, clock = Watch(), PlayClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock_room, "time", watch)
        assert clock.now_ms(1.0) is None
        clock.tell(1000)
        watch.now += 5
        assert clock.now_ms(1.0) == 1300
        clock.forget()
        assert clock.now_ms(1.0) is None
