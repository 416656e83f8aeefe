"""What can be done with a save job, by its state. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from aimusic_desktop.model import JobState
from aimusic_desktop.saving.job import SaveJob


class Deed(StrEnum):
    """Something to do with a job; the value is the name of its action."""

    PAUSE = "pause"
    GO_ON = "go_on"
    ANSWER = "answer"
    ANY_LENGTH = "any_length"
    RETRY = "retry"
    RETRY_ELSEWHERE = "retry_elsewhere"
    SHOW = "show_saved"
    CANCEL = "cancel"


_BUTTONS = {
    JobState.QUEUED: (Deed.PAUSE, Deed.CANCEL),
    JobState.CONVERTING: (Deed.PAUSE, Deed.CANCEL),
    JobState.FETCHING: (Deed.PAUSE, Deed.CANCEL),
    JobState.WRITING: (),  # a matter of moments, and no longer to be stopped
    JobState.PLACING: (),
    JobState.PAUSED: (Deed.GO_ON, Deed.CANCEL),
    JobState.ASKING: (Deed.ANSWER, Deed.CANCEL),
    JobState.DONE: (Deed.SHOW,),
    JobState.FAILED: (Deed.RETRY, Deed.CANCEL),
    JobState.CANCELLED: (Deed.RETRY,),
}
_MORE = {
    JobState.FAILED: (Deed.RETRY_ELSEWHERE,),
    JobState.CANCELLED: (Deed.RETRY_ELSEWHERE,),
}


def buttons(job: SaveJob) -> tuple[Deed, ...]:
    """The deeds that have a button in the job's row; what lies nearest comes first."""
    return _buttons_of(job.state, job.wrong_length)


def deeds(job: SaveJob) -> tuple[Deed, ...]:
    """All that can be done with the job now."""
    return buttons(job) + _MORE.get(job.state, ())


def fitting(jobs: Iterable[SaveJob], deed: Deed) -> list[SaveJob]:
    """Those of the jobs with which this can be done."""
    return [job for job in jobs if deed in deeds(job)]


def possible(jobs: Iterable[SaveJob]) -> set[Deed]:
    """What can be done with one of these jobs at least; quick for thousands."""
    kinds = {(job.state, job.wrong_length) for job in jobs}
    return {deed for state, wrong in kinds for deed in (*_buttons_of(state, wrong), *_MORE.get(state, ()))}


def _buttons_of(state: JobState, wrong_length: bool) -> tuple[Deed, ...]:
    known = _BUTTONS[state]
    return (Deed.ANY_LENGTH, *known) if state is JobState.FAILED and wrong_length else known
