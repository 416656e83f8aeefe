"""The root of every error that may reach a person."""

from __future__ import annotations


class AppError(Exception):
    """An error with a sentence for people.

    ``sentence`` says what happened and what to do; it never holds the API key, a traceback or
    a whole media URL. ``str(error)`` is that sentence.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
