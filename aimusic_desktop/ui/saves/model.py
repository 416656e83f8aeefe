"""The rows of the save list: the saver's jobs, in the order they were given."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from aimusic_desktop.saving.job import SaveJob
from aimusic_desktop.ui.saves import words
from aimusic_desktop.ui.songs.model import runs

Index = QModelIndex | QPersistentModelIndex

JobRole = int(Qt.ItemDataRole.UserRole)
"""The :class:`SaveJob` itself."""

SINGLE_STEPS = 40
"""With more separate insertions and removals than this a reset is cheaper than telling each."""


class SavesModel(QAbstractListModel):
    """Told which jobs there are by :meth:`set_jobs`.

    That one moved is said to the view alone: ``dataChanged`` would lay out every row again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._jobs: list[SaveJob] = []

    @property
    def jobs(self) -> Sequence[SaveJob]:
        """From the top down."""
        return self._jobs

    def set_jobs(self, jobs: Sequence[SaveJob]) -> None:
        """Show these jobs, keeping the selection where they remain."""
        before, after = [job.id for job in self._jobs], [job.id for job in jobs]
        gone, new = set(before) - set(after), set(after) - set(before)
        removals, insertions = list(runs(before, gone)), list(runs(after, new))
        moved = [one for one in before if one not in gone] != [one for one in after if one not in new]
        if moved or len(removals) + len(insertions) > SINGLE_STEPS:
            self.beginResetModel()
            self._jobs = list(jobs)
            self.endResetModel()
        else:
            self._remove(removals)
            self._insert(insertions, jobs)

    def _remove(self, removals: Sequence[tuple[int, int]]) -> None:
        for first, last in reversed(removals):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._jobs[first : last + 1]
            self.endRemoveRows()

    def _insert(self, insertions: Sequence[tuple[int, int]], jobs: Sequence[SaveJob]) -> None:
        for first, last in insertions:
            self.beginInsertRows(QModelIndex(), first, last)
            self._jobs[first:first] = jobs[first : last + 1]
            self.endInsertRows()

    # -- Qt ---------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._jobs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._jobs):
            return None
        job = self._jobs[index.row()]
        if role == JobRole:
            return job
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.sentence(job)
        if role == Qt.ItemDataRole.DisplayRole:
            return words.name(job)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
