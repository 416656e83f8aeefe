"""Which service is asked, and with which key."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from aimusic_desktop.errors import AppError
from aimusic_desktop.settings import DEFAULT_API_URL, Settings, check_api_url
from aimusic_desktop.ui.dialogs.settings_page import Remark, SettingsPage, above, beside, push_button
from aimusic_desktop.ui.labels import TextLabel, Tone


class ServicePage(SettingsPage):
    """The address; the key is only pointed at, for it is not kept among the settings."""

    key_wanted = Signal()

    title = "Service"
    icon_name = "link"

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = settings.api_url
        self.address = QLineEdit(settings.api_url, self)
        self.address.setAccessibleName("Address of the service")
        self.address.setPlaceholderText(DEFAULT_API_URL)
        self._remark = Remark(self)
        key = TextLabel("Kept apart from these settings.", self, tone=Tone.MUTED, selectable=False)
        form = self.add_form()
        form.addRow("Address", above(self.address, self._remark))
        form.addRow("API key", beside(key, push_button("Change …", self, self.key_wanted.emit)))
        self.end()
        self.address.textChanged.connect(self._address_changed)
        self._show()

    @property
    def trouble(self) -> str:
        try:
            self._url()
        except AppError as error:
            return error.sentence
        return ""

    def values(self) -> dict[str, object]:
        return {"api_url": self._url()}

    def _url(self) -> str:
        text = self.address.text().strip()
        return check_api_url(text) if text else ""

    def _address_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        if trouble := self.trouble:
            self._remark.show_sentence(trouble)
            return
        another = self._url() != self._before
        said = "Used from the next start on." if another else "Empty for the usual one."
        self._remark.show_sentence(said, Tone.MUTED)
