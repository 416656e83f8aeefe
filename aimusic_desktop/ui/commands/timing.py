"""Lyrics with their times: had from the service for credits, which are asked for first, and saved as LRC."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFileDialog

from aimusic_desktop.api.errors import InvalidRequest, TaskNotFound
from aimusic_desktop.api.products import PRODUCTS
from aimusic_desktop.desktop.folders import show_in_folder
from aimusic_desktop.errors import AppError
from aimusic_desktop.exchange.errors import unwritable
from aimusic_desktop.lyrics.lines import timing
from aimusic_desktop.lyrics.lrc import to_lrc
from aimusic_desktop.media.beside import lrc_facts
from aimusic_desktop.media.naming import safe_stem
from aimusic_desktop.media.style import SaveStyle
from aimusic_desktop.model import Alignment, Clip, ConversionState
from aimusic_desktop.tracking.alignments import Alignments, AlignmentTrouble
from aimusic_desktop.tracking.ledger import Outdated
from aimusic_desktop.tracking.merge import without_promise
from aimusic_desktop.ui import words
from aimusic_desktop.ui.commands.paying import ask_price
from aimusic_desktop.ui.desk import Desk
from aimusic_desktop.ui.dialogs.folders import folder_to_open
from aimusic_desktop.ui.timing_offer import UNDER_WAY

LINES, WORDS = "Lyrics with the time of each line (*.lrc)", "Lyrics with the time of each word (*.lrc)"

_NONE_CHOSEN = "Choose a song first."
_CANNOT = "These lyrics cannot be timed: the service does that for finished Sonic songs that have lyrics."
_MOST_ASKED = 50
"""Of a longer selection no more songs are looked at before the commands are offered."""

_OF_THAT_SONG = (InvalidRequest, TaskNotFound, AlignmentTrouble, Outdated)
"""What the next song may not meet."""


@dataclass(frozen=True, slots=True)
class _Order:
    """Songs to be timed for ``price`` credits together, each with what is known of it.

    ``trouble`` is what went wrong with one before.
    """

    songs: Sequence[tuple[Clip, Alignment | None]]
    price: int
    trouble: str


class Timing:
    """Nothing is asked of the service twice but by the user."""

    def __init__(self, desk: Desk, alignments: Alignments) -> None:
        self._desk, self._alignments = desk, alignments

    def time_lyrics(self) -> None:
        """Have the lyrics of the selected songs timed, once their price is agreed to."""
        self._desk.background.run(self._time_chosen(), "time lyrics")

    def time_song(self, clip: Clip) -> None:
        """Have the lyrics of a whole clip timed, whatever is selected, once the price is agreed to."""
        self._desk.background.run(self._time([clip]), "time lyrics")

    def export_lrc(self) -> None:
        """Let the user choose a file for the timed lyrics of the selected song."""
        self._desk.background.run(self._export_chosen(), "export lyrics")

    # -- what can be done -------------------------------------------------

    def watch(self, actions: Mapping[str, QAction]) -> None:
        """Offer the actions only where they can be carried out, as far as they are enabled otherwise."""
        self._may_time, self._may_export = (_gate(actions[name]) for name in ("time_lyrics", "export_lrc"))
        for changed in (self._desk.view.chosen, self._desk.feed.shown):
            changed.connect(self._look)
        self._alignments.changed.connect(self._look_again)

    def close(self) -> None:
        """Listen to the core no more."""
        self._alignments.changed.disconnect(self._look_again)

    def _look_again(self, _ids: tuple[str, str]) -> None:
        self._look()

    def _look(self) -> None:
        self._desk.background.run(self._offer(self._desk.view.selected_ids()), "offer timing")

    async def _offer(self, chosen: Sequence[int]) -> None:
        timed = len(chosen) > _MOST_ASKED or await self._any_can_be_timed(chosen)
        if chosen == self._desk.view.selected_ids():
            self._may_time.setEnabled(timed)
            self._may_export.setEnabled(timed and len(chosen) == 1)

    async def _any_can_be_timed(self, chosen: Sequence[int]) -> bool:
        for row_id in self._worth_reading(chosen):
            clip = await self._desk.core.library.clip(row_id)
            known = await self._alignments.known(clip) if clip is not None else None
            if clip is not None and can_be_timed(known, self._alignments.cost(clip)):
                return True
            if chosen != self._desk.view.selected_ids():
                break
        return False

    def _worth_reading(self, chosen: Sequence[int]) -> Sequence[int]:
        """Those whose product times lyrics, where all rows are at hand: this is asked at every change."""
        rows = self._desk.view.selected()
        if len(rows) < len(chosen):
            return chosen
        return [row.row_id for row in rows if row.product is not None and PRODUCTS[row.product].alignment]

    # -- timing -----------------------------------------------------------

    async def _time_chosen(self) -> None:
        await self._time(await self._desk.whole_clips(await self._desk.chosen()))

    async def _time(self, clips: Sequence[Clip]) -> None:
        known = [await self._alignments.known(clip) for clip in clips]
        costs = [self._alignments.cost(clip) for clip in clips]
        priced = [(clip, seen) for clip, seen, cost in zip(clips, known, costs, strict=True) if cost]
        if priced:
            await self._ask(_Order(priced, sum(cost or 0 for cost in costs), _trouble(known)))
        else:
            self._desk.notice.say(_nothing_to_time(known))

    async def _ask(self, order: _Order) -> None:
        one = len(order.songs) == 1
        first, _ = order.songs[0]
        whose = f"“{first.title or 'this song'}”" if one else words.count(len(order.songs), "song")
        await ask_price(
            self._desk,
            title="Time the lyrics",
            question=f"Time the lyrics of {whose} for {words.count(order.price, 'credit')}?",
            agree="Time again" if order.trouble else "Time",
            price=order.price,
            more=[order.trouble] if order.trouble else [],
            do=lambda: self._desk.background.run(self._carry_out(order), "time lyrics"),
        )

    async def _carry_out(self, order: _Order) -> None:
        done: list[Alignment] = []
        failures: list[AppError] = []
        for clip, seen in order.songs:
            try:
                done.append(await self._alignments.ask(clip, seen))
            except AppError as error:
                failures.append(error)
                if not isinstance(error, _OF_THAT_SONG):
                    break
        self._tell(order, done, failures)
        await self._desk.core.refresh_credits()

    def _tell(self, order: _Order, done: Sequence[Alignment], failures: Sequence[AppError]) -> None:
        if failures:
            clips = [clip for clip, _ in order.songs]
            some = f"Timed the lyrics of {len(done)} of {words.count(len(clips), 'song')}. "
            self._desk.notice.say(
                (some if done else "") + without_promise(failures[0].sentence),
                action="Time again …",
                do=lambda: self._desk.background.run(self._time(clips), "time lyrics again"),
                stays=True,
            )
        else:
            self._desk.notice.say(_timed(done))

    # -- saving -----------------------------------------------------------

    async def _export_chosen(self) -> None:
        rows = await self._desk.chosen()
        clips = await self._desk.whole_clips(rows[:2])
        if len(rows) > 1:
            self._desk.notice.say("Choose one song to save its timed lyrics.")
        elif not clips:
            self._desk.notice.say(_NONE_CHOSEN)
        else:
            await self._export(clips[0])

    async def _export(self, clip: Clip) -> None:
        alignment = await self._alignments.known(clip)
        if alignment is not None and alignment.words and not alignment.error:
            stem = await asyncio.to_thread(safe_stem, clip.title, clip.clip_id)
            folder = await folder_to_open(self._desk.core.settings.value.save_path)
            self._ask_file(clip, alignment, folder / f"{stem}.lrc")
        elif self._alignments.cost(clip):
            self._desk.notice.say(
                "When these lyrics are sung is not known yet.",
                action="Time the lyrics …",
                do=lambda: self._desk.background.run(self._time([clip]), "time lyrics"),
            )
        else:
            self._desk.notice.say(_nothing_to_time([alignment]))

    def _ask_file(self, clip: Clip, alignment: Alignment, proposed: Path) -> None:
        dialog = QFileDialog(self._desk.window, "Save the timed lyrics", str(proposed))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([LINES, WORDS])
        dialog.setDefaultSuffix("lrc")
        dialog.fileSelected.connect(
            lambda name: self._write(Path(name), clip, alignment, dialog.selectedNameFilter() == WORDS)
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, path: Path, clip: Clip, alignment: Alignment, each_word: bool) -> None:
        self._desk.background.run(self._save(path, clip, alignment, each_word), "save timed lyrics")

    async def _save(self, path: Path, clip: Clip, alignment: Alignment, each_word: bool) -> None:
        style = SaveStyle.of(self._desk.core.settings.value)
        await asyncio.to_thread(_write, path, clip, alignment, style, each_word)
        self._desk.notice.say(
            f"Saved the timed lyrics as “{path.name}”.",
            action="Show in folder",
            do=partial(show_in_folder, path),
        )


def can_be_timed(known: Alignment | None, cost: int | None) -> bool:
    """Whether the times of a song are known, are being asked for, or can be had for its ``cost``."""
    if known is not None and known.state in (ConversionState.ASKED, ConversionState.DONE):
        return known.state is ConversionState.ASKED or bool(known.words and not known.error)
    return bool(cost)


def _gate(action: QAction) -> QActionGroup:
    """While this is disabled the action is too, whatever else enables it."""
    gate = QActionGroup(action)
    gate.setExclusive(False)
    gate.addAction(action)
    gate.setEnabled(False)
    return gate


def _trouble(known: Sequence[Alignment | None]) -> str:
    """What went wrong with one of them before; empty if nothing did."""
    failed = (ConversionState.FAILED, ConversionState.UNKNOWN)
    errors = (each.error for each in known if each is not None and each.state in failed)
    return next((error for error in errors if error), "")


def _nothing_to_time(known: Sequence[Alignment | None]) -> str:
    paid = [each for each in known if each is not None]
    if not known:
        return _NONE_CHOSEN
    if not paid:
        return _CANNOT
    if any(each.state is ConversionState.ASKED for each in paid):
        return UNDER_WAY
    return _timed(paid)


def _timed(done: Sequence[Alignment]) -> str:
    if len(done) > 1:
        return f"The lyrics of {words.count(len(done), 'song')} are timed: they follow the song."
    return done[0].error or "The lyrics are timed: they follow the song, and a click on a line goes to it."


def _write(path: Path, clip: Clip, alignment: Alignment, style: SaveStyle, each_word: bool) -> None:
    """Write the file, or none: what is at ``path`` is replaced only by a whole one. Raises ExchangeError."""
    found = timing(alignment.words, clip.lyrics)
    text = to_lrc(found, lrc_facts(clip, style.tags), words=each_word)
    part = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()
