"""Lyrics timed for a price that is agreed to, and saved as LRC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QPushButton

from aimusic_desktop.model import Clip, ConversionState, Product, TimedWord
from aimusic_desktop.tracking.alignments import NO_WORDS
from aimusic_desktop.ui.commands import paying
from aimusic_desktop.ui.commands.timing import LINES, WORDS, Timing, can_be_timed
from aimusic_desktop.ui.desk import Desk
from tests.support.converting import posts
from tests.support.desk import desk_at
from tests.support.library import task_of
from tests.support.service import Reply, Service, as_json
from tests.support.timed import ALIGNED, aligned, on_aligning, song, sung
from tests.support.waiting import LIMIT_S, until

CREDITS = "/api/v1/get-credits"
CANNOT = "These lyrics cannot be timed"


@pytest.fixture(autouse=True)
def account(with_key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, and 50 credits."""
    monkeypatch.setattr(paying, "ASK_LIMIT_S", LIMIT_S)


class Rig:
    """The commands over a real core whose songs are all chosen."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.timing = Timing(desk, desk.core.alignments)
        self.folder = ""

    @property
    def notice(self) -> str:
        return self.desk.notice.text

    def question(self) -> QMessageBox | None:
        return next((box for box in self.desk.window.findChildren(QMessageBox) if box.isVisible()), None)

    async def answer(self, begins_with: str) -> str:
        """Press a button of the question; gives all that was said."""
        await until(self.question)
        box = self.question()
        assert box is not None
        said = f"{box.text()}\n{box.informativeText()}"
        buttons = box.findChildren(QPushButton)
        button = next(each for each in buttons if each.text().startswith(begins_with))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(lambda: self.question() is None)
        return said

    def watched(self) -> tuple[QAction, QAction]:
        """The two actions, offered from now on where they can be done."""
        window = self.desk.window
        time, export = (QAction(window) for _ in range(2))
        self.timing.watch({"time_lyrics": time, "export_lrc": export})
        return time, export

    async def export_to(self, path: Path, kind: str = LINES) -> str:
        """Save the lyrics, as the user would; gives the name that was proposed."""
        self.timing.export_lrc()
        dialogs = self.desk.window.findChildren
        await until(lambda: dialogs(QFileDialog))
        dialog = dialogs(QFileDialog)[-1]
        self.folder = dialog.directory().absolutePath()
        proposed = Path(dialog.selectedFiles()[0]).name
        dialog.selectNameFilter(kind)
        dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
        dialog.accept()
        await until(lambda: self.notice)
        return proposed


@asynccontextmanager
async def rig(service: Service, home: Path, *clips: Clip) -> AsyncIterator[Rig]:
    """The commands, with these songs in the list and chosen."""
    async with desk_at(home, service.api_url) as desk:
        for number, clip in enumerate(clips, 1):
            await desk.core.library.save(task_of(number, clip, product=clip.product, added_at=float(number)))
        await desk.core.find_key()
        await desk.core.refresh_credits()
        desk.window.show()
        desk.feed.look()
        await until(lambda: len(desk.feed.model.order) == len(clips))
        desk.view.selectAll()
        yield Rig(desk)


async def test_the_price_is_said_agreed_to_and_paid_once(service: Service, tmp_path: Path) -> None:
    on_aligning(service, *sung())
    clip = song(title="<b>Neon</b>")
    async with rig(service, tmp_path, clip) as on:
        on.timing.time_lyrics()
        said = await on.answer("Time for 1 credit")
        assert said == "Time the lyrics of “<b>Neon</b>” for 1 credit?\nYour account holds 50 credits."
        await until(lambda: on.notice.startswith("The lyrics are timed"))
        known = await on.desk.core.alignments.known(clip)
        assert known is not None
        assert known.words == sung()
        on.desk.notice.dismiss()
        on.timing.time_lyrics()
        await until(lambda: not on.desk.notice.isHidden())
        assert on.notice.startswith("The lyrics are timed")
    assert posts(service) == 1


async def test_a_song_that_is_not_chosen_can_be_timed(service: Service, tmp_path: Path) -> None:
    on_aligning(service, *sung())
    clip = song(1, title="Neon")
    async with rig(service, tmp_path, clip, song(2)) as on:
        on.desk.view.clearSelection()
        on.timing.time_song(clip)
        assert "Time the lyrics of “Neon” for 1 credit?" in await on.answer("Time for 1 credit")
        await until(lambda: on.notice.startswith("The lyrics are timed"))
        known = await on.desk.core.alignments.known(clip)
        assert known is not None
        assert known.words == sung()
    assert posts(service) == 1


async def test_saying_no_costs_nothing(service: Service, tmp_path: Path) -> None:
    async with rig(service, tmp_path, song(1), song(2)) as on:
        on.timing.time_lyrics()
        assert "Time the lyrics of 2 songs for 2 credits?" in await on.answer("Cancel")
    assert posts(service) == 0


@pytest.mark.parametrize("facts", [{"product": Product.PRODUCER}, {"lyrics": ""}])
async def test_what_cannot_be_timed_is_said_so(
    service: Service, tmp_path: Path, facts: dict[str, object]
) -> None:
    async with rig(service, tmp_path, song(1, **facts)) as on:
        on.timing.time_lyrics()
        await until(lambda: on.notice.startswith(CANNOT))
        on.desk.notice.say("")
        on.timing.export_lrc()
        await until(lambda: on.notice.startswith(CANNOT))


async def test_with_nothing_chosen_a_song_is_asked_for(service: Service, tmp_path: Path) -> None:
    async with rig(service, tmp_path) as on:
        on.timing.time_lyrics()
        await until(lambda: on.notice == "Choose a song first.")
        on.desk.notice.say("")
        on.timing.export_lrc()
        await until(lambda: on.notice == "Choose a song first.")


async def test_no_words_to_time_is_said_and_not_paid_again(service: Service, tmp_path: Path) -> None:
    on_aligning(service)
    async with rig(service, tmp_path, song()) as on:
        on.timing.time_lyrics()
        await on.answer("Time for 1 credit")
        await until(lambda: on.notice == NO_WORDS)
        on.desk.notice.say("")
        on.timing.export_lrc()
        await until(lambda: on.notice == NO_WORDS)
    assert posts(service) == 1


async def test_a_request_in_doubt_is_sent_again_by_the_user_alone(service: Service, tmp_path: Path) -> None:
    service.on(ALIGNED, Reply(body=b"{}", cut_at=1))
    async with rig(service, tmp_path, song()) as on:
        on.timing.time_lyrics()
        await on.answer("Time for 1 credit")
        await until(lambda: "may have taken this request" in on.notice)
        on_aligning(service, *sung())
        QTest.mouseClick(on.desk.notice.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
        assert "may have taken this request" in await on.answer("Time again for 1 credit")
        await until(lambda: on.notice.startswith("The lyrics are timed"))
    assert posts(service) == 2


async def test_pressed_twice_it_asks_once(service: Service, tmp_path: Path) -> None:
    service.on(ALIGNED, Reply(body=b"{}", cut_at=1))
    async with rig(service, tmp_path, song()) as on:
        pressed = [on.desk.background.run(on.timing._time_chosen(), "time lyrics") for _ in range(2)]
        await asyncio.wait(pressed)
        await on.answer("Time for 1 credit")
        await until(lambda: "may have taken this request" in on.notice)
    assert posts(service) == 1


async def test_what_became_known_while_the_question_was_open_is_asked_about_anew(
    service: Service, tmp_path: Path
) -> None:
    on_aligning(service, *sung())
    clip = song()
    async with rig(service, tmp_path, clip) as on:
        on.timing.time_lyrics()
        await until(on.question)
        doubt = aligned(clip, ConversionState.UNKNOWN, words=(), error="Nobody knows.")  # another window's
        assert await on.desk.core.library.claim_alignment(doubt, None)
        await on.answer("Time for 1 credit")
        await until(lambda: "since you were asked" in on.notice)
        assert posts(service) == 0
        QTest.mouseClick(on.desk.notice.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
        assert "Nobody knows." in await on.answer("Time again for 1 credit")
        await until(lambda: on.notice.startswith("The lyrics are timed"))
    assert posts(service) == 1


async def test_one_song_that_is_refused_holds_up_no_other(service: Service, tmp_path: Path) -> None:
    refused = as_json({"type": "not_found", "error": "no lyrics"}, 404)
    told = as_json({"data": {"alignment": [{"word": "City", "start_s": 1.0, "end_s": 2.0}]}})
    service.on(ALIGNED, refused, told)
    async with rig(service, tmp_path, song(1), song(2)) as on:
        on.timing.time_lyrics()
        await on.answer("Time for 2 credits")
        await until(lambda: on.notice.startswith("Timed the lyrics of 1 of 2 songs. "))
    assert posts(service) == 2


async def test_too_few_credits_are_said_before_and_cannot_be_spent(service: Service, tmp_path: Path) -> None:
    service.on(CREDITS, as_json({"credits": 0, "extra_credits": 0}))
    async with rig(service, tmp_path, song()) as on:
        on.timing.time_lyrics()
        await until(on.question)
        box = on.question()
        assert box is not None
        button = next(each for each in box.findChildren(QPushButton) if each.text() == "Time for 1 credit")
        assert not button.isEnabled()
        said = await on.answer("Cancel")
        assert "Your account holds 0 credits. That is not enough: top it up, then try again." in said
    assert posts(service) == 0


async def test_credits_gone_meanwhile_end_the_asking(service: Service, tmp_path: Path) -> None:
    service.on(ALIGNED, as_json({"type": "insufficient_credits"}, 402))
    async with rig(service, tmp_path, song(1), song(2)) as on:
        on.timing.time_lyrics()
        await on.answer("Time for 2 credits")
        await until(lambda: "not enough credits" in on.notice)
    assert posts(service) == 1


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (LINES, "[00:10.00]City lights, carry me home"),
        (WORDS, "[00:10.00]<00:10.00>City <00:11.00>lights, "),
    ],
)
async def test_timed_lyrics_are_saved(service: Service, tmp_path: Path, kind: str, line: str) -> None:
    clip = song(title="Neon: Rain?")
    target = tmp_path / "songs" / "neon.lrc"
    target.parent.mkdir()
    async with rig(service, tmp_path, clip) as on:
        assert await on.desk.core.library.claim_alignment(aligned(clip), None)
        assert await on.export_to(target, kind) == "Neon_ Rain_.lrc"
        await until(lambda: on.notice.startswith("Saved the timed"))
        assert on.notice == "Saved the timed lyrics as “neon.lrc”."
    text = target.read_text("utf-8")
    assert text.startswith("[ti:Neon: Rain?]\n")
    assert f"\n{line}" in text
    assert [path.name for path in target.parent.iterdir()] == ["neon.lrc"]


async def test_a_file_that_is_there_is_replaced_by_a_whole_one(service: Service, tmp_path: Path) -> None:
    clip, target = song(), tmp_path / "neon.lrc"
    target.write_text("what was there")
    async with rig(service, tmp_path / "home", clip) as on:
        on.timing._write(target, clip, aligned(clip), False)
        await until(lambda: on.notice.startswith("Saved"))
    assert "City lights" in target.read_text("utf-8")


async def test_a_place_that_takes_no_file_is_said(service: Service, tmp_path: Path) -> None:
    clip = song()
    async with rig(service, tmp_path, clip) as on:
        assert await on.desk.core.library.claim_alignment(aligned(clip), None)
        on.timing._write(tmp_path / "gone" / "neon.lrc", clip, aligned(clip), False)
        await until(lambda: "could not be written" in on.notice)


async def test_without_times_saving_offers_to_ask_for_them(service: Service, tmp_path: Path) -> None:
    async with rig(service, tmp_path, song()) as on:
        on.timing.export_lrc()
        await until(lambda: on.notice == "When these lyrics are sung is not known yet.")
        QTest.mouseClick(on.desk.notice.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
        assert "for 1 credit?" in await on.answer("Cancel")


async def test_only_one_song_is_saved_at_a_time(service: Service, tmp_path: Path) -> None:
    async with rig(service, tmp_path, song(1), song(2)) as on:
        on.timing.export_lrc()
        await until(lambda: on.notice == "Choose one song to save its timed lyrics.")


async def test_what_another_window_is_having_timed_is_said(service: Service, tmp_path: Path) -> None:
    clip = song()
    async with rig(service, tmp_path, clip) as on:
        asked = aligned(clip, ConversionState.ASKED, words=(), owner=on.desk.core.runs.token)
        assert await on.desk.core.library.claim_alignment(asked, None)
        on.timing.time_lyrics()
        await until(lambda: on.notice == "The lyrics are being timed …")
    assert posts(service) == 0


# -- what is offered ------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "usable"),
    [({}, True), ({"product": Product.PRODUCER}, False), ({"lyrics": " "}, False)],
    ids=["sonic", "producer", "no lyrics"],
)
async def test_only_what_can_be_timed_is_offered(
    service: Service, tmp_path: Path, facts: dict[str, object], usable: bool
) -> None:
    async with rig(service, tmp_path, song(1), song(2, **facts)) as on:
        time, export = on.watched()
        assert not time.isEnabled()
        on.desk.view.select_ids([1])
        await until(lambda: time.isEnabled() and export.isEnabled())
        on.desk.view.select_ids([2])
        await until(lambda: (time.isEnabled(), export.isEnabled()) == (usable, usable))
        time.setEnabled(False)
        on.desk.view.select_ids([1])
        await until(export.isEnabled)
        assert not time.isEnabled(), "other reasons count as well"
        on.timing.close()


async def test_of_several_songs_lyrics_are_timed_but_not_saved(service: Service, tmp_path: Path) -> None:
    async with rig(service, tmp_path, song(1, product=Product.PRODUCER), song(2)) as on:
        time, export = on.watched()
        on.desk.view.select_ids([1, 2])
        await until(time.isEnabled)
        assert not export.isEnabled()
        on.timing.close()


async def test_what_is_learnt_of_the_chosen_song_counts_at_once(service: Service, tmp_path: Path) -> None:
    on_aligning(service)  # no words at all
    async with rig(service, tmp_path, song()) as on:
        time, export = on.watched()
        on.desk.view.select_ids([1])
        await until(time.isEnabled)
        on.timing.time_lyrics()
        await on.answer("Time for 1 credit")
        await until(lambda: not time.isEnabled() and not export.isEnabled())
        on.timing.close()


@pytest.mark.parametrize(
    ("state", "words", "cost", "can"),
    [
        (None, (), None, False),
        (None, (), 1, True),
        (ConversionState.ASKED, (), 0, True),
        (ConversionState.DONE, sung(), None, True),
        (ConversionState.DONE, (), 1, False),
        (ConversionState.FAILED, (), 1, True),
        (ConversionState.FAILED, (), None, False),
    ],
)
def test_times_can_be_had_where_they_are_known_or_have_a_price(
    state: ConversionState | None, words: tuple[TimedWord, ...], cost: int | None, can: bool
) -> None:
    known = aligned(song(), state, words=words) if state is not None else None
    assert can_be_timed(known, cost) is can


async def test_the_lyrics_are_proposed_for_the_folder_of_saved_songs(
    service: Service, tmp_path: Path
) -> None:
    clip, folder = song(), tmp_path / "Music" / "not there yet"
    async with rig(service, tmp_path, clip) as on:
        on.desk.core.settings.update(save_folder=str(folder))
        assert await on.desk.core.library.claim_alignment(aligned(clip), None)
        await on.export_to(tmp_path / "neon.lrc")
        assert on.folder == str(folder)
