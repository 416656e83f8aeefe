"""The rows the list shows: an order of row ids, and the rows themselves as far as they were needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from aimusic_desktop.library.store import SongRow
from aimusic_desktop.ui import words

Index = QModelIndex | QPersistentModelIndex

RowRole = int(Qt.ItemDataRole.UserRole)
"""The :class:`SongRow` itself, or None while it is being read."""

SINGLE_STEPS = 40
"""With more separate insertions and removals than this a reset is cheaper than telling each."""


class SongsModel(QAbstractListModel):
    """Holds only what was asked for: 100,000 rows are a list of numbers until they are scrolled to."""

    wanted = Signal(int)
    """A row number that was shown but is not loaded yet."""

    def __init__(self) -> None:
        super().__init__()
        self._order: list[int] = []
        self._rows: dict[int, SongRow] = {}
        self.unplayable: Mapping[tuple[str, str], str] = {}
        """Why songs could not be played, by task id and clip id."""

    @property
    def order(self) -> Sequence[int]:
        """Row ids from the top down."""
        return self._order

    def row(self, row_id: int) -> SongRow | None:
        return self._rows.get(row_id)

    def missing(self, first: int, count: int) -> list[int]:
        """The row ids of this stretch that are not loaded."""
        return [row_id for row_id in self._order[max(0, first) : first + count] if row_id not in self._rows]

    def loaded_of(self, task_ids: Collection[str] | None) -> list[int]:
        """Loaded row ids of these tasks; of all tasks when None."""
        return [key for key, row in self._rows.items() if task_ids is None or row.task_id in task_ids]

    def put(self, rows: Iterable[SongRow]) -> list[int]:
        """Take rows as they are now; gives the ids of those that differ from before."""
        changed = [row for row in rows if self._rows.get(row.row_id) != row]
        self._rows.update((row.row_id, row) for row in changed)
        return [row.row_id for row in changed]

    def tell_changed(self, row_ids: Collection[int]) -> None:
        """Announce changed rows as one span: the view lays out again once, whatever the number."""
        wanted = set(row_ids)
        at = [number for number, row_id in enumerate(self._order) if row_id in wanted]
        if at:
            self.dataChanged.emit(self.index(at[0]), self.index(at[-1]))

    def set_order(self, order: list[int]) -> None:
        """Show these rows, keeping selection and current row where they remain."""
        if order == self._order:
            return
        gone, new = set(self._order) - set(order), set(order) - set(self._order)
        removals = list(runs(self._order, gone))
        insertions = list(runs(order, new))
        kept = [row_id for row_id in self._order if row_id not in gone]
        moved = kept != [row_id for row_id in order if row_id not in new]
        if moved or len(removals) + len(insertions) > SINGLE_STEPS:
            self._lay_out(order)
            return
        for first, last in reversed(removals):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._order[first : last + 1]
            self.endRemoveRows()
        for first, last in insertions:
            self.beginInsertRows(QModelIndex(), first, last)
            self._order[first:first] = order[first : last + 1]
            self.endInsertRows()

    def forget_hidden(self, keep: int) -> None:
        """Drop loaded rows that are no longer shown once there are more than ``keep``."""
        if len(self._rows) > keep:
            shown = set(self._order)
            self._rows = {key: row for key, row in self._rows.items() if key in shown}

    def _lay_out(self, order: list[int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self._order[index.row()] for index in before]
        self._order = list(order)
        places = {row_id: number for number, row_id in enumerate(order)} if held else {}
        after = [self.index(places[key]) if key in places else QModelIndex() for key in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _spoken(self, row: SongRow) -> str:
        trouble = self.unplayable.get(row.clip.ids, "") if row.clip is not None else ""
        return f"{words.sentence(row)}. {trouble}" if trouble else words.sentence(row)

    # -- Qt ---------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._order):
            return None
        row = self._rows.get(self._order[index.row()])
        if role == RowRole:
            if row is None:
                self.wanted.emit(index.row())
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row) if row is not None else "reading"
        if role == Qt.ItemDataRole.DisplayRole:
            return words.title(row) if row is not None else ""
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return base | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags


def runs(order: Sequence[int], wanted: Collection[int]) -> Iterator[tuple[int, int]]:
    """First and last position of each unbroken run of wanted ids."""
    start: int | None = None
    for number, row_id in enumerate(order):
        if row_id in wanted:
            start = number if start is None else start
        elif start is not None:
            yield start, number - 1
            start = None
    if start is not None:
        yield start, len(order) - 1
