"""A player that is only looked at: what a bar shows of it, without a sound."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from aimusic_desktop.model import Clip
from aimusic_desktop.ui.actions import SPECS, make_actions
from aimusic_desktop.ui.player.player import Player, PlayState
from tests.support.media import song_clip

LENGTH_MS = 185_020


class ShownPlayer(Player):
    """In any state one likes."""

    def __init__(self) -> None:
        self._shown: tuple[Clip | None, PlayState, int, str] = (None, PlayState.IDLE, 0, "")
        super().__init__(None)  # type: ignore[arg-type]  # nothing is fetched here
        self.sought: list[int] = []

    def show(
        self, state: PlayState, *, at_ms: int = 72_000, sentence: str = "", title: str = "City Lights"
    ) -> None:
        """As if the song had come to this by itself."""
        clip = self.clip
        if clip is None or clip.title != title:
            clip = song_clip(
                "https://media.example/song.mp3",
                clip_id=title or "untitled",
                title=title,
                image_url="https://media.example/cover.png",
            )
        self._shown = (clip, state, at_ms, sentence)
        self.changed.emit()

    def hold(self, clip: Clip) -> None:
        """As if the song's facts had changed."""
        self._shown = (clip, *self._shown[1:])
        self.changed.emit()

    @property
    def clip(self) -> Clip | None:
        return self._shown[0]

    @property
    def state(self) -> PlayState:
        return self._shown[1]

    @property
    def position_ms(self) -> int:
        return self._shown[2]

    @property
    def duration_ms(self) -> int:
        return LENGTH_MS if self.clip is not None else 0

    @property
    def sentence(self) -> str:
        return self._shown[3]

    @property
    def arrived(self) -> float:
        return 1.0

    def seek(self, position_ms: int) -> None:
        self.sought.append(position_ms)


def quiet_actions(window: QWidget) -> tuple[dict[str, QAction], list[str]]:
    """The window's actions, and the names of those that were triggered."""
    done: list[str] = []
    actions = make_actions(window, window, {name: lambda: None for name in SPECS})
    for name, action in actions.items():
        action.triggered.connect(lambda _checked=False, name=name: done.append(name))
    return actions, done
