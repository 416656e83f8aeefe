"""Settled jobs, which every window lists, taken up by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from aimusic_desktop.library.store import Library
from aimusic_desktop.model import JobRecord, JobState
from aimusic_desktop.paths import holds
from aimusic_desktop.saving.job import SaveJob, agreement_of, part_of
from aimusic_desktop.saving.job_names import replace_nothing
from aimusic_desktop.saving.ledger import Ledger

Changes = dict[str, object]


class Claims:
    """Makes settled jobs this run's, each unless another window took it up after it was listed here."""

    def __init__(self, library: Library, ledger: Ledger, owner: str) -> None:
        self._library = library
        self._ledger = ledger
        self._owner = owner

    async def again(self, jobs: Sequence[SaveJob], folder: Path | None) -> set[SaveJob]:
        """Have these jobs begin anew, into another ``folder`` if one is given, and give those that may.

        What a job left in a folder that is gone now does not keep it: a later start sees to that. Raises
        ``LibraryError``.
        """
        cut_off = await asyncio.to_thread(_cut_off, jobs)
        return await self._claim(
            jobs, lambda job: _anew(job, folder or (job.folder if job in cut_off else None))
        )

    async def given_up(self, jobs: Sequence[SaveJob]) -> set[SaveJob]:
        """Have these jobs cancelled, and give those that were. Raises ``LibraryError``."""
        return await self._claim(jobs, lambda _job: {"state": JobState.CANCELLED, "error": None})

    async def _claim(self, jobs: Sequence[SaveJob], changes: Callable[[SaveJob], Changes]) -> set[SaveJob]:
        await self._ledger.write(jobs[0].id)  # what is still to be written of them comes first
        wanted = {job.id: (job.owner, changes(job)) for job in jobs}
        rows = {row.job_id: row for row in await self._library.claim_jobs(self._owner, wanted)}
        for job in jobs:
            if row := rows.get(job.id):
                _take_over(job, row)
        return {job for job in jobs if job.id in rows and job.owner == self._owner}


def _cut_off(jobs: Sequence[SaveJob]) -> set[SaveJob]:
    """The jobs whose temporary file lies where nothing can be reached now."""
    return {job for job in jobs if job.part is not None and not holds(job.part.parent.is_dir)}


def _anew(job: SaveJob, folder: Path | None) -> Changes:
    changes: Changes = {"any_length": job.any_length, "error": None, "settled_at": None}
    if folder is not None:
        replace_nothing(job)
        changes |= {"folder": str(folder.absolute()), "target": None, **agreement_of(job)}
    if folder is not None or not job.whole:  # else PLACING stays in the row, to go on from
        changes["state"] = JobState.QUEUED
    return changes


def _take_over(job: SaveJob, row: JobRecord) -> None:
    """What another window, or this one, has left of the job."""
    job.owner, job.folder, job.part = row.owner, Path(row.folder), part_of(row)
    job.whole, job.filling = row.state is JobState.PLACING, row.filling
