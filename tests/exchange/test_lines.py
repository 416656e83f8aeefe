"""Lines out of a file that is read in pieces."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from aimusic_desktop.exchange import lines
from aimusic_desktop.exchange.lines import lines_of


@given(text=st.text(st.sampled_from("ab\n\r"), max_size=60), chunk=st.integers(1, 7))
def test_lines_are_those_of_the_file_whatever_the_pieces(text: str, chunk: int) -> None:
    before, lines.CHUNK = lines.CHUNK, chunk
    try:
        assert [*lines_of(io.StringIO(text, newline=""))] == [*io.StringIO(text, newline="\n")]
    finally:
        lines.CHUNK = before


def test_a_line_without_end_comes_in_pieces() -> None:
    text = "x" * (3 * lines.LONGEST_LINE)
    found = [*lines_of(io.StringIO(text))]
    assert "".join(found) == text
    assert max(map(len, found)) <= lines.LONGEST_LINE + lines.CHUNK
