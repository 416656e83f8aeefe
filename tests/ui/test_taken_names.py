"""What happens when a song's name is taken in its folder: the user is asked, once for each or for all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLabel

from aimusic_desktop.model import JobState, OnTaken
from aimusic_desktop.ui.dialogs.taken import TakenDialog
from aimusic_desktop.ui.saves.deeds import Deed
from tests.support.saves import SavesScene, job_of

OpenScene = Callable[..., SavesScene]


def dialogs(scene: SavesScene) -> list[TakenDialog]:
    return [one for one in scene.window.findChildren(TakenDialog) if one.isVisible()]


def choose(scene: SavesScene, choice: OnTaken) -> None:
    (dialog,) = dialogs(scene)
    dialog._answer(choice)


def test_taken_names_are_asked_about_one_at_a_time(open_scene: OpenScene) -> None:
    first, second = job_of(1, JobState.ASKING), job_of(2, JobState.ASKING)
    scene = open_scene(first, second)
    scene.saver.asking.emit(first)
    scene.saver.asking.emit(second)
    assert len(dialogs(scene)) == 1
    choose(scene, OnTaken.REPLACE)
    choose(scene, OnTaken.SKIP)
    assert scene.saver.told == [
        ("answer", first, OnTaken.REPLACE, False),
        ("answer", second, OnTaken.SKIP, False),
    ]
    assert dialogs(scene) == []


def test_one_answer_can_stand_for_all(open_scene: OpenScene) -> None:
    first, second = job_of(1, JobState.ASKING), job_of(2, JobState.ASKING)
    scene = open_scene(first, second)
    scene.saver.asking.emit(first)
    dialogs(scene)[0].for_all.setChecked(True)
    choose(scene, OnTaken.NUMBER)
    assert scene.saver.told == [("answer", first, OnTaken.NUMBER, True)]
    assert dialogs(scene) == []


def test_a_question_put_off_is_not_asked_again_before_it_is_wanted(open_scene: OpenScene) -> None:
    first, second = job_of(1, JobState.ASKING), job_of(2, JobState.ASKING)
    scene = open_scene(first, second)
    scene.saver.asking.emit(first)
    dialogs(scene)[0].reject()
    scene.saver.asking.emit(second)
    assert dialogs(scene) == []
    assert scene.said == ["2 songs in the save list will wait for your answer."]
    scene.press(second, Deed.ANSWER)
    choose(scene, OnTaken.NUMBER)
    assert scene.saver.told == [("answer", second, OnTaken.NUMBER, False)]


def test_a_name_with_markup_is_plain_text_in_the_question(open_scene: OpenScene) -> None:
    job = job_of(1, JobState.ASKING, target=Path("/m/<img src=x>.m4a"))
    scene = open_scene(job)
    scene.saver.asking.emit(job)
    (dialog,) = dialogs(scene)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "“<img src=x>.m4a” is in the folder already" in texts
    dialog.reject()
