"""What a task becomes by an answer: nothing good is ever lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.api.decode import Outcome
from aimusic_desktop.model import Clip, ClipState, MusicTask, Product, TaskState
from aimusic_desktop.tracking.merge import (
    afresh,
    merged_clips,
    timed_out,
    with_failure,
    with_outcome,
    without_promise,
)

SONIC = Product.SONIC
GOOD = Clip(task_id="t", clip_id="a", state=ClipState.SUCCEEDED, audio_url="https://cdn.example/a", title="A")

texts = st.sampled_from(["", "City Lights", "Neon Rain"])
links = st.none() | st.sampled_from(["https://cdn.example/1", "https://cdn.example/2"])


@st.composite
def clip_lists(draw: st.DrawFn) -> tuple[Clip, ...]:
    ids = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
    return tuple(
        Clip(
            task_id="t",
            clip_id=clip_id,
            index=index,
            title=draw(texts),
            lyrics=draw(texts),
            audio_url=draw(links),
            image_url=draw(links),
            state=draw(st.sampled_from(ClipState)),
        )
        for index, clip_id in enumerate(ids)
    )


tasks = st.builds(
    MusicTask,
    task_id=st.just("t"),
    state=st.sampled_from(TaskState),
    clips=clip_lists(),
    error=st.none() | st.just("It broke."),
    settled_at=st.none() | st.just(5.0),
)
outcomes = st.builds(
    Outcome,
    state=st.sampled_from([TaskState.RUNNING, TaskState.SUCCEEDED, TaskState.PARTIAL, TaskState.FAILED]),
    clips=clip_lists(),
    error=st.none() | st.just("It failed."),
    body=st.just(b""),
)


def outcome(state: TaskState, *clips: Clip, error: str | None = None) -> Outcome:
    return Outcome(state, clips, error, b"")


@given(tasks, st.lists(outcomes, max_size=4))
def test_a_good_clip_is_good_for_ever(task: MusicTask, answers: list[Outcome]) -> None:
    for answer in answers:
        after = with_outcome(task, SONIC, answer, 9.0)
        clips = {clip.clip_id: clip for clip in after.clips}
        for clip in task.clips:
            if clip.ready:
                assert clips[clip.clip_id].ready
                assert (clips[clip.clip_id].title != "") >= (clip.title != "")
        assert len(clips) == len(after.clips)
        task = after


@given(tasks, outcomes)
def test_an_answer_only_ever_leads_on(task: MusicTask, answer: Outcome) -> None:
    after = with_outcome(task, SONIC, answer, 9.0)
    assert after.product is SONIC
    assert after.state.settled >= task.state.settled
    assert (after.settled_at is not None) == after.state.settled
    if task.state is TaskState.SUCCEEDED or answer.state is TaskState.SUCCEEDED:
        assert after.state is TaskState.SUCCEEDED
    if after.state is TaskState.FAILED and not task.state.settled:
        assert not any(clip.ready for clip in after.clips)
    assert with_outcome(after, SONIC, answer, 9.0) == after


@given(clip_lists(), clip_lists())
def test_what_the_answer_says_better_is_taken(known: tuple[Clip, ...], answered: tuple[Clip, ...]) -> None:
    merged = {clip.clip_id: clip for clip in merged_clips(known, answered)}
    for clip in answered:
        if clip.ready:
            assert merged[clip.clip_id].audio_url == clip.audio_url


def test_fresh_links_replace_the_old_ones_and_facts_that_are_left_out_stay() -> None:
    task = MusicTask(task_id="t", state=TaskState.SUCCEEDED, clips=(replace(GOOD, lyrics="La la"),))
    fresh = replace(GOOD, title="B", audio_url="https://cdn.example/fresh")
    [clip] = with_outcome(task, SONIC, outcome(TaskState.SUCCEEDED, fresh), 9.0).clips
    assert clip == replace(fresh, lyrics="La la")


def test_clips_of_a_running_task_stay_while_an_answer_says_nothing_of_them() -> None:
    running = replace(GOOD, clip_id="b", state=ClipState.RUNNING)
    task = MusicTask(task_id="t", state=TaskState.RUNNING, clips=(GOOD, running))
    assert with_outcome(task, SONIC, outcome(TaskState.RUNNING), 9.0).clips == (GOOD, running)


def test_a_stand_in_gives_way_to_the_clip_itself() -> None:
    stand_in = replace(GOOD, clip_id="t-1", state=ClipState.RUNNING)
    assert merged_clips([stand_in], [GOOD]) == (GOOD,)


def test_a_task_that_fails_with_a_good_clip_known_is_partly_done() -> None:
    task = MusicTask(task_id="t", state=TaskState.RUNNING, clips=(GOOD,))
    after = with_outcome(task, SONIC, outcome(TaskState.FAILED, error="It broke."), 9.0)
    assert (after.state, after.error, after.clips) == (TaskState.PARTIAL, "It broke.", (GOOD,))
    assert with_failure(task, TaskState.NOT_FOUND, "Gone.", 9.0).state is TaskState.PARTIAL
    assert with_failure(task, TaskState.TIMED_OUT, "Slow.", 9.0).state is TaskState.TIMED_OUT


def test_a_finished_task_does_not_come_to_a_bad_end() -> None:
    task = MusicTask(task_id="t", state=TaskState.SUCCEEDED, clips=(GOOD,))
    assert with_failure(task, TaskState.NOT_FOUND, "Gone.", 9.0) == task


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.TIMED_OUT, TaskState.PARTIAL])
def test_a_task_looked_up_again_starts_afresh_with_its_clips(state: TaskState) -> None:
    task = MusicTask(task_id="t", state=state, error="No.", clips=(GOOD,), settled_at=5.0)
    after = afresh(task, 9.0)
    assert (after.state, after.error, after.settled_at) == (TaskState.PENDING, None, None)
    assert (after.tracked_since, after.clips) == (9.0, (GOOD,))


def test_the_sentence_of_a_timeout_gives_the_last_trouble() -> None:
    assert timed_out() == "This task is still unfinished after 30 minutes. Try again."
    trouble = "The service has trouble (oops); asking again in a while."
    assert "minutes. The service has trouble (oops). Try again." in timed_out(trouble)


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.PARTIAL])
def test_clips_that_were_waited_for_fail_with_their_task(state: TaskState) -> None:
    running = replace(GOOD, clip_id="b", index=1, state=ClipState.RUNNING)
    pending = Clip(task_id="t", clip_id="c", index=2)
    task = MusicTask(task_id="t", state=TaskState.RUNNING, clips=(GOOD, running))
    answered = with_outcome(task, SONIC, outcome(state, running, pending, error="It broke."), 9.0)
    ended = [(clip.state, clip.error) for clip in answered.clips[1:]]
    assert answered.clips[0] == GOOD
    assert ended == [(ClipState.FAILED, "It broke.")] * 2
    again = with_outcome(afresh(answered, 10.0), SONIC, outcome(TaskState.RUNNING, running), 11.0)
    assert (again.clips[0], again.clips[1]) == (GOOD, running)


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.NOT_FOUND, TaskState.TIMED_OUT])
def test_clips_of_a_task_that_comes_to_a_bad_end_have_failed_too(state: TaskState) -> None:
    task = MusicTask(
        task_id="t",
        state=TaskState.RUNNING,
        clips=(GOOD, replace(GOOD, clip_id="b", state=ClipState.RUNNING)),
    )
    good, late = with_failure(task, state, "Gone.", 9.0).clips
    assert good == GOOD
    assert (late.state, late.error) == (ClipState.FAILED, "Gone.")


def test_a_final_sentence_promises_nothing() -> None:
    assert without_promise("It broke (a; b); asking again in a while.") == "It broke (a; b)."
    assert without_promise("It is slow; trying again in a while.") == "It is slow."
    for sentence in ("", "It broke.", "It broke; check the key."):
        assert without_promise(sentence) == sentence


def test_a_task_its_product_did_not_know_is_asked_for_at_all_of_them_again() -> None:
    lost = MusicTask(task_id="lost", product=Product.SONIC, state=TaskState.NOT_FOUND)
    assert afresh(lost, 9.0).product is None
