"""Lyrics that follow the song: those of the details, and of the drawer's page about the song that plays."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from aimusic_desktop.library.store import Change, Library
from aimusic_desktop.lyrics.lines import Timing
from aimusic_desktop.model import Alignment, Clip
from aimusic_desktop.tracking.alignments import Alignments
from aimusic_desktop.ui.background import Background
from aimusic_desktop.ui.details import DetailsPanel
from aimusic_desktop.ui.lyrics_reader import Learner, LyricsReader, ids_of
from aimusic_desktop.ui.lyrics_sheet import LyricsSheet
from aimusic_desktop.ui.player.player import Player


class PlayingSong(QObject):
    """The song that plays, with its lyrics, which rows and the queue are without.

    ``clip`` is None while nothing plays, and for the moment in which the lyrics are read.
    """

    changed = Signal()

    def __init__(self, player: Player, background: Background, library: Library) -> None:
        super().__init__(player)
        self.clip: Clip | None = None
        self._player, self._background, self._library = player, background, library
        self._ids: tuple[str, str] | None = None
        player.changed.connect(self._player_changed)
        library.changed.connect(self._library_changed)

    @property
    def is_read(self) -> bool:
        """Whether ``clip`` tells what plays; not in that moment."""
        return ids_of(self.clip) == self._ids

    def close(self) -> None:
        """Listen to the core no more."""
        self._library.changed.disconnect(self._library_changed)

    def _player_changed(self) -> None:
        clip = self._player.clip
        if ids_of(clip) != self._ids:
            self._ids = ids_of(clip)
            self._set(None)
            self._look(clip)

    def _library_changed(self, change: Change) -> None:
        clip = self._player.clip
        if clip is not None and (change.task_ids is None or clip.task_id in change.task_ids):
            self._look(clip)

    def _look(self, clip: Clip | None) -> None:
        if clip is not None:
            self._background.run(self._read(clip), "lyrics of the song that plays")

    async def _read(self, clip: Clip) -> None:
        found = (await self._library.clips_of([clip.ids])).get(clip.ids)
        if self._ids == clip.ids:
            whole = found or self.clip or clip  # what the library has lost is still heard
            if whole != self.clip:
                self._set(whole)

    def _set(self, clip: Clip | None) -> None:
        self.clip = clip
        self.changed.emit()


class ReadAlong(QObject):
    """Ties the player to the lyrics of the details, of the sheet and of the waveform's sections.

    A sheet that is closed shows nothing, so for it nothing is done.
    """

    sections_changed = Signal(list)
    """Of the song that plays: pairs of milliseconds and names, none while they are not known."""
    play_wanted = Signal(int, object, int)
    """A line of a song that does not play was clicked: its row's id, the clip, milliseconds."""
    timing_wanted = Signal(object)
    """The lyrics of the sheet are to be timed: their clip."""

    def __init__(
        self,
        player: Player,
        details: DetailsPanel,
        sheet: LyricsSheet,
        alignments: Alignments,
        background: Background,
        library: Library,
    ) -> None:
        super().__init__(details)
        self._player, self._details, self._sheet = player, details, sheet
        self._playing = PlayingSong(player, background, library)
        self._sections = Learner(alignments, background, self)
        self._beside = LyricsReader(player, details, alignments, background, self)
        self._below = LyricsReader(player, sheet, alignments, background, self)
        self._playing.changed.connect(self._song_changed)
        self._sections.told.connect(self._tell_sections)
        details.clip_changed.connect(lambda: self._beside.show(details.clip))
        self._beside.elsewhere_wanted.connect(self._play_shown)
        sheet.turned.connect(self._show_sheet)
        self._below.elsewhere_wanted.connect(self._play_on)
        sheet.offer.wanted.connect(lambda: self.timing_wanted.emit(self._below.clip))

    def close(self) -> None:
        """Listen to the core no more."""
        for part in (self._playing, self._sections, self._beside, self._below):
            part.close()

    def _song_changed(self) -> None:
        self.sections_changed.emit([])
        self._sections.learn(self._playing.clip)
        self._show_sheet()

    def _tell_sections(self, _alignment: Alignment | None, found: Timing | None) -> None:
        if found is not None:
            self.sections_changed.emit([(round(start_s * 1000), name) for start_s, name in found.sections])

    def _play_shown(self, position_ms: int) -> None:
        self.play_wanted.emit(self._details.row_id, self._details.clip, position_ms)

    # -- the sheet --------------------------------------------------------

    def _show_sheet(self) -> None:
        if not self._sheet.isVisible():
            self._below.show(None)
        elif self._playing.is_read:  # else what was read before stays for a moment, not to flicker
            self._sheet.show_song(self._playing.clip)
            self._below.show(self._playing.clip)

    def _play_on(self, position_ms: int) -> None:
        """From a line of the song that the player holds, but does not play."""
        if ids_of(self._below.clip) == ids_of(self._player.clip):
            self._player.seek(position_ms)
            self._player.toggle()
