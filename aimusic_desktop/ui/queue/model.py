"""The rows of the queue, from what was played first to what plays last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from aimusic_desktop.listening.queue import Entry
from aimusic_desktop.ui.queue import words
from aimusic_desktop.ui.queue.words import QueueRow, Standing
from aimusic_desktop.ui.songs.model import runs

Index = QModelIndex | QPersistentModelIndex

RowRole = int(Qt.ItemDataRole.UserRole)
"""The :class:`QueueRow` itself."""

SINGLE_STEPS = 40
"""With more separate insertions and removals than this a new layout is cheaper than telling each."""


class QueueModel(QAbstractListModel):
    """Told what there is; what stands beside an entry changes without a new layout, so its view repaints."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._order: list[int] = []
        self._at: int | None = None
        self.playing: int | None = None
        self._trouble: Mapping[tuple[str, str], str] = {}

    @property
    def entries(self) -> Sequence[Entry]:
        return self._entries

    @property
    def order(self) -> Sequence[int]:
        """Entry ids from the top down."""
        return self._order

    @property
    def present(self) -> int | None:
        """The id of the present entry."""
        return self._order[self._at] if self._at is not None else None

    def highest_gap(self, entry_ids: Collection[int]) -> int:
        """The number of the highest row that these can be put before: what is to come stays behind the
        present one."""
        below = 0 if self._at is None else self._at + 1
        return below if {*entry_ids} <= {*self._order[below:]} else 0

    def set_entries(self, entries: Sequence[Entry], at: int | None) -> None:
        """Show these entries, the present one that at ``at``, keeping the selection where they remain."""
        order = [one.entry_id for one in entries]
        gone, new = {*self._order} - {*order}, {*order} - {*self._order}
        removals, insertions = list(runs(self._order, gone)), list(runs(order, new))
        kept = [one for one in self._order if one not in gone]
        moved = kept != [one for one in order if one not in new]
        if moved or len(removals) + len(insertions) > SINGLE_STEPS:
            self._lay_out(entries, order)
        else:
            self._remove(removals)
            self._insert(insertions, entries)
            self._entries = list(entries)  # the same ones with what is new about them
        self._at = at

    def set_playing(self, entry_id: int | None) -> None:
        """Which entry sounds; None when none does."""
        self.playing = entry_id

    def set_trouble(self, trouble: Mapping[tuple[str, str], str]) -> None:
        """Sentences by task id and clip id."""
        self._trouble = trouble

    def _standing(self, place: int) -> Standing:
        if self._at is None or place > self._at:
            return Standing.CHOSEN if self._entries[place].chosen else Standing.COMING
        if place < self._at:
            return Standing.PAST
        return Standing.PLAYING if self._order[place] == self.playing else Standing.PRESENT

    def _remove(self, removals: Sequence[tuple[int, int]]) -> None:
        for first, last in reversed(removals):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._entries[first : last + 1], self._order[first : last + 1]
            self.endRemoveRows()

    def _insert(self, insertions: Sequence[tuple[int, int]], entries: Sequence[Entry]) -> None:
        for first, last in insertions:
            self.beginInsertRows(QModelIndex(), first, last)
            self._entries[first:first] = entries[first : last + 1]
            self._order[first:first] = [one.entry_id for one in entries[first : last + 1]]
            self.endInsertRows()

    def _lay_out(self, entries: Sequence[Entry], order: list[int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [self._order[index.row()] for index in before]
        self._entries, self._order = list(entries), order
        places = {entry_id: place for place, entry_id in enumerate(order)}
        after = [self.index(places[one]) if one in places else QModelIndex() for one in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # -- Qt ---------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return words.title(entry.clip)
        if role not in (RowRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = QueueRow(entry, self._standing(index.row()), self._trouble.get(entry.clip.ids, ""))
        return row if role == RowRole else words.sentence(row)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable | Qt.ItemFlag.ItemNeverHasChildren | Qt.ItemFlag.ItemIsDragEnabled
